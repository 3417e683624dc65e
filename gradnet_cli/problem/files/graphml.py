"""Edges, nodes and their data from GraphML, with line numbers."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.files.network import NetworkRows
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable
from gradnet_cli.problem.files.xml import BOOLEANS, XmlReader


def read_graphml(source: Source) -> EdgeTable:
    """Read one graph of nodes and edges with their data (Brandes et al. 2002).

    Nodes stand in the order of their numbers if all ids are integers, else of the file. Hyperedges and nested
    graphs are refused, and so is any declaration of an entity.

    Raises:
        InputFileError: no such GraphML, with its line
    """
    reader = _Reader(source)
    reader.parse()
    return reader.table()


class _Reader(XmlReader):
    """Rows are lists until all nodes are known, for edges may come first."""

    root = "graphml"
    name = "GraphML"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.graphs = 0
        self.directed = False
        self.keys: dict[str, tuple[str, str]] = {}  # key id -> (node, edge or all; name)
        self.defaults: dict[tuple[str, str], str] = {}
        self.node_rows: dict[str, int] = {}
        self.ends: list[tuple[str, str]] = []
        self.lines: list[int] = []
        self.arrows: list[bool] = []
        self.data: dict[tuple[str, str], dict[int, str]] = {}  # (node or edge, name) -> row -> text
        self.key: str | None = None
        self.text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("node", "edge") and self.open[-2:-1] != ["graph"]:
            raise self.error(f"<{tag}> stands outside of <graph>")
        if tag == "node":
            name = self.required(attributes, "id", tag).strip()
            if name in self.node_rows:
                raise self.error(f"node {name} stands in the file twice")
            self.node_rows[name] = len(self.node_rows)
        elif tag == "edge":
            source, target = (self.required(attributes, end, tag).strip() for end in ("source", "target"))
            self.ends.append((source, target))
            self.lines.append(self.line)
            self.arrows.append(self.arrow(attributes.get("directed")))
        elif tag in ("data", "default"):
            self.text = []
            if tag == "data":
                self.key = self.required(attributes, "key", tag)
        elif tag == "key":
            self.key = self.required(attributes, "id", tag)
            drawn = "yfiles.type" in attributes  # by yEd: shapes and lines, no data
            name = "" if drawn else attributes.get("attr.name", self.key)
            self.keys[self.key] = (attributes.get("for", "all"), name)
        elif tag == "graph":
            self.graph(attributes.get("edgedefault"))
        elif tag == "hyperedge":
            raise self.error("has a hyperedge, and only edges between two nodes are read")

    def graph(self, default: str | None) -> None:
        """Begin the graph, whose edges are directed or not unless they say it themselves."""
        self.graphs += 1
        if self.graphs > 1:
            raise self.error("has a second or a nested graph, and only one is read")
        word = "" if default is None else default.strip().lower()
        if word not in ("", "directed", "undirected"):
            raise self.error(f"edgedefault is '{default}' and must be directed or undirected")
        if not word and self.source.directed is None:
            self.source.note("undirected, for the graph has no edgedefault")
        self.directed = word == "directed"

    def arrow(self, said: str | None) -> bool:
        """Whether an edge is directed: XML's true, which is 1 too, in any case of letters."""
        if said is None:
            return self.directed
        word = said.strip().lower()
        if word not in BOOLEANS:
            raise self.error(f"directed is '{said}' and must be true or false")
        return BOOLEANS[word]

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, tag: str) -> None:
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
        """What the file held."""
        if not self.graphs:
            raise self.source.error("has no graph")
        ids = list(self.node_rows)
        rows = NetworkRows(source=self.source, ids=ids, node_data=self.columns("node", len(ids)))
        ends = np.array([self.rows(k) for k in range(len(self.ends))], dtype=np.int64).reshape(-1, 2).T
        return rows.table(ends, self.lines, self.columns("edge", len(self.ends)), self.arrows)

    def rows(self, edge: int) -> tuple[int, int]:
        """The places of the ends of an edge."""
        for name in self.ends[edge]:
            if name not in self.node_rows:
                raise self.error(f"node {name} is not in the file", self.lines[edge])
        source, target = self.ends[edge]
        return self.node_rows[source], self.node_rows[target]

    def columns(self, owner: str, count: int) -> dict[str, np.ndarray]:
        """The data of nodes or edges, by name."""
        result = {}
        for of, name in self.data.keys() | self.defaults.keys():
            if of == owner and name:
                missing = self.defaults.get((of, name), "")
                given = self.data.get((of, name), {})
                result[name] = np.array([given.get(row, missing) for row in range(count)], dtype=object)
        return dict(sorted(result.items()))
