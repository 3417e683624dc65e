"""What an objective tells of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an objective says of a network.

    Attributes:
        score: the number wanted, shape () or one a sample (...,), differentiable in the weights
        metrics: further numbers for metrics.csv and summary.json
        error: what the score may be off by where it was not found as exactly as it should; in training the
            best network is the one whose score is the best at the safe end
        offset: of a concave objective that is neither homogeneous nor reciprocal, a number that makes of the
            gradient g a linear model above all scores (below, if minimized), f(w') <= offset + <g, w'>, where
            f(w) - <g, w> does not
        second: what decides between networks of the same score in training, the less the better: a loss, say,
            beside the share of what is right, which comes in steps; None where the first of them is the best
        provisional: in training, that the score is not the one wanted, and only leads to networks that have
            it: they are recorded, and compared, by what `judge` says of them
        limited: whether this is a network that Objective.limit speaks of, where that is not all of them
    """

    score: Tensor
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: float | None = None
    offset: float | None = None
    second: float | None = None
    provisional: bool = False
    limited: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Fraction:
    """Linear functions of the weights around a score n(w) / d(w), see Objective.fractional.

    Attributes:
        numerators: slopes (m, E); n(w') is below none of <p, w'>, whatever the network w'
        denominators: slopes (k, E); d(w') is above none of <q, w'>
        reach: what no weight exceeds, abs(w'_e) <= reach * d(w'), in a network w' as good as this one; None
            where nothing is known
    """

    numerators: np.ndarray
    denominators: np.ndarray
    reach: float | None = None


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """A network that no feasible one is better than, known from theory.

    Attributes:
        weights: adjacency weights (E,)
        slope: g (E,) of a proof: no feasible w' has sign * score above <g, w'>, or 1 / score, where the
            objective is reciprocal; None where the gradient of the score itself proves it
    """

    weights: np.ndarray
    slope: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What no score exceeds (or falls below, if it is minimized), known from the problem before training.

    Attributes:
        value: the bound; None where theory says nothing of this problem
        scope: what networks must be that it holds for, as words behind "a network"; empty for all feasible
            ones. Evaluation.limited says whether one is
        reason: why there is none
    """

    value: float | None = None
    scope: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Description:
    """What an objective has to tell of the final network, beyond its score.

    Attributes:
        metrics: numbers for summary.json
        node_data: columns of nodes.csv by name, each (N,)
        arrays: anything that the objective's own figures are drawn from; saved as arrays.npz
        tables: columns by name, each (K,), by the name of the table: saved as NAME.csv
        data: what was learned from, as plain values for manifest.json; None where no data set was
        notes: lines that belong to the score wherever it is told
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    notes: Sequence[str] = ()
