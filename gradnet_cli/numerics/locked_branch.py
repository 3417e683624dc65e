"""A phase-locked state followed while the weights of its network are trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gradnet_cli.numerics.coupling import Coupling
from gradnet_cli.numerics.kuramoto import KuramotoField
from gradnet_cli.numerics.phase_locking import locked_state, steady_order

GROWTH, SHRINKAGE, LEAST_SHARE = 1.1, 0.85, 1e-3  # of the share of the frequencies
PROGRESS = 1.01  # growth of the share that counts
# Calls without progress before the core shrinks, and without any state before all is begun anew.
PATIENCE = 12
REACH = 0.97  # of the frequencies of a core, relative to those of the core before
LEAST_CORE = 3

MakeCoupling = Callable[[Tensor, Tensor, int], Coupling]


class LockedBranch:
    """Scores networks that do not lock, or do not yet, by states that do.

    share * |core| / N * r, with r that of the locked state of the core's nodes alone at the frequencies
    share * omega. Core is the whole network and share 1 at first. The share shrinks until Newton's method
    finds a stable state, and grows with every call that finds one, up to 1: the score rises with it, and so a
    network is led to lock. Where the share stalls below 1, for want of budget, the core gives up the nodes
    whose frequencies are farthest from the mean: what they cost locks the others. At core = all and share = 1
    the score is the steady r of the network.
    """

    def __init__(self) -> None:
        self.share = 1.0
        self._nodes: Tensor | None = None  # of the core, None for all
        self._index: Tensor | None = None  # edges within the core, numbered by its nodes
        self._edges: Tensor | None = None  # their places among all edges
        self._phases: Tensor | None = None
        self._best = 0.0
        self._stalled = 0
        self._failures = 0
        self._total = 0

    @property
    def memory(self) -> dict[str, Any]:
        """All that the next score depends on."""
        return dict(vars(self))

    @memory.setter
    def memory(self, memory: dict[str, Any]) -> None:
        vars(self).update(memory)

    @property
    def whole(self) -> bool:
        """Whether the score is that of all nodes at the frequencies given."""
        return self._nodes is None and self.share == 1.0

    @property
    def core(self) -> int:
        """How many nodes are scored."""
        return self._total if self._nodes is None else len(self._nodes)

    def score(
        self,
        weights: Tensor,
        edge_index: Tensor,
        omega: Tensor,
        *,
        lag: float,
        symmetric: bool,
        make_coupling: MakeCoupling,
    ) -> Tensor | None:
        """The score (), differentiable in weights (E,), or None where not even slow oscillators lock.

        Arguments:
            omega: (N, 1)
            symmetric: undirected and without lag
            make_coupling: a coupling of weights (e,), edges (2, e) and a number of nodes
        """
        self._total = nodes = len(omega)
        self._watch(edge_index, omega)
        if self._nodes is not None:
            assert self._edges is not None
            assert self._index is not None
            weights, edge_index, omega = weights[self._edges], self._index, omega[self._nodes]
        coupling = make_coupling(weights.detach(), edge_index, len(omega))
        share = min(1.0, self.share * GROWTH) if self._phases is not None else 1.0
        while share > LEAST_SHARE:
            field = KuramotoField(coupling, share * omega, lag=lag)
            start = torch.zeros_like(omega)
            if self._phases is not None and share > 0.5 * self.share:
                start = self._phases.to(start) * min(1.0, share / self.share)
            state = locked_state(field, start, lag=lag, symmetric=symmetric)
            if state is not None:
                self._failures = 0
                if self._phases is None or share >= self.share * SHRINKAGE:
                    self.share, self._phases = share, state.phases
                else:
                    # A bad proposal of the optimizer, which it will take back: the next network is nearer to
                    # the one before.
                    self.share *= SHRINKAGE
                return share * len(omega) / nodes * steady_order(weights, field, state)
            share *= SHRINKAGE
        self._failures += 1
        if self._phases is not None and self._failures <= PATIENCE:
            return 0.0 * weights.sum()  # worse than any, so that the optimizer turns back
        self.__init__()  # type: ignore[misc]
        return None

    def _watch(self, edge_index: Tensor, omega: Tensor) -> None:
        """Count calls without progress, and let the core shrink after too many."""
        if self._phases is None or self.share == 1.0:
            self._stalled = 0
            return
        if self.share > PROGRESS * self._best:
            self._best, self._stalled = self.share, 0
        else:
            self._stalled += 1
        if self._stalled < PATIENCE:
            return
        self._best, self._stalled = 0.0, 0
        distance = (omega - omega.mean()).abs().squeeze(-1)
        everyone = torch.arange(len(omega), device=omega.device) if self._nodes is None else self._nodes
        stay = distance[everyone] <= REACH * distance[everyone].max()
        if int(stay.sum()) < LEAST_CORE:
            return
        self._nodes, self._phases = everyone[stay], self._phases[stay]
        place = torch.full((len(omega),), -1, device=omega.device, dtype=torch.int64)
        place[self._nodes] = torch.arange(len(self._nodes), device=omega.device)
        renumbered = place[edge_index]
        self._edges = (renumbered >= 0).all(0).nonzero().squeeze(-1)
        self._index = renumbered[:, self._edges]
