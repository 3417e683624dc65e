"""The exchanges of edges that lift the second smallest eigenvalue most."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from gradnet_cli.numerics.exchanges import Exchanges, PossibleExchanges, exchanges_where
from gradnet_cli.numerics.spectra.exchanged_eigenvalues import ExchangedEigenvalues, Level

LIKELY = 1024  # edges that come, of those that promise most, which show what can be reached
TRIED = 64  # exchanges for them that are followed to their eigenvalues
KEPT = 4096  # exchanges that are remembered of a look at all of them
FEW = 256  # whose eigenvalues are found one by one
LOOKS = 12  # at all exchanges: each leaves a small share of them, unless they are equal
EQUAL = 1e-12  # relative
DOUBLE = 1e-8  # relative: eigenvalues as close as this are told apart no more


def best_exchanges(eigenvalues: ExchangedEigenvalues, possible: PossibleExchanges) -> Exchanges:
    """Of all exchanges that lift lambda_2 the best, and some others that are good; none if there is none.

    All are asked whether they reach a level, and the most promising of those that do are followed to their
    eigenvalues. The best of these is the next level, until few reach it.
    """
    level, best = eigenvalues.improved, Exchanges.none()
    if level >= eigenvalues.ceiling * (1 - DOUBLE):
        return best
    start = eigenvalues.at(level)
    order = np.argsort(-start.of_addition(possible.new), kind="stable")
    found = _reaching(start, possible.new[order[:LIKELY]], possible)
    for _ in range(LOOKS):
        if len(found):
            better = eigenvalues.followed(found.best(TRIED))
            if len(best) and better.worth[0] <= best.worth[0] * (1 + EQUAL):
                break
            best, level = better, max(level, float(better.worth[0]) * (1 - EQUAL))
        found = _reaching(eigenvalues.at(level), possible.new, possible)
        if len(found) <= FEW:
            return eigenvalues.followed(found) if len(found) else best
    return best


def _reaching(level: Level, new: Int[np.ndarray, " coming"], possible: PossibleExchanges) -> Exchanges:
    """The most promising exchanges that reach a level."""
    found = Exchanges.none()
    for coming in possible.blocks(new[level.of_addition(new) >= level.delta]):
        promised = level.of_exchange(possible.out, coming)
        reaching = exchanges_where(promised >= level.delta, promised, coming, possible)
        if len(reaching):
            found = found.and_those(reaching).best(KEPT)
    return found
