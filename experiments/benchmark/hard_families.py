"""Families of graphs on which proofs close slowly: gap, updates and processor time.

    python -m experiments.benchmark.hard_families [--nodes 5000] [--seconds 60] [--families tree complete]
    python -m experiments.benchmark.hard_families --objective effective_resistance --families grid geometric

Prints a table in Markdown. What it gave before and after is in hard_families.md.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy is imported: processor time counts work alone

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

import gradnet_cli as gn

SEED = 0
COMPLETE = 400  # nodes of complete masks
Drawn = tuple[np.ndarray, np.ndarray | None]


def sparse(draw: Callable[[int], nx.Graph], *, priced: bool) -> Callable[[int], Drawn]:
    """Edges of the largest part of a graph, with lognormal costs if it is priced."""

    def drawn(nodes: int) -> Drawn:
        graph = draw(nodes)
        part = graph.subgraph(max(nx.connected_components(graph), key=len))
        edges = np.array(nx.convert_node_labels_to_integers(nx.Graph(list(part.edges))).edges)
        return edges, np.random.default_rng(1).lognormal(size=len(edges)) if priced else None

    return drawn


def complete(power: float) -> Callable[[int], Drawn]:
    """All pairs of points in a square, at costs distance^power."""

    def drawn(nodes: int) -> Drawn:
        points = np.random.default_rng(SEED).random((COMPLETE, 2))
        return np.array(np.triu_indices(COMPLETE, 1)).T, pdist(points) ** power

    return drawn


def geometric(*, priced: bool) -> Callable[[int], Drawn]:
    """Points in a square, joined to about twelve others each, at the cost of lengths if it is priced."""

    def drawn(nodes: int) -> Drawn:
        points = np.random.default_rng(SEED).random((nodes, 2))
        pairs = cKDTree(points).query_pairs(np.sqrt(12 / np.pi / nodes), output_type="ndarray")
        graph = nx.Graph(pairs.tolist())
        part = graph.subgraph(max(nx.connected_components(graph), key=len))
        ends = np.array(part.edges)
        numbers = np.searchsorted(np.sort(part.nodes), ends)
        return numbers, np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1) if priced else None

    return drawn


def tree(nodes: int) -> nx.Graph:
    return nx.barabasi_albert_graph(nodes, 1, seed=SEED)


def attached(nodes: int) -> nx.Graph:
    return nx.barabasi_albert_graph(nodes, 3, seed=SEED)


def small_world(nodes: int) -> nx.Graph:
    return nx.connected_watts_strogatz_graph(nodes, 6, 0.1, seed=SEED)


def grid(nodes: int) -> nx.Graph:
    return nx.grid_2d_graph(int(np.sqrt(nodes)), int(np.sqrt(nodes)))


def erdos_renyi(nodes: int) -> nx.Graph:
    return nx.fast_gnp_random_graph(nodes, 2 * np.log(nodes) / nodes, seed=SEED)


def blocks(nodes: int) -> nx.Graph:
    chance = (20 * np.eye(5) + 1) * 5 / nodes
    return nx.stochastic_block_model([nodes // 5] * 5, chance.tolist(), seed=SEED)


FAMILIES: dict[str, Callable[[int], Drawn]] = {
    "tree": sparse(tree, priced=True),
    "barabasi_albert": sparse(attached, priced=False),
    "barabasi_albert_priced": sparse(attached, priced=True),
    "watts_strogatz": sparse(small_world, priced=False),
    "watts_strogatz_priced": sparse(small_world, priced=True),
    "erdos_renyi": sparse(erdos_renyi, priced=False),
    "stochastic_block": sparse(blocks, priced=False),
    "grid": sparse(grid, priced=False),
    "geometric": geometric(priced=False),
    "geometric_priced": geometric(priced=True),
    "complete": complete(1),
    "complete_squared": complete(2),
    "complete_cubed": complete(3),
}


def row(name: str, *, objective: str, nodes: int, seconds: float, gap: float | None) -> str:
    """One family, solved."""
    edges, cost = FAMILIES[name](nodes)
    began = time.process_time()
    stop = {"seconds": seconds} if gap is None else {"seconds": seconds, "gap": gap}
    result = gn.optimize(
        edges, cost=cost, objective=objective, progress="none", updates=10**5, stop=stop, seed=0
    )
    spent = time.process_time() - began
    assert result.gap is not None
    size = f"{result.problem.nodes:,} | {len(edges):,}"
    return f"| {name} | {size} | {result.gap:.2g} | {result.updates} | {spent:.1f} | {result.seconds:.1f} |"


def main() -> None:
    """Solve what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=5000, help="of all but complete masks")
    parser.add_argument("--seconds", type=float, default=60.0, help="of training, each")
    parser.add_argument("--gap", type=float, default=None, help="that is good enough")
    parser.add_argument("--objective", default="algebraic_connectivity")
    parser.add_argument("--families", nargs="*", default=list(FAMILIES), choices=list(FAMILIES))
    asked = parser.parse_args()
    print("| family | nodes | edges | gap | updates | processor time of all [s] | training [s] |")
    print("|---|---|---|---|---|---|---|")
    settings = {"objective": asked.objective, "nodes": asked.nodes}
    for name in asked.families:
        print(row(name, **settings, seconds=asked.seconds, gap=asked.gap), flush=True)


if __name__ == "__main__":
    main()
