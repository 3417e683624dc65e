"""True networks: drawn at random on a mask, or read from a file."""

from __future__ import annotations

import logging

import numpy as np

from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.problem.files import read_edge_file
from gradnet_cli.problem.files.rules import Edges
from gradnet_cli.problem.mask import Mask

log = logging.getLogger(__name__)


def node_names(mask: Mask) -> np.ndarray:
    """What files call the nodes, (N,) str."""
    return np.arange(mask.nodes).astype(str) if mask.labels is None else mask.labels


def regular_truth(mask: Mask, *, degree: int, seed: int) -> np.ndarray:
    """Weights (E,), 1 on the edges of a random network and 0 elsewhere.

    On a complete mask it is a random regular graph (Steger and Wormald 1999) where there is one of that
    degree. On others edges are taken in random order while both ends have fewer than `degree`.
    """
    nodes = mask.nodes
    complete = mask.edges == nodes * (nodes - 1) // 2
    truth = np.zeros(mask.edges)
    if complete and degree < nodes and nodes * degree % 2 == 0:
        import networkx

        graph = networkx.random_regular_graph(degree, nodes, seed=seed)
        drawn = np.sort(np.array(list(graph.edges())).T, axis=0)
        truth[edge_places(mask.edge_index, drawn, nodes=nodes)] = 1.0
        return truth
    degrees = np.zeros(nodes, dtype=np.int64)
    for edge in np.random.default_rng([seed, 3]).permutation(mask.edges):
        ends = mask.edge_index[:, edge]
        if (degrees[ends] < degree).all():
            degrees[ends] += 1
            truth[edge] = 1.0
    return truth


def read_truth(mask: Mask, *, setting: str, path: object) -> np.ndarray:
    """Weights (E,) of an edge file's column Weight, or 1 for each of its edges where there is none.

    Args:
        mask: whose edges they are
        setting: the setting that names the file, for messages
        path: relative to the current directory

    Raises:
        InputFileError: a file that cannot be read, an edge that the mask does not have, or an edge that comes
            twice with different weights
    """
    import pandas

    table = read_edge_file(setting=setting, path=path)
    place = pandas.Index(node_names(mask).astype(object)).get_indexer(table.ids.astype(object))
    known = any(name.lower() == "weight" for name in table.columns)
    weights = np.ones(table.ends.shape[1])
    if known:
        weights = table.numbers(setting=setting, column="Weight", others=())
    ends = np.sort(place[table.ends], axis=0)
    edge = edge_places(mask.edge_index, ends, nodes=mask.nodes)
    missing = (ends[0] < 0) | (edge < 0)
    if missing.any():
        row = int(np.argmax(missing))
        raise table.error(f"the mask has no edge {table.edge(row)}, so it could never be found", row=row)
    found = Edges.of(table, directed=False, parallel="refuse", weight=weights, cost=np.ones(len(weights)))
    if table.source.notes:
        log.warning("%s: %s", table.path, "; ".join(table.source.notes))
    truth = np.zeros(mask.edges)
    truth[edge_places(mask.edge_index, np.sort(place[found.ends], axis=0), nodes=mask.nodes)] = found.weight
    return truth
