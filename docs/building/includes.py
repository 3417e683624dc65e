"""Texts that exist already: the README, the pages of docs/, the studies. Taken in, not written twice.

    {{ title PATH }}          the first heading of a file
    {{ body PATH }}           the file without that heading
    {{ section PATH#NAME }}   one section, without its heading; NAME is the anchor of the heading
    {{ table PATH#NAME }}     one table; NAME is its first word or words, written as an anchor

Links that lead to files of the repository lead to the pages that these are on; those to what has no page lose
their link. The commands and code of these texts are run by the tests that each of them has.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from docs.building.fences import Fence, split

PROJECT = Path(__file__).parents[2]
DIRECTIVE = re.compile(r"\{\{ (title|body|section|table) ([^\s#}]+)(?:#([\w-]+))? \}\}")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"(#+) (.+)")
PAGES = {
    "README.md": "index.md",
    "README.md#your-own-mask": "tutorials/own_parts.md",
    "README.md#your-own-objective": "tutorials/own_parts.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "docs/files.md": "reference/networks.md",
    "docs/notebooks/existing_network.ipynb": "notebooks/existing_network.md",
    "docs/notebooks/first_network.ipynb": "notebooks/first_network.md",
    "docs/notebooks/sweep.ipynb": "notebooks/sweep.md",
    "docs/python.md": "reference/python.md",
    "experiments": "gallery/index.md",
}
"""Where the files of the repository are on the site."""
IMAGES = "images"
"""Where pictures of the repository are on the site."""


def expand(markdown: str, *, page: str) -> tuple[str, dict[str, Path]]:
    """Take in what a page asks for.

    Args:
        page: its path on the site, which links start from

    Returns:
        the page, and the pictures that it shows now: where they are on the site, and where they come from

    Raises:
        ValueError: a file, or a section, that does not exist
    """
    images: dict[str, Path] = {}

    def taken(directive: re.Match[str]) -> str:
        kind, path, anchor = directive.groups()
        text = (PROJECT / path).read_text(encoding="utf-8")
        if kind == "title":
            return title(text)
        if kind == "body":
            text = body(text)
        elif kind == "section":
            text = section(text, anchor or "")
        else:
            text = table(text, anchor or "")
        return "".join(
            part.plain() if isinstance(part, Fence) else _with_links(part, path, page, images)
            for part in split(text)
        )

    return DIRECTIVE.sub(taken, markdown), images


def title(text: str) -> str:
    """The first heading of a text."""
    return next(line for line in text.splitlines() if line.startswith("# ")).removeprefix("# ")


def body(text: str) -> str:
    """A text without its first heading."""
    before, _, after = f"\n{text}".partition("\n# ")
    return before + after.partition("\n")[2]


def section(text: str, anchor: str) -> str:
    """What stands below a heading, to the next one of its kind.

    Raises:
        ValueError: there is no such heading
    """
    found, depth = [], 0
    for part in split(text):
        if isinstance(part, Fence):
            found += [part.plain()] if depth else []
            continue
        for line in part.splitlines(keepends=True):
            heading = HEADING.fullmatch(line.rstrip("\n"))
            if heading and depth and len(heading[1]) <= depth:
                return "".join(found)
            if heading and not depth and slug(heading[2]) == anchor:
                depth = len(heading[1])
            elif depth:
                found.append(line)
    if not depth:
        raise ValueError(f"no section #{anchor}")
    return "".join(found)


def table(text: str, anchor: str) -> str:
    """The table whose first cell has this anchor.

    Raises:
        ValueError: there is no such table
    """
    for found in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        if slug(found.split("|")[1]) == anchor:
            return str(found)
    raise ValueError(f"no table #{anchor}")


def slug(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def relative(target: str, *, page: str) -> str:
    """A link from one page of the site to another."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def place(path: str, anchor: str = "") -> str | None:
    """Where a file of the repository is on the site; None where it is not."""
    if found := PAGES.get(f"{path}#{anchor}"):
        return found
    study = re.fullmatch(r"experiments/(\w+)(?:/README\.md)?", path)
    if study and (PROJECT / "experiments" / study[1] / "claims.py").exists():
        return f"gallery/{study[1]}.md"
    found = PAGES.get(path)
    return f"{found}#{anchor}" if found and anchor and path != "README.md" else found


def _with_links(text: str, source: str, page: str, images: dict[str, Path]) -> str:
    def led(link: re.Match[str]) -> str:
        shows, label, target = link.groups()
        if re.match(r"[a-z]+:|#", target):
            return link[0]
        target, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path.endswith((".png", ".svg")):
            images[f"{IMAGES}/{posixpath.basename(path)}"] = PROJECT / path
            return f"{shows}[{label}]({relative(f'{IMAGES}/{posixpath.basename(path)}', page=page)})"
        found = place(path, anchor)
        return f"[{label}]({relative(found, page=page)})" if found else label

    return LINK.sub(led, text)
