"""What the tests of results share."""

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import torch

QUIET = {"progress": "none"}
NOT_IN_PYTHON = {
    ".hydra/hydra.yaml",
    ".hydra/overrides.yaml",
    "run.log",
    "checkpoints/last.pt",
    "checkpoints/state.pt",
}
"""What only a run has: how it was typed, what it logged, and what it is resumed from."""


def towns() -> nx.Graph:
    graph = nx.Graph()
    for name, x, y, size in (("Ur", 0, 0, 3), ("Uruk", 2, 1, 9), ("Nippur", 1, 3, 4), ("Eridu", -1, 1, 2)):
        graph.add_node(name, pos=(float(x), float(y)), size=size)
    graph.add_weighted_edges_from(
        [("Ur", "Uruk", 1.0), ("Uruk", "Nippur", 0.5), ("Nippur", "Eridu", 2.0), ("Eridu", "Ur", 1.0)],
    )
    graph.add_edge("Ur", "Nippur", weight=0.25)
    return graph


def files(directory: Path) -> set[str]:
    return {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and not path.name.startswith(".nfs")
    }


def assert_same(one: Any, other: Any) -> None:
    """Two results tell the same of everything."""
    np.testing.assert_array_equal(one.weights, other.weights)
    for name in (
        *("score", "bound", "gap", "certified", "sense", "objective", "quantity", "step"),
        *("updates", "seconds", "stop_reason", "budget_spent", "edges_used"),
    ):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("metrics", "references"):
        assert dict(getattr(one, name)) == dict(getattr(other, name)), name
    assert repr(one) == repr(other)
    assert (one.pruned is None) == (other.pruned is None)
    if one.pruned is not None:
        np.testing.assert_array_equal(one.pruned, other.pruned)
    for name in ("node_data", "arrays", "course"):
        mine, others = getattr(one, name), getattr(other, name)
        assert set(mine) == set(others), name
        for key in mine:
            np.testing.assert_array_equal(np.asarray(mine[key]), np.asarray(others[key]), err_msg=key)
    assert set(one.learned) == set(other.learned)
    for key in one.learned:
        assert torch.equal(one.learned[key], other.learned[key])
    assert (one.to_scipy() != other.to_scipy()).nnz == 0
    mine, others = one.graph(), other.graph()
    assert list(mine) == list(others)
    assert {frozenset(edge) for edge in mine.edges} == {frozenset(edge) for edge in others.edges}
