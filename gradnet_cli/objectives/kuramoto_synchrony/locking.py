"""What theory knows of phase-locked oscillators before any network is trained: bound and least budget."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives.evaluation import Limit
from gradnet_cli.objectives.kuramoto_synchrony.dissipation import (
    PROGRAM_UP_TO,
    all_pairs,
    critical_budget,
    least_dissipation,
)
from gradnet_cli.objectives.kuramoto_synchrony.order_limit import largest_order
from gradnet_cli.problem import Problem

log = logging.getLogger(__name__)

NOTHING = Limit()
SCOPE = "phase-locked within half a circle"
MOST_PROGRAMS = 10 * PROGRAM_UP_TO  # edges times replicates
ROUNDING = 1e-9  # relative
EVEN = 0.1  # of the budget, at most, that a start spends on all edges alike: to join what the flow does not


@dataclass(frozen=True, kw_only=True)
class Locking:
    """What is known of all networks of a problem whose oscillators are phase-locked.

    Attributes:
        limit: on r, the mean over replicates
        critical: the budget over ordered pairs below which no network locks all replicates; infinite where
            none ever does, None where it is not known
        start: weights (E,) that dissipate least, see least_dissipation; None where they are not known, or
            no network locks
        even: share of the budget that a start spends on all edges alike, so that the rest still locks
        omega: frequencies (N,) less their mean, of the only replicate; None with several, or where nothing
            is known
    """

    limit: Limit = NOTHING
    critical: float | None = None
    start: np.ndarray | None = None
    even: float = EVEN
    omega: np.ndarray | None = None

    @property
    def hopeless(self) -> bool:
        """Whether it is known that no network locks."""
        return self.critical is not None and self.limit.value is None

    @property
    def metrics(self) -> dict[str, float]:
        """The least budget, where there is one."""
        known = self.critical is not None and np.isfinite(self.critical)
        return {"critical_budget": self.critical} if known else {}  # type: ignore[dict-item]

    def notes(self, nodes: int) -> tuple[str, ...]:
        """The least budget, in a line."""
        return tuple(
            f"no network locks with a budget below {critical:.6g} ({critical / nodes:.4g} a node)"
            for critical in self.metrics.values()
            if critical > 0
        )


def locking(problem: Problem, frequencies: np.ndarray, *, lag: float) -> Locking:
    """The bound on steady r, and the least budget.

    In a phase-locked state of an undirected network w >= 0 without a lag, F_e = w_e sin(Delta_e), with
    Delta_e = theta_i - theta_j, routes omega_i less its mean. Hence sum_i omega_i theta_i =
    sum_e F_e Delta_e, and within half a circle, where abs(Delta_e) <= pi and x sin(x) >= sin(x)^2,

        sum_i omega_i theta_i >= sum_e F_e^2 / w_e >= Q,

    with Q what every network of the problem dissipates, least_dissipation. The largest order parameter of
    such phases, largest_order, is the bound. It holds with any base network, signs that leave no weight
    negative, limits and norms of the budget: Q is a minimum over the networks that these allow. The mean over
    replicates is bounded by the mean of their bounds. Inertia and damping change no locked state.

    Args:
        frequencies: (N, R)
        lag: alpha [radians]
    """
    reason = _reason(problem, lag=lag, replicates=frequencies.shape[1])
    if reason:
        return Locking(limit=Limit(reason=reason))
    omegas = [each - each.mean() for each in np.asarray(frequencies, dtype=np.float64).T]
    only = omegas[0] if len(omegas) == 1 else None
    if not all(_balanced(problem, omega) for omega in omegas):
        reason = "no network locks: parts of the mask that nothing joins have other mean frequencies"
        return Locking(limit=Limit(reason=reason), critical=np.inf, omega=only)
    needs = [critical_budget(problem, omega) for omega in omegas]
    critical = None if None in needs else max(need for need in needs if need is not None)
    budget = problem.budget_total
    assert budget is not None
    found = [least_dissipation(problem, omega) for omega in omegas]
    spare = 1 - (critical or 0.0) / budget
    start, even = found[0][1] if len(found) == 1 and spare > 0 else None, min(EVEN, spare / 2)
    if critical is not None and budget < critical * (1 - ROUNDING):
        told = f"below a budget of {critical:.6g}" if np.isfinite(critical) else "within signs and limits"
        return Locking(limit=Limit(reason=f"no network locks {told}"), critical=critical, omega=only)
    orders = [largest_order(omega, least) for omega, (least, _) in zip(omegas, found, strict=True)]
    if None in orders:
        reason = "no network locks within half a circle with this budget"
        return Locking(limit=Limit(reason=reason), critical=critical, start=start, even=even, omega=only)
    bound = float(np.mean([order for order in orders if order is not None]))
    limit = Limit(value=bound, scope=SCOPE)
    return Locking(limit=limit, critical=critical, start=start, even=even, omega=only)


def _reason(problem: Problem, *, lag: float, replicates: int) -> str:
    """Why there is no bound; empty where there is one."""
    if problem.budget_total is None:
        return "there is one with a budget alone"
    if lag != 0.0:
        return "objective.lag must be 0 for one"
    if problem.directed:
        return "there is one for undirected networks alone"
    if (problem.base + problem.lower < 0).any():
        return "there is one for weights >= 0 alone: signs.result=nonnegative"
    pairs = problem.mask.pairs
    if pairs is not None:
        if pairs.by_distance or not problem.simple:
            return "with candidates that are not listed there is one for equal costs, without limits, alone"
    elif not (problem.simple and all_pairs(problem)) and problem.edges * replicates > MOST_PROGRAMS:
        return f"there is one up to {MOST_PROGRAMS:,} edges times replicates, or for all pairs at one cost"
    return ""


def _balanced(problem: Problem, omega: np.ndarray) -> bool:
    """Whether the frequencies of every part of the mask have the mean of all, to rounding."""
    if problem.mask.pairs is not None:
        return True  # held edges need not join what candidates do
    part = components(problem.edge_index, nodes=problem.nodes)
    sums = np.bincount(part, omega)
    return bool((np.abs(sums) <= ROUNDING * np.bincount(part, np.abs(omega)).max()).all())
