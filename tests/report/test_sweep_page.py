"""The page of a sweep: its jobs, figures, what failed, and how to go on."""

import re

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gradnet_cli.report.html import write_run_report
from gradnet_cli.sweeps.page import write_sweep_report
from gradnet_cli.sweeps.table import Sweep
from tests.report.pages import EVIL, Page, leave_run, sweep_of


def test_a_sweep_lists_its_jobs(tmp_path):
    sweep = sweep_of(tmp_path, 60)
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "report.html").write_text("a page")
    (tmp_path / "4").mkdir()
    write_sweep_report(sweep)
    page = Page(tmp_path / "report.html")
    assert [found["data-state"] for tag, found in page.elements if "data-state" in found].count("failed") == 1
    assert {"./3/report.html", "./4"} <= set(page.attributes("href"))
    best = max((row for row in sweep.rows if row["score"]), key=lambda row: row["score"])
    assert f"of job {best['job']}" in page.text
    assert "budget.value = 1.8: must be <b>smaller</b>" in page.text
    assert "50 values from 0.1 to 5" in page.text
    assert re.search("done 58 interrupted 1 failed 1", page.text)


def test_a_sweep_shows_its_figures_and_how_to_go_on(tmp_path):
    (tmp_path / "figures").mkdir()
    told = PngInfo()
    told.add_text("Description", "Score and bound against seed.")
    Image.new("L", (30, 20)).save(tmp_path / "figures" / "sweep_seed.png", pnginfo=told)
    (tmp_path / "sweep.json").write_text('{"command": "gradnet-run -m seed=1,2"}')
    write_sweep_report(sweep_of(tmp_path, 60))
    text = Page(tmp_path / "report.html").text
    assert "Score and bound against seed." in text
    place = f"hydra.sweep.dir={tmp_path}"
    assert f"gradnet-run -m seed=1,2 skip_completed=true {place}" in text.replace("'", "")


def test_a_job_leads_to_its_sweep(grid_result, tmp_path):
    leave_run(tmp_path / "0", grid_result)
    write_run_report(tmp_path / "0")
    assert "../report.html" not in (tmp_path / "0" / "report.html").read_text()
    (tmp_path / "sweep.json").write_text("{}")
    write_run_report(tmp_path / "0")
    assert "../report.html" in Page(tmp_path / "0" / "report.html").attributes("href")


def test_a_sweep_of_nothing_finished_has_a_page(tmp_path):
    row = dict.fromkeys(("score", "bound", "gap", "seconds", "error")) | {
        "job": "0",
        "state": "missing",
        "directory": "0",
        EVIL: float("nan"),
    }
    write_sweep_report(Sweep(directory=tmp_path, swept=(EVIL,), rows=[row], sense=None))
    page = Page(tmp_path / "report.html")
    assert "missing 1" in page.text
    assert "<script>alert" not in page.source
    write_sweep_report(Sweep(directory=tmp_path, swept=(), rows=[], sense=None))
    assert "0 jobs" in Page(tmp_path / "report.html").text
