"""The largest lambda_2 of a weighted tree, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from gradnet_cli.numerics.trees.rooted_tree import RootedTree


@dataclass(frozen=True, kw_only=True)
class TreeCentre:
    """The point of a tree, at a node or within an edge, whose squared distances to all nodes sum up to least.

    Attributes:
        distances: (N,) of the nodes from it
        moments: (E,) what the distances of the nodes beyond an edge, seen from the centre, sum up to
    """

    distances: Float[np.ndarray, " nodes"]
    moments: Float[np.ndarray, " edges"]

    @property
    def spread(self) -> float:
        """Sum of the squared distances."""
        return float(np.square(self.distances).sum())


def tree_centre(edge_index: Int[np.ndarray, "2 edges"], lengths: Float[np.ndarray, " edges"]) -> TreeCentre:
    """The centre of a tree whose edges have these lengths > 0; O(N).

    The sum is convex along every path, so the way down from any node leads there: towards the neighbour
    beyond which more distance lies than on all other sides, until there is none.
    """
    tree = RootedTree.of(edge_index)
    nodes, edge = tree.nodes, tree.edge
    depth = tree.depths(lengths)
    count = tree.sums_below(np.ones(nodes))
    below = tree.sums_below(depth)
    here, passed, offset, total = tree.root, [], 0.0, float(below[tree.root])
    while True:
        children = tree.children(here)
        if not len(children):
            break
        # What the distances of the nodes below each child, from here, sum up to.
        beyond = below[children] - depth[here] * count[children]
        heaviest = int(beyond.argmax())
        child, share = int(children[heaviest]), float(beyond[heaviest])
        way = (2 * share - total) / nodes
        if way <= 0:
            break
        length = float(lengths[edge[child]])
        if way < length:
            passed.append(child)
            offset = way
            break
        passed.append(child)
        here, total = child, total + length * (nodes - 2 * float(count[child]))
    return _around(tree, lengths, here=here, passed=passed, offset=offset)


def _around(
    tree: RootedTree, lengths: np.ndarray, *, here: int, passed: list[int], offset: float
) -> TreeCentre:
    """Distances from the point that lies by `offset` beyond the node `here`, on the way to the last child."""
    # From the root down: a child on the way to the centre is nearer to it than its parent.
    sign = np.ones(tree.nodes)
    sign[passed] = -1.0
    start = tree.depths(lengths)[here] + offset
    steps = sign * np.where(tree.parent < 0, 0.0, lengths[tree.edge])
    if offset > 0:  # the last edge is passed for a part only
        last = passed[-1]
        steps[last] = float(lengths[tree.edge[last]]) - 2 * offset
    way = tree.path_sums(steps) + start
    below = tree.sums_below(way)
    moments = np.empty(tree.nodes - 1)
    inner = np.arange(tree.nodes) != tree.root
    moments[tree.edge[inner]] = below[inner]
    if passed:
        moments[tree.edge[passed]] = float(below[tree.root]) - below[passed]
    return TreeCentre(distances=np.abs(way), moments=moments)


def best_tree_weights(
    edge_index: Int[np.ndarray, "2 edges"], cost: Float[np.ndarray, " edges"], *, budget: float
) -> tuple[Float[np.ndarray, " edges"], float]:
    """The weights w >= 0 with sum(cost * w) = budget of the largest lambda_2 on a tree, and that lambda_2.

    With edges of length sqrt(cost) and S the sum of squared distances from the tree's centre, lambda_2 =
    budget / S. It is no more: the nodes placed at their distances from the centre, in directions that balance
    the branches, are centred and stretch no edge beyond its length, so that lambda_2 S <= sum w cost. And it
    is reached: w_e = (budget / S) m_e / length_e, m_e being the sum of the distances of the nodes beyond e,
    makes these distances an eigenvector on every branch. For equal costs it is Fiedler's (1990) formula.

    Returns:
        w (E,) and lambda_2
    """
    lengths = np.sqrt(cost)
    centre = tree_centre(edge_index, lengths)
    value = budget / centre.spread
    weights = value * centre.moments / lengths
    return weights * (budget / float(cost @ weights)), value
