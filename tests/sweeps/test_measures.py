"""What sweep.csv has beside the score, and the figures of swept choices."""

import csv
import json
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from gradnet_cli.sweeps.categories import categorical, categories, plot_categories, scored
from gradnet_cli.sweeps.figures import draw_figures
from gradnet_cli.sweeps.table import Sweep, read_sweep, write_table


def job(sweep: Path, name: str, overrides: list[str], *, score: float, **metrics: float) -> None:
    """The files of a job that is done."""
    place = sweep / name
    (place / ".hydra").mkdir(parents=True)
    (place / ".hydra" / "overrides.yaml").write_text(json.dumps(overrides))
    (place / "status.json").write_text(json.dumps({"state": "done", "seconds": 1.5, "error": None}))
    summary = {"objective": "algebraic_connectivity", "sense": "maximize", "score": score, "bound": 2 * score}
    summary |= {"gap": 0.5, "edges_used": 7, "metrics": metrics}
    (place / "summary.json").write_text(json.dumps(summary))


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Three jobs of two masks, with metrics that not all have."""
    job(tmp_path, "0", ["mask=grid", "rows=5"], score=0.5, score_uniform=0.25, lambda_3=0.75)
    job(tmp_path, "1", ["mask=complete", "nodes=10"], score=1.25, score_uniform=1.0, rows=3.0)
    job(tmp_path, "2", ["mask=complete", "nodes=11"], score=1.5, score_uniform=1.25)
    return tmp_path


def test_metrics_references_and_edges_are_columns(sweep: Path) -> None:
    with write_table(read_sweep(sweep)).open() as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == [
        *("job", "mask", "rows", "nodes", "state", "score", "bound", "gap"),
        *("edges_used", "score_uniform", "lambda_3", "rows (metric)", "seconds", "error", "directory"),
    ]
    assert [row["edges_used"] for row in table] == ["7", "7", "7"]
    assert [row["score_uniform"] for row in table] == ["0.25", "1.0", "1.25"]
    assert [row["lambda_3"] for row in table] == ["0.75", "", ""]
    assert [(row["rows"], row["rows (metric)"]) for row in table] == [("5", ""), ("", "3.0"), ("", "")]


def test_choices_have_a_figure_with_every_score_in_its_row(sweep: Path) -> None:
    found = read_sweep(sweep)
    assert categorical(found) == ["mask"]
    assert categories(scored(found), "mask") == ["grid", "complete"]
    figure = plot_categories(found, "mask")
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["grid", "complete"]
    dots = {
        (x, y)
        for line in axes.lines
        if line.get_marker() == "o"
        for x, y in zip(*line.get_data(), strict=True)
    }
    assert dots == {(0.5, 0), (1.25, 1), (1.5, 1)}
    means = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "None"]
    assert means == [1.375]
    bounds = [tuple(line.get_data()[0]) for line in axes.lines if line.get_marker() == "|"]
    assert bounds == [(1.0,)]
    plt.close(figure)
    drawn = {path.name for path in draw_figures(found)}
    assert drawn == {f"sweep_{name}.{kind}" for name in ("mask", "nodes") for kind in ("png", "svg")}


def test_scores_of_several_objectives_are_not_set_beside_each_other(sweep: Path) -> None:
    found = read_sweep(sweep)
    mixed = Sweep(directory=sweep, swept=found.swept, rows=found.rows)
    assert categorical(mixed) == []
