"""All pages of the site as Markdown: those of docs/pages/, and those that follow from the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docs.building import api, gallery, includes, notebooks, settings
from docs.building.fences import OUTPUT, fenced, split
from docs.building.session import ExampleError, Session

SOURCES = includes.PROJECT / "docs" / "pages"
MADE = "made"
"""Where the site keeps what the commands of its pages have made."""
FIGURE = re.compile(r"^!\[([^\]]*)\]\(made:([^)\s]+)\)$", re.MULTILINE)
FILE = re.compile(r"\]\(made:([^)\s]+)\)")


@dataclass(frozen=True, kw_only=True)
class Made:
    """A page whose examples were run.

    Attributes:
        files: of what they made, and pictures of the repository: sources by their paths on the site
    """

    markdown: str
    files: Mapping[str, Path]

    @property
    def picture(self) -> str | None:
        """The first picture that it shows, by its path on the site."""
        return next((path for path in self.files if path.endswith(".png")), None)


def sources() -> dict[str, str]:
    """The pages before anything is run, by their paths on the site."""
    written = {
        path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(SOURCES.rglob("*.md"))
    }
    return {**written, **settings.pages(), **gallery.pages(), **notebooks.pages(), api.PAGE: api.page()}


def make(work: Path) -> dict[str, Made]:
    """Run what the pages show, each in a directory of its own.

    Args:
        work: where they run; it must be empty, and stay until the site is written

    Raises:
        ExampleError: an example does not work as shown
        ValueError: a page cannot be read
    """
    figures = gallery.copy_figures(work / "report")
    found: dict[str, Made] = {}
    for page, markdown in sources().items():
        try:
            found[page] = _page(page, markdown, work / page.removesuffix(".md"))
        except (ExampleError, ValueError) as error:
            raise type(error)(f"{page}: {error}") from error
        if page.startswith(f"{gallery.FOLDER}/"):
            markdown, files = found[page].markdown, found[page].files
            shown = {path: source for path, source in figures.items() if Path(path).name in markdown}
            found[page] = Made(markdown=markdown, files={**files, **shown})
    index = f"{gallery.FOLDER}/index.md"
    pictures = {
        page: includes.relative(made.picture, page=index) for page, made in found.items() if made.picture
    }
    return {**found, index: Made(markdown=gallery.index(pictures), files={})}


def _page(page: str, markdown: str, directory: Path) -> Made:
    session = Session(directory)
    parts = []
    for part in split(markdown):
        if isinstance(part, str):
            parts.append(part)
            continue
        printed = session.run(part)
        parts.append(part.plain())
        if "show" in part.marks:
            parts.append("\n" + fenced(OUTPUT, printed, indent=part.indent))
    session.close()
    markdown, files = includes.expand("".join(parts), page=page)
    return _with_files(markdown, files, page, directory)


def _linked(source: Path) -> list[Path]:
    """A file, and of a report all the files of its directory, which it leads to."""
    if source.name != "report.html":
        return [source]
    found = (path for path in sorted(source.parent.rglob("*")) if "checkpoints" not in path.parts)
    return [path for path in found if path.is_file()]


def _with_files(markdown: str, files: dict[str, Path], page: str, directory: Path) -> Made:
    """Let links to what was made lead there."""

    def taken(name: str) -> str:
        source = directory / name
        if not source.is_file():
            raise ExampleError(f"made:{name} was not made")
        home = f"{MADE}/{page.removesuffix('.md')}"
        for path in _linked(source):
            files[f"{home}/{path.relative_to(directory).as_posix()}"] = path
        return includes.relative(f"{home}/{name}", page=page)

    def figure(shown: re.Match[str]) -> str:
        return (
            f'<figure class="made" markdown="span">![{shown[1]}]({taken(shown[2])}){{ loading=lazy }}'
            f"<figcaption>{shown[1]}</figcaption></figure>"
        )

    markdown = FIGURE.sub(figure, markdown)
    markdown = FILE.sub(lambda link: f"]({taken(link[1])})", markdown)
    return Made(markdown=markdown, files=files)
