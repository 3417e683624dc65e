"""Records from made-up directories."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmark.records import Record, exponent, read_records, read_task
from tests.benchmark.conftest import renamed


def test_median_of_times_and_largest_memory_of_the_repeats(task, tmp_path, leave_product):
    for repeat, seconds in enumerate([0.3, 0.1, 0.2], start=1):
        leave_product(repeat, seconds=seconds, whole=10 * seconds)
    record = read_task(task, tmp_path)[0]
    assert (record.repeats, record.seconds, record.command_seconds) == (3, 0.2, 2.0)
    assert record.peak_memory_mib == 403.0
    assert not record.note


def test_share_is_over_the_optimum_of_the_grid(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    record = read_task(task, tmp_path)[0]
    assert record.limit_kind == "optimum"
    assert record.limit == pytest.approx(3 / (70**2 - 1))
    assert record.share == pytest.approx(6.12e-4 / 6.123699e-4, rel=1e-6)


def test_share_is_over_the_bound_where_no_formula_gives_the_optimum(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    record = read_task(renamed(task, optimum=None), tmp_path)[0]
    assert (record.limit, record.limit_kind) == (6.13e-4, "bound")


def test_the_judge_has_the_last_word_on_the_score(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    assert read_task(task, tmp_path)[0].score == 6.12e-4  # by gradnet-run itself
    leave_product(1, seconds=0.1, whole=5.0, outcome={"score": 6.11e-4})
    assert read_task(task, tmp_path)[0].score == 6.11e-4


def test_a_score_that_the_bound_does_not_limit_has_no_share(club, tmp_path, leave_club):
    leave_club()
    assert [(each.limit, each.share) for each in read_task(club, tmp_path)] == [(None, None)] * 2


def test_a_failed_run_is_told_and_the_others_count(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_product(2, seconds=0.1, whole=5.0, status=1, error="out of memory")
    record = read_task(task, tmp_path)[0]
    assert record.note == "failed with status 1: out of memory"
    assert (record.repeats, record.seconds) == (1, 0.1)


def test_a_brief_run_of_the_library_is_scaled_and_has_no_share(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=70.0, updates=2, best={"score": 5e-4}, last={"score": 4e-4})
    record = read_task(task, tmp_path)[1]
    assert record.scaled
    assert record.seconds == pytest.approx(3500)
    assert record.command_seconds == pytest.approx(3505)
    assert record.cpu_seconds is None
    assert record.share is None


def test_a_whole_run_of_the_library_keeps_its_score(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=3501.0, updates=100, best={"score": 5.97e-4}, last={"score": 5e-4})
    record = read_task(task, tmp_path)[1]
    assert not record.scaled
    assert (record.seconds, record.command_seconds) == (3501.0, 3506.0)
    assert (record.score, record.score_last) == (5.97e-4, 5e-4)
    assert record.share == pytest.approx(5.97e-4 / 6.123699e-4, rel=1e-6)
    assert (record.nodes, record.edges) == (4900, 9660)


def test_the_better_network_of_the_library_counts(club, tmp_path, leave_club):
    leave_club()
    record = read_task(club, tmp_path)[1]
    assert record.outcome["misplaced"] == 1  # the best by its own estimate, not the last
    assert record.score_last == -1.0


def course(run: Path, **columns: list[float]) -> None:
    """Leave the course of a training."""
    (run / ".hydra").mkdir(parents=True)
    (run / ".hydra" / "config.yaml").write_text("updates: 4\nnoise: {until: 0.5}\n")
    rows = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    (run / "metrics.csv").write_text("\n".join(rows) + "\n")


def test_an_update_is_the_median_of_those_with_noise(club, tmp_path, leave_club):
    noisy = renamed(club, measured="an update")
    leave_club(task=noisy, library=20.0, updates=50)
    for repeat in (1, 2, 3):
        course(tmp_path / f"karate/gradnet-run-{repeat}/run", step=[0, 1, 2, 4], seconds=[0.0, 0.1, 0.4, 9.0])
    product, library = read_task(noisy, tmp_path)
    assert product.seconds == pytest.approx(np.median([0.1, 0.3]))
    assert (library.seconds, library.cut, library.scaled) == (0.4, True, False)


def test_seconds_to_the_librarys_score(club, tmp_path, leave_club):
    racing = renamed(club, measured="training to the library's score")
    leave_club(task=racing, score=0.5)
    for repeat in (1, 2, 3):
        run = tmp_path / f"karate/gradnet-run-{repeat}/run"
        course(run, step=[0, 1, 2], seconds=[0.0, repeat, 9.0], score=[0.1, 0.6, 0.7])
        summary = json.loads((run / "summary.json").read_text())
        (run / "summary.json").write_text(json.dumps(summary | {"score": 0.7}))
    assert read_task(racing, tmp_path)[0].seconds == 2.0  # the median of 1, 2 and 3
    (tmp_path / "karate/gradnet-adam/outcome.json").unlink()
    assert read_task(racing, tmp_path)[0].seconds is None


def test_nothing_run_is_said_so(task, club, tmp_path):
    assert [record.note for record in read_records([task, club], tmp_path)] == ["not run"] * 4


@pytest.mark.parametrize("power", [0.97, 1.2])
def test_exponent_of_a_power_law(power):
    records = [
        Record(task="grid", program="gradnet-run", nodes=nodes, seconds=3e-6 * nodes**power)
        for nodes in (10_000, 99_856, 1_000_000)
    ]
    assert exponent(records, "seconds") == pytest.approx(power, abs=1e-9)
    assert exponent(records[:1], "seconds") is None
    assert exponent(records, "command_seconds") is None
