"""Edges from files of the Koblenz network collection (Kunegis 2013)."""

from __future__ import annotations

import re

import numpy as np

from gradnet_cli.problem.files.delimited import BLANKS, read_table
from gradnet_cli.problem.files.edges import unheaded_names
from gradnet_cli.problem.files.ids import number_nodes
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable

KONECT = re.compile(r"\A(?:[ \t]*(?:%[^\n]*)?\n)*[ \t]*%[ \t]*(sym|asym|bip)\b", re.IGNORECASE)
SAID = re.compile(r"^[ \t]*%[ \t]*(sym|asym|bip)\b", re.IGNORECASE | re.MULTILINE)


def read_konect(source: Source) -> EdgeTable:
    """Read a file ``out.NAME``: ``% sym``, ``asym`` or ``bip``, and then source, target, weight, time.

    In a bipartite network (``bip``) the two sides are numbered each from 1: the right side's 1 becomes r1.
    """
    kind = _kind(source)
    table = read_table(source, delimiter=BLANKS, header=False)
    names = unheaded_names(len(table.cells))
    if len(table.cells) < 2:
        raise source.error("has one column only, and an edge has two ends", line=table.first_line)
    if kind is None and source.directed is None:
        source.note("undirected, for the first line is neither '% sym' nor '% asym'")
    targets = table.cells[1]
    if kind == "bip":
        source.note("bipartite: node 1 of the right side is called r1")
        targets = np.array([f"r{text}" if text else "" for text in targets], dtype=object)
    ends, ids, _ = number_nodes(table.cells[0], targets, refuse=lambda text, row: table.error(text, row=row))
    return EdgeTable(
        source=source,
        ends=ends,
        ids=ids,
        columns=dict(zip(names[2:], table.cells[2:], strict=True)),
        lines=table.lines,
        arrows=None if kind is None else np.full(table.rows, kind == "asym"),
    )


def _kind(source: Source) -> str | None:
    """What the comment says, wherever it stands: sym, asym or bip."""
    said = [found.group(1).lower() for found in SAID.finditer(source.text)]
    if len(set(said)) > 1:
        raise source.error(
            f"says both '% {said[0]}' and '% {next(kind for kind in said if kind != said[0])}'"
        )
    return said[0] if said else None
