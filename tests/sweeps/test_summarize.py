"""Table, figures and lines of a sweep."""

import io
import json
from pathlib import Path

import pytest
import yaml
from PIL import Image
from rich.console import Console

from gradnet_cli.errors import SettingError
from gradnet_cli.sweeps.figures import curves, draw_figures, numeric, plot_curves
from gradnet_cli.sweeps.labels import setting_label
from gradnet_cli.sweeps.summarize import summarize
from gradnet_cli.sweeps.table import read_sweep
from gradnet_cli.sweeps.terminal import failure_lines, show_sweep
from tests.sweeps.samples import write_job


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Three budgets, two sizes and two seeds; one job failed."""
    number = 0
    for budget in (0.5, 1, 2):
        for rows in (4, 8):
            for seed in (0, 1):
                overrides = [f"budget.value={budget}", f"rows={rows}", f"seed={seed}", "mask=grid"]
                if number == 5:
                    write_job(tmp_path / "5", overrides=overrides, state="failed", error="no [bold]luck[/]")
                else:
                    write_job(tmp_path / str(number), overrides=overrides, score=budget / rows + seed)
                number += 1
    return tmp_path


def test_axes_say_what_is_on_them(tmp_path: Path) -> None:
    for job, value in enumerate((1, 2)):
        place = tmp_path / str(job)
        write_job(place, overrides=[f"budget.value={value}", f"stop.seconds={value}"], score=value)
        choices = {"mask": "grid", "budget": "per_node", "objective": "algebraic_connectivity"}
        hydra = {"hydra": {"runtime": {"choices": choices}}}
        (place / ".hydra" / "hydra.yaml").write_text(yaml.safe_dump(hydra))
        summary = json.loads((place / "summary.json").read_text()) | {"quantity": "conductance [S]"}
        (place / "summary.json").write_text(json.dumps(summary))
    sweep = read_sweep(tmp_path)
    axes = plot_curves(sweep, "budget.value").axes[0]
    assert axes.get_xlabel() == "mean strength a node may have at unit cost\n(budget.value)"
    assert axes.get_ylabel() == "conductance [S]"
    assert setting_label(sweep, "stop.seconds") == "longest training [s]\n(stop.seconds)"
    assert setting_label(sweep, "nobody.knows") == "nobody.knows"


def test_curves_take_seeds_together(sweep: Path) -> None:
    read = read_sweep(sweep)
    assert numeric(read) == ["budget.value", "rows"]
    first, second = curves(read, "budget.value")
    assert (first.label, second.label) == ("rows = 4", "rows = 8")
    assert list(first.x) == [0.5, 1, 2]
    assert list(first.score) == [0.625, 0.25, 1.0]  # the second without the job that failed
    assert list(first.highest - first.lowest) == [1, 0, 1]
    assert list(first.bound) == [2, 2, 2]


def test_everything_is_written(sweep: Path) -> None:
    summarize(sweep)
    left = {str(path.relative_to(sweep)) for path in sweep.rglob("*") if "sweep" in path.name}
    names = ("sweep_budget.value", "sweep_rows", "sweep_budget.value_rows")
    with Image.open(sweep / "figures" / "sweep_rows.png") as image:
        assert image.info["Description"] == "Score and bound against rows."
    page = (sweep / "report.html").read_text()
    assert "Score over budget.value and rows; jobs without a result are crossed." in page
    assert left == {"sweep.csv"} | {f"figures/{name}.{kind}" for name in names for kind in ("png", "svg")}


@pytest.mark.parametrize("state", ["failed", "done"])
def test_nothing_to_draw(tmp_path: Path, state: str) -> None:
    write_job(tmp_path / "0", overrides=["rows=3"], state=state)
    write_job(tmp_path / "1", overrides=["rows=4"], state="failed")
    assert draw_figures(read_sweep(tmp_path)) == []


def test_a_sweep_of_words_and_many_lines(tmp_path: Path) -> None:
    for number in range(40):
        overrides = [f"mask=m{number % 20}", f"value={10.0 ** (number // 20 * 3)}"]
        write_job(tmp_path / str(number), overrides=overrides, score=10.0 ** (number // 20 * 2))
    assert [path.name for path in draw_figures(read_sweep(tmp_path))] == [
        "sweep_value.png",
        "sweep_value.svg",
        "sweep_mask.png",
        "sweep_mask.svg",
    ]


def test_failures_have_a_line_each(sweep: Path) -> None:
    read = read_sweep(sweep)
    assert failure_lines(read) == ["failed: 5 (budget.value=1 rows=4 seed=1) no [bold]luck[/]"]
    out = io.StringIO()
    show_sweep(read, console=Console(file=out))
    assert "no [bold]luck[/]" in out.getvalue()
    assert "12 jobs: 11 done, 1 failed" in out.getvalue()


def test_what_is_no_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="there is none"):
        summarize(tmp_path / "nowhere")
    with pytest.raises(SettingError, match="holds no runs"):
        summarize(tmp_path)
