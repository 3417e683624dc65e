"""Nodes and edges from Pajek's .net (Batagelj and Mrvar): vertices, arcs, edges, lists, and matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gradnet_cli.problem.files.network import NetworkRows
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable
from gradnet_cli.problem.mask import NODE_LIMIT

COORDINATES = ("x", "y", "z")
ARCS = {"*arcs": True, "*edges": False, "*arcslist": True, "*edgeslist": False}
WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
LINE = re.compile(r'(("[^"]*"|[^\s"]+)(\s+|$))*')
HARMLESS = 1_000_000  # vertices that may be declared whatever the size of the file


def read_pajek(source: Source) -> EdgeTable:
    """Read one network. Nodes are called by their labels if all have one and no two the same, else by number.

    Arcs are directed and edges undirected. A relation (``*Arcs :2``) becomes the column relation, times in
    brackets are left out and told.

    Raises:
        InputFileError: a line of another kind, with its number
    """
    reader = _Reader(source)
    for line, words in _lines(source):
        reader.take(line, words)
    return reader.table()


def _lines(source: Source) -> Iterator[tuple[int, list[str]]]:
    for number, text in enumerate(source.text.split("\n"), start=1):
        stripped = text.strip()
        if not stripped or stripped.startswith("%"):
            continue
        if not LINE.fullmatch(stripped):
            raise source.error("a quotation mark is not closed, or stands within a word", line=number)
        yield number, [quoted or bare for quoted, bare in WORD.findall(stripped)]


@dataclass
class _Reader:
    """Takes one line after the other; what it is depends on the section it stands in."""

    source: Source
    section: str = ""
    count: int = -1
    labels: dict[int, str] = field(default_factory=dict)
    places: dict[int, list[float]] = field(default_factory=dict)
    ends: list[tuple[int, int]] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    arrows: list[bool] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    relation: str = ""
    matrix_row: int = 0

    def take(self, line: int, words: list[str]) -> None:
        """Take a line."""
        if words[0].startswith("*"):
            self.begin(line, words)
        elif self.section == "*vertices":
            self.vertex(line, words)
        elif self.section in ("*arcs", "*edges"):
            self.edge(line, words)
        elif self.section in ("*arcslist", "*edgeslist"):
            first = self.number(line, words[0])
            for word in words[1:]:
                self.add(line, first, self.number(line, word), "1", ARCS[self.section])
            if len(words) < 2:
                raise self.source.error("the target is missing", line=line)
        elif self.section == "*matrix":
            self.row(line, words)
        elif self.section != "*network":
            raise self.source.error("must begin with *Vertices and their number", line=line)

    def begin(self, line: int, words: list[str]) -> None:
        word = words[0].lower()
        if ":" in word:  # *Arcs:2
            word, _, rest = word.partition(":")
            words = [word, ":" + rest, *words[1:]]
        if word not in ("*network", "*vertices", "*matrix", *ARCS):
            raise self.source.error(
                f"{words[0]} is not read: only *Vertices, *Arcs, *Edges, their lists and *Matrix", line=line
            )
        if word == "*vertices":
            self.vertices(line, words)
        elif word != "*network" and self.count < 0:
            raise self.source.error(f"{words[0]} stands before *Vertices", line=line)
        self.section, self.matrix_row = word, 0
        found = re.match(r":\s*(.*)", " ".join(words[1:]))
        self.relation = found.group(1).split()[0] if found and found.group(1).split() else ""

    def vertices(self, line: int, words: list[str]) -> None:
        if self.count >= 0:
            raise self.source.error("has a second network, and only one is read", line=line)
        if len(words) < 2 or not re.fullmatch(r"[0-9]{1,18}", words[1]):
            raise self.source.error("*Vertices must say how many there are", line=line)
        self.count = int(words[1])
        if self.count > min(NODE_LIMIT, max(HARMLESS, len(self.source.text))):
            raise self.source.error(f"declares {self.count:,} vertices, beyond reason", line=line)
        if len(words) > 2:
            self.source.note(f"two-mode: the first {words[2]} nodes are one side")

    def vertex(self, line: int, words: list[str]) -> None:
        number = self.number(line, words[0])
        if number in self.labels:
            raise self.source.error(f"vertex {number} stands in the file twice", line=line)
        self.labels[number] = words[1] if len(words) > 1 else ""
        place: list[float] = []
        for word in words[2:5]:
            try:
                place.append(float(word))
            except ValueError:
                break
        if len(place) >= 2:
            self.places[number] = place

    def edge(self, line: int, words: list[str]) -> None:
        if len(words) < 2:
            raise self.source.error("the target is missing", line=line)
        first, second = (self.number(line, word) for word in words[:2])
        self.add(line, first, second, words[2] if len(words) > 2 else "1", ARCS[self.section])
        if any(word.startswith("[") for word in words[2:]):
            self.source.note("times in brackets left out")

    def row(self, line: int, words: list[str]) -> None:
        self.matrix_row += 1
        if len(words) != self.count or self.matrix_row > self.count:
            raise self.source.error(f"must be one of {self.count} rows of {self.count} numbers", line=line)
        for column, word in enumerate(words, start=1):
            if not _is_number(word):
                raise self.source.error(f"'{word}' is no number", line=line)
            if float(word) != 0:
                self.add(line, self.matrix_row, column, word, True)

    def add(self, line: int, first: int, second: int, weight: str, arrow: bool) -> None:
        self.ends.append((first - 1, second - 1))
        self.weights.append(weight)
        self.relations.append(self.relation)
        self.arrows.append(arrow)
        self.lines.append(line)

    def number(self, line: int, word: str) -> int:
        if not re.fullmatch(r"[1-9][0-9]{0,17}", word) or int(word) > self.count:
            raise self.source.error(f"the vertex '{word}' must be a number from 1 to {self.count}", line=line)
        return int(word)

    def table(self) -> EdgeTable:
        if self.count < 0:
            raise self.source.error("must begin with *Vertices and their number")
        if self.section == "*matrix" and self.matrix_row != self.count:
            raise self.source.error(f"the matrix has {self.matrix_row} of {self.count} rows")
        columns = {"weight": np.array(self.weights, dtype=object)}
        if any(self.relations):
            columns["relation"] = np.array(self.relations, dtype=object)
        names = [self.labels.get(k, "").strip() for k in range(1, self.count + 1)]
        numbers = [str(k) for k in range(1, self.count + 1)]
        labelled = all(names) and len(set(names)) == self.count
        node_data = {} if labelled or not any(names) else {"label": np.array(names, dtype=object)}
        if any(names) and not labelled:
            self.source.note("nodes are called by number, for labels are missing or stand there twice")
        # networkx writes 0 0 for every node: that is no place.
        if len(self.places) == self.count and len(set(map(tuple, self.places.values()))) > 1:
            depth = min(len(place) for place in self.places.values())
            for axis, name in enumerate(COORDINATES[:depth]):
                node_data[name] = np.array(
                    [repr(self.places[k + 1][axis]) for k in range(self.count)], dtype=object
                )
        rows = NetworkRows(source=self.source, ids=names if labelled else numbers, node_data=node_data)
        return rows.table(
            np.array(self.ends, dtype=np.int64).reshape(-1, 2).T, self.lines, columns, self.arrows
        )


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False
