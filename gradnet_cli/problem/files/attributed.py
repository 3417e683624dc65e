"""Edges as networkx writes them in lines, with a dict of data at the end: ``a b {'weight': 3}``."""

from __future__ import annotations

import ast
import re

import numpy as np

from gradnet_cli.problem.files.ids import number_nodes
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable

LINE = re.compile(r"(?P<ends>[^{]*[^{\s,])?[\s,]*(?P<data>\{.*\})\s*")
DATA = re.compile(r"^[^\n#{]*\{.*\}\s*$", re.MULTILINE)


def read_attributed(source: Source) -> EdgeTable:
    """Read what networkx.write_edgelist writes: source, target, and a dict of numbers and texts.

    Raises:
        InputFileError: a line of another kind
    """
    sources: list[str] = []
    targets: list[str] = []
    lines: list[int] = []
    data: list[dict[str, str]] = []
    for number, text in enumerate(source.text.split("\n"), start=1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        found = LINE.fullmatch(text)
        pair = _ends(found.group("ends") or "") if found else []
        if found is None or len(pair) != 2:
            raise source.error("must be a source, a target and a dict like {'weight': 1}", line=number)
        sources.append(pair[0])
        targets.append(pair[1])
        lines.append(number)
        data.append(_dict(source, found.group("data"), number))
    if not lines:
        raise source.error("the file has no edge")
    ends, ids, changed = number_nodes(
        np.array(sources, dtype=object),
        np.array(targets, dtype=object),
        refuse=lambda text, row: source.error(text, line=lines[row]),
    )
    if changed:
        source.note("ids such as 1.0 or +1 are read as 1")
    names = list(dict.fromkeys(name for each in data for name in each))
    return EdgeTable(
        source=source,
        ends=ends,
        ids=ids,
        columns={name: np.array([each.get(name, "") for each in data], dtype=object) for name in names},
        lines=np.array(lines),
    )


def _ends(text: str) -> list[str]:
    """The two words of a line, with blanks between them or with a comma."""
    words = text.split()
    return words if len(words) == 2 else [word.strip() for word in text.split(",")]


def _dict(source: Source, text: str, line: int) -> dict[str, str]:
    try:
        found = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise source.error(
            "the data of the edge cannot be read: it must be a dict like {'weight': 1}", line=line
        ) from error
    if not isinstance(found, dict):
        raise source.error("the data of the edge must be a dict like {'weight': 1}", line=line)
    return {
        str(name): repr(value) if isinstance(value, float) else str(value) for name, value in found.items()
    }
