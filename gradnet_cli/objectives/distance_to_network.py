"""The squared distance to a given network."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.problem.files.weights import read_weights
from gradnet_cli.settings.values import number


class DistanceToNetwork(Objective):
    """Minimise the squared Frobenius norm of A - T, T a given network: the sum of (A_ij - T_ij)^2 over
    ordered pairs, so that each undirected edge counts twice, as in the budget.

    It is convex and smooth. Alone it projects T onto the networks that the budget allows; as a term of a sum
    it keeps a network close to one that is there.

    Args:
        network: the file of T, its column Weight, or 1 for each of its edges where there is none; or the
            weights (E,) of the mask's edges; None takes the base network
    """

    sense = "minimize"
    quantity = "squared distance to the given network"
    concave = True
    smooth = True
    batched = True

    def __init__(self, *, network: Any) -> None:
        super().__init__()
        self.network = network
        if network is None:
            self.requires = ("weighted_base",)
        self._target: np.ndarray | None = None
        self._places: tuple[Topology, Tensor] | None = None

    def prepare(self, problem: Problem) -> None:
        """Read the network.

        Raises:
            SettingError: a file that cannot be read or has other edges than the mask, or numbers that are not
                one for each edge
        """
        setting = "objective.network"
        if self.network is None:
            self._target = problem.base
        elif isinstance(self.network, str):
            self._target = read_weights(problem.mask, setting=setting, path=self.network)
        else:
            given = np.asarray(self.network).tolist()
            if not isinstance(given, list) or len(given) != problem.edges:
                allowed = (
                    f"must be a file, or {problem.edges} numbers, one for each edge of the mask, or null"
                )
                raise SettingError(setting=setting, value=self.network, allowed=allowed)
            self._target = np.array([number(setting=setting, value=each) for each in given])
        self._places = None

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (..., E)."""
        ordered = 1 if network.directed else 2
        difference = network.weights - self._wanted(network)
        return Evaluation(score=ordered * difference.square().sum(dim=-1))

    def _wanted(self, network: Network) -> Tensor:
        """The weights of T on the edges of a network, (E,)."""
        if self._places is None or self._places[0] is not network.topology:
            places = edge_places(network.problem.edge_index, network.topology.array, nodes=network.nodes)
            wanted = torch.as_tensor(prepared(self._target)[places])
            self._places = (network.topology, wanted)
        return self._places[1].to(network.weights)
