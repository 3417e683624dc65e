"""docs/python.md is true: its examples run one after another, in an empty directory."""

import re
from pathlib import Path

import matplotlib as mpl
import pytest

import gradnet_cli as gn
from gradnet_cli.objectives.function import CallableNetwork
from tests.cli.conftest import Command

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_examples_run(command: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mpl.rcParams, "backend", "agg")
    sweep = ("-m", "rows=3,4", "hydra.sweep.dir=mine", "figures=false", "report=false")
    assert command(*sweep).exit_status == 0
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) >= 10
    names: dict[str, object] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert (here / "rivers" / "report.html").exists()
    assert (here / "network.pdf").exists()
    assert names["best"].problem.nodes == 9  # type: ignore[attr-defined]
    from matplotlib import pyplot

    pyplot.close("all")


def test_every_attribute_that_is_named_is_there() -> None:
    section = TEXT.split("## What comes back")[1].split("In a notebook")[0]
    result = gn.optimize("grid", rows=3, progress="none")
    named = {name for row in section.splitlines() for name in re.findall(r"`(\w+)", row.partition(" | ")[0])}
    assert len(named) > 25
    for name in named:
        assert hasattr(result, name), name


def test_every_name_of_the_package_that_is_used_is_there() -> None:
    used = {name for name in re.findall(r"\bgn\.(\w+)", TEXT) if not hasattr(CallableNetwork, name)}
    assert {"optimize", "load", "load_sweep", "settings_from"} <= used
    assert used <= set(gn.__all__)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (PAGE.parent / target).exists(), target
