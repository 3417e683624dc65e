"""Where the time of training is limited, so is that of the scores that follow it."""

import itertools

import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.result import allowance
from gradnet_cli.result.allowance import LEAST, SHARE, Allowance


class Clock:
    """A clock that goes on by a fixed time whenever it is read."""

    def __init__(self, step: float) -> None:
        self._ticks = itertools.count()
        self._step = step

    def perf_counter(self) -> float:
        return next(self._ticks) * self._step


def test_what_does_not_fit_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "time", Clock(10.0))
    result = gn.optimize("grid", rows=4, cols=5, updates=3, stop={"seconds": 1000}, progress="none")
    assert result.references == {}
    assert "not compared with the networks uniform, spanning tree, random: no time left" in result.notes
    assert result.score > 0
    assert 2 * result.weights.sum() == pytest.approx(20)


def test_without_a_limit_of_time_all_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "time", Clock(10.0))
    result = gn.optimize("grid", rows=4, cols=5, updates=3, progress="none")
    assert set(result.references) == {"uniform", "spanning_tree", "random"}


@pytest.mark.parametrize("trained", [4.0, 400.0])
def test_what_has_taken_long_will_do_so_again(monkeypatch: pytest.MonkeyPatch, trained: float) -> None:
    now = [0.0]
    monkeypatch.setattr(allowance.time, "perf_counter", lambda: now[0])
    allowed = max(LEAST, SHARE * trained)
    budget = Allowance(trained)
    assert budget.fits
    with budget.measured():
        now[0] += 0.4 * allowed
    assert budget.fits
    with budget.measured():
        now[0] += 0.3 * allowed
    assert not budget.fits


def test_the_network_is_the_same_with_and_without_references() -> None:
    fast = gn.optimize("grid", rows=4, cols=5, updates=5, stop={"seconds": 1000}, progress="none")
    slow = gn.optimize("grid", rows=4, cols=5, updates=5, progress="none")
    np.testing.assert_array_equal(fast.weights, slow.weights)
    assert fast.references == slow.references
