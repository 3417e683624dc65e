"""What an exchange of edges can be expected to bring."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradnet_cli.errors import NumericalError
from gradnet_cli.objectives import Objective
from gradnet_cli.result.design.shop import Shop
from gradnet_cli.result.scoring import Scorer

LISTED = 200_000  # exchanges kept at a time, of those that promise most


class Promises:
    """Scores of designs, and limits of what exchanges can bring.

    Of a concave score the tangents at a design are limits: an exchange that they do not let improve does not.
    Of others the slopes alone are known, and only say what is likely.

    Args:
        scorer: of the objective
        objective: the same
        shop: the edges
    """

    def __init__(self, scorer: Scorer, objective: Objective, shop: Shop) -> None:
        self._scorer, self._objective, self._shop = scorer, objective, shop
        self.sign = objective.sign
        self.order = shop.candidates

    def score(self, weights: np.ndarray) -> float | None:
        """The score, or None where there is none: the network has come apart, say."""
        try:
            found = self._scorer.score(weights)
        except NumericalError:
            return None
        return found if np.isfinite(found) else None

    def slopes(self, chosen: np.ndarray) -> np.ndarray:
        """(E,) what a whole edge is worth, by the mean of the tangents, the larger the better."""
        _, slopes = self._tangents(chosen)
        value: np.ndarray = slopes.mean(axis=0) * self._shop.design
        return value

    def exchanges(self, chosen: np.ndarray, score: float) -> Iterator[tuple[int, int]]:
        """(edge that leaves or -1, edge that comes) with something to gain, from the most to the least."""
        offsets, slopes = self._tangents(chosen)
        weights, design = self._shop.weights(chosen), self._shop.design
        spare = offsets + slopes @ weights - self.sign * score  # (m,) what the tangents leave open already
        worth = slopes * design
        inside = np.flatnonzero(chosen)
        outside = self._shop.candidates[~chosen[self._shop.candidates]]
        gains = worth[:, outside] + spare[:, None]
        known: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for out in (*inside, -1):
            if out < 0 and self._shop.problem.budget.rule == "exact":
                continue
            loss = worth[:, out] if out >= 0 else np.zeros(len(spare))
            promised = (gains - loss[:, None]).min(axis=0)
            good = np.flatnonzero(promised > 0)
            known.append((promised[good], np.full(len(good), out), outside[good]))
        if not known:
            return
        promised, leaving, coming = (np.concatenate(parts) for parts in zip(*known, strict=True))
        order = np.argsort(-promised, kind="stable")[:LISTED]
        yield from zip(leaving[order].tolist(), coming[order].tolist(), strict=True)

    def _tangents(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of sign * score, which is maximised: (m,) and (m, E)."""
        offsets, slopes = self._objective.tangents(self._scorer.network(self._shop.weights(chosen)))
        return self.sign * offsets, self.sign * slopes
