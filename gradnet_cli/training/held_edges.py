"""The edges that training holds, where these are not all candidates, and who must know of an exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from gradnet_cli.model.exchange import Exchange
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer
from gradnet_cli.optimizers.rewiring import Rewiring, Survey

if TYPE_CHECKING:
    from gradnet_cli.training.module import TrainingModule


class HeldEdges:
    """Follows a rewiring through training.

    Args:
        module: whose model, optimizer, certificate and record go on with other edges
        rewiring: what it does
    """

    def __init__(self, module: TrainingModule, rewiring: Rewiring) -> None:
        self._module = module
        self._rewiring = rewiring
        self._survey: Survey | None = None

    @property
    def edge_index(self) -> np.ndarray:
        """(2, E) those held."""
        edges: np.ndarray = self._module.model.feasible.problem.edge_index
        return edges

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

    @torch.no_grad()
    def exchange(self, step: int) -> None:
        """Let edges go and come after an update, where candidates were looked at."""
        module, model = self._module, self._module.model
        if not self._rewiring.due(step):
            return
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
    def hold(self, edges: np.ndarray) -> None:
        """Put everything on other edges (2, E'), with any weights."""
        model = self._module.model
        before, problem = model.parameter, model.feasible.problem
        exchange = Exchange.to(edges, before=problem.edge_index, nodes=problem.nodes)
        self._rewiring.move(model, exchange)
        self._follow(exchange, before)

    def _follow(self, exchange: Exchange, before: torch.nn.Parameter) -> None:
        """Tell optimizer and certificate of the edges that the model is on, and its new parameter."""
        module = self._module
        module.certificate.follow(module.model.feasible)
        optimizer = module.optimization.optimizer
        assert isinstance(optimizer, ConstrainedOptimizer)
        optimizer.exchange(module.model.feasible, exchange, before=before, now=module.model.parameter)
