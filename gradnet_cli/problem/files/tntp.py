"""Roads from the network files of the Transportation Networks collection (Stabler, Bar-Gera and Sall)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gradnet_cli.problem.files.network import NetworkRows
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable, to_floats

TNTP = re.compile(r"\A\s*(?:~[^\n]*\n\s*)*<\s*(?:number of|first thru|total od)\b", re.IGNORECASE)
TOLD = re.compile(r"\s*<([^>]*)>(.*)")
COLUMNS = (
    *("init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power"),
    *("speed", "toll", "link_type"),
)
COST = "free_flow_time"  # of a unit of capacity: long roads cost more
LEAST = COLUMNS.index("power") + 1  # numbers of a road


def read_tntp(source: Source) -> EdgeTable:
    """Read directed roads, with the columns capacity, length, free_flow_time, b, power, speed ... of edges.

    Nodes are 1 .. N. They have the columns zone (1 where trips begin and end) and through (0 where roads only
    begin and end: nodes below <FIRST THRU NODE>). The free-flow time is the cost of a road unless another is
    told, or some are 0.

    Raises:
        InputFileError: no such file, with its line
    """
    told = dict(metadata(source))
    if "NUMBER OF LINKS" not in told and "NUMBER OF NODES" not in told:
        what = "holds trips and no roads" if "TOTAL OD FLOW" in told else "must tell its <NUMBER OF NODES>"
        raise source.error(f"{what}: give the file whose name ends in _net.tntp")
    rows, lines = _rows(source)
    if not rows:
        raise source.error("the file has no road")
    width = min(min(map(len, rows)), len(COLUMNS))
    cells = np.array([row[:width] for row in rows], dtype=object)
    columns = {name: cells[:, k] for k, name in enumerate(COLUMNS[:width])}
    ends = np.array([_nodes(source, columns.pop(name), lines) for name in COLUMNS[:2]])
    nodes = _count(source, told, "NUMBER OF NODES", least=1) if "NUMBER OF NODES" in told else int(ends.max())
    for end in ends:
        if (end > nodes).any():
            row = int(np.argmax(end > nodes))
            raise source.error(f"node {end[row]} is above the <NUMBER OF NODES>, {nodes}", line=lines[row])
    links = _count(source, told, "NUMBER OF LINKS", least=0) if "NUMBER OF LINKS" in told else len(rows)
    if links != len(rows):
        source.note(f"says that it has {links} links, and has {len(rows)}")
    zones = _count(source, told, "NUMBER OF ZONES", least=0) if "NUMBER OF ZONES" in told else nodes
    first = _count(source, told, "FIRST THRU NODE", least=1) if "FIRST THRU NODE" in told else 1
    number = np.arange(1, nodes + 1)
    flags = {"zone": number <= zones, "through": number >= first}
    table = NetworkRows(
        source=source,
        ids=number.astype(str).tolist(),
        node_data={name: np.where(flag, "1", "0") for name, flag in flags.items()},
    )
    free = to_floats(columns[COST])
    if not (free > 0).all():
        source.note(f"some roads have no {COST}, which is the cost of a road elsewhere: cost=unit here")
    cost = COST if (free > 0).all() else None
    return table.table(ends - 1, lines, columns, [True] * len(rows), cost=cost)


def metadata(source: Source) -> Iterator[tuple[str, str]]:
    """What stands above <END OF METADATA>: names in capitals, and texts."""
    for line in source.text.split("\n"):
        found = TOLD.match(line)
        if found is None:
            continue
        name = " ".join(found[1].split()).upper()
        if name == "END OF METADATA":
            return
        yield name, found[2].split("~")[0].strip()


def body(source: Source) -> Iterator[tuple[int, str]]:
    """The lines with data, and their numbers; comments begin with a tilde."""
    for number, line in enumerate(source.text.split("\n"), start=1):
        text = line.split("~")[0].strip()
        if text and not text.startswith("<"):
            yield number, text


def _rows(source: Source) -> tuple[list[list[str]], list[int]]:
    rows, lines = [], []
    for number, text in body(source):
        cells = re.split(r"[\s,]+", text.rstrip("; \t"))
        if len(cells) < LEAST:
            wanted = ", ".join(COLUMNS[:LEAST])
            raise source.error(f"has {len(cells)} cells, and a road has {wanted}", line=number)
        rows.append(cells)
        lines.append(number)
    return rows, lines


def _nodes(source: Source, cells: np.ndarray, lines: list[int]) -> np.ndarray:
    values = to_floats(cells)
    whole = np.isfinite(values) & (values == np.floor(values)) & (values >= 1) & (values < 2**53)
    if not whole.all():
        row = int(np.argmin(whole))
        raise source.error(f"'{cells[row]}' is no node: nodes are numbered from 1", line=lines[row])
    return values.astype(np.int64)


def _count(source: Source, told: dict[str, str], name: str, *, least: int) -> int:
    text = told[name]
    if not text.isdecimal() or int(text) < least:
        raise source.error(f"<{name}> is '{text}' and must be an integer >= {least}")
    return int(text)
