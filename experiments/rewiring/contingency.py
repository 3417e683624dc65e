"""Makes graphs to classify: states of power grids, secure against the outage of any one branch (N-1) or not.

``python -m experiments.rewiring.contingency contingency.npz`` writes a file for ``data=graphs``. The cases
are those of PYPOWER (``pip install 'gradnet-run[grids]'``); states are drawn, and their power flows solved.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.rewiring.outages import (
    Estimates,
    Topology,
    estimate,
    is_whole,
    topology_of,
    worst_loadings,
)
from experiments.rewiring.power_flow import CONTROLLED, SLACK, Flows, Grid, solve

LOADS = {"case24_ieee_rts": (0.55, 0.95), "case39": (0.45, 0.8), "case30": (0.55, 0.95)}
"""Grids, and the lowest and highest load of all buses beside that of the case: about half are secure."""
SPREAD = 0.15  # of the logarithm of each bus's load
NO_RATING = 9000  # MVA, and more: cases say so where a branch has none
MOST_OUT = 2  # branches that are out of service before the outage
NODE_COLUMNS = (
    *("load", "reactive load", "generation", "reactive generation", "voltage"),
    *("angle", "controlled", "slack"),
)
EDGE_COLUMNS = (
    *("resistance", "reactance", "rating", "loading", "active flow", "reactive flow"),
    *("suffered", "caused"),
)
SIGNED = (4, 5)
"""Columns of edges whose sign is that of the direction."""
SETS = ((1, 0.70), (2, 0.15), (3, 0.15))  # training, validation, test: shares of the states of a grid
FOLDS = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class States:
    """S states of a grid with N buses and M branches, each with a solved power flow.

    Attributes:
        nodes: (S, N, 8) by NODE_COLUMNS: powers beside the mean rating of the grid
        edges: (S, M, 8) by EDGE_COLUMNS: impedances as the relative voltage drop at the rating, the rating
            beside the mean, flows beside the rating; those of a branch out of service mean nothing
        closed: (S, M) branches in service
        base: (S,) the largest loading before an outage
        estimated: (S,) the largest loading after one, estimated
        worst: (S,) the largest loading before or after any one outage that leaves the grid whole; infinite
            where one has no solution
    """

    grid: Grid
    nodes: np.ndarray
    edges: np.ndarray
    closed: np.ndarray
    base: np.ndarray
    estimated: np.ndarray
    worst: np.ndarray

    @property
    def secure(self) -> np.ndarray:
        """(S,) whether no branch carries more than its rating, whichever one is out."""
        return self.worst <= 1.0


def load_grid(name: str) -> Grid:
    """A case of PYPOWER.

    Raises:
        SystemExit: it is not installed, or has no such case, or one without ratings
    """
    try:
        from pypower import api
    except ImportError as error:
        raise SystemExit("the cases are those of PYPOWER: pip install 'gradnet-run[grids]'") from error
    case = getattr(api, name, None) if name.startswith("case") else None
    if case is None:
        raise SystemExit(f"--grids {name}: is no case of PYPOWER; {', '.join(LOADS)} are known here")
    grid = Grid.of_case(case(), name=name)
    if not (grid.rating.min() > 0 and grid.rating.max() * grid.base < NO_RATING):
        raise SystemExit(f"--grids {name}: has branches without a rating")
    return grid


def draw_states(grid: Grid, *, count: int, load: tuple[float, float], seed: int) -> States:
    """States whose loads and outages are drawn at random; generation follows the load in proportion.

    Args:
        count: S
        load: the lowest and the highest load of all buses, beside that of the case
        seed: of what is drawn
    """
    generator = np.random.default_rng([seed, *grid.name.encode()])
    known: dict[bytes, Topology] = {}
    parts: list[States] = []
    while (left := count - sum(len(part.base) for part in parts)) > 0:
        parts.append(_some_states(grid, left, load, generator, known))
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("nodes", "edges", "closed", "base", "estimated", "worst")
    }
    return States(grid=grid, **joined)


def _some_states(
    grid: Grid,
    count: int,
    load: tuple[float, float],
    generator: np.random.Generator,
    known: dict[bytes, Topology],
) -> States:
    """Those of a number of states whose power flow has a solution."""
    factor = generator.uniform(*load, size=(count, 1)) * generator.lognormal(
        0.0, SPREAD, size=(count, grid.buses)
    )
    loads = grid.load * factor
    generation = grid.generation * (loads.real.sum(axis=1) / grid.load.real.sum())[:, None]
    closed = np.stack([_drawn_outages(grid, generator) for _ in range(count)])
    flows = solve(grid, load=loads, generation=generation, closed=closed)
    found = flows.converged
    flows, loads, generation, closed = flows.of(found), loads[found], generation[found], closed[found]
    topologies = []
    for row in closed:
        if row.tobytes() not in known:
            known[row.tobytes()] = topology_of(grid, row)
        topologies.append(known[row.tobytes()])
    loading, estimates = flows.loading(grid), estimate(grid, flows, topologies)
    worst = worst_loadings(grid, flows, topologies, load=loads, generation=generation)
    return States(
        grid=grid,
        nodes=_of_nodes(grid, flows, loads),
        edges=_of_edges(grid, flows, estimates),
        closed=closed,
        base=loading.max(axis=1),
        estimated=np.maximum(loading, estimates.suffered).max(axis=1),
        worst=np.maximum(loading.max(axis=1), worst),
    )


def _drawn_outages(grid: Grid, generator: np.random.Generator) -> np.ndarray:
    """Branches (M,) in service, which hold the grid together."""
    while True:
        closed = np.ones(grid.branches, dtype=bool)
        closed[generator.choice(grid.branches, size=generator.integers(MOST_OUT + 1), replace=False)] = False
        if is_whole(grid, closed):
            return closed


def _of_nodes(grid: Grid, flows: Flows, loads: np.ndarray) -> np.ndarray:
    made = (flows.injected(grid) + loads) / grid.rating.mean()
    used = loads / grid.rating.mean()
    kinds = [np.broadcast_to(grid.kind == kind, loads.shape) for kind in (CONTROLLED, SLACK)]
    parts = [used.real, used.imag, made.real, made.imag, np.abs(flows.voltage), np.angle(flows.voltage)]
    return np.stack([*parts, *kinds], axis=2).astype(np.float32)


def _of_edges(grid: Grid, flows: Flows, estimates: Estimates) -> np.ndarray:
    loading = flows.loading(grid)
    through = (flows.into_source - flows.into_target) / 2 / grid.rating
    drop = grid.rating / grid.series
    fixed = [drop.real, drop.imag, grid.rating / grid.rating.mean()]
    parts = [np.broadcast_to(each, loading.shape) for each in fixed]
    parts += [loading, through.real, through.imag, estimates.suffered, estimates.caused]
    return np.stack(parts, axis=2).astype(np.float32)


def arrays_of(grids: Sequence[States], *, seed: int, estimates: bool = True) -> dict[str, np.ndarray]:
    """Graphs as `data=graphs` reads them, states of all grids one after another, with splits and loadings.

    ``within``: FOLDS splits that have states of all grids in each set; ``unseen``: as many splits as there
    are grids, with one that is tested on alone.

    Args:
        seed: of the splits
        estimates: whether edges tell what outages are estimated to do
    """
    columns = len(EDGE_COLUMNS) if estimates else EDGE_COLUMNS.index("suffered")
    sizes, edges, attributes, features, begin = [], [], [], [], 0
    for states in grids:
        ends = np.stack([states.grid.source, states.grid.target])
        for nodes, lines, closed in zip(states.nodes, states.edges, states.closed, strict=True):
            sizes.append(len(nodes))
            edges.append(ends[:, closed] + begin)
            attributes.append(lines[closed, :columns])
            features.append(nodes)
            begin += len(nodes)
    grid = np.repeat(np.arange(len(grids)), [len(states.base) for states in grids])
    return {
        "graph_sizes": np.array(sizes, dtype=np.int32),
        "edge_index": np.concatenate(edges, axis=1).astype(np.int32),
        "node_attribute": np.concatenate(features),
        "edge_attr": np.concatenate(attributes),
        "y": np.concatenate([states.secure for states in grids]).astype(np.int8),
        "within_split": np.stack(
            [_split(grid, np.random.default_rng([seed, fold])) for fold in range(FOLDS)]
        ),
        **({"unseen_split": _unseen(grid, seed=seed)} if len(grids) > 1 else {}),
        "grid": grid.astype(np.int8),
        "base_loading": np.concatenate([states.base for states in grids]).astype(np.float32),
        "estimated_loading": np.concatenate([states.estimated for states in grids]).astype(np.float32),
        "worst_loading": np.concatenate([states.worst for states in grids]).astype(np.float32),
    }


def _split(grid: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    sets = np.zeros(len(grid), dtype=np.int8)
    for number in np.unique(grid):
        members = generator.permutation(np.flatnonzero(grid == number))
        ends = np.round(np.cumsum([share for _, share in SETS]) * len(members)).astype(int)
        for (name, _), part in zip(SETS, np.split(members, ends[:-1]), strict=True):
            sets[part] = name
    return sets


def _unseen(grid: np.ndarray, *, seed: int) -> np.ndarray:
    splits = []
    for number in np.unique(grid):
        sets = _split(grid, np.random.default_rng([seed, FOLDS + int(number)]))
        sets[(grid != number) & (sets == 3)] = 1
        splits.append(np.where(grid == number, 3, sets))
    return np.stack(splits).astype(np.int8)


def threshold_accuracy(
    loading: np.ndarray, secure: np.ndarray, *, trained: np.ndarray, tested: np.ndarray
) -> float:
    """Of the rule that a state is secure with a loading below a number, which is the best on training states.

    Args:
        loading, secure: (G,)
        trained, tested: (G,) bool
    """
    order = np.argsort(loading[trained], kind="stable")
    sorted_loading, right = loading[trained][order], secure[trained][order].astype(np.int64)
    # With k states below the number: those among them that are secure, and those beyond that are not.
    correct = np.concatenate([[0], np.cumsum(right)]) + np.concatenate(
        [np.cumsum((1 - right)[::-1])[::-1], [0]]
    )
    alike = np.concatenate([[False], np.diff(sorted_loading) == 0, [False]])  # no number parts these
    best = int(np.where(alike, -1, correct).argmax())
    limits = np.concatenate([[-np.inf], (sorted_loading[:-1] + sorted_loading[1:]) / 2, [np.inf]])
    return float(((loading[tested] < limits[best]) == secure[tested]).mean())


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m experiments.rewiring.contingency", description=__doc__)
    parser.add_argument("file", type=Path, help="what is written: NAME.npz")
    parser.add_argument("--grids", nargs="+", default=list(LOADS), help="cases of PYPOWER with ratings")
    parser.add_argument("--states", type=int, default=1200, help="of each grid, 10 or more")
    parser.add_argument(
        "--load", nargs=2, type=float, help="lowest and highest load of all buses, beside the case's"
    )
    parser.add_argument("--plain", action="store_true", help="without what outages are estimated to do")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn, 0 or more")
    asked = parser.parse_args(arguments)
    if asked.states < 10:
        parser.error(f"--states {asked.states}: must be 10 or more")
    if asked.seed < 0:
        parser.error(f"--seed {asked.seed}: must be 0 or more")
    if asked.load is not None and not 0 < asked.load[0] <= asked.load[1]:
        parser.error("--load: must be two numbers > 0, the lower one first")
    if asked.file.suffix != ".npz" or not asked.file.absolute().parent.is_dir():
        parser.error(f"{asked.file}: must end in .npz, in a folder that is there")
    drawn = []
    for name in asked.grids:
        began, grid = time.perf_counter(), load_grid(name)
        load = tuple(asked.load) if asked.load is not None else LOADS.get(name, (0.7, 1.1))
        states = draw_states(grid, count=asked.states, load=load, seed=asked.seed)
        drawn.append(states)
        print(f"{name}: {len(states.base):,} states, {states.secure.mean():.3f} secure", end="")
        print(f", {time.perf_counter() - began:.0f} s")
    arrays = arrays_of(drawn, seed=asked.seed, estimates=not asked.plain)
    np.savez_compressed(asked.file, **arrays)
    print(f"{asked.file}: {len(arrays['y']):,} graphs; accuracy of thresholds on the first split:")
    for name, found in threshold_accuracies(arrays, fold=0).items():
        print(
            f"  {name}: " + ", ".join(f"{asked.grids[number]} {value:.3f}" for number, value in found.items())
        )


def threshold_accuracies(arrays: dict[str, np.ndarray], *, fold: int) -> dict[str, dict[int, float]]:
    """By what is compared with a threshold of each grid, and by grid."""
    sets, grid = arrays["within_split"][fold], arrays["grid"]
    return {
        what: {
            int(number): threshold_accuracy(
                arrays[what],
                arrays["y"] == 1,
                trained=(grid == number) & (sets == 1),
                tested=(grid == number) & (sets == 3),
            )
            for number in np.unique(grid)
        }
        for what in ("base_loading", "estimated_loading")
    }


if __name__ == "__main__":
    main()
