"""Watched numbers: a slow-down that is planted is shown by one command, and a slower machine is none."""

from pathlib import Path

import pytest

from experiments.benchmark.watch.__main__ import main
from experiments.benchmark.watch.history import (
    Circumstances,
    Number,
    add,
    compare,
    latest,
    read,
)
from experiments.benchmark.watch.objectives import FURTHER, MASKS, SIZES, words
from gradnet_cli.datasets import build_dataset
from gradnet_cli.objectives import build_objective
from gradnet_cli.problem.build import build_problem
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer

WATCHED = """
from tests.benchmark import counting


counting.speed = {speed}


def test_steady(watch):
    watch(lambda: counting.work(3.0))


def test_suspect(watch):
    watch(lambda: counting.work({work}), rounds=2, before=lambda: counting.work(50.0))


def test_memory(weigh):
    weigh(lambda: {memory})
"""
FIRST = {"speed": 1.0, "work": 2.0, "memory": 100.0}


@pytest.fixture
def measured(tmp_path: Path):
    """Measure what the numbers above make of the measurements; exit status and what is printed."""

    def measure(*arguments: str, **changed: float) -> int:
        watched = tmp_path / "watched.py"
        watched.write_text(WATCHED.format(**(FIRST | changed)))
        history = tmp_path / "history.csv"
        options = ["--watched", str(watched), "--history", str(history)]
        return main([*options, "--timer", "tests.benchmark.counting.ticks", *arguments])

    return measure


def test_a_planted_slow_down_is_shown(measured, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert measured("--record") == 0
    ((_, numbers),) = read(tmp_path / "history.csv")
    assert {name: number.value for name, number in numbers.items()} == pytest.approx(
        {"test_steady": 3.0, "test_suspect": 2.0, "test_memory": 100.0}
    )
    capfd.readouterr()
    assert measured(work=2.45) == 1
    told = capfd.readouterr()
    assert [line.split()[0] for line in told.out.splitlines() if "SLOWER" in line] == ["test_suspect"]
    assert "+22%  SLOWER" in told.out
    assert "1 of 3 slower by more than 20%" in told.out
    assert told.err.count("again: test_suspect") == 2
    assert len(read(tmp_path / "history.csv")) == 1
    assert measured(memory=121.0) == 1
    # What is no slow-down: a little more, and the same work on a machine of half the speed.
    assert measured(work=2.35, memory=115.0) == 0
    assert measured(speed=0.5) == 0


def where(**changed: str) -> Circumstances:
    kept = {"commit": "a", "moment": "today", "machine": "fast", "versions": "new"}
    return Circumstances(**(kept | changed))


def test_the_last_record_of_such_a_machine_counts(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    assert latest(read(path), where()) is None
    for commit, machine, value in (("a", "fast", 1.0), ("b", "fast", 2.0), ("c", "slow", 3.0)):
        add(where(commit=commit, machine=machine), [Number(name="n", value=value)], path)
    for machine, expected in (("fast", 2.0), ("slow", 3.0), ("other", 3.0)):
        _, numbers = latest(read(path), where(machine=machine))
        assert numbers["n"].value == expected


def test_numbers_come_back_and_new_ones_are_no_slow_down(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    kept = Number(name="n", value=1.5, seconds=0.75, reference=0.5)
    add(where(), [kept], path)
    ((_, back),) = read(path)
    assert back == {"n": kept}
    assert not compare({"m": kept}, back)[0].slower
    assert kept.lower(Number(name="n", value=1.4)).value == 1.4


def test_the_history_has_machine_versions_and_commit() -> None:
    assert read()
    for about, numbers in read():
        assert about.commit
        assert about.machine
        assert "torch" in about.versions
        assert len(numbers) > 30
        assert {"test_help", "test_import", "test_start_to_first_update"} <= numbers.keys()
        assert all(number.value > 0 for number in numbers.values())


def test_every_objective_takes_two_sizes() -> None:
    objectives = read_catalog().groups["objective"].choices
    assert MASKS.keys() | FURTHER.keys() <= objectives.keys()
    with Composer(CommandLine()) as composer:
        for name in objectives:
            small, large = (Composed.check(composer.compose(words(name, size))).settings for size in SIZES)
            assert small != large
            dataset = build_dataset(small.data, seed=small.seed)
            objective = build_objective(small.objective, seed=small.seed, dataset=dataset)
            objective.prepare(build_problem(small))  # which refuses what it cannot take
