"""Filling a template, with everything inlined and every text escaped."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gradnet_cli.report import wording
from gradnet_cli.report.files.atomic import write_text

FILE_NAME = "report.html"
PAGES = Path(__file__).with_name("pages")


def write_page(path: Path, *, template: str, scripts: Sequence[str], **content: Any) -> None:
    """Write a page by its template.

    Args:
        scripts: names of files beside the templates, inlined; the page's policy lets these run and no others
        content: what the template speaks of
    """
    codes = [Markup((PAGES / name).read_text(encoding="utf-8")) for name in scripts]
    text = (
        _environment()
        .get_template(template)
        .render(
            policy=policy(codes),
            style=Markup((PAGES / "style.css").read_text(encoding="utf-8")),
            scripts=codes,
            **content,
        )
    )
    write_text(path, text)


def policy(scripts: Sequence[str]) -> str:
    """A content security policy: nothing is fetched, and no script runs but these."""
    hashes = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )


def link(path: str | Path) -> str:
    """A relative path as the address of a link; one that begins like a scheme stays a path."""
    return quote(f"./{Path(path).as_posix()}")


def size(count: int) -> str:
    """A number of bytes, told briefly."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000  # type: ignore[assignment]
    return f"{count:.3g} GB"


def value(content: object) -> str:
    """Any value of a setting, a metric or a cell: numbers by seven digits, null and true as in YAML."""
    if content is None:
        return "null"
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, int):
        return f"{content:,}" if abs(content) >= 10_000 else str(content)
    if isinstance(content, float):
        whole = content.is_integer() and 10_000 <= abs(content) < 1e15
        return f"{content:,.0f}" if whole else wording.number(content)
    if isinstance(content, list | tuple):
        return "[" + ", ".join(value(item) for item in content) + "]"
    if isinstance(content, dict):
        return "{" + ", ".join(f"{key}: {value(item)}" for key, item in content.items()) + "}"
    return str(content)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "value": value,
        "number": wording.number,
        "percent": wording.percent,
        "duration": wording.duration,
        "size": size,
        "count": lambda number: f"{number:,}",
        "link": link,
        "words": lambda text: str(text).replace("_", " "),
    }
    return environment
