"""All that is known of the network that was found, in one place."""

from __future__ import annotations

import math

from gradnet_cli.errors import NumericalError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Limit, Objective
from gradnet_cli.result import active_limits
from gradnet_cli.result.finishing import Final
from gradnet_cli.result.notes import inaccuracies
from gradnet_cli.result.result import Result, peak_memory_mib
from gradnet_cli.result.retraining import lighter
from gradnet_cli.result.scoring import Scorer
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training import Outcome
from gradnet_cli.training.certificate import relative_gap


def conclude(
    outcome: Outcome,
    final: Final,
    limit: Limit,
    *,
    scorer: Scorer,
    model: ConstrainedWeights,
    objective: Objective,
    settings: Settings,
) -> Result:
    """All that is known of a network, in one place."""
    problem, weights, score = model.feasible.problem, final.weights, final.score
    if not math.isfinite(score):
        raise NumericalError(f"the score of the network found is {score}")
    error, metrics = final.evaluation.error, dict(final.evaluation.metrics)
    # The score under noise is not that of the network written.
    trained = None if model.disturbed(outcome.step) else outcome.score
    description = scorer.describe(weights)
    bound = score + objective.sign * (error or 0.0) if final.proved else outcome.bound
    reason = "" if bound is not None else limit.reason
    if bound is not None and limit.scope and not final.evaluation.limited:
        reason = f"{bound:.7g} is for networks {limit.scope}, and this one is not"
        bound = None
    gap = relative_gap(score=score - objective.sign * (error or 0.0), bound=bound, ideal=objective.ideal)
    if outcome.starts > 1:
        metrics |= {"starts": float(outcome.starts), "start": float(outcome.start)}
    light = None
    if settings.prune.wanted:
        kept, light = lighter(weights, scorer=scorer, model=model, objective=objective, settings=settings)
        metrics |= {"pruned_edges": float(kept), "score_pruned": scorer.score(light)}
    return Result(
        problem=problem,
        objective=objective.name,
        objective_class=type(objective),
        sense=objective.sense,
        quantity=objective.quantity,
        weights=weights,
        pruned=light,
        learned=outcome.learned,
        score=score,
        score_error=error,
        notes=(
            *inaccuracies(objective, score=final.trained, error=error, trained=trained),
            *description.notes,
            *final.notes,
        ),
        bound=bound,
        bound_scope="" if bound is None else limit.scope,
        no_bound=reason,
        ideal=objective.ideal,
        gap=gap,
        certified=gap is not None,
        step=outcome.step,
        updates=outcome.updates,
        seconds=outcome.seconds,
        stop_reason=outcome.stop_reason + (" by the relaxed network" if problem.design is not None else ""),
        metrics={**metrics, **description.metrics, **active_limits.counts(problem, weights)},
        references=dict(final.references),
        node_data=description.node_data,
        arrays=description.arrays,
        tables=description.tables,
        data=description.data,
        peak_memory_mib=peak_memory_mib(),
        settings=settings,
    )
