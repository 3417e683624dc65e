"""When training ends, and what it then has written."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.metrics import read_metrics
from tests.assertions import assert_written
from tests.runs import run

SMALL = ("rows=6", "cols=5")
ENDLESS = ("stop.gap=null", "stop.plateau=null")


def test_a_proven_gap(tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, "stop.gap=0.01", "stop.plateau=null", "updates=500")
    assert_written(result, tmp_path)
    assert "gap" in result.stop_reason
    assert result.gap <= 0.01
    assert result.gap == pytest.approx((result.bound - result.score) / result.bound, rel=1e-12)
    course = read_metrics(tmp_path)
    assert (course["gap"].iloc[:-1] > 0.01).all()  # as soon as it is there
    assert result.updates == course["step"].iloc[-1] < 500


def test_a_plateau(tmp_path: Path) -> None:
    """Uniform is optimal on the complete graph: nothing improves on the first record but its proof."""
    result = run(
        tmp_path,
        *("mask=complete", "nodes=5", "stop.gap=null", "stop.plateau=7", "updates=500"),
        objective={"_target_": "tests.plugins.Logarithm"},
    )
    assert_written(result, tmp_path)
    assert result.stop_reason == "no improvement in 7 updates"
    assert result.updates == 7


def test_improvement_counts_from_where_it_is_told_to(tmp_path: Path) -> None:
    arguments = (*SMALL, "initial=random", "stop.gap=null", "stop.plateau=3", "updates=400")
    eager = run(tmp_path / "eager", *arguments, "stop.improvement=0.5")
    patient = run(tmp_path / "patient", *arguments, "stop.improvement=1e-6")
    assert eager.updates < patient.updates < 400


def test_time(tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, *ENDLESS, "stop.seconds=0.3", "updates=1000000000")
    assert_written(result, tmp_path)
    assert result.stop_reason == "0.3 s are over"
    seconds = read_metrics(tmp_path)["seconds"]
    assert (seconds.iloc[:-1] < 0.3).all()
    assert seconds.iloc[-1] >= 0.3


@pytest.mark.parametrize("initial", ["uniform", "random"])
def test_no_update_at_all(initial: str, tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, *ENDLESS, "updates=0", f"initial={initial}")
    assert_written(result, tmp_path)
    assert result.updates == 0
    assert list(read_metrics(tmp_path)["step"]) == [0]
    assert result.bound >= result.score
    if initial == "uniform":
        assert result.score == pytest.approx(result.references["uniform"], rel=1e-9)


def test_all_updates(tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, *ENDLESS, "updates=9", "trainer.log_every=4")
    assert_written(result, tmp_path)
    assert result.stop_reason == "all 9 updates done"
    # Every fourth, and the last one always.
    assert list(read_metrics(tmp_path)["step"]) == [0, 4, 8, 9]


def test_rows_of_metrics(tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, *ENDLESS, "updates=12")
    course = read_metrics(tmp_path)
    assert list(course["step"]) == list(range(13))
    assert (np.diff(course["seconds"]) >= 0).all()
    assert (np.diff(course["bound"]) <= 0).all()  # the best so far
    assert course["bound"].iloc[-1] == result.bound
    best = course["score"].cummax()
    np.testing.assert_allclose(
        course["gap"], (course["bound"] - best) / course["bound"], rtol=1e-9, atol=1e-15
    )
    assert {"residual", "rank", "lambda_3"} <= set(course.columns)
    assert (course["lambda_3"] >= course["score"] * (1 - 1e-12)).all()


def test_debug(tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, *ENDLESS, "trainer=debug", "trainer.progress=none", "updates=100")
    assert_written(result, tmp_path)
    assert result.updates == 2


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_a_gpu_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no CUDA device"):
        run(tmp_path, *SMALL, "trainer=gpu")
    assert run(tmp_path, *SMALL, "trainer=auto", "updates=1").updates == 1


@pytest.mark.parametrize("kind", ["lines", "none", "auto", "bar"])
def test_progress(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, *SMALL, *ENDLESS, "updates=3", f"trainer.progress={kind}")
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("update ")]
    if kind in ("lines", "auto"):  # no terminal here
        assert lines[0].startswith("update 0/3 ")
        assert lines[-1].startswith("update 3/3 ")
        assert all("score" in line and "bound" in line and "gap" in line for line in lines)
    else:
        assert lines == []
