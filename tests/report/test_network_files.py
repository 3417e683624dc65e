import csv
import tempfile
from pathlib import Path

import networkx
import numpy as np
import pandas
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.report.files.network_files import write_graphml, write_npz
from gradnet_cli.report.files.nodes import write_nodes
from gradnet_cli.result.graphs import to_scipy as adjacency


def test_networkx_reads_weights_costs_and_node_data(samples, tmp_path):
    mask = samples.mask(
        [(0, 1), (0, 2), (1, 2)],
        nodes=3,
        cost=np.array([1.0, 2.0, 3.0]),
        positions=np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 1 / 3]]),
        node_data={
            "side": np.array(["<left>", "right & left", 'a "name"']),
            "count": np.array([1, 2, 3]),
            "driver": np.array([True, False, True]),
            "load": np.array([np.nan, np.inf, -np.inf]),
        },
    )
    weights = np.array([0.1, 0.0, 1 / 3])
    write_graphml(tmp_path / "network.graphml", samples.result(mask, weights))
    graph = networkx.read_graphml(tmp_path / "network.graphml", node_type=int)
    assert not graph.is_directed()
    assert {(i, j): data for i, j, data in graph.edges(data=True)} == {
        (0, 1): {"weight": 0.1, "cost": 1.0},
        (1, 2): {"weight": 1 / 3, "cost": 3.0},
    }
    node = graph.nodes[2]
    assert (node["x"], node["y"], node["side"]) == (0.5, 1 / 3, 'a "name"')
    assert (node["count"], node["driver"], node["load"]) == (3, True, -np.inf)
    assert graph.nodes[1]["side"] == "right & left"
    assert graph.nodes[1]["strength"] == 0.1 + 1 / 3
    assert np.isnan(graph.nodes[0]["load"])


def test_networkx_reads_what_was_there_before_and_its_change(samples, tmp_path):
    mask = samples.mask([(0, 1), (1, 2)], nodes=3, base=np.array([3.0, 0.0]))
    write_graphml(tmp_path / "network.graphml", samples.result(mask, np.array([0.5, 0.25])))
    graph = networkx.read_graphml(tmp_path / "network.graphml", node_type=int)
    assert {(i, j): data for i, j, data in graph.edges(data=True)} == {
        (0, 1): {"weight": 0.5, "base": 3.0, "change": -2.5},
        (1, 2): {"weight": 0.25, "base": 0.0, "change": 0.25},
    }


def test_networkx_agrees_with_the_matrix(samples, tmp_path, small_mask):
    result = samples.result(small_mask)
    write_graphml(tmp_path / "network.graphml", result)
    graph = networkx.read_graphml(tmp_path / "network.graphml")
    names = (
        [str(i) for i in range(small_mask.nodes)] if small_mask.labels is None else small_mask.labels.tolist()
    )
    difference = networkx.to_scipy_sparse_array(graph, nodelist=names) - adjacency(
        result.problem, result.weights
    )
    assert abs(difference).max() == 0
    assert graph.is_directed() == small_mask.directed


LABELS = st.lists(st.text(max_size=5), min_size=3, max_size=3, unique=True)


@settings(max_examples=60, deadline=None)
@given(labels=LABELS)
def test_any_label_makes_valid_xml(samples, labels):
    """Characters that XML cannot hold are replaced; the network is the same, whatever nodes are called."""
    mask = samples.mask([(0, 1), (1, 2)], nodes=3, labels=np.array(labels, dtype=object))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "network.graphml"
        write_graphml(path, samples.result(mask, np.array([1.0, 2.0])))
        graph = networkx.read_graphml(path)
    assert graph.number_of_nodes() == 3
    assert sorted(data["weight"] for _, _, data in graph.edges(data=True)) == [1.0, 2.0]


def test_labels_are_node_ids(samples, tmp_path):
    mask = samples.mask([(0, 1)], nodes=2, directed=True, labels=np.array(["Köln", "A&B\n"]))
    write_graphml(tmp_path / "network.graphml", samples.result(mask, np.array([2.0])))
    graph = networkx.read_graphml(tmp_path / "network.graphml")
    assert list(graph.edges(data="weight")) == [("Köln", "A&B\n", 2.0)]


def test_labels_that_would_become_one_are_kept_as_attributes(samples, tmp_path):
    mask = samples.mask([(0, 1)], nodes=2, labels=np.array(["\x01", "\x02"]))
    write_graphml(tmp_path / "network.graphml", samples.result(mask, np.array([2.0])))
    graph = networkx.read_graphml(tmp_path / "network.graphml")
    assert dict(graph.nodes(data="label")) == {"0": "\ufffd", "1": "\ufffd"}


@pytest.mark.parametrize("compressed", [True, False])
def test_scipy_loads_the_matrix(samples, tmp_path, small_mask, compressed, monkeypatch):
    monkeypatch.setattr("gradnet_cli.report.files.network_files.COMPRESSED_UP_TO", 10**9 if compressed else 0)
    result = samples.result(small_mask)
    write_npz(tmp_path / "network.npz", result.problem, result.weights)
    matrix = scipy.sparse.load_npz(tmp_path / "network.npz")
    assert matrix.format == "csr"
    assert matrix.shape == (small_mask.nodes, small_mask.nodes)
    assert small_mask.directed or abs(matrix - matrix.T).max() == 0
    entries = matrix.tocoo().todok()
    source, target = small_mask.edge_index
    some = np.random.default_rng(0).integers(0, small_mask.edges, 20)
    assert [entries[i, j] for i, j in zip(source[some], target[some], strict=True)] == [*result.weights[some]]


def test_the_matrix_stores_no_zeros(samples):
    problem = samples.problem(samples.mask([(0, 1), (1, 2)], nodes=3))
    assert adjacency(problem, np.array([0.0, 2.0])).nnz == 2


def test_nodes_carry_data_positions_and_strengths(samples, tmp_path):
    mask = samples.mask(
        [(0, 1), (1, 2)],
        nodes=3,
        positions=np.array([[0.1, 1 / 3, 5.0]] * 3),
        node_data={"club": np.array(["a,b", "c", "d"])},
        labels=np.array(["n1", "NA", "n3"]),
    )
    write_nodes(tmp_path / "nodes.csv", samples.result(mask, np.array([1.0, 2.0])))
    table = pandas.read_csv(tmp_path / "nodes.csv", keep_default_na=False)
    assert list(table) == ["Id", "club", "x", "y", "z", "strength"]
    assert table["Id"].tolist() == ["n1", "NA", "n3"]
    assert table["club"].tolist() == ["a,b", "c", "d"]
    assert table["y"].tolist() == [1 / 3] * 3
    assert table["strength"].tolist() == [1.0, 3.0, 2.0]


def test_any_node_data_comes_back(samples, tmp_path):
    texts = np.array(["\r", " blank ", "", 'q"\n'], dtype=object)
    mask = samples.mask([(0, 1), (2, 3)], nodes=4, node_data={"a, b": texts}, labels=texts)
    write_nodes(tmp_path / "nodes.csv", samples.result(mask, np.array([1.0, 1e-300])))
    with (tmp_path / "nodes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Id"], row["a, b"]) for row in rows] == [(text, text) for text in texts]
    assert [float(row["strength"]) for row in rows] == [1.0, 1.0, 1e-300, 1e-300]


def test_directed_nodes_have_two_strengths(samples, tmp_path):
    mask = samples.mask([(0, 1), (1, 0)], nodes=2, directed=True)
    write_nodes(tmp_path / "nodes.csv", samples.result(mask, np.array([1.0, 3.0])))
    table = pandas.read_csv(tmp_path / "nodes.csv")
    assert table.to_dict("list") == {"Id": [0, 1], "out_strength": [1.0, 3.0], "in_strength": [3.0, 1.0]}
