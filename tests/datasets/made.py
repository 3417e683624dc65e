"""A small graph with features, labels and splits, and small molecules, written in every form."""

import json
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

from gradnet_cli.datasets import graphs, nodes
from gradnet_cli.datasets.graph_data import GraphData
from gradnet_cli.datasets.node_data import NodeData

NODES = 24
CLASSES = 3
SPLITS = 2
READ = {
    "split": "published",
    "fold": 0,
    "folds": 4,
    "validation": 0.2,
    "split_seed": 0,
    "sha256": None,
}


def graph() -> dict[str, np.ndarray]:
    """Edges once, features of 0 and 1, labels and two splits."""
    random = np.random.default_rng(3)
    source, target = np.triu_indices(NODES, k=1)
    there = random.random(len(source)) < 0.15
    features = (random.random((NODES, 7)) < 0.4).astype(np.float32)
    features[:, 0] = 1.0
    split = np.stack([random.permutation(np.arange(NODES) % 3 + 1) for _ in range(SPLITS)])
    return {
        "edge_index": np.stack([source[there], target[there]]),
        "x": features,
        "y": np.arange(NODES) % CLASSES,
        "split": split,
    }


def write_npz(path: Path, **changes: Any) -> Path:
    """The form .npz; a change of None leaves an array out."""
    made = graph()
    matrix = scipy.sparse.csr_array(made.pop("x"))
    arrays = {
        **made,
        "x_indptr": matrix.indptr,
        "x_indices": matrix.indices,
        "x_shape": np.array(matrix.shape),
        **changes,
    }
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


def write_geom_gcn(folder: Path, *, name: str, splits: Path | None = None) -> Path:
    """Geom-GCN's text files, with both directions, a loop and an edge twice; splits beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = graph()
    rows = [
        f"{node}\t{','.join(f'{int(value)}' for value in made['x'][node])}\t{made['y'][node]}"
        for node in reversed(range(NODES))
    ]
    (folder / "out1_node_feature_label.txt").write_text("\n".join(["node_id\tfeature\tlabel", *rows]) + "\n")
    pairs = [*made["edge_index"].T.tolist(), *made["edge_index"][::-1].T.tolist(), [4, 4]]
    pairs.append(pairs[0])
    text = "\n".join(["node_id\tnode_id", *(f"{i}\t{j}" for i, j in pairs)])
    (folder / "out1_graph_edges.txt").write_text(text + "\n")
    place = splits or folder
    place.mkdir(parents=True, exist_ok=True)
    for number, split in enumerate(made["split"]):
        masks = {key: split == at for at, key in enumerate(("train_mask", "val_mask", "test_mask"), 1)}
        np.savez(place / f"{name}_split_0.6_0.2_{number}.npz", **masks)
    return folder


def write_planetoid(folder: Path, *, name: str) -> Path:
    """Planetoid's pickles: the last six nodes are tested on, in an order of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    made = graph()
    order = np.array([20, 18, 23, 21, 19, 22])
    onehot = np.eye(CLASSES, dtype=np.int32)[made["y"]]
    matrix = scipy.sparse.csr_matrix(made["x"])
    neighbours: dict[int, list[int]] = defaultdict(list)
    for i, j in made["edge_index"].T.tolist():
        neighbours[i].append(j)
        neighbours[j].append(i)
    parts = {
        "x": matrix[:6],
        "y": onehot[:6],
        "allx": matrix[:18],
        "ally": onehot[:18],
        "tx": matrix[order],
        "ty": onehot[order],
        "graph": neighbours,
    }
    for part, content in parts.items():
        (folder / f"ind.{name}.{part}").write_bytes(pickle.dumps(content, protocol=2))
    (folder / f"ind.{name}.test.index").write_text("\n".join(map(str, order)) + "\n")
    return folder


def write_tu(folder: Path, *, name: str) -> Path:
    """Two triangles with a tail, a path and a square, with kinds of nodes and edges."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes, labels = [4, 4, 3, 4, 4, 3], [-1, -1, 1, 1, -1, 1]
    inner = {4: [(0, 1), (1, 2), (0, 2), (2, 3)], 3: [(0, 1), (1, 2)]}
    edges, kinds, indicator, of_nodes, begin = [], [], [], [], 1
    for number, size in enumerate(sizes, 1):
        for place, (i, j) in enumerate(inner[size]):
            edges += [(begin + i, begin + j), (begin + j, begin + i)]
            kinds += [place % 2, place % 2]
        indicator += [number] * size
        of_nodes += [node % 3 for node in range(size)]
        begin += size
    texts = {
        "A": [f"{i}, {j}" for i, j in edges],
        "graph_indicator": indicator,
        "graph_labels": labels,
        "node_labels": of_nodes,
        "edge_labels": kinds,
        "node_attributes": [f"{0.5 * kind}, {kind}" for kind in of_nodes],
    }
    for part, lines in texts.items():
        (folder / f"{name}_{part}.txt").write_text("\n".join(map(str, lines)) + "\n")
    return folder


def write_npz_graphs(path: Path) -> Path:
    """Twelve triangles and paths of three nodes, two kinds of nodes, and one split that is published."""
    pairs = [((0, 1), (1, 2), (0, 2)) if number % 2 else ((0, 1), (1, 2)) for number in range(12)]
    edges = [(3 * number + i, 3 * number + j) for number, each in enumerate(pairs) for i, j in each]
    split = np.repeat([1, 2, 3], 4)[None, :]
    np.savez(
        path,
        edge_index=np.array(edges).T,
        graph_sizes=np.full(12, 3),
        y=np.arange(12) % 2,
        node_label=np.arange(36) % 2,
        split=split,
    )
    return path


def read_nodes(path: Path | None, *, stem: str = "", **settings: Any) -> NodeData:
    """With the settings of the group `data`."""
    return nodes.build(stem=stem, path=path, **{**READ, "features": "as_they_are", **settings})


def read_graphs(path: Path | None, *, stem: str = "", **settings: Any) -> GraphData:
    """Likewise; a third of six graphs is tested on."""
    asked = {**READ, "split": "stratified", "folds": 3, "validation": 0.5, **settings}
    return graphs.build(stem=stem, path=path, **asked)


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """What JSON makes of it."""
    content: dict[str, Any] = json.loads(json.dumps(record))
    return content
