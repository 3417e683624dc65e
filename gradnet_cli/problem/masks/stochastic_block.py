"""Stochastic block model: pairs by chance, likelier within a block than between two."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._draws import successes
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.masks.complete import pair_of
from gradnet_cli.settings.values import flag, integer, integers, number

GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
APART = 1.25  # least distance of two discs' centres, in the sum of their radii
NEIGHBOURS = 4  # on the circle, whose discs could meet


def build(
    *,
    blocks: Sequence[int],
    p_in: float,
    p_out: float,
    probabilities: Sequence[Sequence[float]] | None = None,
    directed: bool = False,
    largest_component: bool = False,
    graph_seed: int,
) -> Mask:
    """Draw each pair independently with the probability of its blocks (Holland, Laskey and Leinhardt 1983).

    Nodes are numbered block by block; ``block`` tells each node's, from 0. Time and memory grow with the
    edges alone (and the square of the number of blocks, with a matrix).

    Args:
        blocks: nodes of each block, >= 1
        p_in: chance of each pair within a block, in [0, 1]
        p_out: chance of each pair between two blocks, in [0, 1]
        probabilities: chance of each pair by the blocks of its ends, a matrix, in place of these; symmetric
            unless directed
        directed: draw the directions of a pair independently
        largest_component: keep only the largest component, so that there may be fewer nodes
        graph_seed: >= 0
    """
    sizes = integers(setting="blocks", value=blocks, minimum=1)
    if sum(sizes) < 2:
        allowed = "must have at least two nodes, like [25, 25]"
        raise SettingError(setting="blocks", value=list(blocks), allowed=allowed)
    directed = flag(setting="directed", value=directed)
    keep = flag(setting="largest_component", value=largest_component)
    random = np.random.default_rng(integer(setting="graph_seed", value=graph_seed, minimum=0))
    if probabilities is None:
        within = number(setting="p_in", value=p_in, minimum=0, maximum=1, meaning="chance of each pair")
        between = number(setting="p_out", value=p_out, minimum=0, maximum=1, meaning="chance of each pair")
        edges = _planted(sizes, within, between, directed=directed, random=random)
    else:
        matrix = _matrix(probabilities, len(sizes), directed=directed)
        edges = _by_matrix(sizes, matrix, directed=directed, random=random)
    mask = Mask.from_edges(
        name="stochastic_block",
        nodes=sum(sizes),
        edges=edges,
        directed=directed,
        node_data={"block": np.repeat(np.arange(len(sizes)), sizes)},
        positions=_discs(sizes),
        schematic=True,
    )
    return keep_largest(mask) if keep else mask


def idle(*, probabilities: object, **_: object) -> dict[str, str]:
    """Settings that have no effect beside the others, each with the reason."""
    return {} if probabilities is None else dict.fromkeys(("p_in", "p_out"), "probabilities say it")


def _planted(
    sizes: Sequence[int], within: float, between: float, *, directed: bool, random: np.random.Generator
) -> np.ndarray:
    """Pairs (2, M) of the model with two probabilities, in time that hardly grows with the blocks."""
    nodes, ways = sum(sizes), 1 if directed else 2
    inner = sum(size * (size - 1) // ways for size in sizes)
    outer = nodes * (nodes - 1) // ways - inner
    check_size(nodes=nodes, edges=within * inner + between * outer, setting="blocks", value=list(sizes))
    first = np.cumsum([0, *sizes])
    block = np.repeat(np.arange(len(sizes)), sizes)
    # All pairs are drawn with the chance between blocks, and those within a block dropped.
    rank = successes(nodes * (nodes - 1) // ways, between if outer else 0.0, random)
    across = pair_of(rank, nodes=nodes, directed=directed)
    found = [across[:, block[across[0]] != block[across[1]]]]
    for start, size in zip(first, sizes, strict=False):
        rank = successes(size * (size - 1) // ways, within, random)
        found.append(start + pair_of(rank, nodes=size, directed=directed))
    return np.concatenate(found, axis=1)


def _by_matrix(
    sizes: Sequence[int], matrix: np.ndarray, *, directed: bool, random: np.random.Generator
) -> np.ndarray:
    """Pairs (2, M), block by block of the matrix."""
    ways, count = 1 if directed else 2, len(sizes)
    pairs = np.outer(sizes, sizes).astype(float)
    np.fill_diagonal(pairs, [size * (size - 1) / ways for size in sizes])
    upper = np.ones_like(pairs) if directed else np.triu(np.ones_like(pairs))
    check_size(
        nodes=sum(sizes), edges=float((pairs * matrix * upper).sum()), setting="blocks", value=list(sizes)
    )
    first = np.cumsum([0, *sizes])
    found = []
    for one, other in itertools.product(range(count), repeat=2):
        if one == other:
            rank = successes(sizes[one] * (sizes[one] - 1) // ways, matrix[one, one], random)
            found.append(first[one] + pair_of(rank, nodes=sizes[one], directed=directed))
        elif directed or one < other:
            rank = successes(sizes[one] * sizes[other], matrix[one, other], random)
            i, j = np.divmod(rank, sizes[other])
            found.append(np.stack([first[one] + i, first[other] + j]))
    return np.concatenate(found, axis=1)


def _matrix(probabilities: object, count: int, *, directed: bool) -> np.ndarray:
    allowed = f"must be null or a {count} x {count} matrix of numbers from 0 to 1, a row a block"
    try:
        matrix = np.array(probabilities, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (count, count) or not ((matrix >= 0) & (matrix <= 1)).all():
        raise SettingError(setting="probabilities", value=probabilities, allowed=allowed)
    if not directed and (matrix != matrix.T).any():
        one, other = np.argwhere(matrix != matrix.T)[0]
        why = (
            f"must be symmetric unless directed=true: between blocks {one} and {other} it is "
            f"{matrix[one, other]:g} and {matrix[other, one]:g}"
        )
        raise SettingError(setting="probabilities", value=probabilities, allowed=why)
    return matrix


def _discs(sizes: Sequence[int]) -> np.ndarray:
    """Positions (N, 2): each block a disc that nodes fill evenly, the discs side by side around a circle."""
    radius = np.sqrt(np.array(sizes, dtype=np.float64))
    count, share = len(sizes), radius / radius.sum()
    middle = np.cumsum(share) - share / 2
    # The first block lies at the top, or on the left of the top where that makes a row or a square.
    angle = np.pi / 2 + (np.pi / count if count % 2 == 0 else 0.0) - 2 * np.pi * (middle - middle[0])
    centre = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    around = 0.0  # radius of the circle: large enough for neighbours on it, and those beyond
    for apart in range(1, min(count, NEIGHBOURS + 1)):
        chord = np.linalg.norm(centre - np.roll(centre, apart, axis=0), axis=1)
        around = max(around, float((APART * (radius + np.roll(radius, apart)) / chord).max()))
    block = np.repeat(np.arange(count), sizes)
    place = np.arange(len(block)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    turn, out = place * GOLDEN_ANGLE, np.sqrt(place + 0.5)
    positions: np.ndarray = around * centre[block]
    positions += np.stack([out * np.cos(turn), out * np.sin(turn)], axis=1)
    return positions
