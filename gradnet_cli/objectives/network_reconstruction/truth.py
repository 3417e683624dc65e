"""True networks: drawn at random on a mask, or read from a file."""

from __future__ import annotations

import numpy as np

from gradnet_cli.problem.files import read_edge_file
from gradnet_cli.problem.mask import Mask


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
        i, j = np.sort(np.array(list(graph.edges())).T, axis=0)
        truth[_rank(mask, i, j)] = 1.0
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

    Raises InputFileError for a file that cannot be read, and for an edge that the mask does not have.
    """
    import pandas

    table = read_edge_file(setting=setting, path=path)
    place = pandas.Index(node_names(mask).astype(object)).get_indexer(table.ids.astype(object))
    known = any(name.lower() == "weight" for name in table.columns)
    weights = np.ones(table.ends.shape[1])
    if known:
        weights = table.numbers(setting=setting, column="Weight", others=())
    i, j = np.sort(place[table.ends], axis=0)
    edge = _rank(mask, i, j)
    missing = (i < 0) | (edge < 0)
    if missing.any():
        row = int(np.argmax(missing))
        raise table.error(f"the mask has no edge {table.edge(row)}, so it could never be found", row=row)
    truth = np.zeros(mask.edges)
    truth[edge] = weights
    return truth


def _rank(mask: Mask, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Places of the pairs i < j in the mask's edges, -1 for those it does not have."""
    listed = mask.edge_index[0] * np.int64(mask.nodes) + mask.edge_index[1]
    wanted = i * np.int64(mask.nodes) + j
    place = np.minimum(np.searchsorted(listed, wanted), len(listed) - 1)
    return np.where(listed[place] == wanted, place, -1)
