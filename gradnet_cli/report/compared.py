"""How a network stands to those it is compared with, in words: in the panel, in the pages and in figures."""

import math
from dataclasses import dataclass

from gradnet_cli.report.wording import number, plain

MANY_TIMES = 10
"""Ratio of scores from which a multiple says more than a percentage."""
EQUAL_WITHIN = 1e-9
"""Relative difference of scores that is rounding and no gain."""
LEAST_GAIN = 1e-5
"""Relative difference of scores below which its digits say nothing to anybody."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a reference network is called: `name` in a sentence, `about` says what it is."""

    name: str
    about: str


_PLAIN = {
    "uniform": Wording(name="the uniform network", about="the same weight on every edge"),
    "spanning_tree": Wording(name="the spanning tree network", about="the cheapest spanning tree"),
    "trimmed_tree": Wording(
        name="the trimmed tree",
        about="the cheapest spanning tree less its remote nodes, which is best in theory",
    ),
    "random": Wording(name="the random network", about="random weights"),
    "largest": Wording(name="the largest shares", about="the edges that weigh most in the relaxed network"),
    "connected": Wording(
        name="the largest shares in one piece",
        about="the edges that weigh most in the relaxed network, those that connect it first",
    ),
    "systematic": Wording(
        name="systematic rounding",
        about="edges drawn by their shares in the relaxed network (Madow 1949), the best of several",
    ),
    "greedy": Wording(name="the greedy design", about="the edge with the steepest slope, again and again"),
    "empty": Wording(name="the network without edges", about="no weight at all"),
    "pruned": Wording(
        name="the pruned network", about="this network without its light edges: edges_pruned.csv"
    ),
}
_ON_BASE = _PLAIN | {
    "base": Wording(name="the base network", about="what was there before, unchanged"),
    "uniform": Wording(
        name="a uniform change of the base network",
        about="the base network with the same change on every edge, as far as the signs allow",
    ),
    "random": Wording(
        name="a random change of the base network", about="the base network, changed at random"
    ),
}


NAMES = tuple(_ON_BASE)
"""Networks to compare with that have words of their own."""


def wording(name: str, *, on_base: bool) -> Wording:
    """The words for a reference network; on a base network some are changes of it.

    Those of an objective of anybody's own are called as it calls them.
    """
    known = (_ON_BASE if on_base else _PLAIN).get(name)
    return Wording(name=f"the network {name.replace('_', ' ')}", about="") if known is None else known


def gain(score: float, reference: float, *, sense: str) -> str:
    """What is gained over another's score: `+12.9 %`, `−63.9 %` where it is worse, or `equal`.

    From ten times the score on, or a tenth of it, as a multiple: `× 20.4`, `÷ 44,100`. Empty where there is
    nothing to compare with.
    """
    if abs(score - reference) <= EQUAL_WITHIN * max(abs(score), abs(reference)):
        return "equal"
    if reference == 0 or not math.isfinite(reference):
        return ""
    if score * reference > 0:
        ratio = score / reference
        if ratio >= MANY_TIMES:
            return f"× {plain(ratio)}"
        if ratio <= 1 / MANY_TIMES:
            return f"÷ {plain(1 / ratio)}"
    share = abs(score - reference) / abs(reference)
    if share < LEAST_GAIN:
        return f"equal within {plain(100 * LEAST_GAIN)} %"
    return f"{'+' if is_better(score, reference, sense=sense) else '−'}{plain(100 * share)} %"


def is_better(score: float, reference: float, *, sense: str) -> bool:
    """Whether a score is the better of two."""
    return score > reference if sense == "maximize" else score < reference


def gain_sentence(score: float, reference: float, *, sense: str, name: str) -> str:
    """The gain over the network of that name, and the name, as one row of the panel; empty without any."""
    told = gain(score, reference, sense=sense)
    if not told:
        return ""
    if told.startswith("equal"):
        rest = told.removeprefix("equal")
        return f"none: equal to {name}{rest} ({number(reference)})"
    if not is_better(score, reference, sense=sense):
        return f"{told} against {name} ({number(reference)}), which is better"
    return f"{told} {'over' if told.startswith('+') else 'against'} {name} ({number(reference)})"
