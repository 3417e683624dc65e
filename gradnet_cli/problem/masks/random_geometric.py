"""Random geometric graph: uniform points in a box, joined where they are near."""

from __future__ import annotations

import logging
import math

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import components
from gradnet_cli.numerics.pairs.neighbours import count_near, near_pairs
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.settings.values import choice, flag, integer, number

logger = logging.getLogger(__name__)

GROWTH = 1.1  # of a radius that did not connect the graph


def build(
    *,
    nodes: int,
    radius: float | None = None,
    side: float = 1.0,
    dimensions: int = 2,
    points: str = "numpy",
    largest_component: bool = False,
    graph_seed: int,
) -> Mask:
    """Join points drawn uniformly from [0, side]^dimensions that are at most radius apart.

    Args:
        nodes: >= 2
        radius: > 0, in the unit of side; None takes the radius at which a node far from the border has
            2 log(N) neighbours on average, twice the threshold of connectedness (Penrose 1997), and widens it
            by tenths as long as the graph is disconnected. So None always gives a connected graph
        side: length of the box, > 0
        dimensions: >= 1
        points: whose random numbers, numpy or torch; torch gives side * torch.rand(nodes, dimensions) after
            torch.manual_seed(graph_seed), in single precision
        largest_component: keep only the largest component, so that there may be fewer nodes
        graph_seed: >= 0
    """
    nodes = integer(setting="nodes", value=nodes, minimum=2)
    dimensions = integer(setting="dimensions", value=dimensions, minimum=1, maximum=16)
    side = number(setting="side", value=side, above=0, meaning="length of the box")
    keep = flag(setting="largest_component", value=largest_component)
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    check_size(nodes=nodes, edges=0, setting="nodes", value=nodes)
    draw = SOURCES[choice(setting="points", value=points, choices=SOURCES)]
    positions = draw(nodes, dimensions, side, seed)
    if radius is None:
        edges = _connecting_pairs(positions, _threshold(nodes, dimensions, side))
    else:
        radius = number(setting="radius", value=radius, above=0, meaning="in the unit of side")
        edges = _near_pairs(positions, radius)
    mask = Mask.from_edges(
        name="random_geometric",
        nodes=nodes,
        edges=edges,
        positions=positions,
    )
    return keep_largest(mask) if keep else mask


def active(
    *,
    nodes: int,
    radius: float | None = None,
    side: float = 1.0,
    dimensions: int = 2,
    points: str = "numpy",
    largest_component: bool = False,
    graph_seed: int,
) -> Mask:
    """The same points, joined by pairs that are not listed.

    Args:
        radius: > 0; from the diagonal of the box on all pairs are candidates
        largest_component: must be False
        others: as above
    """
    nodes = integer(setting="nodes", value=nodes, minimum=2)
    dimensions = integer(setting="dimensions", value=dimensions, minimum=1, maximum=16)
    side = number(setting="side", value=side, above=0, meaning="length of the box")
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    diagonal = side * math.sqrt(dimensions)
    if radius is None:
        allowed = f"must be a number with edges=active; from {diagonal:.4g} on all pairs are candidates"
        raise SettingError(setting="radius", value=None, allowed=allowed)
    radius = number(setting="radius", value=radius, above=0, meaning="in the unit of side")
    if flag(setting="largest_component", value=largest_component):
        allowed = "must be false with edges=active: components are known of listed edges alone"
        raise SettingError(setting="largest_component", value=largest_component, allowed=allowed)
    check_size(nodes=nodes, edges=0, setting="nodes", value=nodes)
    positions = SOURCES[choice(setting="points", value=points, choices=SOURCES)](
        nodes, dimensions, side, seed
    )
    reach = math.inf if radius >= diagonal else radius
    pairs = Pairs(nodes=nodes, positions=positions, radius=reach)
    return Mask.active(name="random_geometric", pairs=pairs, positions=positions)


def _points_of_numpy(nodes: int, dimensions: int, side: float, seed: int) -> np.ndarray:
    return side * np.random.default_rng(seed).random((nodes, dimensions))


def _points_of_torch(nodes: int, dimensions: int, side: float, seed: int) -> np.ndarray:
    """The points of torch.rand on a processor, without torch.

    It takes the lower 24 of the 32 bits of the same Mersenne Twister as NumPy's older generator.
    """
    twister = np.random.MT19937()
    twister._legacy_seeding(seed % 2**32)
    share = (twister.random_raw(nodes * dimensions) & 0xFFFFFF).astype(np.float32) / np.float32(2**24)
    return (share * np.float32(side)).astype(np.float64).reshape(nodes, dimensions)


SOURCES = {"numpy": _points_of_numpy, "torch": _points_of_torch}


def _threshold(nodes: int, dimensions: int, side: float) -> float:
    """Return the radius of a ball that holds 2 log(N) of N uniform points on average."""
    unit_ball = math.pi ** (dimensions / 2) / math.gamma(dimensions / 2 + 1)
    return side * math.pow(2 * math.log(nodes) / (nodes * unit_ball), 1 / dimensions)


def _near_pairs(positions: np.ndarray, radius: float) -> np.ndarray:
    pairs = count_near(positions, radius=radius)
    check_size(nodes=len(positions), edges=pairs, setting="radius", value=radius)
    return near_pairs(positions, radius=radius)


def _connecting_pairs(positions: np.ndarray, radius: float) -> np.ndarray:
    while True:
        edges = _near_pairs(positions, radius)
        if not components(edges, nodes=len(positions)).any():
            logger.info("random_geometric: radius %.6g", radius)
            return edges
        radius *= GROWTH
