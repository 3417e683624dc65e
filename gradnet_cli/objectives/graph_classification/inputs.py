"""A data set of many graphs as what models are given: features in comparable units, graphs side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradnet_cli.datasets import GraphData
from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.graph_classification.graphs import Graphs

FEATURES = ("all", "kinds")


class Inputs:
    """Features of a data set, of which some graphs are taken.

    Kinds of nodes and edges are columns of 0 and 1. Attributes are standardised by mean and deviation over
    the training graphs; those with a direction, by their root mean square alone, so that a sign stays one.

    Args:
        data: the graphs
        features: ``all``, or ``kinds``: attributes of nodes are left out
        signed: attributes of edges whose sign is that of a direction, by number

    Raises:
        SettingError: no kinds, or no attributes of these numbers
    """

    def __init__(self, data: GraphData, *, features: str, signed: Sequence[int]) -> None:
        self._data = data
        sizes = np.diff(data.offsets)
        trained = np.isin(np.arange(data.graphs), data.split.members("training"))
        self._edge_graph = np.searchsorted(data.offsets, data.edge_index[0], side="right") - 1
        self.features = data.node_features()
        count = _width(data.node_attributes)
        if features == "kinds":
            if data.node_labels is None:
                allowed = f"must be all: the nodes of {data.name} have no kinds"
                raise SettingError(setting="objective.features", value=features, allowed=allowed)
            self.features = self.features[:, : self.features.shape[1] - count]
        elif count:
            known = np.repeat(trained, sizes)
            self.features[:, -count:] = _standardized(self.features[:, -count:], known, signed=())
        self.edge_features = data.edge_features()
        width = _width(data.edge_attributes)
        if any(column >= width for column in signed):
            allowed = f"must be numbers of the {width} attributes that the edges of {data.name} have, from 0"
            raise SettingError(setting="objective.signed", value=list(signed), allowed=allowed)
        self._signed = [self.edge_features.shape[1] - width + column for column in signed]
        if width:
            known = trained[self._edge_graph]
            self.edge_features[:, -width:] = _standardized(
                self.edge_features[:, -width:], known, signed=signed
            )

    @property
    def width(self) -> int:
        """Features of a node."""
        return int(self.features.shape[1])

    @property
    def edge_width(self) -> int:
        """Features of an edge."""
        return int(self.edge_features.shape[1])

    def take(self, members: np.ndarray) -> Graphs:
        """Some graphs side by side, in this order."""
        data = self._data
        sizes = np.diff(data.offsets)
        first = np.concatenate([[0], np.cumsum(sizes[members])])
        nodes = np.concatenate([np.arange(data.offsets[g], data.offsets[g + 1]) for g in members])
        moved = np.full(data.graphs, -1)
        moved[members] = first[:-1] - data.offsets[members]
        chosen = np.zeros(data.graphs, dtype=bool)
        chosen[members] = True
        edges = np.flatnonzero(chosen[self._edge_graph])
        return Graphs(
            features=self.features[nodes],
            sizes=sizes[members],
            edges=data.edge_index[:, edges] + moved[self._edge_graph[edges]],
            edge_features=self.edge_features[edges],
            signed=self._signed,
            labels=data.labels[members],
        )


def _width(attributes: np.ndarray | None) -> int:
    return 0 if attributes is None else attributes.shape[1]


def _standardized(values: np.ndarray, known: np.ndarray, *, signed: Sequence[int]) -> np.ndarray:
    """Columns less their mean and by their deviation where they are known; signed ones by their size."""
    sample = values[known].astype(np.float64)
    if not len(sample):
        return values
    middle = sample.mean(axis=0)
    middle[list(signed)] = 0.0
    scale = np.sqrt(((sample - middle) ** 2).mean(axis=0))
    found: np.ndarray = ((values - middle) / np.where(scale > 0, scale, 1.0)).astype(np.float32)
    return found
