"""How much each of several scores counts while the worst of them is made better."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

GROW, SHRINK = 1.1, 0.7
LEAST_LOGARITHM = -30.0  # of a share beside the largest, so that a score that falls behind counts again soon
LEAST_SPREAD = 1e-300


class Shares:
    """The other player of max over w, min over mu of sum_k mu_k f_k(w), mu on the simplex.

    It plays multiplicative weights (Freund and Schapire 1999): after each update of the network

        mu_k <- mu_k exp(-eta (f_k - min f) / spread),

    rescaled, with the largest spread max f - min f seen so far, so that it does not matter in which unit
    scores are, or from where they are counted. As in `exponentiated_gradient` the rate eta follows the angle
    between successive steps: it grows while they agree and shrinks when they turn back. At the optimum the
    scores that are worst are equal, and the mixture of their gradients pays every used edge alike, which the
    gradient of the worst one alone never does: it turns from one to the next. A bound needs no right
    mixture, it only is the closer for one.

    Args:
        scores: how many

    Attributes:
        memory: all that the next mixture depends on
    """

    def __init__(self, scores: int) -> None:
        self.memory: dict[str, Any] = {
            "logarithms": np.zeros(scores),
            "direction": np.zeros(scores),
            "rate": 1.0,
            "spread": LEAST_SPREAD,
        }

    def advance(self, scores: Float[np.ndarray, " scores"]) -> Float[np.ndarray, " scores"]:
        """The mixture (K,) for scores (K,) of which the least is the worst."""
        memory = self.memory
        excess = scores - scores.min()
        excess = np.where(np.isfinite(excess), excess, 0.0)
        spread = max(memory["spread"], float(excess.max()))
        mixture = _normalised(memory["logarithms"])
        direction = float(mixture @ excess) - excess
        agreement = float(mixture @ (direction * memory["direction"]))
        rate = memory["rate"]
        if memory["direction"].any():
            rate *= GROW if agreement > 0 else SHRINK
        logarithms = memory["logarithms"] - rate * excess / spread
        logarithms = np.maximum(logarithms - logarithms.max(), LEAST_LOGARITHM)
        self.memory = {"logarithms": logarithms, "direction": direction, "rate": rate, "spread": spread}
        return _normalised(logarithms)


def _normalised(logarithms: np.ndarray) -> np.ndarray:
    shares = np.exp(logarithms - logarithms.max())
    return np.asarray(shares / shares.sum())
