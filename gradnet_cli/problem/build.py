"""From settings to a problem."""

from __future__ import annotations

from gradnet_cli.problem.candidates import offer_candidates
from gradnet_cli.problem.masks import build_mask
from gradnet_cli.problem.problem import Problem
from gradnet_cli.settings.settings import Settings


def build_problem(settings: Settings) -> Problem:
    """Build the problem that settings describe; torch is not imported.

    Raises:
        SettingError: a setting is out of range, or no network can satisfy budget, signs and limits
    """
    mask = build_mask(settings.mask, seed=settings.seed)
    chosen = settings.mask.arguments
    mask, limits = offer_candidates(
        mask,
        settings.limits,
        settings.signs,
        candidates=settings.candidates,
        cost=chosen.get("cost"),
        given="base" in chosen,
    )
    return Problem.build(mask=mask, budget=settings.budget, signs=settings.signs, limits=limits)
