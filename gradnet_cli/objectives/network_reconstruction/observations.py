"""Trajectories as tensors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.numerics.dynamics.rates import Dynamics, change, integral_stencils
from gradnet_cli.objectives.network_reconstruction.trajectories import Trajectories


class Observations:
    """Trajectories as tensors with nodes in rows, on the device and in the precision of the weights.

    Attributes:
        states: (N, S) all samples; index, weight (M, k): which of them make the integral over each interval
        before, after: (N, M) the ends of all intervals
        increments: (N, M) change from one to the other
        times: (M,) of the first, from the start of its trajectory
        constants: (N, 1) known frequencies, or None
    """

    NAMES = ("states", "before", "after", "increments", "weight", "constants")

    def __init__(self, dynamics: Dynamics, seen: Trajectories, *, constants: np.ndarray | None) -> None:
        def columns(parts: list[np.ndarray]) -> Tensor:
            return torch.as_tensor(np.ascontiguousarray(np.concatenate(parts).T, dtype=np.float64))

        courses = list(seen.states)
        index, weight = integral_stencils([len(course) for course in courses])
        self.interval = seen.interval
        self.states = columns(courses)
        self.before = columns([course[:-1] for course in courses])
        self.after = columns([course[1:] for course in courses])
        self.increments = change(dynamics, self.before, self.after)
        self.times = torch.as_tensor(np.concatenate([np.arange(len(c) - 1) for c in courses]) * seen.interval)
        self.index = torch.as_tensor(index)
        self.weight = torch.as_tensor(weight)
        self.constants = None if constants is None else torch.as_tensor(constants)[:, None]

    def to(self, like: Tensor) -> None:
        """Move everything to the device and precision of a tensor; nothing happens if it is there."""
        if self.states.device == like.device and self.states.dtype == like.dtype:
            return
        for name in self.NAMES:
            value = getattr(self, name)
            setattr(self, name, None if value is None else value.to(like))
        self.index = self.index.to(like.device)
