"""The fixtures by which numbers are watched: pytest-benchmark's rounds, each beside one of the reference."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

ROUNDS = 7

Watch = Callable[..., None]
Weigh = Callable[[Callable[[], float]], None]


def _nothing() -> None: ...


@pytest.fixture
def watch(benchmark: Any, request: pytest.FixtureRequest) -> Watch:
    """Measure a computation: `watch(computation, rounds=7, before=...)`.

    Before each round the reference is computed and timed, for a shared machine is faster and slower by turns.
    Of both the least is kept. `before` prepares each round, and is not measured. The reference is that of the
    module which has the timer.
    """
    name, _, function = request.config.getoption("benchmark_timer").rpartition(".")
    clock = importlib.import_module(name)
    timer = getattr(clock, function)
    taken: list[float] = []

    def measured(
        computation: Callable[[], object], *, rounds: int = ROUNDS, before: Callable[[], object] = _nothing
    ) -> None:
        def prepare() -> None:
            begun = timer()
            clock.reference()
            taken.append(timer() - begun)
            before()

        benchmark.pedantic(computation, setup=prepare, rounds=rounds, warmup_rounds=1)
        benchmark.extra_info["reference"] = min(taken)

    return measured


@pytest.fixture
def weigh(benchmark: Any) -> Weigh:
    """Keep a number of mebibytes, which needs no rounds: `weigh(computation)`."""

    def measured(computation: Callable[[], float]) -> None:
        benchmark.extra_info["mebibytes"] = benchmark.pedantic(computation)

    return measured
