"""The steady state of a network of oscillators: what it is, and how training is led to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.numerics.dynamics.refinement import Scored
from gradnet_cli.numerics.locking.critical_share import critical_share
from gradnet_cli.numerics.locking.locked_branch import LockedBranch
from gradnet_cli.numerics.locking.phase_locking import LockedState, locked_state, steady_order
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.kuramoto_synchrony.motion import Motion

INTEGRATED_UP_TO = 500  # nodes
FOLLOWED_UP_TO = 500  # nodes, for which it is told at which share of its weights a network unlocks
ARRIVED = 0.3  # radians between the phases at the horizon and the locked state that they have come to


@dataclass(frozen=True, kw_only=True)
class Steady(Scored):
    """What the steady state of one network is.

    Attributes:
        score: r, the mean over replicates
        locked: share of the replicates that are locked
        first: the locked state of the first replicate, or None
        confined: whether all replicates are locked within half a circle
        low, high: least and largest r over the times, of replicates that are not locked
    """

    locked: float
    first: LockedState | None
    confined: bool
    low: float
    high: float


def steady(
    weights: Tensor,
    motion: Motion,
    *,
    replicates: int,
    times: np.ndarray,
    lag: float,
    symmetric: bool,
    level: int,
) -> Steady:
    """r of the locked states that replicates have come to by the last of times (P,), else the mean over them.

    Args:
        weights: (E,), those of the motion
        lag: alpha [radians]
        symmetric: whether Jacobians are
        level: of the integration
    """
    scores: list[Tensor] = []
    states: list[LockedState | None] = []
    moving: list[Tensor] = []
    for which in range(replicates):
        replicate = slice(which, which + 1)
        descends = symmetric and motion.gradient_flow
        large = len(motion.start(replicate)) > INTEGRATED_UP_TO
        settled = _cohesive(weights, motion, replicate) if descends and large else None
        if settled is not None:
            states.append(settled)
            scores.append(steady_order(weights, motion.field(replicate), settled))
            continue
        orders, end = motion.orders(times, replicate, level=level)
        field = motion.field(replicate)
        state = locked_state(field, end, lag=lag, symmetric=symmetric)
        if state is not None and float(state.distance(end)) > ARRIVED:
            # Newton's method went elsewhere, maybe to an unstable state, or phases are on their way.
            state = _cohesive(weights, motion, replicate) if descends else None
        states.append(state)
        if state is None:
            moving.append(orders.detach())
        scores.append(orders.mean() if state is None else steady_order(weights, field, state))
    range_of = torch.stack(moving if moving else [score.detach() for score in scores])
    return Steady(
        score=torch.stack(scores).mean(),
        locked=sum(state is not None for state in states) / replicates,
        first=states[0],
        confined=all(state is not None and state.within_half_circle for state in states),
        low=float(range_of.min()),
        high=float(range_of.max()),
    )


def share_of_weights(settled: Steady, motion: Motion) -> float | None:
    """At which share of its weights the first replicate unlocks, without a lag; None if not known."""
    state = settled.first
    if state is None or len(state.phases) > FOLLOWED_UP_TO:
        return None
    return critical_share(motion.field(slice(0, 1)), state)


def _cohesive(weights: Tensor, motion: Motion, replicate: slice) -> LockedState | None:
    """The locked state in which all that is coupled differs by less than a right angle.

    There the potential, of which phases follow the gradient, is convex: with the phases at the start among
    them they come to no other state. To integrate until they have come takes the time of the slowest mode,
    which grows with the square of the nodes in a row.
    """
    start = motion.start(replicate)
    if bool((weights < 0).any()) or not motion.cohesive(start):
        return None
    state = locked_state(motion.field(replicate), start, lag=0.0, symmetric=True)
    return state if state is not None and motion.cohesive(state.phases) else None


class Branches:
    """The locked states that are followed on one topology, one for each sample of weights and replicate.

    Args:
        topology: of all networks
        core: (n,) nodes that are to lock at first; None for all
    """

    def __init__(self, topology: Topology, *, core: np.ndarray | None = None) -> None:
        self._topology, self._core = topology, core
        self._branches: dict[tuple[int, int], LockedBranch] = {}

    def branch(self, sample: int, replicate: int) -> LockedBranch:
        """That of a sample and a replicate, by their numbers."""
        return self._branches.setdefault((sample, replicate), LockedBranch(self._topology, core=self._core))

    @property
    def memory(self) -> list[list[Any]]:
        """Sample, replicate and memory of each branch."""
        return [[*key, branch.memory] for key, branch in self._branches.items()]

    @memory.setter
    def memory(self, memory: Sequence[Sequence[Any]]) -> None:
        for sample, replicate, remembered in memory:
            self.branch(sample, replicate).memory = remembered

    @property
    def confined(self) -> bool:
        """Whether all states scored last are locked within half a circle."""
        return all(branch.confined for branch in self._branches.values())

    def slopes(self) -> list[tuple[np.ndarray, np.ndarray]] | None:
        """theta and h of each branch, see LockedBranch.slopes; None where one of them has none."""
        found = [branch.slopes() for branch in self._branches.values()]
        return [each for each in found if each is not None] if found and None not in found else None

    def metrics(self) -> dict[str, float]:
        """Means of what the branches have come to."""
        branches, nodes = self._branches.values(), self._topology.nodes
        return {
            "frequency_share": float(np.mean([branch.share for branch in branches])),
            "core": float(np.mean([branch.core / nodes for branch in branches])),
        }
