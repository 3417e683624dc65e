"""The kinds of figures that are drawn whatever the objective is."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks import bipartite, complete, grid
from gradnet_cli.report.figures import (
    adjacency,
    animation,
    convergence,
    distribution,
    edge_values,
    network,
    rewiring,
)
from gradnet_cli.report.figures import grid as profiles
from gradnet_cli.result import Result
from tests.pictures.kinds import Kind, of_result
from tests.pictures.samples import course, geometric, near, plane, result, shares

TOWNS = ("Aachen", "Bremen", "Coburg", "Dresden", "Emden", "Fulda", "Garmisch", "Halle", "Ingolstadt", "Jena")


def kinds() -> Iterator[Kind]:
    """All of them."""
    for name, build in (
        ("grid", smooth),
        ("image", lambda: result(grid.build(rows=130, cols=120))),
        ("layers", lambda: result(grid.build(rows=4, cols=4, further=[4]))),
        ("columns", lambda: result(bipartite.build(left=5, right=8))),
        ("links", spread),
        ("names", named),
        ("signs", signed),
        ("change", changed),
        ("plane", lambda: result(crowded())),
        ("matrix", dense),
    ):
        yield of_result(f"network_{name}", network, build)
    yield of_result("adjacency", adjacency, changed)
    yield of_result("convergence_bound", convergence, lambda: smooth(course=course()))
    yield of_result("convergence", convergence, lambda: smooth(course=course(bound=False)))
    yield of_result("distribution", distribution, spread)
    yield of_result("distribution_change", distribution, changed)
    yield of_result("grid", profiles, smooth)
    yield of_result("edge_values", edge_values, valued)
    yield of_result("rewiring", rewiring, exchanged)
    yield Kind(
        name="animation",
        module=animation.__name__,
        draw=lambda: next(animation.frames(smooth(course=course()), [])),
    )


def smooth(**further: Any) -> Result:
    """A grid whose weights fall off to its rim."""
    mask = grid.build(rows=8, cols=10)
    x, y = np.meshgrid(np.arange(8), np.arange(10), indexing="ij")
    hill = ((4 - np.abs(x - 3.5)) * (5 - np.abs(y - 4.5)) / 20).ravel()
    return result(mask, 0.05 + hill[mask.edge_index].mean(axis=0), **further)


def spread() -> Result:
    """Links between points in a plane."""
    return result(geometric(60, 0.24))


def exchanged() -> Result:
    """A run that exchanged edges, fewer and fewer."""
    step = np.arange(41.0)
    told = {
        "rewiring_rate": 0.3 * (1 + np.cos(np.pi * (step // 8) / 5)),
        "edges_explored": 1 - np.exp(-step / 9),
    }
    held = {"edges_held": 80.0}
    return result(geometric(60, 0.24), course=course(bound=False, **told), metrics=held)


def valued() -> Result:
    """The same with the value of each edge."""
    mask = geometric(60, 0.24)
    return result(mask, arrays={"edge_value": 1 + 0.1 * (shares(mask.edges, 7) - 0.5)})


def named() -> Result:
    """Places with names that stand beside them."""
    places = plane(len(TOWNS)) * [4.0, 3.0] + [7.0, 49.0]
    mask = Mask.from_edges(
        name="listed",
        nodes=len(TOWNS),
        edges=near(places, 2.0),
        positions=places,
        labels=np.array(TOWNS),
        node_data={"lon": places[:, 0], "lat": places[:, 1]},
    )
    return result(mask)


def signed() -> Result:
    """A few nodes that drive and brake each other."""
    mask = complete.build(nodes=5, directed=True)
    return result(mask, 4 * shares(mask.edges) - 2)


def changed() -> Result:
    """A base network to which weight was added, and from which some was taken."""
    places = plane(24)
    edges = near(places, 0.32)
    there = shares(edges.shape[1], 3) > 0.35
    base = np.where(there, 1 + shares(edges.shape[1]), 0.0)
    turn = (7 * shares(edges.shape[1], 11)) % 1.0
    weights = np.where(turn > 0.85, base + turn, np.where(turn < 0.12, 0.0, base))
    sides = np.where(places[:, 0] < 0.5, "west", "east")
    mask = Mask.from_edges(
        name="listed", nodes=24, edges=edges, positions=places, base=base, node_data={"side_of": sides}
    )
    return result(mask, weights)


def crowded() -> Mask:
    """More places than lines can be told apart between: shaken ones, each joined to those beside it."""
    mask = grid.build(rows=130, cols=130)
    assert mask.positions is not None
    places = mask.positions + 0.3 * plane(mask.nodes)
    return Mask.from_edges(name="listed", nodes=mask.nodes, edges=mask.edge_index, positions=places)


def dense() -> Result:
    """A dense network without places that is too large to be laid out."""
    mask = complete.build(nodes=90)
    source, target = mask.edge_index
    return result(mask, np.exp(-np.abs(source - target) / 12.0))
