"""The edges that training holds, where these are not all candidates, and who must know of an exchange."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gradnet_cli.model.exchange import Exchange
from gradnet_cli.optimizers import state_of_edges
from gradnet_cli.optimizers.connections import Connections
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.optimizers.pair_rewiring import PairRewiring, Survey
from gradnet_cli.optimizers.rewiring import Rewiring

if TYPE_CHECKING:
    from gradnet_cli.training.module import TrainingModule


class HeldEdges(ABC):
    """Follows a rewiring through training.

    Args:
        module: whose model, optimizer, certificate and record go on with other edges

    Attributes:
        proves: whether it tells the certificate all that networks on the way prove
    """

    proves = False

    def __init__(self, module: TrainingModule) -> None:
        self._module = module

    @property
    @abstractmethod
    def rewiring(self) -> Rewiring:
        """What exchanges the edges."""

    @property
    def metrics(self) -> dict[str, float]:
        """What is recorded of the update at hand."""
        module = self._module
        return self.rewiring.metrics(module.step / max(1, module.updates))

    @property
    @abstractmethod
    def memory(self) -> dict[str, Any]:
        """What training has to know again after an interruption."""

    @abstractmethod
    def restore(self, memory: Mapping[str, Any]) -> None:
        """Put model, optimizer and certificate on the edges of a memory; their weights are anything."""

    @abstractmethod
    def look(self, step: int) -> None:
        """Look at a network that was just recorded."""

    @abstractmethod
    def limit_gradient(self) -> None:
        """Take from the weights' gradient what no update may follow."""

    def exchange(self, step: int) -> None:
        """Let edges go and come after an update, if it is time to."""
        if not self.rewiring.due(step):
            return
        if self.rewiring.rate is not None:
            self.rewiring.rate.hear(self._module.record.score)
        with torch.no_grad():
            self._exchange(step)

    @abstractmethod
    def _exchange(self, step: int) -> None:
        """Let edges go and come."""


def follow(rewiring: Rewiring | None, module: TrainingModule) -> HeldEdges | None:
    """What follows a rewiring through training."""
    if isinstance(rewiring, Connections):
        return HeldConnections(module, rewiring)
    return HeldPairs(module, rewiring) if isinstance(rewiring, PairRewiring) else None


class HeldConnections(HeldEdges):
    """Of a mask whose edges are listed: all keep their place in the model, those not held have no weight."""

    def __init__(self, module: TrainingModule, rewiring: Connections) -> None:
        super().__init__(module)
        self._connections = rewiring
        self._slope: torch.Tensor | None = None
        rewiring.begin(module.model)

    @property
    def rewiring(self) -> Connections:
        """What exchanges the edges."""
        return self._connections

    @property
    def memory(self) -> dict[str, Any]:
        """Which are held, and how they are exchanged."""
        return self._connections.memory

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Hold the edges of a memory."""
        self._connections.memory = memory
        self._connections.restore(self._module.model)

    def look(self, step: int) -> None:
        """There is nothing to see: gradients tell of all edges."""

    @torch.no_grad()
    def limit_gradient(self) -> None:
        """Edges that are not held stay without weight; their slopes tell which of them shall come."""
        gradient = self._module.model.parameter.grad
        if gradient is None:
            return
        if self._connections.uses_slopes and self._connections.due(self._module.step):
            self._slope = gradient.clone()
        gradient.masked_fill_(self._connections.out, 0.0)

    def _exchange(self, step: int) -> None:
        module = self._module
        slope, self._slope = self._slope, None
        moved = self._connections.exchange(
            module.model, slope, step=step, progress=step / max(1, module.updates)
        )
        if moved is not None:
            parameter = module.model.parameter
            edges = torch.as_tensor(moved, device=parameter.device)
            state_of_edges.forget(module.optimization.optimizer, parameter, edges)


class HeldPairs(HeldEdges):
    """Of a mask whose edges are never listed: the model's parameter is one on the edges held."""

    proves = True

    def __init__(self, module: TrainingModule, rewiring: PairRewiring) -> None:
        super().__init__(module)
        self._rewiring = rewiring
        self._survey: Survey | None = None

    @property
    def rewiring(self) -> PairRewiring:
        """What exchanges the edges."""
        return self._rewiring

    @property
    def memory(self) -> dict[str, Any]:
        """(2, E) the edges held, and how they are exchanged."""
        edges = self._module.model.feasible.problem.edge_index
        return {"edges": edges, **self._rewiring.memory}

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Hold the edges of a memory."""
        self._rewiring.memory = memory
        self._hold(memory["edges"])

    def limit_gradient(self) -> None:
        """It is one of the edges held alone."""

    def look(self, step: int) -> None:
        """Look at all candidates after a network was scored, if it is time to, and prove what they say."""
        module, record = self._module, self._module.record
        if not (self._rewiring.due(step) or step >= module.updates):
            return
        self._survey = survey = self._rewiring.survey(module.model)
        if survey is None or record.guide is not None:
            return
        feasible = module.model.feasible
        assert feasible.budget is not None
        module.certificate.add_priced(
            score=record.score,
            product=feasible.budget * survey.level,
            most=self._rewiring.limit(feasible, survey),
        )
        record.bound = module.certificate.bound

    def _exchange(self, step: int) -> None:
        module, model = self._module, self._module.model
        optimizer, before = module.optimization.optimizer, model.parameter
        if isinstance(optimizer, ConstrainedOptimizer):
            # What it but proposes it could not take back later.
            model.set_delta(optimizer.settled(before) * model.unit)
        edges = model.feasible.edge_index
        exchange = self._rewiring.apply(model, self._survey, step=step, updates=module.updates)
        if exchange is not None:
            module.record.keep_edges(edges)
            self._follow(exchange, before)

    @torch.no_grad()
    def _hold(self, edges: np.ndarray) -> None:
        """Put everything on other edges (2, E'), with any weights."""
        model = self._module.model
        before, problem = model.parameter, model.feasible.problem
        exchange = Exchange.to(edges, before=problem.edge_index, nodes=problem.nodes)
        self._rewiring.move(model, exchange)
        self._follow(exchange, before)

    def _follow(self, exchange: Exchange, before: torch.nn.Parameter) -> None:
        """Tell optimizer and certificate of the edges that the model is on, and its new parameter."""
        module, model = self._module, self._module.model
        module.certificate.follow(model.feasible)
        state_of_edges.exchange(
            module.optimization.optimizer, model.feasible, exchange, before=before, now=model.parameter
        )
