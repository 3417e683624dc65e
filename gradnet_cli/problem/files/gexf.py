"""Edges, nodes and their data from Gephi's GEXF (versions 1.1 to 1.3), with line numbers."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.files.network import NetworkRows, filled
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable
from gradnet_cli.problem.files.xml import XmlReader

TYPES = ("directed", "undirected", "mutual")


def read_gexf(source: Source) -> EdgeTable:
    """Read one graph. An edge's own type goes before the default; a mutual edge is two arrows.

    Positions (``viz:position``) become x, y and z. Times are left out and told.

    Raises:
        InputFileError: no such GEXF, with its line
    """
    reader = _Reader(source)
    reader.parse()
    return reader.table()


class _Reader(XmlReader):
    root = "gexf"
    name = "GEXF"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.graphs = 0
        self.kind = "undirected"
        self.of = ""  # nodes or edges: whose attributes are declared
        self.titles: dict[tuple[str, str], str] = {}
        self.defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self.places: dict[str, int] = {}
        self.nodes: list[dict[str, str]] = []
        self.edges: list[dict[str, str]] = []
        self.ends: list[tuple[str, str]] = []
        self.kinds: list[str] = []
        self.lines: list[int] = []
        self.title = ""
        self.text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if (
            "start" in attributes
            or "end" in attributes
            or tag == "spell"
            or attributes.get("mode") == "dynamic"
        ):
            self.source.note("times left out: all nodes and edges that ever are")
        if tag == "graph":
            self.graph(attributes)
        elif tag == "attributes":
            self.of = self.required(attributes, "class", tag)
        elif tag == "attribute":
            self.title = attributes.get("title", self.required(attributes, "id", tag))
            self.titles[self.of, attributes["id"]] = self.title
        elif tag == "default":
            self.text = []
        elif tag in ("node", "edge") and self.open[-2:-1] != [f"{tag}s"]:
            raise self.error(f"<{tag}> stands outside of <{tag}s>")
        elif tag == "node":
            self.node(attributes)
        elif tag == "edge":
            self.edge(attributes)
        elif tag == "attvalue":
            self.value(attributes)
        elif tag == "position" and self.open[-2] == "node":
            self.nodes[-1].update({axis: attributes[axis] for axis in ("x", "y", "z") if axis in attributes})

    def graph(self, attributes: dict[str, str]) -> None:
        """Begin the graph."""
        self.graphs += 1
        if self.graphs > 1:
            raise self.error("has a second or a nested graph, and only one is read")
        self.kind = self.type(attributes.get("defaultedgetype", "undirected"), "defaultedgetype")

    def type(self, text: str, what: str) -> str:
        """One of the types of edges."""
        word = text.strip().lower()
        if word not in TYPES:
            raise self.error(f"{what} is '{text}' and must be {', '.join(TYPES[:-1])} or {TYPES[-1]}")
        return word

    def node(self, attributes: dict[str, str]) -> None:
        """Take a node."""
        name = self.required(attributes, "id", "node").strip()
        if name in self.places:
            raise self.error(f"node {name} stands in the file twice")
        self.places[name] = len(self.nodes)
        self.nodes.append({"label": attributes["label"]} if "label" in attributes else {})

    def edge(self, attributes: dict[str, str]) -> None:
        """Take an edge."""
        ends = [self.required(attributes, end, "edge").strip() for end in ("source", "target")]
        self.ends.append((ends[0], ends[1]))
        self.kinds.append(self.type(attributes["type"], "type") if "type" in attributes else self.kind)
        self.lines.append(self.line)
        self.edges.append({name: attributes[name] for name in ("weight", "label") if name in attributes})

    def value(self, attributes: dict[str, str]) -> None:
        """Take a value of the node or edge that is open."""
        owner = next((tag for tag in reversed(self.open) if tag in ("node", "edge")), None)
        key = attributes.get("for", attributes.get("id"))
        if owner is None or key is None:
            raise self.error(
                "<attvalue> has no for" if key is None else "<attvalue> stands outside of nodes and edges"
            )
        if (owner, key) not in self.titles:
            raise self.error(f"<attvalue> is for {key}, which is not declared")
        row = (self.nodes if owner == "node" else self.edges)[-1]
        title = self.titles[owner, key]
        if title not in ("weight", "label") or title not in row:
            row[title] = self.required(attributes, "value", "attvalue")

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, tag: str) -> None:
        if tag == "default" and self.text is not None:
            if self.of in self.defaults:
                self.defaults[self.of][self.title] = "".join(self.text).strip()
            self.text = None

    def table(self) -> EdgeTable:
        """What the file held."""
        if not self.graphs:
            raise self.source.error("has no graph")
        defaults = dict(self.defaults["edge"])
        if any("weight" in row for row in self.edges):
            defaults.setdefault("weight", "1")  # as the format has it
        rows = NetworkRows(
            source=self.source, ids=list(self.places), node_data=filled(self.nodes, self.defaults["node"])
        )
        order = [k for k, kind in enumerate(self.kinds) for _ in range(2 if kind == "mutual" else 1)]
        ends, seen = [], set()
        for k in order:
            source, target = (self.place(name, k) for name in self.ends[k])
            ends.append((target, source) if k in seen else (source, target))
            seen.add(k)
        columns = {name: column[order] for name, column in filled(self.edges, defaults).items()}
        return rows.table(
            np.array(ends, dtype=np.int64).reshape(-1, 2).T,
            [self.lines[k] for k in order],
            columns,
            [self.kinds[k] != "undirected" for k in order],
        )

    def place(self, name: str, edge: int) -> int:
        """The place of an end of an edge."""
        if name not in self.places:
            raise self.error(f"node {name} is not in the file", self.lines[edge])
        return self.places[name]
