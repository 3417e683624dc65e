"""The pages of the studies: a picture and its command, the claims with their verdicts, the README."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docs.building.includes import LINK, PROJECT, body
from experiments.paper.studies import Study, find_studies

FOLDER = "gallery"
SHOWN = PROJECT / "docs" / "gallery"
"""Of a study: its picture for the site, and the command that makes it."""
REPORT = PROJECT / "outputs" / "reproduce-paper"
"""What `make reproduce-paper` has left, if it was called."""
UNCHECKED = (
    "`make reproduce-paper` runs this study at its full size and judges each claim by a number. Where its "
    "report lies in `outputs/`, this page shows the verdicts. What was expected and what was found stands "
    "below.\n"
)


def pages() -> dict[str, str]:
    """The Markdown of each page but the first, by its path on the site."""
    return {f"{FOLDER}/{study.name}.md": _page(study) for study in find_studies(full=False)}


def navigation() -> list[dict[str, str]]:
    """The entries of these pages."""
    studies = find_studies(full=False)
    first = [{"All studies": f"{FOLDER}/index.md"}]
    return first + [{study.title: f"{FOLDER}/{study.name}.md"} for study in studies]


def index(pictures: dict[str, str]) -> str:
    """The first page.

    Args:
        pictures: of a page, by its path, the first that it shows, as it is linked from this folder
    """
    cards = []
    for study in find_studies(full=False):
        picture = pictures.get(f"{FOLDER}/{study.name}.md")
        shown = f"    [![{study.title}]({picture}){{ loading=lazy }}]({study.name}.md)\n\n" if picture else ""
        cards.append(f"-   **[{study.title}]({study.name}.md)**\n\n{shown}    {_question(study)}\n")
    return (
        "# Gallery\n\nEach study asks one question, says what was expected and from where, and checks it by "
        "numbers. The pictures are made by the commands on the pages.\n\n"
        '<div class="grid cards" markdown>\n\n' + "\n".join(cards) + "\n</div>\n"
    )


def copy_figures(into: Path) -> dict[str, Path]:
    """The figures of the report, by their paths on the site."""
    if not (REPORT / "index.md").exists():
        return {}
    shutil.copytree(REPORT / "figures", into, dirs_exist_ok=True)
    return {f"{FOLDER}/figures/{path.name}": path for path in sorted(into.iterdir())}


def _page(study: Study) -> str:
    shown = SHOWN / f"{study.name}.md"
    parts = [
        f"# {study.title}\n",
        shown.read_text(encoding="utf-8") if shown.exists() else "",
        f"## The claims, checked\n\n{_claims(study)}",
        f"## The study\n\n{{{{ body experiments/{study.name}/README.md }}}}",
    ]
    return "\n".join(parts)


def _claims(study: Study) -> str:
    report = REPORT / "index.md"
    if not report.exists():
        return UNCHECKED
    found = re.split(r"^## ", report.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = [part.partition("\n")[2] for part in found if part.startswith(f"{study.title}\n")]
    return told[0] if told else UNCHECKED


def _question(study: Study) -> str:
    """What a study asks, in its README's own words; its first paragraph where it asks nothing."""
    text = body((PROJECT / "experiments" / study.name / "README.md").read_text(encoding="utf-8"))
    asked = re.search(r"\*\*Question\.\*\*(.*?\?)", text, re.DOTALL)
    told = asked[1] if asked else text.strip().partition("\n\n")[0]
    told = re.sub(r"^- ", "", LINK.sub(r"\2", told), flags=re.MULTILINE)
    return " ".join(told.split())
