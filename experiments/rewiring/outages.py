"""What one more outage does to the states of a grid: by power flows, and estimated from those before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from experiments.rewiring.power_flow import SLACK, Flows, Grid, solve

CHUNK = 400  # power flows at a time: their matrices stay within the caches


@dataclass(frozen=True, eq=False, kw_only=True)
class Topology:
    """Branches that are in service, and what follows from them alone.

    Attributes:
        closed: (M,) bool
        spare: (M,) which branches in service may go out and leave the grid in one piece
        shift: (M, M) the share of the active power on branch k that goes to branch l when k goes out, [l, k];
            zero where k is not spare
    """

    closed: np.ndarray
    spare: np.ndarray
    shift: np.ndarray


def is_whole(grid: Grid, closed: np.ndarray) -> bool:
    """Whether branches (M,) in service hold all buses together."""
    ends = (np.ones(closed.sum()), (grid.source[closed], grid.target[closed]))
    return int(connected_components(coo_array(ends, shape=(grid.buses,) * 2), directed=False)[0]) == 1


def topology_of(grid: Grid, closed: np.ndarray) -> Topology:
    """What follows from the branches (M,) in service: line outage distribution factors (Wood et al. 2013)."""
    spare = closed.copy()
    for branch in np.flatnonzero(closed):
        without = closed.copy()
        without[branch] = False
        spare[branch] = is_whole(grid, without)
    reactance = (1 / grid.series).imag
    susceptance = np.where(closed, 1 / (reactance * np.abs(grid.tap)), 0.0)
    incidence = np.zeros((grid.branches, grid.buses))
    incidence[np.arange(grid.branches), grid.source] = 1.0
    incidence[np.arange(grid.branches), grid.target] = -1.0
    flows = susceptance[:, None] * incidence
    free = grid.kind != SLACK
    angles = np.zeros((grid.buses, grid.branches))
    angles[free] = np.linalg.solve((incidence.T @ flows)[np.ix_(free, free)], incidence[:, free].T)
    transfer = flows @ angles
    shift = np.zeros_like(transfer)
    own = np.diag(transfer)
    shift[:, spare] = transfer[:, spare] / (1 - own[spare])
    shift[np.arange(grid.branches), np.arange(grid.branches)] = 0.0
    return Topology(closed=closed, spare=spare, shift=np.where(closed[:, None], shift, 0.0))


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimates:
    """Loadings after outages, estimated from the flows before them: (B, M) each.

    Attributes:
        suffered: the largest of each branch, over the outages of others
        caused: the largest of any branch, by the outage of each; zero of those that are not spare
    """

    suffered: np.ndarray
    caused: np.ndarray


def estimate(grid: Grid, flows: Flows, topologies: list[Topology]) -> Estimates:
    """Active power is shifted as if losses and voltages did not change, and reactive power stays."""
    suffered, caused = np.zeros((2, len(topologies), grid.branches))
    for state, topology in enumerate(topologies):
        ends = flows.into_source[state], flows.into_target[state]
        through = (ends[0] - ends[1]).real / 2
        loadings = []
        for end, sign in zip(ends, (1.0, -1.0), strict=True):
            active = end.real[:, None] + sign * topology.shift * through[None, :]
            loadings.append(np.hypot(active, end.imag[:, None]) / grid.rating[:, None])
        after = np.maximum(*loadings) * (topology.spare[None, :] & topology.closed[:, None])
        np.fill_diagonal(after, 0.0)
        suffered[state], caused[state] = after.max(axis=1), after.max(axis=0)
    return Estimates(suffered=suffered, caused=caused)


def worst_loadings(
    grid: Grid, flows: Flows, topologies: list[Topology], *, load: np.ndarray, generation: np.ndarray
) -> np.ndarray:
    """(B,) the largest loading after any one outage that leaves the grid whole; infinite without a solution.

    Args:
        flows: of the states before
        load, generation: (B, N) complex
    """
    state = np.concatenate([np.full(each.spare.sum(), k) for k, each in enumerate(topologies)])
    branch = np.concatenate([np.flatnonzero(each.spare) for each in topologies])
    closed = np.stack([each.closed for each in topologies])[state]
    closed[np.arange(len(state)), branch] = False
    worst = np.zeros(len(topologies))
    for begin in range(0, len(state), CHUNK):
        part = slice(begin, begin + CHUNK)
        which = state[part]
        after = solve(
            grid,
            load=load[which],
            generation=generation[which],
            closed=closed[part],
            start=flows.voltage[which],
        )
        loading = np.where(after.converged, after.loading(grid).max(axis=1), np.inf)
        np.maximum.at(worst, which, loading)
    return worst
