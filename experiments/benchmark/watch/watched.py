"""The numbers that are watched. `make bench-watch` runs this file by pytest-benchmark."""

import shutil
from pathlib import Path

import pytest

from experiments.benchmark.watch.fixture import Watch, Weigh
from experiments.benchmark.watch.objectives import SIZES, words
from experiments.benchmark.watch.programs import peak_memory, run_command, run_python, solving
from gradnet_cli.runs.save import save
from gradnet_cli.settings.catalog import read_catalog

NO_REPORT = ("figures=false", "report=false", "hydra.run.dir=run")


def test_help(watch: Watch, tmp_path: Path) -> None:
    watch(lambda: run_command("--help", here=tmp_path))


def test_import(watch: Watch) -> None:
    watch(lambda: run_python("from gradnet_cli import optimize, Objective, Result"), rounds=3)


def test_start_to_first_update(watch: Watch, tmp_path: Path) -> None:
    watch(
        lambda: run_command("rows=10", "updates=1", "stop.gap=null", *NO_REPORT, here=tmp_path),
        rounds=3,
        before=lambda: shutil.rmtree(tmp_path / "run", ignore_errors=True),
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("objective", list(read_catalog().groups["objective"].choices))
def test_three_updates(watch: Watch, objective: str, size: str) -> None:
    watch(solving(*words(objective, size)))


@pytest.mark.parametrize("rows", [10, 50])
def test_end_of_run(watch: Watch, rows: int, tmp_path: Path) -> None:
    """All that comes after training: files, figures, report."""
    result = solving(f"rows={rows}")()
    watch(
        lambda: save(result, tmp_path / "run"),
        rounds=3,
        before=lambda: shutil.rmtree(tmp_path / "run", ignore_errors=True),
    )


@pytest.mark.parametrize("rows", [10, 300])
def test_peak_memory(weigh: Weigh, rows: int, tmp_path: Path) -> None:
    weigh(lambda: peak_memory(f"rows={rows}", "updates=3", "stop.gap=null", *NO_REPORT, here=tmp_path))
