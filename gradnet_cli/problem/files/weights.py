"""The weights that a file gives to the edges of a mask."""

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


def read_weights(mask: Mask, *, setting: str, path: object) -> np.ndarray:
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
    ends = _oriented(mask, place[table.ends])
    edge = edge_places(mask.edge_index, ends, nodes=mask.nodes)
    missing = (ends.min(axis=0) < 0) | (edge < 0)
    if missing.any():
        row = int(np.argmax(missing))
        raise table.error(f"the mask has no edge {table.edge(row)}, so it could never be found", row=row)
    found = Edges.of(
        table, directed=mask.directed, parallel="refuse", weight=weights, cost=np.ones(len(weights))
    )
    if table.source.notes:
        log.warning("%s: %s", table.path, "; ".join(table.source.notes))
    given = np.zeros(mask.edges)
    given[edge_places(mask.edge_index, _oriented(mask, place[found.ends]), nodes=mask.nodes)] = found.weight
    return given


def _oriented(mask: Mask, ends: np.ndarray) -> np.ndarray:
    """Pairs (2, M) as the mask lists them: the smaller end first where edges have no direction."""
    return ends if mask.directed else np.sort(ends, axis=0)
