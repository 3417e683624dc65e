"""Two sides; every pair across may carry an edge, none within."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import integer


def build(*, left: int, right: int) -> Mask:
    """Join each of the nodes 0 .. left-1 with each of the nodes left .. left+right-1.

    Args:
        left: nodes of the left side, >= 1
        right: nodes of the right side, >= 1
    """
    left = integer(setting="left", value=left, minimum=1)
    right = integer(setting="right", value=right, minimum=1)
    check_size(nodes=left + right, edges=left * right, setting="left", value=left)
    edges = np.stack([np.repeat(np.arange(left), right), left + np.tile(np.arange(right), left)])
    height = np.concatenate([(np.arange(size) + 0.5) / size for size in (left, right)])
    side = np.repeat([0.0, 1.0], [left, right])
    return Mask.from_edges(
        name="bipartite",
        nodes=left + right,
        edges=edges,
        node_data={"side": np.repeat(["left", "right"], [left, right])},
        positions=np.stack([side, height], axis=1),
    )
