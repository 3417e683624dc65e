"""Levels of integration: how final scores stand still, and how fine training gets."""

from collections.abc import Callable

import pytest
import torch

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.dynamics.refinement import LEAST_ERROR, Fineness, Scored, refined


def series(order: int, *, size: float = 1.0, truth: float = 0.7) -> Callable[[int], Scored]:
    """Scores of a method of some order, with h = 2^-level."""
    return lambda level: Scored(
        score=torch.tensor(truth + size * 2.0 ** (-order * level), dtype=torch.float64)
    )


@pytest.mark.parametrize("order", [2, 4])
def test_the_error_told_is_none_too_small(order: int) -> None:
    found = refined(series(order), tolerance=1e-8, levels=20)
    assert abs(float(found.found.score) - 0.7) <= found.error <= 1e-8
    coarser = refined(series(order), tolerance=1e-8, levels=found.level)
    assert coarser.error > 1e-8


def test_what_cannot_be_had_is_told() -> None:
    found = refined(series(1), tolerance=1e-8, levels=4)
    assert found.level == 3
    assert found.error == pytest.approx(0.125)
    assert refined(series(1, size=0.0), tolerance=1e-8, levels=4).error == LEAST_ERROR


def test_scores_above_one_are_relative() -> None:
    large = series(4, size=1e6, truth=1e6)
    assert refined(large, tolerance=1e-8, levels=20, relative=True).error <= 1e-2
    assert (
        refined(large, tolerance=1e-8, levels=20).level
        > refined(large, tolerance=1e-8, levels=20, relative=True).level
    )


def test_levels_that_fail_are_left_out_from_the_third_on() -> None:
    def fails_from(first: int) -> Callable[[int], Scored]:
        def integrate(level: int) -> Scored:
            if level >= first:
                raise NumericalError("too many steps")
            return series(4)(level)

        return integrate

    found = refined(fails_from(2), tolerance=1e-12, levels=9)
    assert found.level == 1
    assert found.error == pytest.approx(1 - 2.0**-4)
    with pytest.raises(NumericalError):
        refined(fails_from(1), tolerance=1e-12, levels=9)


def test_scores_that_are_not_finite_are_never_accurate() -> None:
    broken = refined(lambda _: Scored(score=torch.tensor(float("nan"))), tolerance=1e-8, levels=3)
    assert broken.error == float("inf")


def test_training_gets_as_fine_as_it_must() -> None:
    asked: list[int] = []
    fineness = Fineness(most=4)

    def coarse(level: int) -> bool:
        asked.append(len(asked))
        return level < 2

    fineness.keep(coarse, steps=10)
    assert fineness.level == 2
    asked.clear()
    looked = []
    for evaluation in range(2, 40):
        before = len(asked)
        fineness.keep(coarse, steps=10)
        if len(asked) > before:
            looked.append(evaluation)
    assert looked == [2, 4, 8, 16, 32]
    fineness.keep(lambda _: True, steps=11)  # weights have grown
    assert fineness.level == 4
    again = Fineness()
    again.memory = fineness.memory
    assert again.memory == fineness.memory
