"""The whole site is built, as `make docs` does, and opens from disk."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import Chromium, find_chromium

ELSEWHERE = r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"?(?:https?:)?//[^>]*>"
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site") / "docs"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-f", "docs/mkdocs.yml", "--site-dir", str(directory)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return directory


@pytest.mark.slow
def test_pages_ask_for_nothing_from_the_network(site: Path) -> None:
    pages = [page for page in site.rglob("*.html") if page.name != "404.html"]  # which a server answers with
    assert len(pages) > 40
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(ELSEWHERE, text), page
        for target in re.findall(r"(?:src|href)=\"?([^\"> ]+)", text):
            path = target.partition("#")[0].partition("?")[0]
            if path and not re.match(r"[a-z]+:", path):
                assert (page.parent / path).exists(), f"{page}: {target}"


@pytest.mark.slow
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium is installed")
def test_the_search_works_from_disk(site: Path, tmp_path: Path) -> None:
    with Chromium(profile=tmp_path) as browser:
        tab = browser.open(site / "concepts.html")
        tab.run("document.querySelector('[data-md-component=search-query]').focus()")
        for letter in "bound":
            tab.press(letter)
        tab.wait(lambda: tab.run("document.querySelectorAll('.md-search-result__item').length"))
        assert tab.complaints == []
        assert all(address.startswith("file:") for address in tab.requests)
