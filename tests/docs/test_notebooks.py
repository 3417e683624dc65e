"""The notebooks of docs/ run as they stand there, show what they say, and are pages of the site."""

import itertools
import json
import re
import sysconfig
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from docs.building import notebooks
from docs.building.fences import fences
from tests.quick import quick

PATHS = {path.stem: path for path in sorted(notebooks.SOURCES.glob("*.ipynb"))}
PAGES = {Path(page).stem: markdown for page, markdown in notebooks.pages().items()}


def code(notebook: Any) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


def printed(cell: Any) -> list[str]:
    """What a cell answers as text."""
    return [output.text if "text" in output else output.data["text/plain"] for output in cell.outputs]


def kinds(cell: Any) -> list[str]:
    """What a cell gives, progress left out; a stream may come in one piece or in several."""
    lasting = [o for o in cell.outputs if not str(o.get("data", {}).get("text/html")).startswith("<progress")]
    return [kind for kind, _ in itertools.groupby(output.output_type for output in lasting)]


@pytest.fixture(scope="module", params=quick(PATHS, list(PATHS).index("first_network")))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def committed(name: str) -> Any:
    return nbformat.read(PATHS[name], as_version=4)


@pytest.fixture(scope="module")
def executed(name: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    notebook = nbformat.read(PATHS[name], as_version=4)
    for cell in code(notebook).values():
        cell.outputs = []
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    with pytest.MonkeyPatch.context() as shell:
        # As in an environment that is activated.
        shell.setenv("PATH", sysconfig.get_path("scripts"), prepend=":")
        NotebookClient(notebook, timeout=120, resources=where).execute()
    return notebook


def test_they_are_small(name: str, committed: Any) -> None:
    assert PATHS[name].stat().st_size < 300_000
    lines = [line for cell in code(committed).values() for line in cell.source.splitlines() if line.strip()]
    assert len(lines) < 60


def test_they_run_and_answer_as_they_say(committed: Any, executed: Any) -> None:
    answers = [cell.id for cell in code(committed).values() if "answer" in cell.metadata.get("tags", ())]
    assert answers
    for each in answers:
        assert printed(code(executed)[each]) == printed(code(committed)[each])
    for each, cell in code(executed).items():
        assert kinds(cell) == kinds(code(committed)[each])
        assert "error" not in kinds(cell)
        assert not any(output.get("name") == "stderr" for output in cell.outputs)


def test_progress_result_and_figure_are_shown(executed: Any) -> None:
    if "optimize" not in code(executed):
        return
    shown = code(executed)["optimize"].outputs
    assert [output.output_type for output in shown] == ["display_data", "execute_result"]
    assert shown[0].data["text/html"].startswith("<progress value=")
    assert "(proven)" in shown[1].data["text/html"]
    assert "<img src='data:image/png;base64," in shown[1].data["text/html"]
    (figure,) = code(executed)["figure"].outputs
    assert "alt='convergence'" in figure.data["text/html"]


def test_what_they_found_is_so() -> None:
    """Their answers, against what is known."""
    (flights,) = printed(code(nbformat.read(PATHS["existing_network"], as_version=4))["answer"])
    assert flights.startswith("[('IST', 'ATH', 15.1)")
    first = code(nbformat.read(PATHS["first_network"], as_version=4))
    bounds = [float(number) for number in re.findall(r"\d+\.\d+", "".join(printed(first["bound"])))]
    optimum = 3 / (12**2 - 1)
    guessed, places, proven, score = bounds
    assert round(score, 5) <= round(optimum, 5) == places <= proven < guessed
    weights = [[float(n) for n in line.split()[1:]] for line in printed(first["weights"])[0].splitlines()]
    assert max(abs(found - parabola) for found, parabola in zip(*weights, strict=True)) < 0.002
    sweep = code(nbformat.read(PATHS["sweep"], as_version=4))
    low, high = (float(word) for word in printed(sweep["law"])[0].split()[::2])
    assert 0.999 <= low <= high <= 1


@pytest.mark.parametrize("name", PATHS)
def test_pages_show_every_cell_and_picture(name: str) -> None:
    page, notebook = PAGES[name], nbformat.read(PATHS[name], as_version=4)
    assert page.startswith("# ")
    shown = [fence for fence in fences(page) if "cell" in fence.marks]
    sources = [cell.source.removeprefix(notebooks.SHELL) for cell in code(notebook).values()]
    assert [fence.text.rstrip() for fence in shown] == [text.rstrip() for text in sources]
    pictures = sum(
        "<img" in str(o.get("data")) or "image/png" in o.get("data", {})
        for cell in code(notebook).values()
        for o in cell.outputs
    )
    assert page.count('src="data:image/png') + page.count("src='data:image/png") == pictures >= 1
    assert "<progress" not in page
    assert "](../python.md)" not in page


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lost.ipynb"
    cell = {"cell_type": "markdown", "source": ["# Title\n", "[more](../nothing.md)"]}
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"docs/nothing\.md has no page"):
        notebooks.page(path)
