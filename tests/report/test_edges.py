import tempfile
from pathlib import Path

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.errors import GradnetError, NumericalError
from gradnet_cli.numerics.graphs import USED_FRACTION, used_edges
from gradnet_cli.problem.masks import complete, grid
from gradnet_cli.report.files.edges import read_edges, write_edges, write_removed
from tests.work import calls

FREE = {"kind": "none", "value": None}
ANY_SIGN = {"result": "any"}
WEIGHTS = st.one_of(st.just(0.0), st.floats(allow_nan=False, allow_infinity=False))
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@st.composite
def networks(draw):
    """Pairs, weights, costs and labels of a small network, directed or not."""
    nodes = draw(st.integers(2, 7))
    directed = draw(st.booleans())
    possible = [(i, j) for i in range(nodes) for j in range(nodes) if (i != j if directed else i < j)]
    pairs = draw(st.lists(st.sampled_from(possible), min_size=1, unique=True))
    weights = draw(st.lists(WEIGHTS, min_size=len(pairs), max_size=len(pairs)))
    cost = draw(st.none() | st.lists(st.floats(1e-3, 1e3), min_size=len(pairs), max_size=len(pairs)))
    labels = draw(st.none() | st.lists(NAMES, min_size=nodes, max_size=nodes, unique=True))
    further = {
        "nodes": nodes,
        "directed": directed,
        "cost": None if cost is None else np.array(cost),
        "labels": None if labels is None else np.array(labels, dtype=object),
    }
    return pairs, np.array(weights), further


@settings(max_examples=60, deadline=None)
@given(network=networks())
def test_what_is_read_is_what_was_written_to_the_last_bit(samples, network):
    pairs, weights, further = network
    problem = samples.problem(samples.mask(pairs, **further), budget=FREE, signs=ANY_SIGN)
    weights = weights + 0.0  # -0.0 is no weight, and comes back as 0.0
    with tempfile.TemporaryDirectory() as directory:
        write_edges(Path(directory) / "edges.csv", problem, weights)
        read = read_edges(Path(directory) / "edges.csv", problem)
    assert read.dtype == np.float64
    assert read.tobytes() == weights.tobytes()


def test_any_bits_come_back(samples, tmp_path):
    """Float64s of all exponents, drawn as bits: a reader that does not round correctly loses some."""
    problem = samples.problem(complete.build(nodes=300), budget=FREE, signs=ANY_SIGN)
    bits = np.random.default_rng(0).integers(0, 2**64, problem.edges, dtype=np.uint64)
    weights = np.where(np.isfinite(bits.view(np.float64)), bits.view(np.float64), 1.0)
    write_edges(tmp_path / "edges.csv", problem, weights)
    assert read_edges(tmp_path / "edges.csv", problem).tobytes() == weights.tobytes()


def test_the_file_opens_in_gephi_as_it_is(samples, tmp_path):
    problem = samples.problem(samples.mask([(0, 1), (0, 2), (1, 2)], nodes=3), budget=FREE)
    write_edges(tmp_path / "edges.csv", problem, np.array([0.1, 0.0, 1 / 3]))
    assert (tmp_path / "edges.csv").read_text() == (
        "Source,Target,Type,Weight\n0,1,Undirected,0.1\n1,2,Undirected,0.3333333333333333\n"
    )


def test_costs_labels_and_directions_are_told(samples, tmp_path):
    labels = np.array(["New York", 'a "b", c'])
    mask = samples.mask([(0, 1), (1, 0)], nodes=2, directed=True, cost=np.array([1.0, 2.5]), labels=labels)
    write_edges(tmp_path / "edges.csv", samples.problem(mask), np.array([1.0, 2.0]))
    assert (tmp_path / "edges.csv").read_text() == (
        "Source,Target,Type,Weight,Cost\n"
        'New York,"a ""b"", c",Directed,1.0,1.0\n"a ""b"", c",New York,Directed,2.0,2.5\n'
    )


def test_a_base_network_is_told_beside_its_change_and_what_is_gone_in_a_file_of_its_own(samples, tmp_path):
    mask = samples.mask([(0, 1), (0, 2), (1, 2)], nodes=3, base=np.array([1.0, 3.0, 0.0]))
    problem = samples.problem(mask)
    weights = np.array([1.0, 0.0, 0.25])
    write_edges(tmp_path / "edges.csv", problem, weights)
    assert (tmp_path / "edges.csv").read_text() == (
        "Source,Target,Type,Weight,Base,Change\n0,1,Undirected,1.0,1.0,0.0\n1,2,Undirected,0.25,0.0,0.25\n"
    )
    assert read_edges(tmp_path / "edges.csv", problem).tolist() == weights.tolist()
    write_removed(tmp_path / "removed.csv", problem, weights)
    removed = tmp_path / "removed.csv"
    assert removed.read_text() == "Source,Target,Type,Weight\n0,2,Undirected,3.0\n"
    write_removed(removed, problem, np.array([1.0, 2.0, 0.0]))  # lighter is not gone
    assert not removed.exists()


def test_base_and_change_add_up_to_the_weight_as_pandas_reads_them(samples, tmp_path):
    generator = np.random.default_rng(0)
    mask = complete.build(nodes=30)
    base = generator.exponential(size=mask.edges) * (generator.random(mask.edges) < 0.3)
    pairs = list(zip(*mask.edge_index.tolist(), strict=True))
    mask = samples.mask(pairs, nodes=30, base=base, cost=generator.uniform(1, 2, mask.edges))
    problem = samples.problem(mask)
    weights = np.maximum(base + generator.normal(size=mask.edges), 0.0)
    write_edges(tmp_path / "edges.csv", problem, weights)
    write_removed(tmp_path / "removed.csv", problem, weights)
    table, removed = (pandas.read_csv(tmp_path / f"{name}.csv") for name in ("edges", "removed"))
    assert list(table) == ["Source", "Target", "Type", "Weight", "Cost", "Base", "Change"]
    assert list(removed) == ["Source", "Target", "Type", "Weight", "Cost"]
    np.testing.assert_allclose(table.Base + table.Change, table.Weight, rtol=1e-14)
    assert table.Base.sum() + removed.Weight.sum() == pytest.approx(base.sum(), rel=1e-14)
    spent = 2 * ((table.Cost * table.Change.abs()).sum() + (removed.Cost * removed.Weight).sum())
    assert spent == pytest.approx(problem.spent(weights - base), rel=1e-13)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused_and_nothing_is_written(samples, tmp_path, wrong):
    problem = samples.problem(samples.mask([(0, 1), (1, 2)], nodes=3))
    with pytest.raises(NumericalError, match="edge 1-2"):
        write_edges(tmp_path / "edges.csv", problem, np.array([1.0, wrong]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("0,2,Undirected,1.0\n", "line 2: the mask has no such edge"),
        ("0,1,Undirected,1.0\n-1,5,Undirected,1.0\n", "line 3: the mask has no such edge"),
        ("0,1,Undirected,1.0\n1,2,Undirected,1.0\n1,0,Undirected,1.0\n", "line 4: an edge is listed twice"),
        ("0,1,Undirected,heavy\n", "heavy"),
        ("0,1\n", "line 2"),
        ("a,1,Undirected,1.0\n", "'a'"),
    ],
)
def test_a_file_that_was_changed_is_told_with_its_line(samples, tmp_path, rows, message):
    problem = samples.problem(samples.mask([(0, 1), (1, 2)], nodes=3))
    (tmp_path / "edges.csv").write_text("Source,Target,Type,Weight\n" + rows)
    with pytest.raises(GradnetError, match=message):
        read_edges(tmp_path / "edges.csv", problem)


def test_another_file_is_refused(samples, tmp_path):
    (tmp_path / "edges.csv").write_text("")
    with pytest.raises(GradnetError, match="line 1"):
        read_edges(tmp_path / "edges.csv", samples.problem(samples.mask([(0, 1)], nodes=2)))


def test_used_edges_are_those_above_a_fraction_of_the_largest():
    weights = np.array([2.0, -2.0 * USED_FRACTION, -2.1 * USED_FRACTION, 0.0])
    assert used_edges(weights).tolist() == [True, False, True, False]
    assert not used_edges(np.zeros(3)).any()


def test_two_hundred_thousand_edges_take_a_few_thousand_calls_each_way(samples, tmp_path):
    """What is done edge by edge is done by compiled code."""
    problem = samples.problem(grid.build(rows=317, cols=317))
    weights = samples.weights(problem.mask)
    path = tmp_path / "edges.csv"
    assert calls(lambda: write_edges(path, problem, weights)) < 1000
    assert calls(lambda: read_edges(path, problem)) < 5000  # a few for each 8 KiB of text
    assert read_edges(path, problem).tobytes() == weights.tobytes()
