"""How much weaker a network may become before it unlocks."""

from __future__ import annotations

import torch

from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField
from gradnet_cli.numerics.locking.phase_locking import LockedState, locked_state

GROWTH = 1.2  # of the frequencies, from one state to the next
CLOSE = 1e-4  # relative
MOST = 1e6


@torch.no_grad()
def critical_share(field: KuramotoField, state: LockedState) -> float:
    """The least share of all weights at which the stable locked state of a symmetric network still exists.

    K_c / K, where K_c is the critical coupling in the network's own pattern. Weights times s lock as
    frequencies divided by s do: the state is followed while these grow, until Newton's method finds none.

    Args:
        field: of one replicate, symmetric and without a lag
        state: locked, of this field
    """
    excess = field.frequencies - field.frequencies.mean()

    def at(factor: float, near: LockedState) -> LockedState | None:
        grown = KuramotoField(field.coupling, factor * excess, lag=0.0)
        return locked_state(grown, near.phases, lag=0.0, symmetric=True)

    if not bool(excess.any()):
        return 0.0
    held, lost = 1.0, float("inf")
    while lost > held * (1 + CLOSE) and held < MOST:
        tried = min(held * GROWTH, (held * lost) ** 0.5)
        found = at(tried, state)
        if found is None:
            lost = tried
        else:
            held, state = tried, found
    return 1 / held
