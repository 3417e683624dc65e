"""The trainable edge vector."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gradnet_cli.model.feasible import FeasibleSet
from gradnet_cli.model.network import Network
from gradnet_cli.model.noise import Noise
from gradnet_cli.model.projections import project_tangent


class ConstrainedWeights(nn.Module):
    """Edge weights A = base + delta with delta in a feasible set after every update.

    The parameter is delta itself, in units of feasible.scale, so that learning rates mean the same at every
    size and budget. It is projected after each update and never passes through a clipping function on its way
    to the objective: an edge at a bound still has its gradient, and comes back when that says so.

    Args:
        feasible: the constraints
        delta: (E,) to begin with; it is projected first
        noise: what disturbs the weights in training mode
        updates: the number of updates that the noise is annealed over
    """

    def __init__(
        self, feasible: FeasibleSet, *, delta: Float[Tensor, " edges"], noise: Noise, updates: int
    ) -> None:
        super().__init__()
        self.feasible = feasible
        self.noise = noise
        self.updates = updates
        self.unit = feasible.scale
        base = torch.as_tensor(feasible.problem.base).to(feasible.cost)
        self.register_buffer("base", base, persistent=False)
        self.base: Tensor
        self.parameter = nn.Parameter(feasible.project(delta) / self.unit)

    @property
    def delta(self) -> Float[Tensor, " edges"]:
        """Change from the base network, (E,)."""
        return self.parameter * self.unit

    @property
    def weights(self) -> Float[Tensor, " edges"]:
        """Adjacency weights (E,), base + delta."""
        return self.base + self.delta

    def forward(self, step: int) -> Network:
        """The network as the objective shall see it at an update: with samples of noise in training mode."""
        amplitude = self.noise.amplitude(step=step, updates=self.updates) if self.training else 0.0
        weights = self.weights
        if amplitude > 0:
            weights = self.noise.disturb(weights, amplitude=amplitude, unit=self.unit)
            if self.feasible.problem.signs.result == "nonnegative":
                # Straight through: a sample that noise pushes below zero still tells where its edge wants to
                # go.
                weights = weights + (weights.detach().clamp(min=0.0) - weights.detach())
        return self.network(weights)

    def network(self, weights: Float[Tensor, "*batch edges"]) -> Network:
        """These weights (..., E) on the mask's edges, as a network."""
        return Network(weights=weights, topology=self.feasible.topology, problem=self.feasible.problem)

    def disturbed(self, step: int) -> bool:
        """Whether forward(step) adds noise."""
        return self.training and self.noise.amplitude(step=step, updates=self.updates) > 0

    @torch.no_grad()
    def set_delta(self, delta: Float[Tensor, " edges"]) -> None:
        """Put delta (E,) in, projected."""
        self.parameter.copy_(self.feasible.project(delta.to(self.parameter)) / self.unit)

    @torch.no_grad()
    def hold(self, feasible: FeasibleSet, delta: Float[Tensor, " edges"]) -> None:
        """Go on within another feasible set on the same edges, with delta (E,), projected."""
        self.feasible = feasible
        self.set_delta(delta)

    @torch.no_grad()
    def exchange(self, feasible: FeasibleSet, delta: Float[Tensor, " others"]) -> None:
        """Hold other edges, those of a feasible set, with delta (E',), projected; without a base network."""
        self.feasible = feasible
        self.unit = feasible.scale
        self.base = torch.zeros_like(feasible.cost)
        # A new parameter: PyTorch remembers the shape of the old one as long as any of its graphs lives.
        self.parameter = nn.Parameter(feasible.project(delta.to(feasible.cost)) / self.unit)

    @torch.no_grad()
    def project(self) -> None:
        """Restore the constraints after an update."""
        self.set_delta(self.delta)

    @torch.no_grad()
    def tangent_gradient(self) -> Float[Tensor, " edges"]:
        """The parameter's gradient of a loss, less what the budget forbids to follow; shape (E,).

        Along the normal of the budget a step would be undone by the projection, and methods that scale each
        entry by its own past, Adam for one, would see nothing else where all entries have the same sign.
        Entries at a bound that they are pushed against count as fixed, see project_tangent.
        """
        gradient = self.parameter.grad
        assert gradient is not None
        feasible, delta = self.feasible, self.delta
        if feasible.budget is None:
            return gradient
        normal = feasible.normal(delta)
        if not feasible.exact:
            inside = feasible.spent(delta) < feasible.budget * (1 - 1e-9)
            if inside or float(gradient @ normal) >= 0:  # a descent step spends less
                return gradient
        at_lower = delta <= feasible.lower + 1e-12 * self.unit
        at_upper = delta >= feasible.upper - 1e-12 * self.unit
        return project_tangent(gradient, normal=normal, at_lower=at_lower, at_upper=at_upper)
