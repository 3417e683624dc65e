"""A proven limit on the score of every feasible network, from the gradients seen on the way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.least_ratio import least_ratio
from gradnet_cli.objectives import Objective
from gradnet_cli.objectives.evaluation import Fraction
from gradnet_cli.problem import Problem

MEMORY = 0.9  # of the running average of gradients
ROUNDING = 16 * float(np.finfo(float).eps)  # of what cancels where the best network has no weight


def relative_gap(*, score: float, bound: float | None, ideal: float = 0.0) -> float | None:
    """abs(bound - score) / abs(bound - ideal); None without a bound, or where only that is ideal."""
    if bound is None or not np.isfinite(bound) or not np.isfinite(score):
        return None
    if bound == score:
        return 0.0
    return abs(bound - score) / abs(bound - ideal) if bound != ideal else None


class Certificate:
    """The best bound that linear models of the objective have proved so far.

    A concave f lies below each of its linear models, f(A) <= f(A_k) + <g_k, A - A_k>, hence below every
    average of them, whatever the network A. So for A = A0 + delta

        f(A) <= mean_k (f(A_k) - <g_k, A_k>) + <g, A0> + max over feasible delta of <g, delta>,  g = mean_k
        g_k,

    where the maximum has a closed form (FeasibleSet.support). For a homogeneous f the first term is zero. The
    model of the last update and an exponential average are tried, at O(E) memory, and the best value is kept.
    Everything is computed in float64. Minimising a convex f is the mirror image. Where 1/f is concave and
    homogeneous (Objective.reciprocal) that is what is bounded, with slopes -g_k / f(A_k)^2: a bound of 1/f
    from above is one of f from below, and at f q instead of f (2 - 1/q), with q < 1, the closer one. Where
    f(t A) = f(A) + d log t (Objective.logarithmic), a model c + <g, t A'> of f(t A') is one of f(A') +
    d log t, and t = d / <g, A'> gives f(A') <= c + d (1 + log(<g, A'> / d)).

    A fractional objective, n / d, has no linear models, but linear functions of its parts, n >= <p, A> and
    d <= <q, A>; so no network is below the least <p, A> / <q, A> (gradnet_cli.model.least_ratio).

    A homogeneous objective promises f(A) <= <g, A> for the very vector g that it returns
    (Objective.homogeneous), so that inexact eigenvectors weaken the bound but never break it. For others the
    bound is as exact as score and gradient.

    Args:
        feasible: the constraints
        objective: what it declares decides whether gradients prove a bound
        known: a bound that the problem alone has proved, see Objective.limit
    """

    def __init__(self, feasible: FeasibleSet, objective: Objective, *, known: float | None = None) -> None:
        self._feasible = feasible
        self._sign = objective.sign
        self._homogeneous = objective.homogeneous
        self._reciprocal = objective.reciprocal
        self._logarithmic = objective.logarithmic
        self.valid = self.is_offered(objective, feasible.problem)
        self.bound = known
        self._average: tuple[float, np.ndarray] | None = None
        self._fraction: tuple[np.ndarray, np.ndarray] | None = None

    @staticmethod
    def is_offered(objective: Objective, problem: Problem) -> bool:
        """Whether gradients prove a bound: of networks that are a convex set."""
        provable = (objective.concave or objective.fractional) and not objective.learns
        return provable and problem.budget.convex

    @property
    def memory(self) -> dict[str, Any]:
        """What has been proved, and the average that further proofs are built on."""
        return {"bound": self.bound, "average": self._average, "fraction": self._fraction}

    @memory.setter
    def memory(self, memory: dict[str, Any]) -> None:
        self.bound, self._average = memory["bound"], memory["average"]
        self._fraction = memory.get("fraction")

    def follow(self, feasible: FeasibleSet) -> None:
        """Go on where other edges are held; what is proved speaks of all candidates, and stays."""
        self._feasible, self._average, self._fraction = feasible, None, None

    def add(
        self, *, score: float, gradient: np.ndarray, weights: np.ndarray, offset: float | None = None
    ) -> None:
        """Take in the score and its gradient (E,) at the adjacency weights (E,).

        Args:
            offset: of the linear model with this gradient, where the objective knows it (Evaluation.offset)
        """
        if not self.valid:
            return
        slope = self._sign * np.asarray(gradient, dtype=np.float64)
        touching = self._sign * score - float(slope @ weights)
        offset = touching if offset is None else self._sign * offset
        if self._homogeneous:
            offset = 0.0
        elif self._reciprocal:
            offset, slope = 0.0, slope / score**2
        if not (np.isfinite(offset) and np.isfinite(slope).all()):
            return
        self._propose(offset, slope)
        if self._average is None:
            self._average = (offset, slope)
            return
        self._average = (
            MEMORY * self._average[0] + (1 - MEMORY) * offset,
            MEMORY * self._average[1] + (1 - MEMORY) * slope,
        )
        self._propose(*self._average)

    def add_promise(self, slope: np.ndarray) -> None:
        """Take in g (E,) of which theory knows that no network has sign * score (or 1/score) above <g, A>."""
        if self.valid:
            self._propose(0.0, slope)

    def add_fraction(self, *, fraction: Fraction, numerator: np.ndarray, denominator: np.ndarray) -> None:
        """Take in linear functions (E,) that numerator and denominator of a score are never below, or above.

        Args:
            fraction: at a network, as the objective tells it
            numerator, denominator: averages of its rows, and of those of other networks
        """
        least = least_ratio(numerator, denominator, feasible=self._feasible, reach=fraction.reach)
        if self.valid and least is not None and np.isfinite(least):
            self._limit(-least)

    def add_fractions(self, fraction: Fraction) -> None:
        """Take in what is known at a network, alone and averaged over those before."""
        now = (fraction.numerators[0], fraction.denominators[0])
        self.add_fraction(fraction=fraction, numerator=now[0], denominator=now[1])
        if self._fraction is not None:
            before = self._fraction
            now = (MEMORY * before[0] + (1 - MEMORY) * now[0], MEMORY * before[1] + (1 - MEMORY) * now[1])
            self.add_fraction(fraction=fraction, numerator=now[0], denominator=now[1])
        self._fraction = now

    def add_linear(self, *, offset: float, slope: np.ndarray) -> None:
        """Take in a linear function of the adjacency weights (E,) that sign * score never exceeds."""
        if self.valid and not self._reciprocal:
            self._propose(offset, slope)

    def add_priced(self, *, score: float, product: float, most: float) -> None:
        """Take in the score, and what its gradient says of all candidates, where these are not listed.

        Args:
            product: sign * <gradient, weights> at the network that was scored
            most: no less than sign * <gradient, A> for any feasible network A
        """
        if not self.valid or not np.isfinite(most):
            return
        if self._homogeneous:
            self._limit(most)
        elif self._reciprocal:
            self._limit(most / score**2)
        else:
            self._limit(self._sign * score - product + self._scaled(most))

    def _propose(self, offset: float, slope: np.ndarray) -> None:
        base = self._feasible.problem.base
        limit = offset + self._scaled(float(slope @ base) + self._feasible.support(slope))
        if base.any():
            limit += ROUNDING * (abs(offset) + float(np.abs(slope) @ np.abs(base)))
        self._limit(limit)

    def _scaled(self, most: float) -> float:
        """The most that a linear model adds to its offset, for the best multiple of each network."""
        degree = self._logarithmic
        return most if degree is None or most <= 0 else degree * (1 + math.log(most / degree))

    def _limit(self, limit: float) -> None:
        if self._reciprocal:
            limit = -1 / limit if limit > 0 else np.inf  # sign * f <= -1 / (limit of 1/f)
        if np.isfinite(limit):
            best = limit if self.bound is None else min(limit, self._sign * self.bound)
            self.bound = self._sign * best + 0.0  # no negative zero
