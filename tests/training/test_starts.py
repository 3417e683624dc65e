"""Several starts: in which order they are trained, what the others cost, and that a run that died goes on."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.training.starts import LEAST_TRIAL, MOST_TRIAL, RESTING, Starts
from tests.assertions import assert_feasible
from tests.quick import quick
from tests.runs import run
from tests.training.test_resume import Killed, kill_after, resumed


def course(
    reached: Callable[[int, int], float], *, count: int = 4, most: int = 2000
) -> tuple[Starts, Sequence[int]]:
    """The starts at hand, update by update, where start k has the score reached(k, age)."""
    starts, at_hand = Starts(count=count, sign=1.0), []
    ages: dict[int, int] = {}
    for _ in range(most):
        number = starts.number
        age = ages[number] = ages.get(number, -1) + 1
        starts.add(reached(number, age), led=False)
        at_hand.append(number)
        rested = age > 600
        if not (rested or starts.over):
            continue
        if starts.through:
            break
        back = starts.turn({"of": number})
        if back is not None:
            assert back == {"of": starts.number}
            ages[starts.number] -= 1  # its last network is scored again
        assert (back is None) == (starts.number not in ages)
    return starts, at_hand


def saturating(levels: Sequence[float], pace: float = 10.0) -> Callable[[int, int], float]:
    return lambda number, age: levels[number - 1] * (1 - np.exp(-age / pace))


class TestTheOrderOfStarts:
    def test_one_start_has_no_turns(self) -> None:
        starts, at_hand = course(saturating([1.0]), count=1)
        assert set(at_hand) == {1}
        assert starts.through

    def test_where_nothing_is_gained_each_costs_a_trial(self) -> None:
        starts, at_hand = course(saturating([1.0, 1.0, 0.9, 1.005]))
        assert starts.through
        assert starts.number == 1
        for number in (2, 3, 4):
            assert LEAST_TRIAL < at_hand.count(number) <= MOST_TRIAL + 1
        # It rests when the last RESTING updates gained less than a thousandth, and goes on later.
        first = at_hand.index(2)
        assert RESTING < first <= RESTING + 10 * np.log(1e3) + 2
        assert at_hand[-1] == 1

    def test_the_most_promising_goes_on(self) -> None:
        starts, at_hand = course(saturating([1.0, 1.1, 1.3, 1.2]))
        assert starts.number == 3
        assert list(dict.fromkeys(at_hand)) == [1, 2, 3, 4]
        assert at_hand[-1] == 3
        assert starts.score == pytest.approx(1.3)
        assert at_hand.count(2) == at_hand.count(4) < 50 < at_hand.count(3)

    def test_one_that_falls_behind_is_left_for_the_first(self) -> None:
        def reached(number: int, age: int) -> float:
            if number == 2:  # quick, and bad in the end
                return 0.8 * (1 - np.exp(-age / 2))
            return 1 - np.exp(-age / 30) if number == 1 else 0.0

        starts, at_hand = course(reached)
        assert starts.number == 1
        trial = at_hand.count(3)
        assert at_hand.count(2) in (2 * trial, 4 * trial - 2)  # at ages 0 .. 2 k or 4 k, k scored twice
        assert at_hand[-1] == 1

    def test_minimized_scores_fall(self) -> None:
        starts = Starts(count=2, sign=-1.0)
        for score in (3.0, 1.0, 2.0):
            starts.add(score, led=False)
        assert starts.score == 1.0

    def test_led_ages_are_not_compared(self) -> None:
        starts = Starts(count=2, sign=1.0)
        for age in range(300):
            starts.add(0.1 if age < 100 else 1.0, led=age < 100)
            assert not starts.over or age >= 100 + RESTING
        starts.turn({})
        for age in range(100):
            assert not starts.over, age
            starts.add(0.9, led=False)

    def test_its_memory_is_all_of_it(self) -> None:
        starts, _ = course(saturating([1.0, 1.1, 1.3, 1.2]), most=200)
        again = Starts(count=4, sign=1.0)
        again.memory = starts.memory
        assert again.memory == starts.memory
        assert (again.number, again.tried, again.score) == (starts.number, starts.tried, starts.score)


def spread(network: gn.Network) -> torch.Tensor:
    """How unlike weights (E,) are: even ones are a stationary point, and the best has all on one edge."""
    return (network.weights - network.weights.mean()).square().sum()


class TestSearch:
    """Of weights on the 15 pairs of six nodes, which share 1 a node: 3 in all."""

    def found(self, **settings: object) -> gn.Result:
        return gn.optimize(
            "complete", nodes=6, objective=spread, sense="maximize", smooth=True, progress="none", **settings
        )

    def test_one_start_stays_where_the_gradient_is_zero(self) -> None:
        result = self.found()
        assert np.abs(result.course["score"]).max() < 1e-12
        assert "start" not in result.stop_reason
        assert "start" not in result.course

    def test_another_start_finds_the_best_network(self) -> None:
        result = self.found(starts=3, seed=1)
        assert result.score == pytest.approx(3.0**2 * (1 - 1 / 15), rel=1e-9)
        assert_feasible(result.problem, result.delta)
        assert result.metrics["starts"] == 3
        assert result.metrics["start"] > 1
        assert f"start {result.metrics['start']:.0f} of 3 is the best" in result.stop_reason
        starts = result.course["start"]
        assert set(starts) == {1, 2, 3}
        assert starts[-1] == result.metrics["start"]
        assert (np.diff(result.course["step"]) == 1).all()

    def test_it_is_the_same_by_seed(self) -> None:
        one, two, other = (self.found(starts=3, seed=seed, updates=150) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one.weights, two.weights)
        assert one.score == two.score
        assert not np.array_equal(one.course["score"], other.course["score"])

    def test_the_updates_are_never_more(self) -> None:
        for updates in (0, 55, 70, 90):
            result = self.found(starts=4, updates=updates)
            assert result.updates <= updates
            assert result.course["step"][-1] == result.updates


OSCILLATORS = (
    *("mask=complete", "nodes=6", "objective=kuramoto_synchrony", "objective.frequencies=normal"),
    *("objective.horizon=2", "objective.steps=4", "objective.times=8", "seed=3"),
)


UPDATES = ("updates=140", "checkpoint.updates=3", "checkpoint.seconds=null")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, gn.Result]:
    """A run that has tried four starts."""
    directory = tmp_path_factory.mktemp("whole")
    result = run(directory, *OSCILLATORS, *UPDATES)
    assert set(read_metrics(directory)["start"]) == {1, 2, 3, 4}
    return directory, result


def test_the_first_start_is_trained_as_if_there_were_no_other(
    whole: tuple[Path, gn.Result], tmp_path: Path
) -> None:
    run(tmp_path, *OSCILLATORS, *UPDATES, "starts=1")
    one, four = read_metrics(tmp_path), read_metrics(whole[0])
    first = int(np.argmax(four["start"].to_numpy() != 1))
    assert first > RESTING
    assert list(four["score"].iloc[:first]) == list(one["score"].iloc[:first])
    # Where it is put back it goes on where it stood; the last network is scored again.
    later = list(four["score"].iloc[first:][four["start"].iloc[first:] == 1])
    assert later == list(one["score"].iloc[first - 1 : first - 1 + len(later)])


@pytest.mark.parametrize("share", quick([0.5, 0.65, 0.95], 0))
def test_one_that_died_ends_as_if_it_had_not(
    share: float, whole: tuple[Path, gn.Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, result = whole
    with monkeypatch.context() as patch:
        kill_after(int(share * result.updates), patch)
        with pytest.raises(Killed):
            run(tmp_path, *OSCILLATORS, *UPDATES)
    again = resumed(tmp_path, *OSCILLATORS, *UPDATES)
    assert (tmp_path / "edges.csv").read_bytes() == (directory / "edges.csv").read_bytes()
    assert (again.score, again.updates, again.stop_reason) == (
        result.score,
        result.updates,
        result.stop_reason,
    )
    courses = [read_metrics(place).drop(columns="seconds") for place in (tmp_path, directory)]
    assert courses[0].equals(courses[1])


class TestWhereItHasNoEffect:
    def warned(self, caplog: pytest.LogCaptureFixture, directory: Path, *overrides: str) -> str:
        result = run(directory, *overrides, "updates=2")
        assert "starts" not in result.metrics
        assert "start" not in read_metrics(directory)
        return caplog.text

    def test_one_optimum(self, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
        told = self.warned(caplog, tmp_path, "rows=3", "cols=3", "starts=4")
        assert "starts has no effect: every start of algebraic_connectivity leads to the same score" in told

    def test_noise(self, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
        told = self.warned(caplog, tmp_path, *OSCILLATORS, "noise=gaussian", "starts=4")
        assert "starts has no effect: noise leads to other optima" in told

    def test_the_default_is_not_told(self, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
        assert "starts" not in self.warned(caplog, tmp_path, "rows=3", "cols=3")
