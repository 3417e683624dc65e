"""What an exchange of edges can be expected to bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradnet_cli.errors import NumericalError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem
from gradnet_cli.result.design.shop import Shop
from gradnet_cli.result.scoring import Scorer

REMEMBERED = 32  # lists of exchanges: searches from several designs end in the same few
LISTED = 20_000  # exchanges looked at closely at a time, of those that promise most
NOBODY = -1  # leaves where an edge is added


@dataclass(frozen=True, eq=False, kw_only=True)
class Exchanges:
    """Edges that leave, or NOBODY, and those that come instead, the most promising pair first.

    Attributes:
        out, new: (M,)
        complete: whether all are listed that have something to gain
    """

    out: np.ndarray
    new: np.ndarray
    complete: bool


class Promises:
    """Scores of designs, and limits of what exchanges can bring.

    Of a concave score the tangents at a design are limits: an exchange that they do not let improve does not.
    Of others the slopes alone are known, and only say what is likely.

    Args:
        scorer: of the objective
        objective: the same
        shop: the edges

    Attributes:
        failed: designs that could not be scored; they may be anything
    """

    def __init__(self, scorer: Scorer, objective: Objective, shop: Shop) -> None:
        self._scorer, self._objective, self._shop = scorer, objective, shop
        self.sign = objective.sign
        self.order = shop.candidates
        self.failed = 0
        self._scores: dict[bytes, float | None] = {}
        self._exchanges: dict[bytes, Exchanges] = {}

    def score(self, chosen: np.ndarray) -> float | None:
        """The score of a design, bool (E,), or None where there is none: it has come apart, and must not.

        No design is scored twice: an ODE takes longer than a look at what is known.
        """
        key = np.packbits(chosen).tobytes()
        if key not in self._scores:
            self._scores[key] = self._score(self._shop.weights(chosen))
        return self._scores[key]

    def _score(self, weights: np.ndarray) -> float | None:
        if "connected" in self._objective.requires and not _in_one_piece(weights, self._shop.problem):
            return None
        try:
            with np.errstate(all="ignore"):  # some designs fall apart, and are infinite
                found = self._scorer.score(weights)
        except NumericalError:
            self.failed += 1
            return None
        return found if np.isfinite(found) else None

    def slopes(self, chosen: np.ndarray) -> np.ndarray:
        """(E,) what a whole edge is worth, by the mean of the tangents, the larger the better."""
        _, slopes = self._tangents(chosen)
        value: np.ndarray = slopes.mean(axis=0) * self._shop.design
        return value

    def exchanges(self, chosen: np.ndarray, score: float) -> Exchanges:
        """All exchanges with something to gain, from the most promising to the least."""
        key = np.packbits(chosen).tobytes()
        if key not in self._exchanges:
            if len(self._exchanges) >= REMEMBERED:
                self._exchanges.pop(next(iter(self._exchanges)))
            self._exchanges[key] = self._listed(chosen, score)
        return self._exchanges[key]

    def _listed(self, chosen: np.ndarray, score: float) -> Exchanges:
        offsets, slopes = self._tangents(chosen)
        weights = self._shop.weights(chosen)
        spare = offsets + slopes @ weights - self.sign * score  # (m,) what the tangents leave open already
        worth = slopes * self._shop.design
        outside = self._shop.candidates[~chosen[self._shop.candidates]]
        gains = worth[:, outside] + spare[:, None]
        leaving = np.flatnonzero(chosen)
        if self._shop.problem.budget.rule != "exact":
            leaving = np.append(leaving, NOBODY)
        parts, complete, share = [], True, LISTED // len(leaving) + 1
        for edge in leaving:
            loss = worth[:, [edge]] if edge != NOBODY else 0.0
            promised = (gains - loss).min(axis=0)
            good = np.flatnonzero(promised > 0)
            if len(good) > share:
                good = good[np.argpartition(-promised[good], share - 1)[:share]]
                complete = False
            parts.append((promised[good], np.full(len(good), edge), outside[good]))
        limits = np.concatenate([part[0] for part in parts])
        out, new = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
        closer = self._objective.exchanged_limits(self._network(chosen), out, new, self._shop.design)
        if closer is not None:
            limits = np.minimum(limits, self.sign * closer - self.sign * score)
        order = np.argsort(-limits, kind="stable")
        order = order[limits[order] > 0]
        return Exchanges(out=out[order], new=new[order], complete=complete)

    def _tangents(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of sign * score, which is maximised: (m,) and (m, E)."""
        with np.errstate(all="ignore"):
            offsets, slopes = self._objective.tangents(self._network(chosen))
        return self.sign * offsets, self.sign * slopes

    def _network(self, chosen: np.ndarray) -> Network:
        return self._scorer.network(self._shop.weights(chosen))


def _in_one_piece(weights: np.ndarray, problem: Problem) -> bool:
    return int(components(problem.edge_index[:, weights != 0], nodes=problem.nodes).max(initial=0)) == 0
