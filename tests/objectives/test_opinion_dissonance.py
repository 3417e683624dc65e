"""Opinion dissonance: against matrix exponentials, linear solves and finite differences."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
import torch
from scipy.linalg import expm
from scipy.sparse.linalg import expm_multiply

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.dynamics import relaxation
from gradnet_cli.numerics.dynamics.relaxation import relax
from gradnet_cli.objectives.opinion_dissonance import OpinionDissonance
from gradnet_cli.problem import Problem
from tests.assertions import assert_written
from tests.quick import quick
from tests.runs import composed, execute, problem_of
from tests.samples import mask_of, random_problem

DEFAULTS = {"leaders": None, "opinions": [1.0, -1.0], "state": "time", "time": 10.0, "record": None}


def objective(problem: Problem | None = None, **changes: object) -> OpinionDissonance:
    made = OpinionDissonance(**{**DEFAULTS, **changes})
    if problem is not None:
        made.prepare(problem)
    return made


def network_of(problem: Problem, weights: np.ndarray) -> Network:
    tensor = torch.tensor(weights, requires_grad=True)
    return Network(weights=tensor, topology=topology_of(problem), problem=problem)


def draw(problem: Problem, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).exponential(size=problem.edges)


def laplacian(problem: Problem, weights: np.ndarray) -> np.ndarray:
    matrix = np.zeros((problem.nodes, problem.nodes))
    matrix[tuple(problem.edge_index)] = weights
    matrix += matrix.T
    return np.diag(matrix.sum(axis=1)) - matrix


def exact_opinions(problem: Problem, weights: np.ndarray, held: dict[int, float], time: float) -> np.ndarray:
    """exp(-T L) o(0), the rows of the leaders struck out."""
    rates = laplacian(problem, weights)
    rates[list(held)] = 0
    start = np.zeros(problem.nodes)
    start[list(held)] = list(held.values())
    return expm(-time * rates) @ start


@pytest.mark.parametrize("time", [1e-2, 0.3, 10.0, 1e3])
@pytest.mark.parametrize("dense", [True, False])
def test_opinions_are_the_matrix_exponential(
    time: float, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaxation, "DENSE_NODES", 150 if dense else 0)
    problem = random_problem(1, nodes=15)
    weights = draw(problem, 1)
    judge = objective(problem, leaders=[3, 7, 8], opinions=[1.0, -1.0, 0.25], time=time)
    found = judge.opinions_of(network_of(problem, weights), time).detach()
    exact = exact_opinions(problem, weights, {3: 1.0, 7: -1.0, 8: 0.25}, time)
    np.testing.assert_allclose(found.numpy(), exact, atol=1e-9)


def test_a_stiff_path_of_many_nodes() -> None:
    nodes = 2000
    rates = np.random.default_rng(0).lognormal(sigma=3, size=nodes + 1)
    matrix = sp.diags_array([-rates[1:-1], rates[:-1] + rates[1:], -rates[1:-1]], offsets=[-1, 0, 1]).tocsr()
    forcing = np.zeros(nodes)
    forcing[0] = rates[0]
    found = relax(sp.csr_array(matrix), forcing, time=0.01).state
    rest = sp.linalg.spsolve(matrix.tocsc(), forcing)
    exact = rest + expm_multiply(-0.01 * matrix.tocsc(), -rest)
    np.testing.assert_allclose(found, exact, atol=1e-8)


@pytest.mark.parametrize("dense", [True, False])
def test_rest_is_the_mean_of_neighbours(dense: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "DENSE_NODES", 150 if dense else 0)
    problem = random_problem(2, nodes=15)
    weights = draw(problem, 2)
    found = objective(problem).opinions_of(network_of(problem, weights), None).detach().numpy()
    assert (found[0], found[-1]) == (1.0, -1.0)
    np.testing.assert_allclose((laplacian(problem, weights) @ found)[1:-1], 0, atol=1e-9)


@pytest.mark.parametrize("state", ["time", "steady"])
def test_parts_without_a_leader_stay_where_they_began(state: str) -> None:
    problem = Problem.build(
        mask=mask_of(nx.path_graph(6)), budget={"kind": "per_node", "value": 1.0}, signs={}
    )
    weights = np.array([1.0, 0.0, 2.0, 0.0, 1.0])  # 0 - 1, 2 = 3, 4 - 5
    network = network_of(problem, weights)
    judge = objective(problem, state=state, time=100.0)
    score = judge(network, 0).score
    score.backward()
    assert score.item() == pytest.approx(0, abs=1e-12)
    assert bool(network.weights.grad.isfinite().all())
    found = judge.opinions_of(network, None if state == "steady" else 100.0).detach()
    np.testing.assert_allclose(found.numpy(), [1, 1, 0, 0, -1, -1], atol=1e-9)


@pytest.mark.parametrize("state", ["time", "steady"])
@pytest.mark.parametrize("dense", [True, False])
def test_gradient_agrees_with_finite_differences(
    state: str, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaxation, "DENSE_NODES", 150 if dense else 0)
    problem = random_problem(4, nodes=9)
    weights, step = draw(problem, 4), 1e-5
    judge = objective(problem, state=state, time=0.7, leaders=[0, 1], opinions=[1.0, -0.5])
    network = network_of(problem, weights)
    judge(network, 0).score.backward()
    for edge in range(problem.edges):
        shift = step * (np.arange(problem.edges) == edge)
        ends = [float(judge(network_of(problem, weights + s * shift), 0).score.detach()) for s in (1, -1)]
        assert float(network.weights.grad[edge]) == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-7)


def test_dense_and_sparse_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(6, nodes=60)
    weights, found = draw(problem, 6), []
    for limit in (0, 150):
        monkeypatch.setattr(relaxation, "DENSE_NODES", limit)
        network = network_of(problem, weights)
        score = objective(problem, time=0.5)(network, 0).score
        score.backward()
        found.append((score.item(), network.weights.grad.numpy()))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-9)
    np.testing.assert_allclose(found[0][1], found[1][1], atol=1e-10)


def test_score_is_the_formula() -> None:
    problem = random_problem(8, nodes=8)
    weights = draw(problem, 8)
    opinion = exact_opinions(problem, weights, {0: 1.0, 7: -1.0}, 10.0)
    i, j = problem.edge_index
    expected = (weights * (opinion[i] - opinion[j]) ** 2).sum() / weights.sum()
    assert objective(problem)(network_of(problem, weights), 0).score.item() == pytest.approx(
        expected, rel=1e-8
    )


@pytest.mark.parametrize("state", quick(["time", "steady"], 1))
def test_the_karate_club_splits_as_it_did(state: str, tmp_path: Path) -> None:
    config = composed("experiment=karate", f"objective.state={state}")
    problem = problem_of(config)
    result = execute(config, problem, tmp_path)
    assert_written(result, tmp_path)
    assert result.score < 1e-4 < result.references["base"]
    assert result.metrics["components"] == 2
    assert result.metrics["misplaced"] <= 1
    assert (result.weights <= problem.base).all()
    assert set(result.node_data) == {"opinion", "opinion_before", "faction"}
    if state == "time":
        np.testing.assert_allclose(result.arrays["course"][-1], result.node_data["opinion"], atol=1e-12)


def test_a_large_network_takes_steps_without_a_dense_matrix(tmp_path: Path) -> None:
    config = composed("objective=opinion_dissonance", "mask=grid", "rows=60", "updates=2")
    result = execute(config, problem_of(config), tmp_path)
    assert result.score < result.references["uniform"]


def test_nothing_left_is_told() -> None:
    problem = random_problem(0, nodes=6)
    with pytest.raises(NumericalError, match="no weight is left"):
        objective(problem)(network_of(problem, np.zeros(problem.edges)), 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"leaders": [0, 34]}, r"objective\.leaders = 34: is no node of the mask: nodes are 0 \.\. 33"),
        ({"leaders": [0, "x"]}, r"objective\.leaders = x: is no node"),
        ({"leaders": [True, 1]}, r"objective\.leaders = true: is no node"),
        ({"leaders": [0, 0]}, r"objective\.leaders = \[0, 0\]: must name each node once"),
        ({"leaders": 0}, r"objective\.leaders = 0: must be a list of nodes"),
        ({"leaders": [0, 1, 2]}, r"objective\.opinions = .*: must have as many entries .* 3"),
        ({"opinions": [1.0]}, r"objective\.opinions = \[1\.0\]: must be a list of two or more"),
        ({"opinions": [1.0, "no"]}, r"objective\.opinions = no: must be a finite number"),
        ({"time": 0}, r"objective\.time = 0: must be a finite number > 0"),
        ({"state": "stedy"}, r"objective\.state = stedy: must be time or steady\. Did you mean steady\?"),
        ({"record": "clob"}, r"objective\.record = clob: is no column .*\. Did you mean club\?"),
    ],
)
def test_bad_input_is_one_line(settings: dict[str, object], message: str) -> None:
    problem = problem_of(composed("experiment=karate"))
    with pytest.raises(SettingError, match=message) as error:
        objective(**settings).prepare(problem)
    assert "\n" not in str(error.value)


def test_leaders_are_named_as_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("Source,Target,Type\nann,bob,Undirected\nbob,cid,Undirected\n")
    config = composed("objective=opinion_dissonance", "mask=edge_list", f"path={tmp_path / 'net.csv'}")
    problem = problem_of(config)
    judge = objective(problem, leaders=["cid", "ann"], state="steady")
    found = judge.opinions_of(network_of(problem, np.ones(2)), None).tolist()
    assert problem.mask.labels is not None
    assert dict(zip(problem.mask.labels.tolist(), found, strict=True)) == pytest.approx(
        {"ann": -1, "bob": 0, "cid": 1}, abs=1e-9
    )
