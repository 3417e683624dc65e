import json
import subprocess
import sys

import numpy as np
import pytest

from gradnet_cli import report
from gradnet_cli.problem.masks import grid

SUMMARY_KEYS = [
    "objective",
    "sense",
    "quantity",
    "score",
    "score_error",
    "bound",
    "bound_scope",
    "no_bound",
    "gap",
    "ideal",
    "certified",
    "updates",
    "seconds",
    "stop_reason",
    "nodes",
    "edges",
]
SUMMARY_KEYS += ["edges_used", "budget", "budget_spent", "peak_memory_mib", "notes", "references"]
SUMMARY_KEYS += ["tables", "metrics"]
FILES = {"edges.csv", "nodes.csv", "network.npz", "network.graphml", "metrics.csv", "summary.json", "figures"}


def names(directory):
    return {path.name for path in directory.iterdir()}


def test_every_file_is_there(samples, grid_result, tmp_path):
    samples.course(tmp_path)
    report.write(grid_result, tmp_path)
    assert names(tmp_path) == FILES
    stems = {"network", "grid", "convergence", "distribution"}
    assert names(tmp_path / "figures") == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}


def test_figures_can_be_left_out(samples, grid_result, tmp_path):
    samples.course(tmp_path)
    report.write(grid_result, tmp_path, figures=False)
    assert names(tmp_path) == FILES - {"figures"}


def test_the_summary_has_exactly_these_keys(grid_result, tmp_path):
    report.write(grid_result, tmp_path, figures=False)
    content = json.loads((tmp_path / "summary.json").read_text())
    assert list(content) == SUMMARY_KEYS
    assert content["score"] == 0.0033366
    assert (content["nodes"], content["edges"], content["edges_used"]) == (25, 40, 40)
    assert content["budget"] == 25
    assert content["budget_spent"] == pytest.approx(25, rel=1e-12)
    assert content["metrics"] == {"multiplicity": 2.0, "score_uniform": 0.0028335}


def test_the_summary_says_null_for_what_there_is_not(samples, tmp_path):
    problem = samples.problem(grid.build(rows=3, cols=3), budget={"kind": "none", "value": None})
    changes = {
        "bound": None,
        "gap": None,
        "certified": False,
        "metrics": {"x": float("nan")},
        "references": {},
    }
    report.write(samples.result(problem, **changes), tmp_path, figures=False)
    content = json.loads((tmp_path / "summary.json").read_text(), parse_constant=pytest.fail)
    assert list(content) == SUMMARY_KEYS
    assert (content["bound"], content["gap"], content["budget"]) == (None, None, None)
    assert content["certified"] is False
    assert content["metrics"] == {"x": None}


def test_what_is_spent_is_the_change_and_not_the_base(samples):
    mask = samples.mask([(0, 1), (1, 2)], nodes=3, base=np.array([5.0, 1.0]))
    result = samples.result(mask, np.array([5.0, 2.5]))
    assert result.budget_spent == 3.0


def test_the_summary_comes_last(grid_result, tmp_path, monkeypatch):
    """Its presence says that all others are whole, so a report that fails must not leave one."""

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr("gradnet_cli.report.files.network_files.write_graphml", fail)
    with pytest.raises(OSError, match="disk full"):
        report.write(grid_result, tmp_path)
    assert "edges.csv" in names(tmp_path)
    assert "summary.json" not in names(tmp_path)


def test_edges_that_were_recorded_are_not_written_again(grid_result, tmp_path):
    read = report.record_edges(grid_result.problem, grid_result.weights, tmp_path)
    assert read.tobytes() == grid_result.weights.tobytes()
    before = (tmp_path / "edges.csv").stat().st_ino
    report.write(grid_result, tmp_path, edges_recorded=True, figures=False)
    assert (tmp_path / "edges.csv").stat().st_ino == before


def test_a_result_is_checked(samples, grid_result):
    with pytest.raises(ValueError, match="maximize or minimize"):
        samples.result(grid_result.problem, sense="max")
    with pytest.raises(ValueError, match="40 edges"):
        samples.result(grid_result.problem, np.ones(3))


def test_the_report_imports_neither_torch_nor_plotting_until_it_draws():
    lines = "import sys, gradnet_cli.report; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "lightning", "matplotlib", "pandas", "networkx"} & set(loaded.split())
