"""The tasks of both tables, and the settings of either program: the library's are those of its tutorials."""

from typing import Any

from experiments.benchmark.judges.connectivity import Connectivity
from experiments.benchmark.judges.karate import Karate
from experiments.benchmark.judges.kuramoto import Kuramoto
from experiments.benchmark.judges.quantum import Quantum
from experiments.benchmark.judges.reconstruction import Reconstruction
from experiments.benchmark.task import LibraryRun, Task
from gradnet_cli.report.lattice import box_connectivity

MEAN_STRENGTH = 1.0
"""b = B / N of the tasks on lambda_2: the default of gradnet-run, one for each node over ordered pairs."""


GRIDS, WITHOUT_SYMMETRY = 100, 20
"""How many times as long the library must take to its own final score, whatever the way to lambda_2."""


def _grid(rows: int, *library: LibraryRun, gap: float = 0.001, repeats: int = 1) -> Task:
    return Task(
        name=f"grid_{rows}",
        title=f"grid {rows} x {rows}",
        settings={"mask": "grid", "rows": rows, "stop.gap": gap},
        judge=Connectivity(),
        repeats=repeats,
        library=library,
        asked=GRIDS if library else None,
        optimum=box_connectivity((rows, rows), MEAN_STRENGTH),
    )


def _without_symmetry(kind: str, nodes: int, *library: LibraryRun, gap: float, seconds: float) -> Task:
    title, mask = {
        "geometric": (
            f"random geometric, {nodes:,} nodes, cost by distance",
            {"mask": "random_geometric", "nodes": nodes, "cost": "distance"},
        ),
        "scale_free": (
            f"Barabasi-Albert, {nodes:,} nodes, 3 edges a node",
            {"mask": "barabasi_albert", "nodes": nodes, "attachment": 3},
        ),
    }[kind]
    return Task(
        name=f"{kind}_{nodes}",
        title=title,
        settings={**mask, "stop.gap": gap, "updates": 5000},
        judge=Connectivity(),
        brief={"stop.seconds": seconds},
        library=library,
        asked=WITHOUT_SYMMETRY if library else None,
    )


def _power(method: str, *, updates: int, **chosen: Any) -> LibraryRun:
    return LibraryRun(name=method, method=method, updates=(updates,), **chosen)


_AS_PUBLISHED_70 = {"updates": 100, "rate": 0.01, "iterations": 50_000, "known_share": 0.97488}
_AS_PUBLISHED_100 = {"updates": 5, "rate": 0.05, "iterations": 10_000}
_NO_SYMMETRY = _power("csr", updates=50, rate=0.01, iterations=10_000)

LAMBDA_2 = (
    _grid(30, LibraryRun(name="dense", method="dense", updates=(300,), rate=0.001), repeats=3),
    _grid(
        70,
        _power("coo", brief=1, **_AS_PUBLISHED_70),
        _power("csr", brief=10, **_AS_PUBLISHED_70),
        repeats=3,
    ),
    _grid(
        100,
        _power("coo", brief=2, **_AS_PUBLISHED_100),
        _power("csr", **_AS_PUBLISHED_100),
        repeats=3,
    ),
    _grid(316),
    _grid(1000, gap=0.0025),
    _without_symmetry("geometric", 2_000, _NO_SYMMETRY, gap=0.01, seconds=60),
    _without_symmetry("scale_free", 2_000, _NO_SYMMETRY, gap=0.01, seconds=60),
    _without_symmetry("geometric", 20_000, gap=0.05, seconds=60),
    _without_symmetry("scale_free", 20_000, gap=0.05, seconds=60),
)

SCALING = ("grid_100", "grid_316", "grid_1000")
"""Grids of 10^4, 10^5 and 10^6 nodes, over which the exponent is fitted."""

OBJECTIVES = (
    Task(
        name="kuramoto_100",
        title="Kuramoto, N = 100, b = 2, time-mean order at 150 times",
        settings={"experiment": "kuramoto_100"},
        judge=Kuramoto(),
        repeats=3,
        library=(LibraryRun(updates=(600,), rate=1.0),),
        measured="training to the library's score",
        asked=20,
    ),
    Task(
        name="karate",
        title="karate club, opinions at T = 10",
        settings={"experiment": "karate"},
        judge=Karate(),
        repeats=3,
        library=(LibraryRun(updates=(250,), rate=0.008),),
        asked=5,
    ),
    Task(
        name="quantum_50",
        title="quantum network, N = 50, 100 noisy networks an update",
        settings={"experiment": "quantum_50"},
        judge=Quantum(),
        library=(
            LibraryRun(
                updates=(100, 100, 100, 100, 200, 1000),
                rate=0.005,
                noise=(1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6),
                seconds=30,
            ),
        ),
        measured="an update",
        asked=50,
    ),
    Task(
        name="reconstruction_50",
        title="reconstruction, N = 50, from one trajectory",
        settings={"experiment": "reconstruction_50"},
        judge=Reconstruction(),
        repeats=3,
        library=(LibraryRun(updates=(300,), rate=0.5, seconds=15),),
        asked=50,
    ),
)

TASKS = (*LAMBDA_2, *OBJECTIVES)
