"""What is to be explained: simulated trajectories, and the constant part of each node's rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import adjacency
from gradnet_cli.objectives.network_reconstruction.simulation import rates, simulate
from gradnet_cli.objectives.network_reconstruction.trajectories import Trajectories
from gradnet_cli.problem import Problem
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.values import nearest

KINDS = ("auto", "uniform", "none", "fitted")


@dataclass(frozen=True, eq=False, kw_only=True)
class Constants:
    """The constant part of each node's rate, a frequency or a source.

    Attributes:
        true: (N,) of a simulation
        known: (N,), or None where it is to be fitted
    """

    true: np.ndarray
    known: np.ndarray | None


def constants_of(
    problem: Problem, *, frequencies: str, dynamics: str, simulated: bool, seed: int
) -> Constants:
    """Draw, read or leave open the constants.

    Raises:
        SettingError: neither one of KINDS nor a column of numbers; or drawn for trajectories that were read
    """
    kind, mask = str(frequencies), problem.mask
    if kind == "auto":
        kind = "none" if dynamics == "diffusion" else "uniform" if simulated else "fitted"
    drawn = np.random.default_rng([seed, 1]).uniform(-0.5, 0.5, mask.nodes)
    zero = np.zeros(mask.nodes)
    if kind == "none":
        return Constants(true=zero, known=zero)
    if kind == "fitted":
        return Constants(true=zero if dynamics == "diffusion" else drawn, known=None)
    if kind == "uniform":
        if not simulated:
            raise SettingError(
                setting="objective.frequencies",
                value=frequencies,
                allowed="cannot be drawn for a file's trajectories: say fitted, none or a column of nodes",
            )
        return Constants(true=drawn, known=drawn)
    column = mask.node_data.get(kind)
    if column is None:
        known = [*KINDS, *mask.node_data]
        allowed = f"must be one of {', '.join(KINDS)} or a column of node data"
        raise SettingError(
            setting="objective.frequencies", value=frequencies, allowed=allowed, hint=nearest(kind, known)
        )
    if column.dtype.kind not in "fiu" or not np.isfinite(column.astype(np.float64)).all():
        raise SettingError(
            setting="objective.frequencies", value=frequencies, allowed="must be a column of finite numbers"
        )
    values = column.astype(np.float64)
    return Constants(true=values, known=values)


def simulated(
    mask: Mask,
    weights: np.ndarray,
    *,
    dynamics: str,
    constants: np.ndarray,
    interval: float,
    samples: int,
    trajectories: int,
    stationary: float,
    disturbance: float,
    seed: int,
) -> Trajectories:
    """Trajectories of a network (E,) from random starts: phases all around the circle, or normal numbers.

    Raises:
        SettingError: the network is stationary from the start
    """
    there = np.flatnonzero(weights)
    network = adjacency(mask.edge_index[:, there], weights[there], nodes=mask.nodes)
    rate = rates(dynamics, network, constants)
    random = np.random.default_rng([seed, 2])
    states = []
    for _ in range(trajectories):
        around = random.uniform(-np.pi, np.pi, mask.nodes)
        start = around if dynamics == "kuramoto" else random.normal(size=mask.nodes)
        course = simulate(rate, start, interval=interval, samples=samples, stationary=stationary)
        if len(course) < 2:
            raise SettingError(
                setting="objective.stationary",
                value=stationary,
                allowed="must be smaller: a random start is as stationary, and leaves less than two samples",
            )
        states.append(course + disturbance * random.normal(size=course.shape))
    return Trajectories(interval=interval, states=tuple(states))
