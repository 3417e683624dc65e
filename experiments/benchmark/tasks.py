"""The tasks that both programs are given, and the settings of either."""

import dataclasses
from dataclasses import dataclass

from gradnet_cli.problem.mask import Mask
from gradnet_cli.report.lattice import box_connectivity

MEAN_STRENGTH = 1.0
"""b = B / N of every task: the budget over ordered pairs is one for each node, the default of gradnet-run."""


@dataclass(frozen=True, kw_only=True)
class LibraryRun:
    """How the library is used on a task.

    `method` is the way to lambda_2: "dense" (all eigenvalues of the dense matrix), "coo" or "csr" (power
    iteration with products in that sparse format; the library hands out COO). `updates` make the whole run;
    the default takes only the first `brief` of them where `brief` is given, and scales their time.
    """

    method: str
    updates: int
    rate: float
    iterations: int | None = None
    brief: int | None = None

    def updates_taken(self, full: bool) -> int:
        return self.updates if full or self.brief is None else self.brief


@dataclass(frozen=True, kw_only=True)
class Task:
    """One problem: how gradnet-run is called, how often, and the library's runs on it, by name.

    `brief` are settings that only the default takes, to keep its time; `FULL=1` leaves them away.
    """

    name: str
    title: str
    settings: dict[str, object]
    brief: dict[str, object] = dataclasses.field(default_factory=dict)
    repeats: int = 1
    library: dict[str, LibraryRun] = dataclasses.field(default_factory=dict)

    def overrides(self, full: bool) -> list[str]:
        """What gradnet-run is called with, but for the run's directory."""
        chosen = self.settings if full else self.settings | self.brief
        return [f"{key}={value}" for key, value in chosen.items()]

    @property
    def optimum(self) -> float | None:
        """The largest lambda_2 where a formula gives it, on grids; else None."""
        if self.settings["mask"] != "grid":
            return None
        rows = int(str(self.settings["rows"]))
        return box_connectivity((rows, rows), MEAN_STRENGTH)

    def mask(self) -> Mask:
        """Build the same mask that gradnet-run builds from these settings."""
        from gradnet_cli.problem.masks import barabasi_albert, grid, random_geometric

        if self.settings["mask"] == "grid":
            rows = int(str(self.settings["rows"]))
            return grid.build(rows=rows, cols=rows)
        nodes = int(str(self.settings["nodes"]))
        if self.settings["mask"] == "barabasi_albert":
            return barabasi_albert.build(nodes=nodes, attachment=3, graph_seed=0)
        return random_geometric.build(nodes=nodes, cost="distance", graph_seed=0)


def _grid(rows: int, gap: float) -> dict[str, object]:
    return {"mask": "grid", "rows": rows, "stop.gap": gap}


def _geometric(nodes: int, gap: float) -> dict[str, object]:
    return {"mask": "random_geometric", "nodes": nodes, "cost": "distance", "stop.gap": gap, **_LONG}


def _scale_free(nodes: int, gap: float) -> dict[str, object]:
    return {"mask": "barabasi_albert", "nodes": nodes, "attachment": 3, "stop.gap": gap, **_LONG}


_LONG = {"updates": 5000}
_AS_PUBLISHED_70 = {"updates": 100, "rate": 0.01, "iterations": 50_000}
_AS_PUBLISHED_100 = {"updates": 5, "rate": 0.05, "iterations": 10_000}
_NO_SYMMETRY = LibraryRun(method="csr", updates=50, rate=0.01, iterations=10_000)

TASKS = (
    Task(
        name="grid_30",
        title="grid 30 x 30",
        settings=_grid(30, 0.001),
        repeats=3,
        library={"dense": LibraryRun(method="dense", updates=300, rate=0.001)},
    ),
    Task(
        name="grid_70",
        title="grid 70 x 70",
        settings=_grid(70, 0.001),
        repeats=3,
        library={
            "coo": LibraryRun(method="coo", brief=2, **_AS_PUBLISHED_70),
            "csr": LibraryRun(method="csr", brief=20, **_AS_PUBLISHED_70),
        },
    ),
    Task(
        name="grid_100",
        title="grid 100 x 100",
        settings=_grid(100, 0.001),
        repeats=3,
        library={
            "coo": LibraryRun(method="coo", **_AS_PUBLISHED_100),
            "csr": LibraryRun(method="csr", **_AS_PUBLISHED_100),
        },
    ),
    Task(name="grid_316", title="grid 316 x 316", settings=_grid(316, 0.001)),
    Task(name="grid_1000", title="grid 1000 x 1000", settings=_grid(1000, 0.0025)),
    Task(
        name="geometric_2000",
        title="random geometric, 2,000 nodes, cost by distance",
        settings=_geometric(2_000, 0.01),
        brief={"stop.seconds": 60},
        library={"csr": _NO_SYMMETRY},
    ),
    Task(
        name="scale_free_2000",
        title="Barabasi-Albert, 2,000 nodes, 3 edges a node",
        settings=_scale_free(2_000, 0.01),
        brief={"stop.seconds": 60},
        library={"csr": _NO_SYMMETRY},
    ),
    Task(
        name="geometric_20000",
        title="random geometric, 20,000 nodes, cost by distance",
        settings=_geometric(20_000, 0.05),
        brief={"stop.seconds": 90},
    ),
    Task(
        name="scale_free_20000",
        title="Barabasi-Albert, 20,000 nodes, 3 edges a node",
        settings=_scale_free(20_000, 0.05),
        brief={"stop.seconds": 90},
    ),
)

SCALING = ("grid_100", "grid_316", "grid_1000")
"""Grids of 10^4, 10^5 and 10^6 nodes, over which the exponent is fitted."""
