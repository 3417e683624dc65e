"""Objectives of somebody else's that do not do what an objective must."""

from pathlib import Path

import pytest

from tests.bad_days.broken import broken
from tests.bad_days.conftest import assert_told, assert_whole_files, state
from tests.cli.conftest import Command
from tests.quick import quick

WRONG = [
    ("raises", "ZeroDivisionError: the plug-in divides by zero"),
    ("undefined", "the score is nan at update 3"),
    ("infinite", "the score is inf at update 3"),
    ("vector", "the score has shape (24,) and must be a single number"),
    ("matrix", "the score has shape (16, 16) and must be a single number"),
    ("empty", "the score has shape (0,) and must be a single number"),
    ("number", "returned a float, and must return an Evaluation"),
    ("none", "returned a NoneType, and must return an Evaluation"),
    ("tensor", "returned a Tensor, and must return an Evaluation"),
    ("plain", "the score is a float, and must be a tensor"),
    ("complex", "the score is torch.complex128, and must be floating-point"),
    ("metrics", "the metric 'odd' is 'text', and must be a number"),
    ("taken", "metric 'score' has the name of a fixed column"),
    ("exit", "SystemExit"),
]


@pytest.mark.parametrize(
    ("fault", "says", "at"),
    quick([(*wrong, at) for at in (0, 3) for wrong in WRONG], *range(0, 2 * len(WRONG), 2)),
)
def test_an_objective_that_is_wrong(run: Command, here: Path, fault: str, says: str, at: int) -> None:
    wrong_at = 3 if "update 3" in says else at
    answer = run(*broken(fault, at=wrong_at))
    assert says in assert_told(answer)
    assert state("run")["state"] == "failed"
    assert says in state("run")["error"]
    assert "Traceback" in Path("run/run.log").read_text()
    assert_whole_files(here / "run")


def test_an_objective_that_does_not_depend_on_the_network(run: Command) -> None:
    answer = run(*broken("constant", at=0))
    assert answer.exit_status in (0, 1)
    assert "Traceback" not in answer.err


def test_an_objective_that_cannot_be_made(run: Command, here: Path) -> None:
    answer = run(*broken("never", at=0), "+objective.more=1")
    assert "objective.more = 1: is no setting" in assert_told(answer, exit_status=2)
    assert list(here.iterdir()) == []
