"""Examples that do not work as shown fail the build, with what went wrong."""

import logging
import sys
from pathlib import Path

import pytest

from docs.building.fences import fences
from docs.building.pages import MADE, _page
from docs.building.session import ExampleError, Session

SMALL = "rows=3 updates=2 stop.gap=null figures=false report=false hydra.run.dir=run"


def run(markdown: str, directory: Path) -> list[str]:
    session = Session(directory)
    printed = [session.run(fence) for fence in fences(markdown)]
    session.close()
    return printed


def surroundings() -> tuple[object, ...]:
    return list(logging.getLogger().handlers), list(sys.argv), list(sys.path), Path.cwd()


def test_what_works_is_shown(tmp_path: Path) -> None:
    text = (
        "```python file=own_names.py\nVALUE = 3\n```\n"
        f"```bash show\ngradnet-run {SMALL}\n```\n"
        "```python show\nfrom pathlib import Path\nprint(Path('run/edges.csv').is_file())\n```\n"
        "```console\n$ gradnet-run budgte.value=3\n"
        "gradnet-run: budgte.value = 3: is no setting. Did you mean budget.value=3?\n```\n"
        "[the numbers](made:run/summary.json)\n"
    )
    before = surroundings()
    made = _page("folder/page.md", text, tmp_path / "page")
    assert "results: run/" in made.markdown
    assert "\nTrue\n" in made.markdown
    target = f"{MADE}/folder/page/run/summary.json"
    assert made.files == {target: tmp_path / "page" / "run" / "summary.json"}
    assert f"[the numbers](../{target})" in made.markdown
    assert surroundings() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("```bash\ngradnet-run rows=0\n```\n", "exit status 2\ngradnet-run: rows = 0"),
        ("```bash\nls\n```\n", "only gradnet-run is run"),
        ("```console\n$ gradnet-run rows=0\nall is well\n```\n", "and not\nall is well"),
        ("```python\nraise KeyError('gone')\n```\n", "KeyError: 'gone'"),
        ("```python\nassert 1 == 2\n```\n", "AssertionError"),
    ],
)
def test_what_does_not_work_is_told(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ExampleError) as caught:
        run(text, tmp_path / "page")
    assert told in str(caught.value)


def test_a_file_that_was_not_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match=r"made:run/figure\.png was not made"):
        _page("page.md", "![A figure](made:run/figure.png)\n", tmp_path / "page")


def test_pages_may_use_a_name_of_a_module_again(tmp_path: Path) -> None:
    block = (
        "```python file=own_names.py\nVALUE = {}\n```\n"
        "```python show\nimport own_names\nprint(own_names.VALUE)\n```\n"
    )
    assert run(block.format(1), tmp_path / "one")[-1] == "1\n"
    assert run(block.format(2), tmp_path / "two")[-1] == "2\n"
