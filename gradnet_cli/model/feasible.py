"""The set of changes that signs and budget allow."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.model.network import topology_of
from gradnet_cli.model.projections import project_box, project_budget, scale_to_budget
from gradnet_cli.problem import Problem

# Relative error of a budget that needs no new projection: rounding in one multiplicative update.
ROUNDING = {torch.float64: 1e-13, torch.float32: 1e-6}


class FeasibleSet:
    """All delta (E,) with lower <= delta <= upper and norm_p(cost * delta) = K, or <= K, or no budget.

    K is problem.edge_budget, the share of the budget that falls on edges stored once.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = "cpu",
    ) -> None:
        def tensor(values: np.ndarray) -> Tensor:
            return torch.as_tensor(values, dtype=dtype, device=device)

        self.problem = problem
        self.budget = problem.edge_budget
        self.p = float(problem.budget.p)
        self.exact = problem.budget.rule == "exact"
        self.cost = tensor(problem.cost)
        self.lower = tensor(problem.lower)
        self.upper = tensor(problem.upper)
        self.topology = topology_of(problem, device=device)

    @property
    def edge_index(self) -> Int[Tensor, "2 edges"]:
        """(2, E) where the entries of a change lie."""
        return self.topology.edge_index

    @property
    def simplex(self) -> bool:
        """Whether it is {delta >= 0, sum(cost * delta) = K, or <= K}: multiplicative updates stay inside."""
        return self.budget is not None and self.p == 1.0 and bool((self.problem.lower == 0.0).all())

    @property
    def scale(self) -> float:
        """The natural unit of a change: the mean of the uniform change."""
        if self.budget is not None:
            count = len(self.cost)
            return self.budget / (float(self.cost.mean()) * float(count ** (1 / self.p)))
        typical = float(np.abs(self.problem.base).mean())
        return typical if typical > 0 else 1.0

    def project(self, delta: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """A feasible delta near the given one: the nearest for p = 1, see gradnet_cli.model.projections."""
        if self.budget is None:
            return project_box(delta, lower=self.lower, upper=self.upper)
        if self._within_rounding(delta):
            return delta
        if self.p > 1.0:
            return self._scaled(delta, budget=self.budget, exact=self.exact)
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
        """The same change on every edge, as far as the signs allow; it spends the budget.

        Where there is none it is zero, the base network itself.
        """
        if self.budget is None:
            return project_box(torch.zeros_like(self.cost), lower=self.lower, upper=self.upper)
        sign = torch.where(self.upper > 0, 1.0, -1.0).to(self.cost)
        level = self.budget / float(torch.linalg.vector_norm(self.cost, ord=self.p))
        start = project_box(sign * level, lower=self.lower, upper=self.upper)
        return self._scaled(start, budget=self.budget, exact=True)

    def even(self) -> Float[Tensor, " edges"]:
        """The same money on every edge, as far as the signs allow, where uniform() has the same change."""
        if self.budget is None:
            return self.uniform()
        return self._scaled(self.uniform().sign() / self.cost, budget=self.budget, exact=True)

    def random(self, generator: torch.Generator) -> Float[Tensor, " edges"]:
        """A feasible delta drawn at random around the uniform one."""
        shape = (2, len(self.cost))
        size, coin = torch.rand(shape, generator=generator, dtype=self.cost.dtype).to(self.cost.device)
        sign = torch.where(self.upper > 0, 1.0, -1.0)
        free = (self.lower < -self.scale) & (self.upper > 0)
        sign = torch.where(free & (coin < 0.5), -1.0, sign).to(self.cost)
        around = self.uniform().abs() if self.budget is not None else 0.1 * self.scale
        return self.project(2 * size * sign * around)

    def support(self, slope: Float[np.ndarray, " edges"]) -> float:
        """max of <slope, delta> over the set, in float64; inf where it is unbounded.

        For p = 1 a greedy purchase is optimal: money goes where it buys most. Elsewhere, and for an exact
        budget with free signs, the value is that of a larger set (Hoelder's inequality, spending at most K),
        so that a bound built on it still holds.
        """
        slope = np.asarray(slope, dtype=np.float64)
        problem = self.problem
        rise = np.where(
            slope >= 0, problem.upper, problem.lower
        )  # where each entry would go without a budget
        if self.budget is None:
            with np.errstate(invalid="ignore"):
                return float(np.where(slope == 0, 0.0, slope * rise).sum())
        rate = np.abs(slope) / problem.cost
        if self.simplex and self.exact:
            return float(self.budget * (slope / problem.cost).max())
        rate = np.where(np.abs(rise) > 0, rate, 0.0)
        if self.p > 1.0:
            q = self.p / (self.p - 1.0)
            largest = rate.max()
            return float(self.budget * largest * ((rate / largest) ** q).sum() ** (1 / q)) if largest else 0.0
        return _greedy(rate, capacity=problem.cost * np.abs(rise), budget=self.budget)

    def _scaled(self, delta: Tensor, *, budget: float, exact: bool) -> Tensor:
        return scale_to_budget(
            delta, cost=self.cost, budget=budget, lower=self.lower, upper=self.upper, exact=exact, p=self.p
        )

    def _within_rounding(self, delta: Tensor) -> bool:
        assert self.budget is not None
        error = abs(self.spent(delta) - self.budget)
        inside = bool((delta >= self.lower).all()) and bool((delta <= self.upper).all())
        return inside and error <= ROUNDING[delta.dtype] * self.budget


def _greedy(rate: np.ndarray, *, capacity: np.ndarray, budget: float) -> float:
    best = int(np.argmax(rate))
    if capacity[best] >= budget:
        return float(budget * rate[best])
    order = np.argsort(-rate)
    paid = np.minimum(np.cumsum(capacity[order]), budget)
    return float(np.sum(np.diff(paid, prepend=0.0) * rate[order]))
