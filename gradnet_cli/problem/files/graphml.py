"""Edges, nodes and their data from GraphML, streamed, with line numbers."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

import numpy as np

from gradnet_cli.errors import InputFileError
from gradnet_cli.problem.files.table import EdgeTable, in_order, to_column


def read_graphml(*, setting: str, path: Path) -> EdgeTable:
    """Read one graph of nodes and edges with their data (Brandes et al. 2002).

    Nodes stand in the order of their numbers if all ids are integers, else of the file. Hyperedges and nested
    graphs are refused, and so is any declaration of an entity: entities can blow a small file up to any size.

    Raises:
        InputFileError: no such GraphML, with its line
    """
    reader = _Reader(setting, path)
    with path.open("rb") as file:
        reader.parse(file)
    return reader.table()


class _Reader:
    """Collects what expat reports; rows are lists until all nodes are known, for edges may come first."""

    def __init__(self, setting: str, path: Path) -> None:
        self.setting = setting
        self.path = path
        self.graphs = 0
        self.directed = False
        self.keys: dict[str, tuple[str, str]] = {}  # key id -> (node, edge or all; name)
        self.defaults: dict[tuple[str, str], str] = {}
        self.node_rows: dict[str, int] = {}
        self.ends: list[tuple[str, str]] = []
        self.lines: list[int] = []
        self.arrows: list[bool] = []
        self.data: dict[tuple[str, str], dict[int, str]] = {}  # (node or edge, name) -> row -> text
        self.open: list[str] = []
        self.key: str | None = None
        self.text: list[str] | None = None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.EntityDeclHandler = self.entity

    def error(self, allowed: str, line: int | None = None) -> InputFileError:
        line = self.parser.CurrentLineNumber if line is None else line
        return InputFileError(setting=self.setting, path=self.path, allowed=allowed, line=line)

    def parse(self, file: BinaryIO) -> None:
        try:
            self.parser.ParseFile(file)
        except expat.ExpatError as error:
            why = f"is not well-formed XML: {expat.ErrorString(error.code)}"
            raise self.error(why, error.lineno) from error
        if not self.graphs:
            raise InputFileError(setting=self.setting, path=self.path, allowed="has no graph")

    def entity(self, name: str, *_: object) -> None:
        raise self.error(f"declares the entity {name}, and files with entities are not read")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if not self.open and tag != "graphml":
            raise self.error(f"is not GraphML: it begins with <{tag}>")
        self.open.append(tag)
        if tag == "node":
            name = self.required(attributes, "id", tag)
            if name in self.node_rows:
                raise self.error(f"node {name} stands in the file twice")
            self.node_rows[name] = len(self.node_rows)
        elif tag == "edge":
            self.ends.append(
                (self.required(attributes, "source", tag), self.required(attributes, "target", tag))
            )
            self.lines.append(self.parser.CurrentLineNumber)
            said = attributes.get("directed")
            self.arrows.append(self.directed if said is None else said == "true")
        elif tag in ("data", "default"):
            self.text = []
            if tag == "data":
                self.key = self.required(attributes, "key", tag)
        elif tag == "key":
            self.key = self.required(attributes, "id", tag)
            self.keys[self.key] = (attributes.get("for", "all"), attributes.get("attr.name", self.key))
        elif tag == "graph":
            self.graphs += 1
            if self.graphs > 1:
                raise self.error("has a second or a nested graph, and only one is read")
            self.directed = attributes.get("edgedefault") == "directed"
        elif tag == "hyperedge":
            raise self.error("has a hyperedge, and only edges between two nodes are read")

    def required(self, attributes: dict[str, str], name: str, tag: str) -> str:
        if name not in attributes:
            raise self.error(f"<{tag}> has no {name}")
        return attributes[name]

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, tag: str) -> None:
        tag = self.open.pop()
        if tag not in ("data", "default") or self.text is None or self.key is None:
            return
        text, self.text = "".join(self.text).strip(), None
        owner = self.open[-1]
        if tag == "default" and owner == "key":
            domain, name = self.keys[self.key]
            self.defaults.update({(of, name): text for of in ("node", "edge") if domain in (of, "all")})
        elif owner in ("node", "edge"):
            if self.key not in self.keys:
                raise self.error(f"<data> names the key {self.key}, which is not declared")
            row = (len(self.node_rows) if owner == "node" else len(self.ends)) - 1
            self.data.setdefault((owner, self.keys[self.key][1]), {})[row] = text

    def table(self) -> EdgeTable:
        if not self.ends:
            raise InputFileError(setting=self.setting, path=self.path, allowed="the file has no edge")
        ids = np.array(list(self.node_rows), dtype=str)
        order = in_order(ids)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return EdgeTable(
            setting=self.setting,
            path=self.path,
            ends=place[np.array([self.rows(k) for k in range(len(self.ends))], dtype=np.int64).T],
            ids=ids[order],
            columns=self.columns("edge", len(self.ends)),
            lines=np.array(self.lines),
            arrows=np.array(self.arrows, dtype=bool),
            node_data={
                name: to_column(column)[order] for name, column in self.columns("node", len(ids)).items()
            },
        )

    def rows(self, edge: int) -> tuple[int, int]:
        for name in self.ends[edge]:
            if name not in self.node_rows:
                raise self.error(f"node {name} is not in the file", self.lines[edge])
        source, target = self.ends[edge]
        return self.node_rows[source], self.node_rows[target]

    def columns(self, owner: str, count: int) -> dict[str, np.ndarray]:
        result = {}
        for of, name in self.data.keys() | self.defaults.keys():
            if of == owner:
                missing = self.defaults.get((of, name), "")
                given = self.data.get((of, name), {})
                result[name] = np.array([given.get(row, missing) for row in range(count)], dtype=object)
        return dict(sorted(result.items()))
