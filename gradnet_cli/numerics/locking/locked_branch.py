"""A phase-locked state followed while the weights of its network are trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField
from gradnet_cli.numerics.locking.phase_locking import (
    LockedState,
    locked_state,
    steady_order,
    velocity_slopes,
)
from gradnet_cli.numerics.topology import Topology

GROWTH, SHRINKAGE, LEAST_SHARE = 1.1, 0.85, 1e-3  # of the share of the frequencies
PROGRESS = 1.01  # growth of the share that counts
# Calls without progress before the core shrinks, and without any state before all is begun anew.
PATIENCE = 12
REACH = 0.97  # of the frequencies of a core, relative to those of the core before
LEAST_CORE = 3
# Nodes, up to which networks that have locked are led on where they do not: judging such takes an
# integration.
LED_UP_TO = 500


@dataclass(frozen=True, kw_only=True)
class Core:
    """Some nodes of a network, and what is between them.

    Attributes:
        nodes: (n,) ascending
        edges: (e,) places of the edges between them
        topology: these nodes and edges alone, nodes numbered anew
    """

    nodes: Int[Tensor, " nodes"]
    edges: Int[Tensor, " edges"]
    topology: Topology

    @classmethod
    def of(cls, topology: Topology, nodes: Int[Tensor, " nodes"]) -> Core:
        """The core of these nodes."""
        nodes = nodes.to(topology.edge_index.device)
        place = torch.full((topology.nodes,), -1, device=nodes.device, dtype=torch.int64)
        place[nodes] = torch.arange(len(nodes), device=nodes.device)
        renumbered = place[topology.edge_index]
        edges = (renumbered >= 0).all(0).nonzero().squeeze(-1)
        inner = Topology(edge_index=renumbered[:, edges], nodes=len(nodes), directed=topology.directed)
        return cls(nodes=nodes, edges=edges, topology=inner)


class LockedBranch:
    """Scores networks that do not lock, or do not yet, by states that do.

    share * |core| / N * r, with r that of the locked state of the core's nodes alone at the frequencies
    share * omega. Core is the whole network, if none is given, and share 1 at first. The share shrinks until
    Newton's method finds a stable state, and grows with every call that finds one, up to 1: the score rises
    with it, and so a network is led to lock. Where the share stalls below 1, for want of budget, the core
    gives up the nodes whose frequencies are farthest from the mean: what they cost locks the others. At
    core = all and share = 1 the score is the steady r of the network.

    Args:
        topology: of all networks that are scored
        core: (n,) nodes of the first core, ascending; None for all
    """

    def __init__(self, topology: Topology, *, core: Int[np.ndarray, " nodes"] | None = None) -> None:
        self._topology, self._first = topology, core
        self._core: Core | None
        self._begin()

    def _begin(self) -> None:
        self.share = 1.0
        self._core = None  # for all nodes
        if self._first is not None:
            self._core = Core.of(self._topology, torch.as_tensor(self._first))
        self._phases: Tensor | None = None
        self._best = 0.0
        self._stalled = 0
        self._failures = 0
        self._scored: tuple[LockedState, float] | None = None

    @property
    def memory(self) -> dict[str, Any]:
        """All that the next score depends on."""
        return {
            "share": self.share,
            "nodes": None if self._core is None else self._core.nodes,
            "phases": self._phases,
            "best": self._best,
            "stalled": self._stalled,
            "failures": self._failures,
        }

    @memory.setter
    def memory(self, memory: Mapping[str, Any]) -> None:
        nodes = memory["nodes"]
        self._core = None if nodes is None else Core.of(self._topology, nodes)
        self.share, self._phases = memory["share"], memory["phases"]
        self._best, self._stalled, self._failures = memory["best"], memory["stalled"], memory["failures"]

    @property
    def whole(self) -> bool:
        """Whether the score is that of all nodes at the frequencies given."""
        return self._core is None and self.share == 1.0

    @property
    def locked(self) -> bool:
        """Whether the state scored last is that of all nodes at the frequencies given."""
        return self.whole and self._scored is not None

    @property
    def confined(self) -> bool:
        """Whether that state is within half a circle."""
        return self.locked and self._scored is not None and self._scored[0].within_half_circle

    @property
    def core(self) -> int:
        """How many nodes are scored."""
        return self._topology.nodes if self._core is None else len(self._core.nodes)

    def score(
        self, weights: Float[Tensor, " edges"], omega: Float[Tensor, "nodes 1"], *, lag: float, form: str
    ) -> Float[Tensor, ""] | None:
        """The score (), differentiable in weights (E,), or None where not even slow oscillators lock.

        Args:
            omega: (N, 1)
            lag: alpha [radians]
            form: of the adjacency, one of gradnet_cli.numerics.coupling.FORMS
        """
        nodes, topology = len(omega), self._topology
        self._watch(omega)
        if self._core is not None:
            weights, omega, topology = weights[self._core.edges], omega[self._core.nodes], self._core.topology
        coupling = topology.coupling(weights.detach(), form=form)
        symmetric = not topology.directed and lag == 0.0
        self._scored = None
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
                self._scored = (state, share * len(omega) / nodes)
                return share * len(omega) / nodes * steady_order(weights, field, state)
            if self.whole and nodes > LED_UP_TO and self._phases is not None:
                break  # it was locked: the optimizer goes back to where it is
            share *= SHRINKAGE
        self._failures += 1
        if self._phases is not None and self._failures <= PATIENCE:
            return 0.0 * weights.sum()  # worse than any, so that the optimizer turns back
        self._begin()
        return None

    def slopes(self) -> tuple[np.ndarray, np.ndarray] | None:
        """theta, h (N,) of the state scored last: any pair has slope (h_i - h_j) sin(theta_j - theta_i).

        Both are zero outside of the core; None where nothing locked. Without a phase lag.
        """
        if self._scored is None:
            return None
        state, factor = self._scored
        phases, rates = state.phases, factor * velocity_slopes(state)
        if self._core is not None:
            whole = phases.new_zeros(2, self._topology.nodes)
            whole[0, self._core.nodes], whole[1, self._core.nodes] = phases.squeeze(-1), rates.squeeze(-1)
            found: tuple[np.ndarray, np.ndarray] = tuple(whole.cpu().numpy())
            return found
        return phases.squeeze(-1).cpu().numpy(), rates.squeeze(-1).cpu().numpy()

    def _watch(self, omega: Tensor) -> None:
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
        everyone = torch.arange(len(omega), device=omega.device) if self._core is None else self._core.nodes
        stay = distance[everyone] <= REACH * distance[everyone].max()
        if int(stay.sum()) < LEAST_CORE:
            return
        self._core, self._phases = Core.of(self._topology, everyone[stay]), self._phases[stay]
