"""From settings to a problem."""

from __future__ import annotations

from gradnet_cli.problem.masks import build_active, build_mask
from gradnet_cli.problem.problem import Problem
from gradnet_cli.settings.settings import Settings


def build_problem(settings: Settings) -> Problem:
    """Build the problem that settings describe; torch is not imported.

    Raises:
        SettingError: a setting is out of range, or no network can satisfy budget, signs and limits
    """
    if settings.edges.kind == "active":
        mask = build_active(settings.mask, seed=settings.seed)
    else:
        mask = build_mask(settings.mask, seed=settings.seed)
    return Problem.build(
        mask=mask, budget=settings.budget, signs=settings.signs, limits=settings.limits
    )
