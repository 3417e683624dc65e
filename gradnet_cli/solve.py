"""The one path: a problem, an objective and settings in, a result out. Read it first.

`gradnet-run` and `gradnet_cli.optimize` both call `solve`; the command puts a directory, checkpoints and a
report around it. Here are no files, no Hydra, no signals, and nothing global: threads and seeds are the
caller's.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model import ConstrainedWeights, FeasibleSet, Noise
from gradnet_cli.numerics.graphs import components
from gradnet_cli.objectives import Objective, Optimum
from gradnet_cli.optimizers import build_optimization
from gradnet_cli.optimizers.rewiring_build import first_network, rewiring_of
from gradnet_cli.problem import Problem
from gradnet_cli.problem.requirements import check_requirements
from gradnet_cli.result import Result, active_limits
from gradnet_cli.result.allowance import Allowance
from gradnet_cli.result.design import find_design
from gradnet_cli.result.finishing import Final, finish, in_full_precision
from gradnet_cli.result.notes import idle_settings, inaccuracies
from gradnet_cli.result.pruning import check_rule
from gradnet_cli.result.result import peak_memory_mib
from gradnet_cli.result.retraining import lighter
from gradnet_cli.result.scoring import Scorer
from gradnet_cli.settings.settings import Settings
from gradnet_cli.training import Callback, Outcome, fit
from gradnet_cli.training.certificate import relative_gap
from gradnet_cli.training.starts import Further

log = logging.getLogger(__name__)

STARTS = 4  # by default, where an objective has several optima


def solve(
    problem: Problem,
    objective: Objective,
    settings: Settings,
    callbacks: Sequence[Callback] = (),
    *,
    state: Mapping[str, Any] | None = None,
    extended: bool = False,
) -> Result:
    """Find the best network of a problem, and prove how good it is where the objective allows it.

    Args:
        problem: where edges may lie and what they may cost
        objective: what the network is for; it is left in evaluation mode, with what it has learned
        settings: how to search; their mask, budget and objective have become problem and objective already
        callbacks: told of training as it goes
        state: of a training that was interrupted, to go on from (gradnet_cli.training.state)
        extended: go on although training had ended in that state

    Raises:
        SettingError: a problem that the objective cannot take, or a setting that cannot be used
        NumericalError: scores that are not finite
    """
    rewiring = rewiring_of(problem, objective, settings)
    if rewiring is None:
        check_requirements(problem, objective.requires, dense=objective.holds_dense)
    check_selection(problem, objective)
    check_rule(settings.prune, problem, connected="connected" in objective.requires)
    device = device_of(settings.trainer.accelerator)
    objective.prepare(problem)
    first: np.ndarray | None = None
    if rewiring is not None:
        problem, first = first_network(problem, objective, settings)
        check_requirements(problem, objective.requires, dense=objective.holds_dense)
    objective.to(device)
    feasible = FeasibleSet(problem, dtype=getattr(torch, settings.dtype), device=device)
    if objective.grows is not None:
        feasible = feasible.narrowed(objective.grows)
    # Theory speaks of all candidates, each of which is in the network.
    optimum = None if rewiring is not None or problem.design is not None else objective.optimum(problem)
    model = build_model(feasible, settings, flat_at_zero=objective.flat_at_zero, optimum=optimum).to(device)
    if first is not None:
        model.set_delta(feasible.scaled(torch.as_tensor(first)))
    optimization = build_optimization(
        settings.optimizer, model=model, objective=objective, updates=settings.most_updates
    )
    log.info(
        "%d nodes, %d edges, %s by %s on %s",
        problem.nodes, problem.mask.candidates, objective.name, optimization.name, device,
    )  # fmt: skip
    for name, reason in idle_settings(settings, problem, objective, taken=optimization.setting):
        log.warning("%s has no effect: %s", name, reason)
    outcome = fit(
        model=model,
        objective=objective,
        optimization=optimization,
        updates=settings.most_updates,
        stop=settings.stop,
        callbacks=callbacks,
        further=None if rewiring is not None else further_starts(feasible, settings, objective),
        proof=None if optimum is None else optimum.slope,
        state=state,
        extended=extended,
        rewiring=rewiring,
    )
    log.info("%s after %d updates in %.2f s", outcome.stop_reason, outcome.updates, outcome.seconds)
    objective.take_back(outcome.learned)
    delta, held = outcome.delta, problem.edges
    if rewiring is not None:
        held = len(outcome.delta)
        delta = rewiring.hold(model, outcome.delta, edges=outcome.edges)
        problem, feasible = model.feasible.problem, model.feasible
    weights = in_full_precision(feasible, delta)
    for callback in callbacks:
        callback.on_found(problem, weights)
    scorer = Scorer(objective, model, step=outcome.step)
    if problem.design is None:
        allowance = Allowance(None if settings.stop.seconds is None else outcome.seconds)
        final = finish(
            weights,
            feasible=feasible,
            objective=objective,
            scorer=scorer,
            seed=settings.seed,
            allowance=allowance,
        )
    else:
        final = find_design(weights, problem=problem, objective=objective, scorer=scorer, seed=settings.seed)
    if rewiring is not None:
        # Files list what has weight; nothing but that can be told of candidates that are not listed.
        kept = rewiring.hold(model, torch.as_tensor(final.weights), edges=None).cpu().numpy()
        evaluation = replace(
            final.evaluation, metrics={**final.evaluation.metrics, "edges_held": float(held)}
        )
        final, problem = replace(final, weights=kept, evaluation=evaluation), model.feasible.problem
    if not np.array_equal(final.weights, weights):
        for callback in callbacks:
            callback.on_found(problem, final.weights)
    return conclude(outcome, final, scorer=scorer, model=model, objective=objective, settings=settings)


def check_selection(problem: Problem, objective: Objective) -> None:
    """Refuse designs that an objective cannot judge.

    Raises:
        SettingError: it would have to learn for each design again, or all of them fall apart
    """
    if problem.design is None:
        return
    pieces = int(components(problem.edge_index[:, problem.base != 0], nodes=problem.nodes).max()) + 1
    count = problem.selection.count
    if "connected" in objective.requires and count is not None and count < pieces - 1:
        allowed = f"must be {pieces - 1} or more: with fewer edges the network falls apart"
        raise SettingError(setting="select.count", value=count, allowed=allowed)
    if objective.learns:
        allowed = "is for objectives that learn nothing beside the network"
        raise SettingError(setting="select.kind", value="edges", allowed=allowed)


def device_of(accelerator: str) -> torch.device:
    """The device that weights live on.

    Raises:
        SettingError: a graphics processor is asked for, and there is none
    """
    if accelerator != "cpu" and torch.cuda.is_available():
        return torch.device("cuda")
    if accelerator == "gpu":
        raise SettingError(
            setting="trainer.accelerator",
            value=accelerator,
            allowed="no CUDA device was found",
            hint="trainer=cpu or trainer=auto",
        )
    return torch.device("cpu")


def build_model(
    feasible: FeasibleSet, settings: Settings, *, flat_at_zero: bool = False, optimum: Optimum | None = None
) -> ConstrainedWeights:
    """The constrained weights at their start; random ones instead of zeros where those are `flat_at_zero`.

    Where the optimum is known training begins with it, unless `initial` says that it should not.
    """
    noise = settings.noise.build(Noise, name="gradnet_cli.model.Noise", offers={"seed": settings.seed})
    if settings.initial == "uniform" and optimum is not None:
        log.info("begins with a network that theory knows to be the best")
        delta = feasible.project(torch.as_tensor(optimum.weights - feasible.problem.base).to(feasible.cost))
    elif settings.initial == "random":
        delta = feasible.random(torch.Generator().manual_seed(settings.seed))
    else:
        delta = feasible.even() if settings.initial == "even" else feasible.uniform()
        if flat_at_zero and not feasible.problem.base.any() and not bool(delta.any()):
            log.info("begins with random weights: without any the gradient is zero")
            delta = feasible.random(torch.Generator().manual_seed(settings.seed))
    return ConstrainedWeights(feasible, delta=delta, noise=noise, updates=settings.most_updates)


def further_starts(feasible: FeasibleSet, settings: Settings, objective: Objective) -> Further | None:
    """Random networks to begin with again; None where that cannot help, or training never comes to rest."""
    count = settings.starts or (STARTS if objective.several_optima else 1)
    noisy = settings.noise.arguments["additive"] or settings.noise.arguments["multiplicative"]
    if count == 1 or objective.concave or noisy or settings.stop.plateau is None:
        return None

    def draw(number: int) -> torch.Tensor:
        (seed,) = np.random.SeedSequence([settings.seed, number]).generate_state(1).tolist()
        return feasible.random(torch.Generator().manual_seed(seed))

    return Further(count=count, draw=draw)


def conclude(
    outcome: Outcome,
    final: Final,
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
    gap = relative_gap(score=score - objective.sign * (error or 0.0), bound=bound)
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
