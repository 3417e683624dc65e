"""Times to equal quality: first passages, from made-up directories and a training taken again."""

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmark.comparison import compare
from experiments.benchmark.courses import first_passage, product_passage
from experiments.benchmark.judges.connectivity import algebraic_connectivity
from experiments.benchmark.records import read_task
from experiments.benchmark.replay import replay
from experiments.benchmark.rows import csv_text, read_csv
from experiments.benchmark.tables import EQUAL_COLUMNS, comparison_table
from experiments.runs import problem_of, weights_of
from gradnet_cli.cli.command import main
from gradnet_cli.report.files.metrics import read_course
from tests.benchmark.conftest import renamed, write_json

SECONDS, SCORES = [1.0, 2.0, 3.0, 4.0], [0.2, 0.5, 0.4, 0.6]
OPTIMUM = 3 / (70**2 - 1)


@pytest.mark.parametrize(
    ("score", "seconds"),
    [
        (0.1, 1.0),
        (0.2, 1.0),
        (0.21, 2.0),
        (0.5, 2.0),
        (0.55, 4.0),
        (0.6, 4.0),
        (0.61, math.inf),
        (None, None),
    ],
)
def test_the_first_network_that_is_as_good_counts(score, seconds):
    assert first_passage((np.array(SECONDS), np.array(SCORES)), score) == seconds


def test_without_a_course_nothing_is_known():
    assert first_passage(None, 0.5) is None


@pytest.fixture
def leave_course(tmp_path):
    """Leave the course of a run of gradnet-run on the grid, and what the judge found of it."""

    def leave(repeat: int, seconds: list[float], steps: dict[float, int | None] | None = None) -> Path:
        run = tmp_path / f"grid_70/gradnet-run-{repeat}/run"
        run.mkdir(parents=True, exist_ok=True)
        rows = "".join(f"{step},{second},0.5\n" for step, second in enumerate(seconds))
        (run / "metrics.csv").write_text("step,seconds,score\n" + rows)
        if steps is not None:
            found = [{"score": score, "step": step} for score, step in steps.items()]
            (run / "passages.json").write_text(json.dumps(found))
        return run

    return leave


def test_seconds_are_the_median_over_repeats_at_the_update_that_was_judged(leave_course):
    runs = [
        leave_course(1, [0.1, 0.2, 0.9], {0.5: 1, 0.9: None}),
        leave_course(2, [0.1, 0.4, 0.9]),
        leave_course(3, [0.1, 0.3, 0.9]),
    ]
    assert product_passage(runs, 0.5) == 0.3
    assert product_passage(runs, 0.9) == math.inf
    assert product_passage(runs, 0.7) is None  # nobody asked the judge
    assert product_passage(runs, None) is None
    assert product_passage(runs[1:], 0.5) is None  # none of these was judged


def test_an_update_that_no_table_holds_has_no_time(leave_course, tmp_path):
    run = leave_course(1, [0.1], {0.5: 3})
    assert product_passage([run], 0.5) is None
    (run / "metrics.csv").unlink()
    assert product_passage([run], 0.5) is None


@pytest.fixture
def race(task, tmp_path, leave_product, leave_library, leave_course):
    """The comparison of a library that evaluates networks of these scores, a second each."""

    def of(scores, *, updates=100, best=None, steps=None, run=None, **library):
        chosen = dataclasses.replace(task.library[0], **(run or {}))
        asked = renamed(task, asked=100, library=(chosen,))
        best = max(scores) if best is None else best
        leave_product(1, seconds=0.4, whole=5.0, outcome={"score": 0.9999 * OPTIMUM})
        leave_library(
            seconds=float(updates), updates=updates, best={"score": best}, last={"score": scores[-1]}
        )
        place = tmp_path / "grid_70/gradnet-coo"
        write_json(place / "history.json", {"seconds": list(range(1, len(scores) + 1)), "score": scores})
        leave_course(1, [0.01, 0.02, 0.4], steps)
        (found,) = compare([asked], read_task(asked, tmp_path))
        return found

    return of


def row(found):
    table = comparison_table(EQUAL_COLUMNS, [found], quotations=False)
    return [cell.strip() for cell in table.splitlines()[2].strip("|").split("|")]


def test_both_are_timed_to_the_final_score_and_to_one_percent(race):
    scores = [0.8 * OPTIMUM, 0.98 * OPTIMUM, 0.992 * OPTIMUM, 0.992 * OPTIMUM]
    found = race(scores, steps={scores[-1]: 2, 0.99 * OPTIMUM: 1})
    assert (found.library.seconds_to_aim, found.library.product_to_aim) == (3.0, 0.4)
    assert found.equal_ratio == pytest.approx(7.5)
    assert found.percent_ratio == pytest.approx(3.0 / 0.02)
    assert found.verdict == "**does not hold**: too slow"
    assert row(found)[2:] == [
        "0.99200", "3 s", "400 ms", "7.5", ">= 100", "**does not hold**: too slow", "3 s", "20 ms", "150",
    ]  # fmt: skip


def test_what_the_library_never_reaches_counts_with_all_its_time(race):
    scores = [0.8 * OPTIMUM, 0.97 * OPTIMUM]
    found = race(scores, steps={scores[-1]: 0, 0.99 * OPTIMUM: 1})
    assert found.library.seconds_to_percent == math.inf
    assert found.verdict == "**holds**"
    assert row(found)[-3:] == ["not reached in 100 s", "20 ms", "≥ 5,000"]


def test_a_last_network_that_was_never_evaluated_takes_the_whole_training(race):
    found = race([0.8 * OPTIMUM, 0.9 * OPTIMUM], best=0.95 * OPTIMUM, steps={0.95 * OPTIMUM: 1})
    assert found.library.seconds_to_aim == 100.0
    assert found.equal_ratio == pytest.approx(100 / 0.02)


def test_gradnet_run_that_never_comes_so_far_is_said_so(race):
    scores = [0.8 * OPTIMUM, 0.97 * OPTIMUM]
    found = race(scores, steps={scores[-1]: None, 0.99 * OPTIMUM: None})
    assert found.verdict == "**does not hold**: too slow"
    assert row(found)[4] == row(found)[-2] == "not reached"


def test_a_library_that_ends_where_it_began_gives_no_verdict(race):
    scores = [0.82 * OPTIMUM, 0.76 * OPTIMUM]
    found = race(scores, best=0.76 * OPTIMUM, steps={0.76 * OPTIMUM: 0})
    assert found.idle
    assert found.fast is None
    assert row(found)[7] == "none: the library ends no better than it begins"


def test_of_a_run_that_was_cut_the_known_score_is_aimed_at(race):
    known = {"known_share": 0.975}
    found = race([0.8 * OPTIMUM], updates=2, run=known, steps={0.975 * OPTIMUM: 1, 0.99 * OPTIMUM: 2})
    assert found.library.aim == 0.975 * OPTIMUM
    assert found.equal_ratio == pytest.approx(100.0 / 0.02)  # 2 s for 2 of 100 updates
    assert row(found)[2:4] == ["0.97500 *(quoted)*", "100 s *(scaled)*"]
    assert row(found)[-3:] == ["not reached in 100 s *(scaled)*", "400 ms", "≥ 250"]


def test_of_a_run_that_was_cut_and_is_known_by_nothing_nothing_is_said(race):
    found = race([0.8 * OPTIMUM], updates=2, steps={0.99 * OPTIMUM: 2})
    assert found.library.aim is None
    assert (found.equal_ratio, found.percent_ratio, found.verdict) == (None, None, "none")
    assert row(found)[2:6] == ["*not measured*", "*not measured*", "*not measured*", ""]


def test_the_numbers_can_be_read_again_and_older_files_lack_them(race, task):
    found = race([0.8 * OPTIMUM, 0.97 * OPTIMUM], steps={0.97 * OPTIMUM: 0, 0.99 * OPTIMUM: None})
    records = [found.product, found.library]
    text = csv_text([found.task], records)
    assert read_csv(text) == records
    head, *rows = (line.split(",") for line in text.splitlines())
    kept = [k for k, name in enumerate(head) if name not in ("aim", "product_to_aim", "seconds_to_percent")]
    older = "".join(",".join(line[k] for k in kept) + "\n" for line in (head, *rows))
    product, library = read_csv(older)
    assert (library.aim, library.product_to_aim, product.seconds_to_percent) == (None, None, None)


def test_training_taken_again_is_judged_update_by_update(tmp_path, monkeypatch):
    run = tmp_path / "run"
    typed = ["gradnet-run", "mask=grid", "rows=8", "stop.gap=0.001", "figures=false", f"hydra.run.dir={run}"]
    monkeypatch.setattr("sys.argv", typed)
    assert main() == 0
    problem, course = problem_of(run), read_course(run)
    final = algebraic_connectivity(problem.edge_index, weights_of(run, problem), nodes=problem.nodes)
    first = algebraic_connectivity(problem.edge_index, np.ones(112) * 32 / 112, nodes=problem.nodes)
    aims = [first * (1 - 1e-9), final * (1 - 1e-9), 2 * final]
    steps = replay(run, aims)
    assert set(steps) == set(aims[:2])
    assert steps[aims[0]] == 0  # the uniform network
    reached = course["score"] >= aims[1]
    assert steps[aims[1]] == course["step"][reached][0] > 0
