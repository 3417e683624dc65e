"""Judges against networks whose outcome is known, and comparisons from made-up directories."""

import csv
import dataclasses
import io
import json

import networkx as nx
import numpy as np
import pytest

from experiments.benchmark.objectives.judge import outcome
from experiments.benchmark.objectives.records import Comparison, read_comparison
from experiments.benchmark.objectives.tables import (
    objectives_csv,
    objectives_table,
    objectives_text,
    verdict,
)
from experiments.benchmark.objectives.tasks import OBJECTIVE_TASKS
from experiments.benchmark.tasks import TASKS
from tests.benchmark.about import ABOUT

TASK = {task.name: task for task in OBJECTIVE_TASKS}


def write(path, **content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def leave(tmp_path):
    """Leave what both programs leave on karate, and what the judge says."""

    def of(name="karate", *, seconds=2.0, library=20.0, updates=250, status=0, **found):
        place, outcome_of = tmp_path / name, {"score": -1e-7, "parts": 2, "misplaced": 1} | found
        command = {"command": "some command", "status": 0, "error": None}
        for repeat in (1, 2, 3):
            run = place / f"gradnet-run-{repeat}"
            write(run / "command.json", **command, seconds=3 * seconds)
            write(run / "run" / "summary.json", seconds=repeat * seconds / 2)
            write(run / "outcome.json", last=outcome_of)
        run = place / "gradnet-study"
        failed = {"status": status, "error": "RuntimeError: no" if status else None}
        write(run / "command.json", **command | failed, seconds=library + 5)
        if not status:
            whole = {"updates": updates, "updates_whole": 250, "update_seconds": library / updates}
            write(run / "summary.json", seconds=library, **whole)
            write(run / "outcome.json", best=outcome_of, last=outcome_of | {"score": -1.0, "misplaced": 3})
        return read_comparison(TASK[name], tmp_path)

    return of


def test_two_oscillators_lock_as_the_formula_says():
    # x' = 1 - 2 w sin(x) for the difference x of the phases; at rest sin(x) = 1 / (2 w), and r = cos(x / 2).
    problem = {
        "nodes": np.array(2),
        "edge_index": np.array([[0], [1]]),
        "frequency": np.array([0.0, 1.0]),
        "horizon": np.array(2000.0),
        "times": np.array(2001),
    }
    found = outcome("kuramoto", problem, np.array([1.0]))["score"]
    # It takes a few of the 2,001 times to come to rest, on each of which r is above.
    assert found == pytest.approx(np.cos(np.arcsin(0.5) / 2), abs=1e-4)


def test_the_recorded_split_misplaces_nobody():
    graph = nx.karate_club_graph()
    record = np.array([int(club != "Mr. Hi") for _, club in graph.nodes(data="club")])
    edges = np.array(graph.edges).T
    problem = {
        "nodes": np.array(34),
        "edge_index": edges,
        "record": record,
        "leaders": np.array([0, 33]),
        "opinions": np.array([1.0, -1.0]),
        "time": np.array(10.0),
    }
    whole = outcome("karate", problem, np.ones(edges.shape[1]))
    assert whole["parts"] == 1
    within = (record[edges[0]] == record[edges[1]]).astype(float)
    split = outcome("karate", problem, within)
    assert (split["parts"], split["misplaced"]) == (2, 0)
    assert 0 <= split["dissonance"] < 0.01 * whole["dissonance"]


def test_capacity_of_a_path_is_that_of_its_weakest_edges():
    problem = {"nodes": np.array(3), "edge_index": np.array([[0, 1], [1, 2]])}
    weak, strong = (-np.log2(1 - np.tanh(weight)) for weight in (0.5, 2.0))
    found = outcome("quantum", problem, np.array([0.5, 2.0]))["score"]
    assert found == pytest.approx((2 * weak + strong) / 3, rel=1e-12)


def test_one_edge_of_two_found_and_one_invented():
    truth = np.array([1.0, 1.0, 0.0])
    problem = {"true_weights": truth, "threshold": np.array(0.5)}
    found = outcome("reconstruction", problem, np.array([0.9, 0.2, 0.7]))
    assert found["f1"] == pytest.approx(0.5)
    assert found["max_error"] == pytest.approx(0.8)


def test_the_ratio_is_of_medians_and_the_better_network_counts(leave):
    found = leave(seconds=2.0, library=20.0)
    assert (found.seconds, found.ratio, found.scaled) == (2.0, 10.0, False)
    assert found.library_outcome["misplaced"] == 1  # the best by its own estimate, not the last
    assert found.command_ratio == pytest.approx(25 / 6)
    assert verdict(found) == "**holds**"


def test_verdicts_say_what_is_missing(leave):
    assert "too slow" in verdict(leave(seconds=10.0))
    found = leave(misplaced=2)
    assert "network not as good" in verdict(found)
    assert "too slow" not in verdict(found)


def test_a_library_that_was_stopped_is_scaled_and_said_so(leave):
    found = leave(library=20.0, updates=50)
    assert (found.library_seconds, found.scaled) == (100.0, True)
    assert found.library_command_seconds == 105.0
    row = objectives_table([found]).splitlines()[2]
    assert "100 s *(scaled from 50 of 250 updates)*" in row
    assert "*not measured*" in row


def test_an_update_needs_no_scaling_and_tells_after_how_many_the_outcome_is(leave):
    found = dataclasses.replace(
        leave(updates=50),
        task=TASK["quantum_50"],
        outcome={"score": 1.003},
        library_outcome={"score": 0.4},
        seconds=0.01,
        library_seconds=0.7,
    )
    assert not found.scaled
    text = objectives_table([found])
    assert "0.40000 bit *after 50 of 250 updates* (1)" in text
    assert "| 70 | >= 50 | **holds** |" in text
    assert "0.91210" in text


def test_failures_and_missing_runs_have_no_verdict(leave, tmp_path):
    found = leave(status=1)
    assert found.notes == ("gradnet: failed with status 1: RuntimeError: no",)
    assert verdict(found) == "none"
    missing = read_comparison(TASK["quantum_50"], tmp_path)
    text = objectives_text([found, missing], ABOUT)
    assert "gradnet: not run; gradnet-run: not run" in text
    assert "## Failures" in text


def test_all_rows_have_as_many_cells_as_the_head_and_the_csv_file_all_numbers(leave, tmp_path):
    comparisons = [leave(), read_comparison(TASK["quantum_50"], tmp_path)]
    table = [line for line in objectives_table(comparisons).splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    rows = list(csv.DictReader(io.StringIO(objectives_csv(comparisons))))
    assert float(rows[0]["ratio"]) == 10.0
    assert (rows[0]["misplaced"], rows[0]["library_misplaced"]) == ("1", "1")
    assert rows[1]["ratio"] == ""


def test_each_task_has_a_stage_for_each_noise_and_a_name_of_its_own():
    names = [task.name for task in (*TASKS, *OBJECTIVE_TASKS)]
    assert len(set(names)) == len(names)
    for task in OBJECTIVE_TASKS:
        assert len(task.study.noise) == len(task.study.updates)
        assert "--seconds" not in task.study.options(full=True)
        assert Comparison(task=task).ratio is None
