"""From the connections of a layered network to a matrix for each pair of layers."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.problem import Problem

LAYER = "layer"  # the column of the nodes that says which layer each is in


class Wiring:
    """Where units stand: `matrices` has a row a unit of a layer and a column a unit of the next.

    Args:
        problem: a network whose nodes have a column ``layer``

    Attributes:
        sizes: units of each layer

    Raises:
        SettingError: nodes without layers, an edge that does not lead to the next layer, or a layer that none
            leads to
    """

    def __init__(self, problem: Problem) -> None:
        layer = layers_of(problem)
        self.sizes = tuple(np.bincount(layer).tolist())
        self.entries = [high * low for low, high in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        begins = np.concatenate([[0], np.cumsum(self.entries)])
        place = np.empty(len(layer), dtype=np.int64)
        for number in range(len(self.sizes)):
            place[layer == number] = np.arange(self.sizes[number])
        # The entry of an edge is the sum of a number of its source and one of its target.
        following = np.append(self.sizes[1:], 0)
        self._of_source = begins[np.minimum(layer, len(self.entries) - 1)] + place * following[layer]
        self._of_target = place
        self._layer = layer
        self._known: tuple[Topology, Tensor | None] | None = None
        self._check(problem)

    def matrices(self, network: Network, *, like: Tensor) -> list[Tensor]:
        """One a pair of layers, (n_l, n_l+1), zero where no edge is; in the precision of a tensor."""
        weights = network.weights.to(like)
        places = self._places(network.topology)
        if places is not None:
            weights = weights.new_zeros(sum(self.entries)).index_put((places,), weights)
        parts = torch.split(weights, self.entries)
        return [
            part.view(low, high)
            for part, low, high in zip(parts, self.sizes[:-1], self.sizes[1:], strict=True)
        ]

    def _places(self, topology: Topology) -> Tensor | None:
        """The entry (E,) of each edge; None where all entries have one, in order."""
        if self._known is None or self._known[0] is not topology:
            source, target = topology.array
            places = self._of_source[source] + self._of_target[target]
            whole = len(places) == sum(self.entries) and bool((places == np.arange(len(places))).all())
            found = None if whole else torch.as_tensor(places, device=topology.edge_index.device)
            self._known = (topology, found)
        return self._known[1]

    def _check(self, problem: Problem) -> None:
        source, target = problem.edge_index
        if (self._layer[target] != self._layer[source] + 1).any():
            allowed = "must join each layer with the next alone, and some edges do not: say skip=0"
            raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)
        missing = np.setdiff1d(np.arange(1, len(self.sizes)), self._layer[target])
        if len(missing):
            allowed = f"leaves layer {missing[0]} without connections: nothing would pass it"
            raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)


def layers_of(problem: Problem) -> np.ndarray:
    """The layer (N,) of each node, 0, 1, ...

    Raises:
        SettingError: they are not told, or are other numbers
    """
    layer = problem.mask.node_data.get(LAYER)
    if layer is None or not np.issubdtype(np.asarray(layer).dtype, np.number):
        allowed = "must be a network in layers, with a column layer of the nodes"
        raise SettingError(
            setting="mask", value=problem.mask.name, allowed=allowed, hint="mask=layered directed=true"
        )
    layer = np.asarray(layer)
    numbers = np.unique(layer)
    if not np.array_equal(numbers, np.arange(len(numbers))) or len(numbers) < 2:
        allowed = f"has layers {', '.join(f'{each:g}' for each in numbers[:5])}, and must have 0, 1, ..."
        raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)
    return layer.astype(np.int64)
