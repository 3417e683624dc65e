"""Generated graphs: what tells their classes, what does not, and how well anybody can tell them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from gradnet_cli.datasets import GraphData, assortative
from gradnet_cli.errors import SettingError

ASKED: Mapping[str, Any] = {
    "graphs": 600,
    "classes": 2,
    "least": 12,
    "most": 20,
    "degree": 4.0,
    "low": 0.35,
    "high": 0.65,
    "noise": 3,
    "fold": 1,
    "folds": 5,
    "validation": 0.25,
    "data_seed": 3,
}


def made(**changes: Any) -> GraphData:
    return assortative.build(**{**ASKED, **changes})


def alike(data: GraphData) -> tuple[np.ndarray, np.ndarray]:
    """How many edges of each graph join nodes of one kind, and how many edges it has."""
    assert data.node_labels is not None
    source, target = data.edge_index
    graph = np.searchsorted(data.offsets, source, side="right") - 1
    same = data.node_labels[source] == data.node_labels[target]
    return np.bincount(graph, weights=same, minlength=data.graphs), np.bincount(graph, minlength=data.graphs)


def best_accuracy(edges: np.ndarray, low: float, high: float) -> float:
    """Of who knows all but the class: sum over counts of the likelier class's probability, by halves."""
    told = [
        0.5 * np.maximum(*(stats.binom.pmf(np.arange(m + 1), m, share) for share in (low, high))).sum()
        for m in edges
    ]
    return float(np.mean(told))


def test_numbers_of_nodes_kinds_and_edges_tell_nothing() -> None:
    data = made()
    sizes = np.diff(data.offsets)
    assert data.node_labels is not None
    assert data.node_attributes is not None
    assert (sizes.min(), sizes.max()) == (12, 20)
    kinds = np.array([part.sum() for part in np.split(data.node_labels, data.offsets[1:-1])])
    np.testing.assert_array_equal(kinds, sizes // 2)
    _, edges = alike(data)
    np.testing.assert_array_equal(edges, np.round(2 * sizes))
    assert len(np.unique(data.edge_index[0] * data.nodes + data.edge_index[1])) == edges.sum()  # each once
    assert (data.edge_index[0] < data.edge_index[1]).all()
    assert data.node_features().shape == (data.nodes, 2 + 3)
    means = [data.node_attributes[np.repeat(data.labels, sizes) == k].mean(axis=0) for k in (0, 1)]
    assert np.abs(means[0] - means[1]).max() < 4 * np.sqrt(2 / (data.nodes / 2))


@pytest.mark.parametrize("classes", [2, 3])
def test_edges_within_kinds_are_as_asked(classes: int) -> None:
    data = made(classes=classes)
    counted, edges = alike(data)
    for label, share in enumerate(np.linspace(0.35, 0.65, classes)):
        chosen = data.labels == label
        total = edges[chosen].sum()
        assert abs(counted[chosen].sum() / total - share) < 4 * np.sqrt(share * (1 - share) / total)


def test_to_count_them_is_as_good_as_theory_says() -> None:
    data = made(graphs=2000)
    counted, edges = alike(data)
    right = float(((counted > edges / 2) == data.labels).mean())
    expected = best_accuracy(edges, 0.35, 0.65)
    ties = (counted == edges / 2).mean() / 2
    assert abs(right - expected) < ties + 4 * np.sqrt(expected * (1 - expected) / 2000)


def test_the_same_seed_the_same_graphs() -> None:
    one, same, other = made(), made(), made(data_seed=4)
    assert one.checksum == same.checksum != other.checksum
    np.testing.assert_array_equal(one.split.sets, same.split.sets)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"degree": 12.0}, r"^data\.degree = 12\.0: is more than a graph of \d+ nodes has pairs for"),
        ({"low": 1.2}, r"^data\.low = 1\.2: must be a finite number >= 0 and <= 1"),
        ({"most": 5}, r"^data\.most = 5: must be an integer >= 12"),
        ({"classes": 1}, r"^data\.classes = 1: must be an integer >= 2"),
        ({"graphs": 3, "folds": 3}, r"^data\.fold = 1: leaves nothing for validation"),
    ],
)
def test_bad_input(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        made(**changes)
