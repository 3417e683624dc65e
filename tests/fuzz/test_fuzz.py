"""Whatever is typed ends in a valid run or in one clear line: random command lines, run and judged.

A failing example is a list of what was typed. To try one:

    judge(["mask=grid", ...], Path("an-empty-folder"), Counter())
"""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.drawing import command_lines
from tests.fuzz.judging import judge

COUNT = 2000  # command lines of the slow test, in CHUNKS that run side by side
CHUNKS = 8

Record = Callable[[str, object], None]

# Logs that a process of its own would leave open to its end are left open to the next example.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


def test_some_command_lines(record_property: Record) -> None:
    _try(12, record_property, derandomize=True)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_many_command_lines(chunk: int, record_property: Record) -> None:
    _try(COUNT // CHUNKS, record_property)


def _try(count: int, record: Record, *, derandomize: bool = False) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=count,
        derandomize=derandomize,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.nested_given],
    )
    @given(command_lines())
    def each(line: list[str]) -> None:
        with tempfile.TemporaryDirectory() as directory:
            judge(line, Path(directory), seen)

    try:
        each()
    finally:
        for name, number in seen.items():
            record(f"fuzz: {name}", number)
