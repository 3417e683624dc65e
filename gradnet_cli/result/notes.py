"""What must be said beside a score, or of settings that did nothing."""

from __future__ import annotations

from collections.abc import Iterator

from gradnet_cli.objectives import Limit, Objective
from gradnet_cli.problem import Problem
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training.certificate import Certificate

OVERRATED = 1e-2  # relative difference between the score in training and the final one that is worth a word


def inaccuracies(
    objective: Objective, *, score: float, error: float | None, trained: float | None
) -> tuple[str, ...]:
    """What must be said of a score that is not known well, or was taken for another one in training."""
    notes = []
    if error is not None and not objective.accurate(score, error):
        notes.append(f"the score is known only to within {error:.1g}")
    if trained is not None and not abs(trained - score) <= OVERRATED * abs(score) + 10 * objective.accuracy:
        notes.append(
            f"training took this score for {trained:.7g}: a better network may have been passed over"
        )
    return tuple(notes)


def idle_settings(
    settings: Settings, problem: Problem, objective: Objective, *, taken: str, limit: Limit
) -> Iterator[tuple[str, str]]:
    """Settings that were given and have no effect on this problem, each with the reason.

    Args:
        taken: the optimizer, by its name among the choices
        limit: what the objective knows of the problem
    """
    reasons = {f"objective.{name}": reason for name, reason in objective.idle(problem).items()}
    reasons |= settings.mask.idle()
    convex = problem.budget.convex
    proved = limit.value is not None or Certificate.is_offered(objective, problem)
    proved |= convex and objective.relaxation() is not None
    if settings.stop.gap is not None and not proved:
        reasons["stop.gap"] = limit.reason or f"{objective.name} has no proven bound"
    if objective.concave and convex and settings.starts not in (None, 1):
        reasons["starts"] = f"every start of {objective.name} leads to the same score"
    elif any(settings.noise.arguments[name] for name in ("additive", "multiplicative")):
        reasons["starts"] = "noise leads to other optima from one start"
    if not objective.learns:
        reasons["optimizer.objective_lr"] = f"{objective.name} learns nothing beside the network"
    else:
        reasons["prune.retrain"] = f"{objective.name} learns beside the network, which is not trained again"
    if problem.budget_total is None:
        reasons["prune.rescale"] = "there is no budget to scale to"
    reasons |= _idle_for_designs(problem)
    for name in sorted(settings.given):
        if name in reasons:
            yield name, reasons[name]
        elif name.startswith("optimizer.choices.") and name.split(".")[2] != taken:
            yield name, f"the optimizer is {taken}; optimizer={name.split('.')[2]} takes the other"


def unproven(objective: Objective, problem: Problem) -> Limit:
    """Why there is no bound although the objective has one where networks are a convex set."""
    exponent = problem.budget.exponent
    if problem.budget.convex or not (objective.concave or objective.fractional):
        return Limit()
    reason = f"with budget.exponent={exponent:g} a mixture of two networks may cost more than these"
    return Limit(reason=reason)


def _idle_for_designs(problem: Problem) -> dict[str, str]:
    """Settings that the choice of edges leaves without an effect."""
    if not problem.selection.wanted:
        return {}
    reasons = {"signs.change": "select=edges adds edges to a base network that stays"}
    if problem.selection.count is None:
        return reasons | {"budget.rule": "whole edges need not spend the budget to the last"}
    names = ["budget", *(f"budget.{name}" for name in ("kind", "value", "rule", "p", "exponent"))]
    names += ["cost", "cost_power", "distance"]
    return reasons | dict.fromkeys(names, "select.count says how many edges are chosen, whatever they cost")
