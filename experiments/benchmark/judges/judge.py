"""What every objective adds to a task: what the library is given, and how a finished network is judged."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradnet_cli.problem import Problem

Outcome = dict[str, float]
"""Numbers by name; `score` is better the larger it is."""

Arrays = Mapping[str, np.ndarray]


class Judge(ABC):
    """Judge a network from its weights, in float64, the same whoever found it.

    Attributes:
        name: of the objective, by which the library's script knows it
        bounded: whether the bound that gradnet-run proves is one of the score
    """

    name: ClassVar[str]
    bounded: ClassVar[bool] = False

    def given(self, settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
        """Return what the objective adds to mask, costs, base and budget.

        Args:
            settings: the objective's, as gradnet-run was given them
            run: directory of a run of gradnet-run, with its data
        """
        return {}

    @abstractmethod
    def outcome(self, problem: Arrays, weights: np.ndarray) -> Outcome:
        """Judge weights (E,) on the edges of a problem that `problem.problem_arrays` describes."""

    def good(self, ours: Outcome, library: Outcome) -> bool:
        """Whether gradnet-run's network is as good as asked, and no worse than the library's."""
        return ours["score"] >= library.get("score", -np.inf)

    @abstractmethod
    def told(self, outcome: Outcome) -> str:
        """An outcome in a few words."""


def adjacency(problem: Arrays, weights: np.ndarray) -> np.ndarray:
    """The symmetric adjacency (N, N)."""
    nodes = int(problem["nodes"])
    found = np.zeros((nodes, nodes))
    found[tuple(problem["edge_index"])] = weights
    return found + found.T
