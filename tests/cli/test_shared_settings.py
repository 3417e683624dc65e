"""Sweeps over a group whose choices have different settings: each job takes those that it has."""

from pathlib import Path

import pytest

from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composer
from gradnet_cli.sweeps.table import read_sweep
from tests.quick import quick

TINY = ("updates=2", "figures=false", "report=false", "hydra.sweep.dir=sweep")


def jobs(*words: str) -> list[list[str]]:
    """What each job of a sweep is given."""
    with Composer(CommandLine(overrides=words, multirun=True)) as composer:
        return [list(config.hydra.overrides.task) for config in composer.runs()]


def test_a_setting_goes_to_the_jobs_that_have_it() -> None:
    assert jobs("mask=grid,complete", "rows=5", "nodes=10") == [
        ["mask=grid", "rows=5"],
        ["mask=complete", "nodes=10"],
    ]
    assert jobs("optimizer=adam,sgd,multiplicative", "optimizer.lr=0.01") == [
        ["optimizer=adam", "optimizer.lr=0.01"],
        ["optimizer=sgd", "optimizer.lr=0.01"],
        ["optimizer=multiplicative"],
    ]
    assert jobs("experiment=kuramoto_100,grid_70", "nodes=20") == [
        ["experiment=kuramoto_100", "nodes=20"],
        ["experiment=grid_70"],
    ]


def test_jobs_that_differ_in_nothing_are_one() -> None:
    assert jobs("mask=grid,complete", "rows=5,6", "nodes=10,11") == [
        ["mask=grid", "rows=5"],
        ["mask=grid", "rows=6"],
        ["mask=complete", "nodes=10"],
        ["mask=complete", "nodes=11"],
    ]
    assert jobs("seed=0,0") == [["seed=0"], ["seed=0"]]  # that is what was asked for


@pytest.mark.parametrize(
    "words",
    quick(
        [
            (("mask=complete,random_regular", "nodes=10"),),
            (("optimizer=adam,sgd", "optimizer.lr=0.01", "mask=complete", "nodes=6"),),
            (("mask=grid,complete", "rows=5", "nodes=10"),),
            (("experiment=grid_70,grid_30_dense", "rows=4", "cols=4"),),
        ],
        1,
        2,
    ),
)
def test_such_sweeps_run(command, words: tuple[str, ...]) -> None:
    answer = command("-m", *TINY, *words)
    assert (answer.exit_status, answer.err) == (0, "")
    assert [row["state"] for row in read_sweep("sweep").rows] == ["done", "done"]
    assert Path("sweep/multirun.yaml").is_file()


def test_which_jobs_have_a_setting_is_told_and_tabulated(command) -> None:
    answer = command("-m", *TINY, "mask=grid,complete", "rows=5", "nodes=10")
    drawn = {path.name for path in Path("sweep/figures").glob("*.png")}
    assert drawn == {"sweep_mask.png"}  # though its jobs draw none
    assert "rows is a setting of 1 of 2 jobs\nnodes is a setting of 1 of 2 jobs\n" in answer.out
    sweep = read_sweep("sweep")
    assert sweep.swept == ("mask", "rows", "nodes")
    assert [(row["rows"], row["nodes"]) for row in sweep.rows] == [(5, None), (None, 10)]
    again = command("-m", *TINY, "mask=grid,complete", "rows=5", "nodes=10", "skip_completed=true")
    assert (again.exit_status, "2 of 2 jobs are done already" in again.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("mask=grid,complete", "roxs=5", "nodes=10"), "roxs = 5: is no setting. Did you mean rows=5?"),
        (
            ("mask=grid,complete", "degree=5"),
            "degree = 5: is a setting of mask=random_regular, not of mask=grid or mask=complete. "
            "Did you mean mask=random_regular degree=5?",
        ),
        (("optimizer=adam,sgd", "optimizer.momentun=0.5"), "Did you mean optimizer.momentum=0.5"),
    ],
)
def test_a_setting_that_no_job_has_is_refused(command, here, words: tuple[str, ...], says: str) -> None:
    answer = command("-m", *TINY, *words)
    assert (answer.exit_status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert says in answer.err
    assert list(here.iterdir()) == []
