"""The pages of the notebooks: their text, their code and what it gave when they were run.

They are taken as they lie in docs/notebooks/: tests run them, and hold what they show to what they give. So
nothing is run here, and a page needs no script and no network. Results and pictures stand in the page itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.building.fences import fenced
from docs.building.includes import PROJECT, place, relative

FOLDER = "notebooks"
SOURCES = PROJECT / "docs" / "notebooks"
FROM_HERE = re.compile(r"\]\(\.\./(\w+\.md)\)")
SHELL = "%%bash\n"


def pages() -> dict[str, str]:
    """The Markdown of each page, by its path on the site."""
    return {f"{FOLDER}/{path.stem}.md": page(path) for path in sorted(SOURCES.glob("*.ipynb"))}


def page(path: Path) -> str:
    """A notebook as Markdown."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    parts = [part for cell in notebook["cells"] for part in _cell(cell)]
    title, *rest = parts
    note = f"*The notebook `docs/notebooks/{path.name}`, with what it gives.*\n"
    heading, _, text = title.partition("\n")
    return "\n".join([heading, "", note, text, *rest])


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield FROM_HERE.sub(_on_the_site, text) + "\n"
        return
    shell = text.startswith(SHELL)
    yield fenced("bash cell" if shell else "python cell", text.removeprefix(SHELL))
    for output in cell["outputs"]:
        yield from _output(output)


def _on_the_site(link: re.Match[str]) -> str:
    """A link from a notebook to a page of docs/, from its page on the site."""
    target = place(f"docs/{link[1]}")
    if target is None:
        raise ValueError(f"docs/{link[1]} has no page on the site")
    return f"]({relative(target, page=f'{FOLDER}/page.md')})"


def _output(output: dict[str, Any]) -> Iterator[str]:
    if output["output_type"] == "stream":
        yield _printed("".join(output["text"]))
        return
    data = {kind: "".join(content) for kind, content in output["data"].items()}
    shown = data.get("text/html", "")
    if shown.startswith("<progress"):
        return
    if "image/png" in data:
        picture = data["image/png"].replace("\n", "")
        yield _as_it_is(f'<img src="data:image/png;base64,{picture}" alt="what the cell draws">')
    elif "<img" in shown:
        yield _as_it_is(shown)
    else:
        yield _printed(data["text/plain"])


def _printed(text: str) -> str:
    return fenced("text output", text)


def _as_it_is(html: str) -> str:
    return f'<div class="cell">{" ".join(html.split())}</div>\n'
