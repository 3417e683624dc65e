"""Natural frequencies of oscillators, from settings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, nearest, number

KINDS = ("linspace", "quantiles", "uniform", "normal", "column")
RANDOM = ("uniform", "normal")


class Frequencies:
    """How the natural frequencies omega (N, R) of R replicates are made.

    Args:
        kind: linspace (both ends included) or quantiles (midpoints of N equal shares) of [low, high], uniform
            or normal (drawn at random, R times), column (of the mask's node data), or the list of numbers
        low, high: least and greatest frequency of linspace, quantiles and uniform [radians a unit of time]
        deviation: standard deviation of normal, whose mean is 0
        column: name of the node data that column reads, or a list of names that are added up; one that begins
            with a minus is taken off
        scale: what columns are multiplied by
    """

    def __init__(
        self,
        *,
        kind: str | Sequence[float],
        low: float,
        high: float,
        deviation: float,
        column: str | Sequence[str] | None,
        scale: float,
    ) -> None:
        self.values: np.ndarray | None = None
        if isinstance(kind, str):
            self.kind = choice(setting="objective.frequencies", value=kind, choices=KINDS)
        else:
            self.kind = "list"
            self.values = _finite(kind)
        self.low = number(setting="objective.low", value=low)
        self.high = number(setting="objective.high", value=high, minimum=self.low)
        self.deviation = number(setting="objective.deviation", value=deviation, above=0)
        names = [column] if isinstance(column, str) else column
        named = isinstance(names, Sequence) and len(names) and all(isinstance(each, str) for each in names)
        if self.kind == "column" and not named:
            allowed = "must name a column of the node data, or be a list of such names"
            raise SettingError(setting="objective.column", value=column, allowed=allowed)
        self.columns = tuple(names) if isinstance(names, Sequence) else ()
        self.scale = number(setting="objective.scale", value=scale, above=0)

    @property
    def random(self) -> bool:
        """Whether replicates differ."""
        return self.kind in RANDOM

    def make(self, problem: Problem, *, replicates: int, generator: np.random.Generator) -> np.ndarray:
        """Frequencies (N, R), or (N, 1) where all replicates are alike.

        Raises:
            SettingError: a list of the wrong length, or a column that is not there or holds no numbers
        """
        nodes = problem.nodes
        if self.kind == "uniform":
            return generator.uniform(self.low, self.high, size=(nodes, replicates))
        if self.kind == "normal":
            return generator.normal(scale=self.deviation, size=(nodes, replicates))
        if self.kind == "linspace":
            values = np.linspace(self.low, self.high, nodes)
        elif self.kind == "quantiles":
            values = self.low + (self.high - self.low) * (np.arange(nodes) + 0.5) / nodes
        elif self.kind == "column":
            values = self.scale * np.sum([self._column(problem, name) for name in self.columns], axis=0)
        else:
            assert self.values is not None
            values = self.values
            if len(values) != nodes:
                raise SettingError(
                    setting="objective.frequencies",
                    value=f"{len(values)} numbers",
                    allowed=f"must be one for each of the {nodes} nodes",
                )
        return values[:, None]

    @staticmethod
    def _column(problem: Problem, name: str) -> np.ndarray:
        """The column, or its negative where a minus stands before its name."""
        data = problem.mask.node_data
        negative = name not in data and name.startswith("-")
        read = name[1:].strip() if negative else name
        if read not in data:
            known = ", ".join(data) or "none"
            raise SettingError(
                setting="objective.column",
                value=name,
                allowed=f"must be a column of the node data, which are {known}",
                hint=nearest(read, data),
            )
        try:
            values = np.asarray(data[read], dtype=np.float64)
        except ValueError:
            values = np.array([np.nan])
        if not np.isfinite(values).all():
            allowed = "must hold finite numbers only"
            raise SettingError(setting="objective.column", value=name, allowed=allowed)
        return -values if negative else values


def _finite(values: object) -> np.ndarray:
    if not isinstance(values, Sequence):
        allowed = f"must be one of {', '.join(KINDS)}, or a list of numbers"
        raise SettingError(setting="objective.frequencies", value=values, allowed=allowed)
    for place, value in enumerate(values):
        number(setting=f"objective.frequencies[{place}]", value=value)
    return np.array(values, dtype=np.float64)
