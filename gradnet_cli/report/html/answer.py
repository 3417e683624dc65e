"""The answer in words: what the score is, what its bound proves, and how it compares."""

import math
from dataclasses import dataclass
from typing import Any

from gradnet_cli.report.compared import NAMES, gain, wording
from gradnet_cli.report.html.files import RunFiles
from gradnet_cli.report.wording import aligned, number, percent, updates


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One row of the comparison; `share` is its bar, between 0 and 1, or None where bars would mislead."""

    name: str
    about: str
    score: float
    told: str
    share: float | None
    gain: str
    kind: str = "reference"


def proof(summary: dict[str, Any]) -> str:
    """In one sentence, what is proven."""
    score, bound, gap = (_finite(summary.get(name)) for name in ("score", "bound", "gap"))
    higher = summary.get("sense") != "minimize"
    if score is None:
        return "There is no result."
    if bound is None or gap is None:
        why = summary.get("no_bound")
        known = f": {why}" if why else " for this objective or these settings"
        return f"No bound is known{known}. The score is what was reached, and a better network may exist."
    scope = summary.get("bound_scope")
    which = f"{scope}, within these settings," if scope else "within these settings"
    if gap == 0 or not summary.get("certified", True):
        said = "reaches that limit" if gap == 0 else f"is {percent(gap)} away from it, which is not proven"
        return f"No network {which} can score {_beyond(higher)} {number(bound)}; this one {said}."
    share, ideal = percent(gap).replace(" %", "\N{NO-BREAK SPACE}%"), _finite(summary.get("ideal"))
    near = (
        f"misses that by {share} of what it falls short of {ideal:g}"
        if ideal
        else f"is within {share} of that"
    )
    return (
        f"No network {which} can score {_beyond(higher)} {number(bound)}, and this one {near}: "
        "the best possible score lies between the two."
    )


def reached(row: dict[str, float]) -> str:
    """In one sentence, how far training had come by a row of metrics.csv; empty where it says nothing."""
    score, bound, gap = (_finite(row.get(name)) for name in ("score", "bound", "gap"))
    if score is None:
        return ""
    limits = "" if bound is None or gap is None else f", its bound {number(bound)}, the gap {percent(gap)}"
    return f"After {updates(int(row.get('step', 0)))} the score was {number(score)}{limits}."


def metrics(summary: dict[str, Any]) -> dict[str, Any]:
    """The objective's own numbers, without the scores of the networks compared with."""
    known = {f"score_{name}" for name in _compared(summary)}
    return {name: value for name, value in _metrics(summary).items() if name not in known}


def comparison(run: RunFiles) -> list[Compared]:
    """The bound, this network, and the reference networks from the best to the worst."""
    summary = run.summary
    score = _finite(summary.get("score"))
    if score is None:
        return []
    higher = summary.get("sense") != "minimize"
    on_base = "score_base" in _metrics(summary)
    found = {name: _finite(_metrics(summary).get(f"score_{name}")) for name in _compared(summary)}
    others = {name: value for name, value in found.items() if value is not None}
    bound = _finite(summary.get("bound"))
    values = [score, *others.values(), *([] if bound is None else [bound])]
    longest = max(values)

    def share(value: float) -> float | None:
        return value / longest if min(values) >= 0 and longest > 0 else None

    spell = aligned(values)

    def row(name: str, value: float, about: str = "", gain: str = "", kind: str = "reference") -> Compared:
        return Compared(
            name=name,
            about=about,
            score=value,
            told=spell(value),
            share=share(value),
            gain=gain,
            kind=kind,
        )

    rows = [row("this network", score, kind="own")]
    if bound is not None:
        limit = "no network can score " + ("higher" if higher else "lower")
        rows.insert(0, row("proven limit", bound, limit, kind="bound"))
    for name in sorted(others, key=lambda name: others[name], reverse=higher):
        gained = gain(score, others[name], sense=str(summary.get("sense")))
        about = wording(name, on_base=on_base).about
        rows.append(row(name.replace("_", " "), others[name], about, gained))
    return rows


def _compared(summary: dict[str, Any]) -> list[str]:
    """Names of the networks compared with: those that the summary lists, and those that are always known."""
    listed = summary.get("references")
    return list(dict.fromkeys([*NAMES, *map(str, listed if isinstance(listed, list) else ())]))


def _beyond(higher: bool) -> str:
    return "above" if higher else "below"


def _metrics(summary: dict[str, Any]) -> dict[str, Any]:
    content = summary.get("metrics")
    return content if isinstance(content, dict) else {}


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
