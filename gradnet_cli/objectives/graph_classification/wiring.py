"""From the connections of a layered network to a matrix for each pair of layers."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.problem import Problem
from gradnet_cli.problem.layers import layers_of


class Wiring:
    """Where units stand: `matrices` has a row a unit of a layer and a column a unit of the next.

    Args:
        problem: a network whose nodes have a column ``layer``

    Attributes:
        sizes: units of each layer

    Raises:
        SettingError: nodes without layers, or a layer that no edge leads to
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
        _, target = problem.edge_index
        missing = np.setdiff1d(np.arange(1, len(self.sizes)), self._layer[target])
        if len(missing):
            allowed = f"leaves layer {missing[0]} without connections: nothing would pass it"
            raise SettingError(setting="mask", value=problem.mask.name, allowed=allowed)
