"""Choices that go with an objective where nobody has made them."""

import pytest

from tests.runs import composed


@pytest.mark.parametrize(
    ("overrides", "mask", "budget"),
    [
        ((), "complete", "none"),
        (("nodes=20",), "complete", "none"),
        (("mask=grid",), "grid", "none"),
        (("rows=5",), "grid", "none"),
        (("budget=total",), "complete", "total"),
        (("budget.value=3",), "complete", "per_node"),
        (("objective.error=integral",), "complete", "none"),
    ],
    ids=str,
)
def test_reconstruction(overrides: tuple[str, ...], mask: str, budget: str) -> None:
    config = composed("objective=network_reconstruction", *overrides)
    assert (config.hydra.runtime.choices.mask, config.hydra.runtime.choices.budget) == (mask, budget)


def test_experiments_choose_for_themselves() -> None:
    config = composed("experiment=reconstruction_50")
    assert config.hydra.runtime.choices.budget == "total"


def test_others_are_left_as_they_are() -> None:
    config = composed("objective=effective_resistance")
    assert (config.hydra.runtime.choices.mask, config.hydra.runtime.choices.budget) == ("grid", "per_node")
