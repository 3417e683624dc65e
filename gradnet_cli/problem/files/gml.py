"""Edges, nodes and their data from GML (Himsolt 1997), with line numbers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem.files.network import NetworkRows, filled
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable

TOKEN = re.compile(
    r"(?P<space>[ \t\n]+|^#[^\n]*)"
    r"|(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?=[\s\[\]]|$)|[+-]?(?:INF|NAN|inf|nan)(?=[\s\[\]]|$))"
    r"|(?P<key>[A-Za-z_][A-Za-z0-9_]*)"
    r'|(?P<text>"[^"]*")'
    r"|(?P<open>\[)|(?P<close>\])",
    re.MULTILINE,
)
CHARACTER = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|\w+);")
DEEPEST = 100  # levels of brackets


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word of the file."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key and what it holds: a text, or entries of its own."""

    key: str
    value: str | list[Entry]
    line: int


def read_gml(source: Source) -> EdgeTable:
    """Read one graph. Nodes are called by their labels where all have one and no two the same, else by id.

    Raises:
        InputFileError: no such GML, with its line
    """
    entries = _entries(source, _tokens(source), depth=0)
    graphs = [entry for entry in entries if entry.key == "graph"]
    if len(graphs) != 1 or isinstance(graphs[0].value, str):
        line = graphs[1].line if len(graphs) > 1 else None
        raise source.error("must have one graph" if len(graphs) != 1 else "the graph is no list", line=line)
    return _table(source, graphs[0].value)


def _tokens(source: Source) -> Iterator[Token]:
    text, place, line = source.text, 0, 1
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            what = "a quotation mark is not closed"
            if text[place] != '"':
                what = f"'{(text[place : place + 20].split() or [text[place]])[0]}' is no GML"
            raise source.error(what, line=line)
        if found.lastgroup != "space":
            yield Token(kind=str(found.lastgroup), text=found.group(), line=line)
        line += found.group().count("\n")
        place = found.end()


def _entries(source: Source, tokens: Iterator[Token], *, depth: int, line: int | None = None) -> list[Entry]:
    """The entries up to the bracket that closes them, or the end of the file."""
    if depth > DEEPEST:
        raise source.error("has too many brackets in each other", line=line)
    found: list[Entry] = []
    for token in tokens:
        if token.kind == "close" and depth:
            return found
        if token.kind != "key":
            raise source.error(f"'{token.text[:20]}' stands where a word is expected", line=token.line)
        value = next(tokens, None)
        if value is None or value.kind in ("key", "close"):
            raise source.error(f"{token.text} has no value", line=token.line)
        content: str | list[Entry] = value.text
        if value.kind == "open":
            content = _entries(source, tokens, depth=depth + 1, line=value.line)
        elif value.kind == "text":
            content = CHARACTER.sub(lambda found: html.unescape(found.group()), value.text[1:-1])
        found.append(Entry(key=token.text, value=content, line=token.line))
    if depth:
        raise source.error("a bracket is not closed", line=line)
    return found


def _table(source: Source, graph: list[Entry]) -> EdgeTable:
    places: dict[str, int] = {}
    nodes: list[dict[str, str]] = []
    edges: list[dict[str, str]] = []
    ends: list[list[str]] = []
    lines: list[int] = []
    for entry in graph:
        if entry.key not in ("node", "edge") or isinstance(entry.value, str):
            continue
        row = _row(source, entry.value)
        if entry.key == "node":
            name = _required(source, row, "id", entry)
            if name in places:
                raise source.error(f"node {name} stands in the file twice", line=entry.line)
            places[name] = len(nodes)
            nodes.append(row)
        else:
            ends.append([_required(source, row, end, entry) for end in ("source", "target")])
            edges.append(row)
            lines.append(entry.line)
    for pair, line in zip(ends, lines, strict=True):
        missing = next((name for name in pair if name not in places), None)
        if missing is not None:
            raise source.error(f"node {missing} is not in the file", line=line)
    labels = [row.get("label", "").strip() for row in nodes]
    labelled = all(labels) and len(set(labels)) == len(labels)
    if labelled:
        nodes = [{name: text for name, text in row.items() if name != "label"} for row in nodes]
    elif any(labels):
        source.note("nodes are called by their ids, for labels are missing or stand there twice")
    rows = NetworkRows(source=source, ids=labels if labelled else list(places), node_data=filled(nodes))
    numbered = np.array([[places[name] for name in pair] for pair in ends], dtype=np.int64).reshape(-1, 2).T
    return rows.table(numbered, lines, filled(edges), [_directed(source, graph)] * len(edges))


def _row(source: Source, entries: list[Entry]) -> dict[str, str]:
    """Keys with texts; of the lists only the place in ``graphics``. A key that comes twice is no number."""
    row: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry.value, str):
            row[entry.key] = f"{row[entry.key]} {entry.value}" if entry.key in row else entry.value
    for entry in entries:
        if entry.key == "graphics" and not isinstance(entry.value, str):
            place = {each.key: each.value for each in entry.value if each.key in ("x", "y", "z")}
            row.update(
                {axis: text for axis, text in place.items() if isinstance(text, str) and axis not in row}
            )
    return row


def _required(source: Source, row: dict[str, str], name: str, entry: Entry) -> str:
    text = row.pop(name, "").strip()
    if not text:
        raise source.error(f"{entry.key} has no {name}", line=entry.line)
    return text


def _directed(source: Source, graph: list[Entry]) -> bool:
    said = [entry for entry in graph if entry.key == "directed"]
    if not said:
        return False  # as the format has it
    if len(said) > 1 or said[0].value not in ("0", "1"):
        raise source.error("directed must be 0 or 1", line=said[-1].line)
    return said[0].value == "1"
