"""Edges from files of the Koblenz network collection (Kunegis 2013)."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from gradnet_cli.problem.files.delimited import BLANKS, read_table
from gradnet_cli.problem.files.edges import edges_of
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable

KONECT = re.compile(r"\A(?:[ \t]*(?:%[^\n]*)?\n)*[ \t]*%[ \t]*(sym|asym|bip)\b", re.IGNORECASE)
SAID = re.compile(r"^[ \t]*%[ \t]*(sym|asym|bip)\b", re.IGNORECASE | re.MULTILINE)


def read_konect(source: Source) -> EdgeTable:
    """Read a file ``out.NAME``: ``% sym``, ``asym`` or ``bip``, and then source, target, weight, time.

    In a bipartite network (``bip``) the two sides are numbered each from 1: the right side's 1 becomes r1.
    """
    kind = _kind(source)
    table = read_table(source, delimiter=BLANKS)
    if kind is None and source.directed is None:
        source.note("undirected, for no line says '% sym' or '% asym'")
    if kind == "bip" and len(table.cells) > 1:
        source.note("bipartite: node 1 of the right side is called r1")
        right = [text if text in ("", "target", "to") else f"r{text}" for text in table.cells[1]]
        table = replace(table, cells=[table.cells[0], np.array(right, dtype=object), *table.cells[2:]])
    found = edges_of(table, headless=True)
    return found if kind is None else replace(found, arrows=np.full(found.ends.shape[1], kind == "asym"))


def _kind(source: Source) -> str | None:
    """What the comment says, wherever it stands: sym, asym or bip."""
    said = [found.group(1).lower() for found in SAID.finditer(source.text)]
    if len(set(said)) > 1:
        raise source.error(
            f"says both '% {said[0]}' and '% {next(kind for kind in said if kind != said[0])}'"
        )
    return said[0] if said else None
