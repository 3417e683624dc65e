"""Edges chosen whole: the right number of them, near the best design there is, with a bound that holds."""

import itertools

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError

# The first instance of 5 nodes of LaplacianOpt.jl (Nagarajan et al.), whose best spanning tree has lambda_2 =
# 11.1592.
WEIGHTS = {
    (0, 1): 34.99664955,
    (0, 2): 3.86014785,
    (0, 3): 11.2685551,
    (0, 4): 5.1749106,
    (1, 2): 6.1501476,
    (1, 3): 13.66149798,
    (1, 4): 21.90200648,
    (2, 3): 29.11616571,
    (2, 4): 27.74393888,
    (3, 4): 2.83029978,
}


def connectivity(graph: nx.Graph) -> float:
    return float(np.sort(nx.laplacian_spectrum(graph))[1])


def resistance(graph: nx.Graph) -> float:
    values = np.sort(nx.laplacian_spectrum(graph))[1:]
    return float(len(graph) * (1 / values).sum()) if values[0] > 1e-9 else np.inf


def radius(graph: nx.Graph) -> float:
    return float(nx.adjacency_spectrum(graph).real.max())


def designs(graph: nx.Graph, count: int):
    """Every design of so many edges."""
    for edges in itertools.combinations(graph.edges, count):
        design = nx.empty_graph(len(graph))
        design.add_edges_from(edges)
        yield design


def assert_design(result: gn.Result, *, weight: float = 1.0) -> None:
    """Every edge is whole, or not there; and the score is that of the network written."""
    change = result.delta
    assert set(np.unique(change)) <= {0.0, weight}
    assert not result.problem.base[change != 0].any()


def test_the_best_spanning_tree_of_five_nodes() -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from((i, j, weight) for (i, j), weight in WEIGHTS.items())
    result = gn.optimize(graph, select={"count": 4, "weight": "weight"}, progress="none")
    assert result.score == pytest.approx(11.1592, abs=5e-5)
    assert result.edges_used == 4
    assert result.bound == pytest.approx(result.score)  # all designs were scored
    assert result.certified
    assert "all 210 designs were scored" in result.notes


@pytest.mark.parametrize(
    ("objective", "best"),
    [
        ("algebraic_connectivity", connectivity),
        ("effective_resistance", resistance),
        ("spectral_radius", radius),
    ],
)
@pytest.mark.parametrize(
    "seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_small_designs_are_the_best(objective: str, best, seed: int) -> None:
    graph = nx.gnp_random_graph(7, 0.7, seed=seed)
    count = 9
    choose = max if objective == "algebraic_connectivity" else min
    truth = choose(best(design) for design in designs(graph, count))
    result = gn.optimize(
        graph,
        objective=objective,
        select={"count": count, "exchanges": 400},  # fewer than the designs there are
        progress="none",
    )
    assert_design(result)
    assert result.edges_used == count
    assert result.score == pytest.approx(best(result.graph()), rel=1e-9)
    assert result.score == pytest.approx(truth, rel=0.01)
    better = 1 if result.sense == "maximize" else -1
    assert better * (result.bound - truth) >= -1e-9 * abs(truth)
    assert better * (result.score - max(result.references.values(), key=lambda s: better * s)) >= 0


def test_what_a_budget_pays_for() -> None:
    points = np.random.default_rng(3).random((12, 2))
    graph = nx.complete_graph(12)
    for i, j in graph.edges:
        graph[i][j]["length"] = float(np.linalg.norm(points[i] - points[j]))
    tree = nx.minimum_spanning_tree(graph, weight="length")
    for i, j in tree.edges:
        graph[i][j]["there"] = 1.0
    for _, _, data in graph.edges(data=True):
        data.setdefault("there", 0.0)
    result = gn.optimize(
        graph,
        base="there",
        cost="length",
        budget={"kind": "relative", "value": 0.5},
        select="edges",
        progress="none",
    )
    assert_design(result)
    assert result.budget_spent <= result.problem.budget_total * (1 + 1e-9)
    kept = {frozenset(edge) for edge in result.graph().edges}
    assert {frozenset(edge) for edge in tree.edges} <= kept
    left = result.problem.budget_total - result.budget_spent
    assert left < 2 * min(graph[i][j]["length"] for i, j in graph.edges if frozenset((i, j)) not in kept)
    assert result.score > 1.5 * connectivity(tree)
    assert result.score <= result.bound


def improving(result: gn.Result, *, cost: np.ndarray, room: float) -> int:
    """How many exchanges and additions improve lambda_2, of all that the budget pays for."""
    problem = result.problem
    ends = np.zeros((problem.edges, problem.nodes))
    ends[np.arange(problem.edges), problem.edge_index[0]] = 1
    ends[np.arange(problem.edges), problem.edge_index[1]] -= 1
    laplacian = ends.T @ (result.weights[:, None] * ends)
    squares = ends[:, :, None] * ends[:, None, :]
    chosen = result.delta > 0
    others = np.flatnonzero(~chosen & (problem.base == 0))
    found = 0
    for out in [*np.flatnonzero(chosen), None]:
        left = laplacian if out is None else laplacian - squares[out]
        fitting = others[cost[others] <= room + (0.0 if out is None else cost[out])]
        after = np.linalg.eigvalsh(left + squares[fitting])[:, 1]
        found += int((after > result.score * (1 + 1e-7)).sum())
    return found


def test_no_single_exchange_is_better() -> None:
    karate = nx.karate_club_graph()
    result = gn.optimize(
        karate,
        base=True,
        candidates="complement",
        select={"count": 3, "exchanges": 200},
        stop={"gap": 0.01},
        progress="none",
    )
    assert_design(result)
    assert result.metrics["exchange_searches"] > 0
    assert result.metrics["designs_scored"] < 200
    assert not result.notes
    assert improving(result, cost=np.ones(result.problem.edges), room=0.0) == 0


def test_no_exchange_that_the_budget_pays_for_is_better() -> None:
    points = np.random.default_rng(5).random((12, 2))
    graph = nx.path_graph(12)
    graph.add_edges_from(nx.complete_graph(12).edges)
    for i, j in graph.edges:
        graph[i][j]["length"] = float(np.linalg.norm(points[i] - points[j]))
        graph[i][j]["there"] = float(abs(i - j) == 1)
    result = gn.optimize(
        graph,
        base="there",
        cost="length",
        budget={"kind": "relative", "value": 0.5},
        select={"count": None, "exchanges": 300},
        progress="none",
    )
    assert_design(result)
    assert not result.notes
    room = result.problem.budget_total - result.budget_spent
    cost = np.array([graph[i][j]["length"] for i, j in result.problem.edge_index.T]) * 2
    assert improving(result, cost=cost, room=room) == 0
    assert improving(result, cost=cost, room=10.0) > 0


def test_strengths_limit_degrees() -> None:
    graph = nx.complete_graph(8)
    result = gn.optimize(graph, select=12, limits={"strength": 3}, progress="none")
    degrees = [degree for _, degree in result.graph().degree]
    assert_design(result)
    assert max(degrees) == 3
    assert result.edges_used == 12
    cubic = max(
        connectivity(nx.random_regular_graph(3, 8, seed=seed)) for seed in range(40)
    )  # with 12 edges and degrees of 3 all designs are cubic
    assert result.score >= cubic * 0.99


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"select": 100}, "select.count = 100: must be at most 15"),
        (
            {"select": {"count": 3, "weight": "nothing"}},
            "select.weight = nothing: must be a number or a column",
        ),
        ({"select": {"count": 5}, "limits": {"strength": 0.5}}, "budget.value"),
        ({"select": "edges", "budget": 0.001}, "pays for no edge"),
        ({"select": "edges", "budget": "none"}, "pays for the edges"),
        ({"select": 3, "signs": {"result": "any"}}, "signs.result"),
    ],
)
def test_designs_that_cannot_be_are_refused(arguments: dict, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        gn.optimize(nx.complete_graph(6), progress="none", **arguments)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_seed_gives_the_same_design() -> None:
    first, second = (
        gn.optimize(nx.grid_2d_graph(4, 4), select={"count": 17, "exchanges": 60}, progress="none")
        for _ in "ab"
    )
    np.testing.assert_array_equal(first.weights, second.weights)
    assert first.score == second.score
