"""What an exchange of edges can be expected to bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradnet_cli.errors import NumericalError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.exchanges import NOBODY, Exchanges, PossibleExchanges
from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Problem
from gradnet_cli.result.design.shop import Shop
from gradnet_cli.result.scoring import Scorer

REMEMBERED = 32  # lists of exchanges: searches from several designs end in the same few
# A search among so many exchanges takes as long as scoring a design, and one among those of a large network,
# which takes long to score, as long as scoring ten.
CHARGED, MOST_CHARGED = 10_000, 10
LISTED = 20_000  # exchanges looked at closely at a time, of those that promise most


@dataclass(frozen=True, eq=False, kw_only=True)
class Listed:
    """Edges that leave, or NOBODY, and those that come instead, the most promising pair first.

    Attributes:
        out, new: (M,)
        complete: whether, if none of these improves the score, none does
        charge: scored designs that the search among all exchanges counts as, which these come from; 0 where
            they are promises
    """

    out: np.ndarray
    new: np.ndarray
    complete: bool
    charge: int = 0


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
        self._exchanges: dict[bytes, Listed] = {}

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

    def exchanges(self, chosen: np.ndarray, score: float) -> Listed:
        """Exchanges with something to gain, from the most promising to the least.

        All of them, or, where the objective can tell, the best of those that improve.
        """
        key = np.packbits(chosen).tobytes()
        if key not in self._exchanges:
            if len(self._exchanges) >= REMEMBERED:
                self._exchanges.pop(next(iter(self._exchanges)))
            self._exchanges[key] = self._best(chosen) or self._listed(chosen, score)
        return self._exchanges[key]

    def smooth(self, chosen: np.ndarray, *, level: float) -> Listed | None:
        """The exchange that is best for a smooth stand-in of the score, if there is such a thing."""
        possible = self._possible(chosen)
        found = self._objective.smooth_exchange(self._network(chosen), possible, level=level)
        return None if found is None else _searched(found, possible, complete=False)

    def _best(self, chosen: np.ndarray) -> Listed | None:
        """The best exchanges, if the objective finds them without scoring."""
        possible = self._possible(chosen)
        found = self._objective.best_exchanges(self._network(chosen), possible)
        return None if found is None else _searched(found, possible, complete=True)

    def _possible(self, chosen: np.ndarray) -> PossibleExchanges:
        return PossibleExchanges(
            out=self._leaving(chosen),
            new=self._outside(chosen),
            sizes=self._shop.design,
            allowed=lambda out, new: self._shop.exchangeable(chosen, out, new),
        )

    def _leaving(self, chosen: np.ndarray) -> np.ndarray:
        leaving = np.flatnonzero(chosen)
        return leaving if self._shop.problem.budget.rule == "exact" else np.append(leaving, NOBODY)

    def _outside(self, chosen: np.ndarray) -> np.ndarray:
        outside: np.ndarray = self._shop.candidates[~chosen[self._shop.candidates]]
        return outside

    def _listed(self, chosen: np.ndarray, score: float) -> Listed:
        offsets, slopes = self._tangents(chosen)
        weights = self._shop.weights(chosen)
        spare = offsets + slopes @ weights - self.sign * score  # (m,) what the tangents leave open already
        worth = slopes * self._shop.design
        outside, leaving = self._outside(chosen), self._leaving(chosen)
        gains = worth[:, outside] + spare[:, None]
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
        return Listed(out=out[order], new=new[order], complete=complete)

    def _tangents(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of sign * score, which is maximised: (m,) and (m, E)."""
        with np.errstate(all="ignore"):
            offsets, slopes = self._objective.tangents(self._network(chosen))
        return self.sign * offsets, self.sign * slopes

    def _network(self, chosen: np.ndarray) -> Network:
        return self._scorer.network(self._shop.weights(chosen))


def _searched(found: Exchanges, possible: PossibleExchanges, *, complete: bool) -> Listed:
    charge = min(MOST_CHARGED, 1 + len(possible.out) * len(possible.new) // CHARGED)
    return Listed(out=found.out, new=found.new, complete=complete, charge=charge)


def _in_one_piece(weights: np.ndarray, problem: Problem) -> bool:
    return int(components(problem.edge_index[:, weights != 0], nodes=problem.nodes).max(initial=0)) == 0
