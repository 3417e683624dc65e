"""Which of a test's many cases are quick ones; all others are run by the slow tests."""

from collections.abc import Iterable
from typing import Any

import pytest


def quick(cases: Iterable[Any], *places: int) -> list[Any]:
    """Values of `parametrize`, of which those at these places stay in the fast tests.

    A tuple holds the values of several names; a value that is a tuple itself stands in another one.
    """
    every = list(cases)
    chosen = {range(len(every))[place] for place in places}
    return [slow(case, unless=number in chosen) for number, case in enumerate(every)]


def slow(case: Any, *, unless: bool = False) -> Any:
    """A value of `parametrize`, or several of them in a tuple, for the slow tests."""
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=() if unless else pytest.mark.slow)
