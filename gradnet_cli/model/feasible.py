"""The set of changes that signs and budget allow."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gradnet_cli.model.bounds import Bounds
from gradnet_cli.model.network import topology_of
from gradnet_cli.model.projections import (
    project_ball,
    project_box,
    project_budget,
    project_polytope,
    scale_to_budget,
)
from gradnet_cli.model.simplex import BudgetSimplex
from gradnet_cli.model.support import priced_support, support
from gradnet_cli.numerics.convex.polytope import Polytope
from gradnet_cli.problem import Problem

# Relative error of a budget that needs no new projection: rounding in one multiplicative update.
ROUNDING = {torch.float64: 1e-13, torch.float32: 1e-6}
# Relative excess of a strength that needs none.
STRENGTH_ROUNDING = {torch.float64: 1e-10, torch.float32: 1e-6}


class FeasibleSet:
    """All delta (E,) with lower <= delta <= upper and norm_p(cost * delta) = K, or <= K, or no budget.

    K is problem.edge_budget, the share of the budget that falls on edges stored once. Where strengths are
    limited, the weights at each node sum up to no more than that either. For p < 1, an economy of scale, the
    set is not convex.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = "cpu",
        bounds: Bounds | None = None,
    ) -> None:
        def tensor(values: np.ndarray) -> Tensor:
            return torch.as_tensor(values, dtype=dtype, device=device)

        self.problem = problem
        self.budget = problem.edge_budget
        self.p = float(problem.budget.order)
        self.bounds = Bounds.of(problem) if bounds is None else bounds
        self.exact = self.bounds.exact
        self.cost = tensor(problem.cost)
        self.lower = tensor(self.bounds.lower)
        self.upper = tensor(self.bounds.upper)
        self.strengths = problem.strengths
        self.topology = topology_of(problem, device=device)

    @property
    def edge_index(self) -> Int[Tensor, "2 edges"]:
        """(2, E) where the entries of a change lie."""
        return self.topology.edge_index

    @cached_property
    def simplex(self) -> BudgetSimplex | None:
        """What it is where all changes have one sign: updates of money then stay inside. Else None."""
        sign = self.bounds.sign
        if self.budget is None or sign is None or self.strengths is not None:
            return None
        least, most = (self.lower, self.upper) if sign > 0 else (-self.upper, -self.lower)
        return BudgetSimplex(
            sign=sign,
            price=self.cost**self.p,
            least=least**self.p if bool((least > 0).any()) else None,
            most=most**self.p if bool(torch.isfinite(most).any()) else None,
            p=self.p,
        )

    @cached_property
    def polytope(self) -> Polytope:
        """The constraints as linear ones, of delta / scale; for p = 1."""
        unit, rows = self.scale, sp.csr_array((0, len(self.cost)))
        return Polytope(
            lower=self.bounds.lower / unit,
            upper=self.bounds.upper / unit,
            rows=rows if self.strengths is None else self.strengths.matrix,
            room=self.problem.strength_room / unit,
            cost=None if self.budget is None else self.problem.cost,
            budget=0.0 if self.budget is None else self.budget / unit,
            exact=self.exact,
        )

    def narrowed(self, objective_grows: bool) -> FeasibleSet:
        """The part that holds a best network if more weight always is better, or if it never is.

        Args:
            objective_grows: whether what is wanted grows with every weight, or falls
        """
        return self._within(self.bounds.narrowed(self.problem, grows=objective_grows))

    def additions(self) -> FeasibleSet | None:
        """The part that spends the whole budget upwards, or None if that is not allowed, or all there is."""
        bounds = self.bounds
        if self.budget is None or not np.isinf(bounds.upper).all() or not (bounds.lower <= 0).all():
            return None
        if self.strengths is not None:
            return None
        if bounds.exact and bounds.sign == 1.0:
            return None
        return self._within(replace(bounds, lower=np.zeros_like(bounds.lower), exact=True))

    def only(self, kept: Bool[np.ndarray, " edges"]) -> FeasibleSet:
        """The part that changes no other edge than those kept, but for what the signs demand."""
        bounds = self.bounds
        least = np.clip(0.0, bounds.lower, bounds.upper)
        lower, upper = np.where(kept, bounds.lower, least), np.where(kept, bounds.upper, least)
        return self._within(replace(bounds, lower=lower, upper=upper))

    def _within(self, bounds: Bounds) -> FeasibleSet:
        """The part within these bounds, on the same edges."""
        part = FeasibleSet(self.problem, dtype=self.cost.dtype, device=self.cost.device, bounds=bounds)
        part.topology = self.topology  # what is known of it serves for both
        return part

    @property
    def scale(self) -> float:
        """The natural unit of a change: the mean of the uniform change."""
        if self.budget is not None:
            count = len(self.cost)
            return self.budget / (float(self.cost.mean()) * float(count ** (1 / self.p)))
        typical = float(np.abs(self.problem.base).mean())
        return typical if typical > 0 else float(self._largest_even().abs().mean()) or 1.0

    def project(self, delta: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """A feasible delta near the given one, see gradnet_cli.model.projections.

        It is the nearest, but for budgets with p > 1 that are spent to the last, and with p < 1.
        """
        near = self._within_budget(delta)
        return near if self._keeps_strengths(near) else self._within_strengths(delta)

    def _within_budget(self, delta: Tensor) -> Tensor:
        """The projection regardless of strengths."""
        if self.budget is None or self.bounds.settled:
            return project_box(delta, lower=self.lower, upper=self.upper)
        if self._within_rounding(delta):
            return delta
        if self.p < 1.0:
            return self._along_ray(delta, exact=self.exact)
        if self.p > 1.0:
            return self.scaled(delta) if self.exact else self._within_ball(delta)
        return project_budget(
            delta, cost=self.cost, budget=self.budget, lower=self.lower, upper=self.upper, exact=self.exact
        )

    def spent(self, delta: Float[Tensor, " edges"]) -> float:
        """norm_p(cost * delta)."""
        return float(torch.linalg.vector_norm(self.cost * delta, ord=self.p))

    def normal(self, delta: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """Gradient (E,) of norm_p(cost * delta); at a kink, in the direction that the signs allow."""
        sign = torch.where(delta >= 0, 1.0, -1.0).to(delta)
        sign = torch.where(self.lower >= 0, 1.0, torch.where(self.upper <= 0, -1.0, sign)).to(delta)
        if self.p == 1.0:
            return sign * self.cost
        paid = self.cost * delta.abs()
        return sign * self.cost * (paid / self.spent(delta)) ** (self.p - 1)

    def uniform(self) -> Float[Tensor, " edges"]:
        """The same change on every edge, as far as signs and limits allow; it spends the budget.

        Where there is none it is zero, the base network itself, or, without that, as large as limits allow.
        """
        if self.budget is None or self.bounds.settled:
            if self.problem.base.any() or self.bounds.settled:
                return self.project(torch.zeros_like(self.cost))
            return self.project(self._largest_even())
        sign = torch.where(self.upper > 0, 1.0, -1.0).to(self.cost)
        level = self.budget / float(torch.linalg.vector_norm(self.cost, ord=self.p))
        start = project_box(sign * level, lower=self.lower, upper=self.upper)
        return self.scaled(start)

    def even(self) -> Float[Tensor, " edges"]:
        """The same money on every edge, as far as the signs allow, where uniform() has the same change."""
        if self.budget is None or self.bounds.settled:
            return self.uniform()
        return self.scaled(self.uniform().sign() / self.cost)

    def _largest_even(self) -> Tensor:
        """The same weight on every edge, the largest that limits allow; zero where there is none."""
        most = self.bounds.upper
        if not self.problem.bounded:
            return project_box(torch.zeros_like(self.cost), lower=self.lower, upper=self.upper)
        level = float(most[np.isfinite(most)].max(initial=0.0)) or np.inf
        if self.strengths is not None:
            count = self.strengths.matrix.sum(axis=1)
            level = min(level, float((self.problem.strength_room / count)[count > 0].min(initial=np.inf)))
        return project_box(torch.full_like(self.cost, level), lower=self.lower, upper=self.upper)

    def random(self, generator: torch.Generator) -> Float[Tensor, " edges"]:
        """A feasible delta drawn at random around the uniform one."""
        shape = (2, len(self.cost))
        size, coin = torch.rand(shape, generator=generator, dtype=self.cost.dtype).to(self.cost.device)
        sign = torch.where(self.upper > 0, 1.0, -1.0)
        free = (self.lower < -self.scale) & (self.upper > 0)
        sign = torch.where(free & (coin < 0.5), -1.0, sign).to(self.cost)
        uniform = self.uniform().abs()
        around = uniform if bool(uniform.any()) else 0.1 * self.scale
        return self.project(2 * size * sign * around)

    def support(self, slope: Float[np.ndarray, " edges"]) -> float:
        """max of <slope, delta> over the set, or a little more, see gradnet_cli.model.support."""
        cost = self.problem.cost
        if self.strengths is None:
            return support(slope, bounds=self.bounds, cost=cost, budget=self.budget, p=self.p)
        return priced_support(
            slope,
            bounds=self.bounds,
            cost=cost,
            budget=self.budget,
            rows=self.strengths.matrix,
            room=self.problem.strength_room,
        )

    def scaled(self, delta: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """delta made longer or shorter until it spends the budget, as far as its bounds let it."""
        if self.budget is None:
            return delta
        scaled = self._along_ray(delta, exact=True)
        return scaled if self._keeps_strengths(scaled) else self._within_strengths(scaled)

    def _along_ray(self, delta: Tensor, *, exact: bool) -> Tensor:
        """scaled(), but for strengths; without `exact` what costs less than the budget stays as it is."""
        assert self.budget is not None
        return scale_to_budget(
            delta,
            cost=self.cost,
            budget=self.budget,
            lower=self.lower,
            upper=self.upper,
            exact=exact,
            p=self.p,
        )

    def _keeps_strengths(self, delta: Tensor) -> bool:
        if self.strengths is None:
            return True
        weights = self.problem.base + delta.detach().to("cpu", torch.float64).numpy()
        return self.strengths.excess(weights) <= STRENGTH_ROUNDING[delta.dtype]

    def _within_strengths(self, delta: Tensor) -> Tensor:
        near = project_polytope(delta, polytope=self.polytope, unit=self.scale)
        return self._within_budget(near)

    def _within_ball(self, delta: Tensor) -> Tensor:
        assert self.budget is not None
        return project_ball(
            delta, cost=self.cost, budget=self.budget, lower=self.lower, upper=self.upper, p=self.p
        )

    def _within_rounding(self, delta: Tensor) -> bool:
        assert self.budget is not None
        error = abs(self.spent(delta) - self.budget)
        inside = bool((delta >= self.lower).all()) and bool((delta <= self.upper).all())
        return inside and error <= ROUNDING[delta.dtype] * self.budget
