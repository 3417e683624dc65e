"""Other words of the field: which choice serves them, and that their values are related as is said."""

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.help import help_text
from gradnet_cli.settings.words import served
from tests.runs import composed

CATALOG = read_catalog()
SERVED = {word: choice for choice in CATALOG.choices() for word in served(choice)}


def test_no_word_stands_for_two_things_or_is_a_choice_itself() -> None:
    words = [(choice.group, word) for choice in CATALOG.choices() for word in served(choice)]
    assert len(set(words)) == len(words) >= 30
    names = {choice.name for choice in CATALOG.choices()}
    assert not names & {word for _, word in words}


@pytest.mark.parametrize(
    ("word", "objective", "related"),
    [
        ("kirchhoff_index", "effective_resistance", "kirchhoff_index = score"),
        ("coherence", "effective_resistance", "coherence = score / (2 N^2), of consensus under noise"),
        ("Epidemic-Threshold", "spectral_radius", "epidemic_threshold = 1 / score"),
        ("fiedler-value", "algebraic_connectivity", "fiedler_value = score"),
        ("number_of_spanning_trees", "spanning_trees", "number_of_spanning_trees = exp(score)"),
        ("leaf_venation", "supply_dissipation", ""),
    ],
)
def test_what_is_told_of_a_word(word: str, objective: str, related: str) -> None:
    told = f"is served by objective={objective}" + (f", {related}" if related else "")
    with pytest.raises(SettingError) as caught:
        gn.optimize(nx.path_graph(3), objective=word)
    assert str(caught.value) == f"objective = {word}: {told}"
    with pytest.raises(SettingError) as caught:
        gn.optimize(nx.path_graph(3), objective="sum", terms=[word, "sparsity"])
    assert str(caught.value) == f"objective.terms.0.name = {word}: {told}"
    text = " ".join(help_text([word], width=200).split())
    assert text.startswith(f"objective={objective} ")
    assert related in text
    assert help_text([f"objective={word}"]) == help_text([f"objective={objective}"])


def test_what_is_nearly_a_word() -> None:
    with pytest.raises(SettingError, match="Did you mean objective=effective_resistance for kirchhoff_index"):
        gn.optimize(nx.path_graph(3), objective="kirchof_index")
    with pytest.raises(SettingError, match=r"mask = small_world: is served by mask=watts_strogatz$"):
        composed("mask=small_world")


GRAPH = nx.Graph()
GRAPH.add_weighted_edges_from(
    (i, j, weight)
    for (i, j), weight in zip(
        nx.circulant_graph(9, [1, 2]).edges, np.random.default_rng(0).uniform(0.5, 2, 18), strict=True
    )
)
REGULAR = nx.Graph((i, j, {"weight": 0.7}) for i, j in nx.circulant_graph(9, [1, 3]).edges)


def values_of(graph: nx.Graph) -> dict[str, float]:
    """Of words whose values others compute, or that have a definition of their own."""
    nodes = len(graph)
    laplacian = nx.laplacian_matrix(graph).toarray()
    eigenvalues = np.linalg.eigvalsh(laplacian)
    adjacency = nx.adjacency_matrix(graph).toarray()
    strength = adjacency.sum(axis=1)
    walk = adjacency / strength[:, None]
    hitting = np.zeros((nodes, nodes))
    for goal in range(nodes):
        rest = np.arange(nodes) != goal
        inner = np.eye(nodes - 1) - walk[np.ix_(rest, rest)]
        hitting[rest, goal] = np.linalg.solve(inner, np.ones(nodes - 1))
    pairs = ~np.eye(nodes, dtype=bool)
    # Consensus x' = -L x under unit white noise: the variance about the mean is the trace of this.
    variance = np.trace(np.linalg.pinv(2 * laplacian))
    return {
        "kirchhoff_index": nx.effective_graph_resistance(graph, weight="weight", invert_weight=False),
        "coherence": variance / nodes,
        "h2_norm": np.sqrt(variance),
        "network_criticality": 2 / (nodes - 1) * np.trace(np.linalg.pinv(laplacian)),
        "commute_time": float((hitting + hitting.T)[pairs].mean()),
        "kemeny_constant": float(hitting @ (strength / strength.sum()) @ np.ones(nodes) / nodes),
        "fiedler_value": nx.algebraic_connectivity(graph, method="lanczos"),
        "relaxation_time": 1 / eigenvalues[1],
        "epidemic_threshold": 1 / np.linalg.eigvalsh(adjacency)[-1],
        "number_of_spanning_trees": nx.number_of_spanning_trees(graph, weight="weight"),
        "d_optimality": np.linalg.slogdet(laplacian[1:, 1:]).logabsdet,
    }


@pytest.mark.parametrize("word", values_of(REGULAR))
@pytest.mark.parametrize("graph", [GRAPH, REGULAR])
def test_values_are_related_as_is_said(graph: nx.Graph, word: str) -> None:
    choice = SERVED[word]
    if word == "kemeny_constant" and graph is GRAPH:
        pytest.skip("is said of equal strengths alone")
    score = gn.optimize(
        graph, objective=choice.name, base=True, progress="none", updates=1, stop={"gap": None}
    )
    base = score.references["base"]
    formula = served(choice)[word].partition(" = ")[2].partition(",")[0]
    for written, python in (("2 score", "2 * score"), ("(2 N^2)", "(2 * N**2)"), ("(2 N)", "(2 * N)")):
        formula = formula.replace(written, python)
    formula = formula.replace("(N (N - 1))", "(N * (N - 1))").replace("total strength", "total")
    strengths = [value for _, value in graph.degree(weight="weight")]
    known = {"score": base, "N": len(graph), "total": sum(strengths), "strength": strengths[0]}
    value = eval(formula, {"exp": np.exp, "sqrt": np.sqrt}, known)
    assert value == pytest.approx(values_of(graph)[word], rel=1e-6)
