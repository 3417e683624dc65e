"""Two sides; every pair across may carry an edge, none within."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.settings.values import integer


def build(*, left: int, right: int) -> Mask:
    """Join each of the nodes 0 .. left-1 with each of the nodes left .. left+right-1.

    Args:
        left: nodes of the left side, >= 1
        right: nodes of the right side, >= 1
    """
    left, right = _sizes(left, right)
    check_size(nodes=left + right, edges=left * right, setting="left", value=left)
    edges = np.stack([np.repeat(np.arange(left), right), left + np.tile(np.arange(right), left)])
    return Mask.from_edges(name="bipartite", nodes=left + right, edges=edges, **_nodes(left, right))


def active(*, left: int, right: int) -> Mask:
    """All pairs across, without a list of them.

    Args:
        left, right: as above
    """
    left, right = _sizes(left, right)
    check_size(nodes=left + right, edges=0, setting="left", value=left)
    return Mask.active(name="bipartite", pairs=Pairs(nodes=left + right, left=left), **_nodes(left, right))


def _sizes(left: int, right: int) -> tuple[int, int]:
    return (
        integer(setting="left", value=left, minimum=1),
        integer(setting="right", value=right, minimum=1),
    )


def _nodes(left: int, right: int) -> dict[str, Any]:
    """The data of the nodes, and where they are drawn."""
    height = np.concatenate([(np.arange(size) + 0.5) / size for size in (left, right)])
    side = np.repeat([0.0, 1.0], [left, right])
    return {
        "node_data": {"side": np.repeat(["left", "right"], [left, right])},
        "positions": np.stack([side, height], axis=1),
    }
