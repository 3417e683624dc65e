"""What stands on the axes of a sweep's figures: the meaning and unit of a setting, and of the score."""

from __future__ import annotations

import re

from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.files.names import SUMMARY
from gradnet_cli.report.html.asked import meaning_of
from gradnet_cli.report.html.files import read_run
from gradnet_cli.settings.overrides import is_number
from gradnet_cli.sweeps.front import WEIGHT, terms_of
from gradnet_cli.sweeps.table import Sweep

LONGEST = 60
"""Letters of a meaning that have room along an axis."""


def setting_label(sweep: Sweep, name: str) -> str:
    """What a swept setting means, with its unit, and below its name; the name alone where nobody has said."""
    key = name.removesuffix(" (setting)")
    weight = WEIGHT.fullmatch(key)
    if weight is not None:
        for terms in (terms_of(sweep, row) for row in sweep.rows):
            own = [label for place, label in enumerate(terms) if weight[1] in (label, str(place))]
            if own:
                return f"weight of {own[0].replace('_', ' ')}\n({key})"
    for row in sweep.rows:
        run = read_run(sweep.directory / row["directory"])
        if run.choices:
            told = first_clause(meaning_of(run, key))
            return f"{told}\n({key})" if told else key
    return key


def first_clause(meaning: str) -> str:
    """A comment up to where it says what is allowed, with the unit in brackets that may stand behind it."""
    clause = re.split(r"[,:;]| \(|\. ", meaning, maxsplit=1)[0].strip()
    unit = re.search(r"\[[^\]]+\]", meaning)
    if unit is not None and unit[0] not in clause:
        clause = f"{clause} {unit[0]}"
    return clause if len(clause) <= LONGEST else ""


def score_label(sweep: Sweep) -> str:
    """What the score is, with its unit, as the runs have said; the objective's name where they say nothing,
    or differ, as sums of other weights do."""
    if sweep.objective is None:
        return "score"
    scored = [row["directory"] for row in sweep.rows if is_number(row["score"])]
    told = {read_json(sweep.directory / place / SUMMARY).get("quantity") for place in scored}
    (single,) = told if len(told) == 1 else (None,)
    return single if isinstance(single, str) and single else sweep.objective.replace("_", " ")
