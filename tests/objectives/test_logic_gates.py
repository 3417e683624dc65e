"""Logic gates against a loop over rows and nodes, finite differences, and the tables themselves."""

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.truth_tables import NAMED, input_rows, named_table
from gradnet_cli.objectives.logic_gates import LogicGates
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.arrays import read_arrays
from tests.assertions import assert_written
from tests.runs import composed, problem_of, run


def built(nodes: int = 5, **changes: Any) -> tuple[LogicGates, Problem]:
    problem = problem_of(composed("experiment=gates_xor", f"nodes={nodes}"))
    settings: dict[str, Any] = {"table": "xor", "inputs": 2, "rounds": 2, "clamp": False, "bias": False}
    objective = LogicGates(**{**settings, **changes})
    objective.prepare(problem)
    return objective.eval(), problem


def network(problem: Problem, weights: torch.Tensor) -> Network:
    return Network(weights=weights, topology=topology_of(problem), problem=problem)


def drawn(problem: Problem, batch: tuple[int, ...] = ()) -> torch.Tensor:
    return torch.as_tensor(np.random.default_rng(0).normal(size=(*batch, problem.edges)))


@pytest.mark.parametrize("clamp", [False, True])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_score_is_that_of_a_loop_over_rows_and_nodes(rounds: int, clamp: bool, bias: bool) -> None:
    objective, problem = built(rounds=rounds, clamp=clamp, bias=bias)
    weights = drawn(problem)
    weight = {(int(i), int(j)): float(w) for (i, j), w in zip(problem.edge_index.T, weights, strict=True)}
    errors = []
    for a, b in itertools.product([0, 1], repeat=2):
        state = [float(a), float(b), 1.0 if bias else 0.0, 0.0, 0.0]
        for _ in range(rounds):
            state = [math.tanh(sum(state[i] * weight[i, j] for i in range(5) if i != j)) for j in range(5)]
            if clamp:
                state[:2] = [float(a), float(b)]
            if bias:
                state[2] = 1.0
        errors.append((state[4] - (a ^ b)) ** 2)
    assert float(objective(network(problem, weights), 0).score) == pytest.approx(np.mean(errors), rel=1e-12)


def test_gradients_are_those_of_finite_differences() -> None:
    objective, problem = built()
    weights = drawn(problem)
    assert torch.autograd.gradcheck(
        lambda w: objective(network(problem, w), 0).score, (weights.requires_grad_(),)
    )


def test_a_batch_is_its_samples() -> None:
    objective, problem = built(clamp=True, bias=True)
    weights = drawn(problem, (2, 3))
    scores = objective(network(problem, weights), 0).score
    assert scores.shape == (2, 3)
    torch.testing.assert_close(objective(network(problem, weights[1, 2]), 0).score, scores[1, 2])


@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_named_tables(inputs: int) -> None:
    rows = input_rows(inputs)
    assert [tuple(map(int, row)) for row in rows] == list(itertools.product([0, 1], repeat=inputs))
    expected = {"and": all, "or": any, "xor": lambda row: sum(row) % 2 == 1}
    for name, rule in expected.items():
        truth = [rule(row) for row in rows]
        assert named_table(name, inputs)[:, 0].tolist() == truth
        inverse = {"and": "nand", "or": "nor", "xor": "xnor"}[name]
        assert named_table(inverse, inputs)[:, 0].tolist() == [not value for value in truth]
    assert set(expected) | {"nand", "nor", "xnor"} == set(NAMED)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"table": [0, 1, 1]}, "4 rows and not 3"),
        ({"table": [0, 1, 1, 0], "inputs": 3}, "8 rows and not 4"),
        ({"table": "xorr"}, "Did you mean xor?"),
        ({"table": 6}, "4 rows"),
        ({"table": [0, 1, 1, 2]}, "0 and 1 only"),
        ({"table": [0, 1, "x", 0]}, "0 and 1 only"),
        ({"table": [[0, 0], [1, 0], [1], [0, 1]]}, "as many outputs"),
        ({"table": [[], [], [], []]}, "as many outputs"),
        ({"table": "nand"}, "Did you mean objective.bias=true?"),
        ({"inputs": 0}, ">= 1"),
        ({"inputs": 13}, "<= 12"),
        ({"rounds": 0}, ">= 1"),
        ({"clamp": 1}, "true or false"),
        ({"bias": "yes"}, "true or false"),
        ({"inputs": 5}, "5 inputs, 1 outputs need 6"),
    ],
)
def test_bad_settings_are_one_line(changes: dict[str, object], word: str) -> None:
    with pytest.raises(SettingError) as told:
        built(**changes)
    assert word in str(told.value)
    assert "\n" not in str(told.value)


def test_a_gate_is_learnt_and_drawn(tmp_path: Path) -> None:
    result = run(tmp_path, "experiment=gates_xor", "updates=600", "figures=true")
    assert result.metrics["right"] == 1
    assert (result.weights < 0).any()
    assert result.node_data["role"].tolist() == ["input", "input", "hidden", "output"]
    found = read_arrays(tmp_path / "arrays.npz")["found_outputs"]
    assert ((found[:, 0] > 0.5) == [False, True, True, False]).all()
    assert (tmp_path / "figures" / "gates.png").stat().st_size > 0
    assert_written(result, tmp_path)


def test_several_outputs_and_a_table_that_begins_with_one(tmp_path: Path) -> None:
    result = run(
        tmp_path, "experiment=gates_xor", "nodes=7", "updates=600", "objective.bias=true",
        "objective.table=[[1,0],[0,1],[0,1],[1,0]]",
    )  # fmt: skip
    assert result.metrics["right"] == 1
    assert result.arrays["found_outputs"].shape == (4, 2)


def test_a_start_without_weights_would_have_no_gradient_and_is_random(tmp_path: Path) -> None:
    result = run(
        tmp_path, "objective=logic_gates", "mask=complete", "nodes=6", "directed=true", "signs.result=any",
        "budget=none", "updates=400", "figures=true",
    )  # fmt: skip
    assert result.metrics["right"] == 1
    assert result.score < 0.05 < result.references["empty"] == 0.5
    drawn = {path.stem for path in (tmp_path / "figures").glob("*.png")}
    assert drawn == {"adjacency", "convergence", "distribution", "gates", "network"}


def test_the_gradient_is_zero_without_any_weight() -> None:
    objective, problem = built()
    weights = torch.zeros(problem.edges, dtype=torch.float64, requires_grad=True)
    objective(network(problem, weights), 0).score.backward()
    assert objective.flat_at_zero
    assert weights.grad is not None
    assert not weights.grad.any()


@pytest.mark.slow
@pytest.mark.parametrize("gate", ["and", "or", "xor"])
@pytest.mark.parametrize("seed", range(10))
def test_gates_are_right(tmp_path: Path, gate: str, seed: int) -> None:
    result = run(tmp_path, f"experiment=gates_{gate}", f"seed={seed}")
    assert result.metrics["right"] == 1
    assert_written(result, tmp_path)
