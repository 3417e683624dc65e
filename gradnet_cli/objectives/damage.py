"""Networks that have lost a link."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation
from gradnet_cli.problem import Problem
from gradnet_cli.problem.files.weights import node_names

ALL = "links"
SETTING = "objective.damage"


class Damage(nn.Module):
    """A network without one of its links, for each of some links.

    An objective that takes batches scores all of these networks at once. Of others each has a copy: what it
    has learned of one network, a warm start, would mislead it on the next.

    Args:
        links: ``links`` for all of the mask, or a list of pairs of node ids
    """

    def __init__(self, links: object) -> None:
        super().__init__()
        pairs = isinstance(links, list | tuple) and all(
            isinstance(pair, list | tuple) and len(pair) == 2 for pair in links
        )
        if links != ALL and not (pairs and links):
            allowed = f"must be {ALL}, for each link of the mask, or a list of pairs of nodes, like [[0, 1]]"
            raise SettingError(setting=SETTING, value=links, allowed=allowed)
        self._links: Any = links
        self.ends = np.zeros((2, 0), dtype=np.int64)
        self.copies = nn.ModuleList()

    def prepare(self, problem: Problem, objectives: Sequence[Objective]) -> None:
        """Find the links, and make the copies of objectives, which are prepared.

        Raises:
            SettingError: a link that the mask does not have, or one without which an objective that needs a
                connected network has no score
        """
        self.find(problem, connected=any("connected" in objective.requires for objective in objectives))
        self.copies = nn.ModuleList(
            nn.ModuleList(copy.deepcopy(objective) for _ in range(0 if objective.batched else self.count))
            for objective in objectives
        )

    def find(self, problem: Problem, *, connected: bool) -> None:
        """Find the links.

        Args:
            connected: whether what is left has to be in one piece

        Raises:
            SettingError: a link that the mask does not have, or one without which it is in two
        """
        self.ends = problem.edge_index[:, self._edges(problem)]
        if connected:
            self._refuse_bridges(problem)

    @property
    def count(self) -> int:
        """How many links."""
        return self.ends.shape[1]

    def kept(self, network: Network) -> Tensor:
        """(M, E) what is left of the weight of each edge without each of the links: 0 or 1."""
        places = edge_order(network, self.ends)
        kept = torch.ones((self.count, network.edges), dtype=network.weights.dtype)
        kept[torch.arange(self.count), torch.as_tensor(places)] = 0.0
        return kept.to(network.weights.device)

    def damaged(
        self, network: Network, place: int, original: Objective
    ) -> Iterator[tuple[Objective, Network, Tensor]]:
        """The copies of an objective, each with its network (..., E) and what is left of its weights (E,).

        An objective that takes batches has none, and comes itself each time.
        """
        own: Any = self.copies[place]
        copies = own if len(own) else [original] * self.count
        for objective, kept in zip(copies, self.kept(network), strict=True):
            yield objective, network.with_weights(network.weights * kept), kept

    def _edges(self, problem: Problem) -> np.ndarray:
        if self._links == ALL:
            return np.arange(problem.edges)
        names = {str(name): node for node, name in enumerate(node_names(problem.mask))}
        found = []
        for pair in self._links:
            ends = [names.get(str(name), -1) for name in pair]
            ends = ends if problem.directed else sorted(ends)
            place = -1
            if min(ends) >= 0:
                place = int(edge_places(problem.edge_index, np.array([ends]).T, nodes=problem.nodes)[0])
            if place < 0:
                raise SettingError(setting=SETTING, value=list(pair), allowed="must be an edge of the mask")
            found.append(place)
        return np.array(found)

    def _refuse_bridges(self, problem: Problem) -> None:
        import networkx

        graph: Any = networkx.Graph(problem.edge_index.T.tolist())
        bridges = {tuple(sorted(bridge)) for bridge in networkx.bridges(graph)}
        for ends in self.ends.T.tolist():
            if tuple(sorted(ends)) in bridges:
                names = node_names(problem.mask)
                raise SettingError(
                    setting=SETTING,
                    value=self._links,
                    allowed=f"must not have {names[ends[0]]}-{names[ends[1]]}: without it the mask "
                    "falls into parts, whatever else is built",
                )


def edge_order(network: Network, ends: np.ndarray) -> np.ndarray:
    """Where links (2, M) stand among the edges of a network, (M,)."""
    keys = network.topology.array[0] * network.nodes + network.topology.array[1]
    order = np.argsort(keys, kind="stable")
    wanted = ends[0] * network.nodes + ends[1]
    places: np.ndarray = order[np.searchsorted(keys, wanted, sorter=order)]
    return places


def split(evaluation: Evaluation) -> list[Evaluation]:
    """What was said of a batch (..., M), as if each of the last dimension had come alone."""
    return [replace(evaluation, score=score) for score in evaluation.score.movedim(-1, 0)]
