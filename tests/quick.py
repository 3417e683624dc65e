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
    """A value of `parametrize`, or several in a tuple, for the slow tests; slow ones among them stay so."""
    several = isinstance(case, tuple) and not _has_marks(case)  # a value with marks is a tuple itself
    values, marks = [], [] if unless else [pytest.mark.slow]
    for each in case if several else (case,):
        values += each.values if _has_marks(each) else (each,)
        marks += each.marks if _has_marks(each) else ()
    return pytest.param(*values, marks=marks)


def _has_marks(value: Any) -> bool:
    return hasattr(value, "marks")
