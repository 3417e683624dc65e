"""Files read by networkx, SciPy and pandas: what these say beside what the program says."""

import gzip
import io
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import scipy.sparse
from scipy.io._mmio import MMFile  # SciPy's reader in Python: the one in C++ can crash on spoilt files

HEADERS = ("source target", "source,target", "fromnodeid")


@dataclass(frozen=True)
class Network:
    """What a reader found: weights of pairs by the names of nodes, pairs sorted where undirected."""

    directed: bool
    weights: dict[tuple[str, str], float]


def read_elsewhere(name: str, content: bytes) -> Network | None:
    """The network as another library reads it, or None where none does."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
        name = name.removesuffix(".gz")
    ending = "." + name.rpartition(".")[2]
    reader = next((read for key, read in READERS.items() if ending == key or key in name), None)
    if reader is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return reader(content)
        except Exception:  # another library may fail as it likes
            return None


def _of_graph(graph: nx.Graph, *, numbers: bool = False) -> Network | None:
    edges = list(graph.edges(data="weight", default=1.0))
    sources, targets, weights = ([edge[k] for edge in edges] for k in range(3))
    if "" in graph:
        return None  # a node without a name
    return _of_rows(sources, targets, weights, directed=graph.is_directed(), numbers=numbers)


def _of_rows(
    sources: list[Any], targets: list[Any], weights: list[Any], *, directed: bool, numbers: bool = True
) -> Network | None:
    """Rows as a network; names that are integers all, 1.0 among them, are integers."""
    ends = [[str(name).strip() for name in column] for column in (sources, targets)]
    if numbers and all(_whole(name) is not None for column in ends for name in column):
        ends = [
            [name.removeprefix("+") if name.lstrip("+-").isdigit() else str(_whole(name)) for name in column]
            for column in ends
        ]
    found: dict[tuple[str, str], float] = {}
    for source, target, weight in zip(*ends, weights, strict=True):
        pair = (source, target) if directed else _pair(source, target)
        if pair in found and found[pair] != float(weight):
            return None  # rows that contradict each other are refused
        found[pair] = float(weight)
    return Network(directed, found)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def _of_matrix(matrix: scipy.sparse.sparray) -> Network:
    entries = scipy.sparse.coo_array(matrix)
    dense = entries.toarray()
    directed = not np.array_equal(dense, dense.T)
    weights = {}
    for i, j, value in zip(entries.row, entries.col, entries.data, strict=True):
        pair = (str(i), str(j))
        weights[pair if directed else _pair(*pair)] = float(value)
    return Network(directed, weights)


def _graphml(content: bytes) -> Network | None:
    return _of_graph(nx.read_graphml(io.BytesIO(content), node_type=str))


def _gexf(content: bytes) -> Network | None:
    return _of_graph(nx.read_gexf(io.BytesIO(content)))


def _gml(content: bytes) -> Network | None:
    text = content.decode()
    try:
        return _of_graph(nx.parse_gml(text, label="label"))
    except nx.NetworkXError:
        return _of_graph(nx.parse_gml(text, label="id"))


def _pajek(content: bytes) -> Network | None:
    text = content.decode()
    if "*arcs" in text.lower() and "*edges" in text.lower():
        return None  # networkx makes all of them what the last are
    graph = nx.parse_pajek([line for line in text.split("\n") if not line.lstrip().startswith("%")])
    declared = re.search(r"\*vertices\s+(\d+)", text, re.IGNORECASE)
    if declared is None or len(graph) != int(declared.group(1)):
        return None  # networkx takes nodes of one label for one node
    return _of_graph(graph)


def _node_link(content: bytes) -> Network | None:
    data = json.loads(content)
    return _of_graph(nx.node_link_graph(data, edges="links" if "links" in data else "edges"), numbers=True)


def _market(content: bytes) -> Network:
    rows = [
        line.split() for line in content.decode().split("\n") if line.strip() and not line.startswith("%")
    ]
    if b"pattern" in content and all(len(row) > 2 for row in rows):
        content = content.replace(b"pattern", b"real")  # which it is, and SciPy would not look at the weights
    return _of_matrix(MMFile().read(io.BytesIO(content)))


def _npz(content: bytes) -> Network:
    return _of_matrix(scipy.sparse.load_npz(io.BytesIO(content)))


def _attributed(content: bytes) -> Network | None:
    text = content.decode("utf-8-sig").replace("WEIGHT", "weight")
    if "#" in text:
        return None  # networkx ends a line there
    return _of_graph(nx.parse_edgelist([line for line in text.split("\n") if line.strip()]), numbers=True)


def _headless(content: bytes) -> Network | None:
    lines = [
        line
        for line in content.decode("utf-8-sig").splitlines()
        if line.strip() and not line.lstrip().startswith(("#", "%"))
    ]
    lines = [line for line in lines if not line.lower().strip().startswith(HEADERS)]
    delimiter = "," if all("," in line for line in lines) else r"\s+"
    frame = pd.read_csv(io.StringIO("\n".join(lines)), sep=delimiter, header=None, dtype=str)
    weights = frame[2] if frame.shape[1] > 2 else pd.Series("1", index=frame.index)
    said = content.decode("utf-8-sig").lower()
    if ";" in said:
        return None  # which delimiter is meant is open
    directed = re.search(r"^(% *asym\b|# *directed graph\b)", said, re.MULTILINE) is not None
    return _of_columns(
        frame[0], frame[1], weights, pd.Series("directed", index=frame.index) if directed else None
    )


def _headed(content: bytes) -> Network | None:
    lines = [line for line in content.decode("utf-8-sig").splitlines() if not line.startswith("# ")]
    lines = [lines[0], *(line for line in lines[1:] if line != lines[0])]
    delimiter = ";" if ";" in lines[0] else ","
    frame = pd.read_csv(
        io.StringIO("\n".join(lines)), sep=delimiter, dtype=str, keep_default_na=False, index_col=False
    )
    names = {name.strip().lower(): name for name in frame.columns}
    ends = ("source", "target") if "source" in names else ("from", "to")
    columns = [frame[names[name]] for name in ends]
    weights = frame[names["weight"]] if "weight" in names else pd.Series("1", index=frame.index)
    kinds = frame[names["type"]] if "type" in names else None
    return _of_columns(*columns, weights, kinds)


def _of_columns(
    sources: pd.Series, targets: pd.Series, weights: pd.Series, kinds: pd.Series | None
) -> Network | None:
    said = {str(kind).strip().lower() for kind in kinds} if kinds is not None else set()
    return _of_rows(list(sources), list(targets), list(weights), directed=said == {"directed"})


def _whole(name: str) -> int | None:
    try:
        number = float(name.replace("_", "x"))
    except ValueError:
        return None
    return int(number) if number == int(number) else None


def _adjacency(content: bytes) -> Network:
    frame = pd.read_csv(io.BytesIO(content), index_col=0, dtype=str, keep_default_na=False)
    names = [str(name) for name in frame.columns]
    if [str(name) for name in frame.index] != names:
        raise ValueError
    square = frame.to_numpy().astype(float)
    directed = not np.array_equal(square, square.T)
    weights = {}
    for i, j in zip(*np.nonzero(square), strict=True):
        pair = (names[i], names[j])
        weights[pair if directed else _pair(*pair)] = float(square[i, j])
    return Network(directed, weights)


def _numbers(content: bytes) -> Network:
    return _of_matrix(scipy.sparse.coo_array(np.loadtxt(io.BytesIO(content), ndmin=2)))


Read = Callable[[bytes], Network | None]
READERS: dict[str, Read] = {
    ".graphml": _graphml,
    ".gexf": _gexf,
    ".gml": _gml,
    ".net": _pajek,
    ".json": _node_link,
    ".mtx": _market,
    ".npz": _npz,
    "adjacency.csv": _adjacency,
    "adjacency.txt": _numbers,
    "networkx_directed.edgelist": _attributed,
    "networkx_undirected.edgelist": _attributed,
    ".edgelist": _headless,
    ".edges": _headless,
    ".ncol": _headless,
    ".txt": _headless,
    "konect": _headless,
    ".csv": _headed,
}
