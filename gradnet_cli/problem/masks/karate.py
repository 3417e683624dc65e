"""Zachary's karate club."""

from __future__ import annotations

from gradnet_cli.problem.graphs import WEIGHT, mask_of_graph
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.values import choice

BASES = ("none", "weights")


def build(*, base: str = "none") -> Mask:
    """Return the 34 members and 78 friendships of a karate club (Zachary 1977); ``club`` tells its split.

    Args:
        base: ``weights`` takes the recorded strengths of the friendships as base network, ``none`` none
    """
    import networkx

    base = choice(setting="base", value=base, choices=BASES)
    return mask_of_graph(
        networkx.karate_club_graph(), name="karate", base=WEIGHT if base == "weights" else None
    )
