"""From the group `optimizer` of a configuration to an optimizer and its learning-rate schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR

from gradnet_cli.errors import SettingError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Objective
from gradnet_cli.objectives.evaluation import Fraction
from gradnet_cli.optimizers import bundle
from gradnet_cli.optimizers.active_set import solvable
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer, Tangents
from gradnet_cli.optimizers.simplex import SimplexOptimizer
from gradnet_cli.optimizers.state_of_edges import follows_edges
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.sections import Optimizers
from gradnet_cli.settings.values import choice, integer, number, optional

SCHEDULES = ("constant", "linear", "cosine", "exponential")
HALVING = "halving"
BUNDLE_UP_TO = 20_000  # edges: its steps take as many numbers as tangents on edges
LIMITED_UP_TO = 2_000  # edges with limits of their own, up to which it is the better choice
# Settings that the optimizer itself is not told.
NOT_ARGUMENTS = ("schedule", "final", "half_life", "objective_lr")


@dataclass(frozen=True, kw_only=True)
class Optimization:
    """An optimizer, and what training does around its steps.

    Attributes:
        name: of its class
        setting: what `optimizer=` calls it
        automatic: whether it was chosen, to suit objective and constraints
        schedule: of the learning rate; None where it has none
        constrained: whether it knows the constraints and wants gradients as they are; others are given the
            part that the budget allows, in units of its first root mean square, so that learning rates mean
            the same for every objective
    """

    name: str
    setting: str
    automatic: bool
    optimizer: torch.optim.Optimizer
    schedule: LambdaLR | None
    constrained: bool


def suitable_optimizer(model: ConstrainedWeights, objective: Objective) -> str:
    """The name of the optimizer that suits what the objective declares and the constraints.

    For sums of squares that offer their residuals active_set, where the constraints are those that it knows;
    for ratios ratio_bundle, on convex sets that are not too large.
    Where all changes have one sign: bundle for concave ones with kinks and limits, unless there are many
    edges, then multiplicative for concave homogeneous objectives (or such whose reciprocal or exponential is)
    that every weight serves, exponentiated_gradient for other concave ones that spend the whole budget,
    quasi_newton for smooth ones. Elsewhere projected_quasi_newton for smooth ones, bundle for concave ones
    on convex sets that are not too large, and adam for others, as also while noise is on or the objective
    learns: the others follow gradients to the letter. On a simplex scaled_quasi_newton suits objectives that
    tell the diagonal of their Hessian. With budget.exponent < 1 it is one of those that know a
    simplex.
    """
    if not model.feasible.problem.budget.convex:
        return _on_economies(model, objective)
    if model.noise.amplitude(step=0, updates=1) > 0 or objective.learns:
        return "adam"
    if objective.sum_of_squares and solvable(model.feasible):
        return "active_set"
    if objective.fractional and bundle.solvable(model.feasible) and len(model.feasible.cost) <= BUNDLE_UP_TO:
        return "ratio_bundle"
    simplex = model.feasible.simplex
    if model.feasible.problem.mask.pairs is not None and not objective.concave:
        return "quasi_newton"
    smooth = objective.smooth and objective.deterministic
    if simplex is None:
        if smooth:
            return "projected_quasi_newton"
        return "bundle" if _bundled(model, objective, up_to=BUNDLE_UP_TO) else "adam"
    if objective.curved and model.feasible.p == 1.0:
        return "scaled_quasi_newton"
    # Tangents of a reciprocal one say little from afar: it has no limit where the network falls apart.
    kinked = not smooth and not objective.reciprocal
    if simplex.limited and kinked and _bundled(model, objective, up_to=LIMITED_UP_TO):
        return "bundle"
    if not objective.concave:
        curved = "quasi_newton" if model.feasible.exact and not simplex.limited else "projected_quasi_newton"
        return curved if smooth else "adam"
    if _multiplies(model, objective):
        return "multiplicative"
    return "exponentiated_gradient" if objective.monotone or model.feasible.exact else "adam"


def _multiplies(model: ConstrainedWeights, objective: Objective) -> bool:
    """Whether multiplicative updates suit: on a simplex, for what scales with the weights."""
    simplex = model.feasible.simplex
    assert simplex is not None
    bought = not model.feasible.problem.base.any()
    serves = bool(objective.grows) and simplex.sign > 0
    scaling = objective.homogeneous or objective.reciprocal or objective.logarithmic is not None
    return scaling and (serves or (bought and objective.monotone is not None))


def _on_economies(model: ConstrainedWeights, objective: Objective) -> str:
    """The optimizer where a budget has an exponent below 1."""
    if objective.learns:
        allowed = (
            f"must be 1: {objective.name} learns beside the network, by an optimizer that does not know it"
        )
        value = model.feasible.problem.budget.exponent
        raise SettingError(setting="budget.exponent", value=value, allowed=allowed)
    simplex = model.feasible.simplex
    assert simplex is not None
    if objective.concave and _multiplies(model, objective):
        return "multiplicative"
    still = objective.smooth and objective.deterministic and not simplex.limited
    return "quasi_newton" if still else "exponentiated_gradient"


def _power(power: float, p: float) -> float:
    """The exponent of updates of money w^p, where `power` is that of updates of the weights.

    A gradient by w that falls with w^(-a), a = 1 / power, is one by money that falls with its power
    -(a - 1 + p) / p. On a simplex of p > 1 the smaller power is the safer one.
    """
    return power if p >= 1 else p / (1 / power - 1 + p)


def _bundled(model: ConstrainedWeights, objective: Objective, *, up_to: int) -> bool:
    """Whether bundle can search here, and the network is not too large for it."""
    able = objective.concave and objective.deterministic and bundle.solvable(model.feasible)
    return able and len(model.feasible.cost) <= up_to


def build_optimization(
    optimizers: Optimizers,
    *,
    model: ConstrainedWeights,
    objective: Objective,
    updates: int,
    rewired: bool = False,
) -> Optimization:
    """Build an optimizer of the model's weights and of what the objective learns.

    Args:
        optimizers: the one to take, or those that are chosen from by objective and constraints
        updates: the number that the schedule is stretched over
        rewired: whether edges of a listed mask are exchanged

    Raises:
        SettingError: an unknown or missing setting, or an optimizer that the constraints do not allow
    """
    plugin = _chosen(optimizers, model, objective, rewired=rewired)
    target = plugin.load()
    kind = target if isinstance(target, type) and issubclass(target, ConstrainedOptimizer) else None
    torchs = target if isinstance(target, type) else None
    active = model.feasible.problem.mask.pairs is not None
    if active and not (follows_edges(torchs) if kind is None else kind.exchanges):
        allowed = "cannot go on with other edges, as edges=active asks: auto, adam or quasi_newton can"
        raise SettingError(setting="optimizer", value=plugin.name, allowed=allowed)
    if rewired and not follows_edges(torchs):
        allowed = "cannot go on with other edges, as rewiring asks: adam and sgd can"
        raise SettingError(setting="optimizer", value=plugin.name, allowed=allowed, hint="optimizer=adam")
    if not model.feasible.problem.budget.convex and not (kind and issubclass(kind, SimplexOptimizer)):
        allowed = "must be multiplicative, exponentiated_gradient or quasi_newton with budget.exponent < 1"
        raise SettingError(
            setting="optimizer", value=plugin.name or plugin.path, allowed=allowed, hint="optimizer=auto"
        )
    if kind is not None and any(True for _ in objective.parameters()):
        raise SettingError(
            setting="optimizer",
            value=plugin.name,
            allowed="trains edge weights alone, and the objective has parameters of its own",
            hint="optimizer=adam",
        )
    arguments = {key: value for key, value in plugin.arguments.items() if key not in NOT_ARGUMENTS}
    if "power" in arguments and arguments["power"] is None:
        arguments["power"] = _power(objective.power, model.feasible.p)
    if "fused" in arguments and arguments["fused"] is None:
        arguments["fused"] = objective.learns
    if "weight_decay" in arguments:
        number(setting="optimizer.weight_decay", value=arguments["weight_decay"], minimum=0)
    if "lr" in arguments:
        number(setting="optimizer.lr", value=arguments["lr"], above=0)
    offers: dict[str, object] = {}
    # Rough slopes are good for steps, and not for choosing among pairs.
    if (
        "power" in plugin.arguments
        and plugin.arguments["power"] is None
        and not active
        and model.feasible.p == 1
    ):
        offers["exponent"] = objective.exponents()
    offers |= {"params": _parameters(plugin.arguments, model, objective)}
    if kind is not None:
        offers["feasible"] = model.feasible
        if kind.uses_residuals:
            offers["residuals"] = _residuals(plugin, model, objective)
        if kind.uses_fractions:
            offers["fraction"] = _fraction(plugin, model, objective)
        if kind.uses_curvature:
            offers["curvature"] = _curvature(plugin, objective)
        if kind.uses_tangents:
            offers["tangents"] = _tangents(plugin, model, objective)
    try:
        optimizer = replace(plugin, arguments=arguments).build(
            torch.optim.Optimizer, name="torch.optim.Optimizer", offers=offers
        )
    except (ValueError, TypeError) as error:
        raise SettingError(setting="optimizer", value=plugin.path, allowed=f"was refused: {error}") from error
    return Optimization(
        name=plugin.path.rpartition(".")[2],
        setting=plugin.name or plugin.path,
        automatic=len(optimizers.choices) > 1,
        optimizer=optimizer,
        schedule=_schedule(plugin.arguments, optimizer, updates),
        constrained=kind is not None,
    )


def _chosen(
    optimizers: Optimizers, model: ConstrainedWeights, objective: Objective, *, rewired: bool
) -> Plugin:
    if len(optimizers.choices) == 1:
        return next(iter(optimizers.choices.values()))
    return optimizers.choices["adam" if rewired else suitable_optimizer(model, objective)]


def _parameters(settings: Mapping[str, Any], model: ConstrainedWeights, objective: Objective) -> list[Any]:
    """The edge weights, and what the objective learns with a learning rate of its own where one is given."""
    weights, own = list(model.parameters()), list(objective.parameters())
    if "objective_lr" not in settings or not own:
        return [*weights, *own]
    rate = optional(number, setting="optimizer.objective_lr", value=settings["objective_lr"], above=0)
    return [{"params": weights}, {"params": own, **({} if rate is None else {"lr": rate})}]


def _residuals(plugin: Plugin, model: ConstrainedWeights, objective: Objective) -> Callable[[], Any]:
    if not objective.sum_of_squares:
        raise SettingError(
            setting="optimizer",
            value=plugin.path,
            allowed="is for sums of squares that offer their residuals, and the objective is none",
            hint="optimizer=auto",
        )
    return lambda: objective.residuals(model.network(model.weights))


def _fraction(plugin: Plugin, model: ConstrainedWeights, objective: Objective) -> Callable[[], Fraction]:
    if not objective.fractional:
        raise SettingError(
            setting="optimizer",
            value=plugin.name,
            allowed="is for ratios that offer their parts, and the objective is none",
            hint="optimizer=auto",
        )
    return lambda: objective.fraction(model.network(model.weights.detach()))


def _curvature(plugin: Plugin, objective: Objective) -> Callable[[], np.ndarray]:
    if not objective.curved:
        allowed = "is for objectives that tell the diagonal of their Hessian, and this one does not"
        raise SettingError(setting="optimizer", value=plugin.name, allowed=allowed, hint="optimizer=auto")
    return objective.curvature


def _tangents(plugin: Plugin, model: ConstrainedWeights, objective: Objective) -> Tangents:
    if not objective.concave:
        raise SettingError(
            setting="optimizer",
            value=plugin.name,
            allowed="is for objectives that are concave, or convex and minimized, and this one is neither",
            hint="optimizer=auto",
        )

    def tangents() -> tuple[np.ndarray, np.ndarray]:
        offsets, slopes = objective.tangents(model.network(model.weights.detach()))
        return -objective.sign * offsets, -objective.sign * slopes

    return tangents


def _schedule(settings: Mapping[str, Any], optimizer: torch.optim.Optimizer, updates: int) -> LambdaLR | None:
    if "schedule" not in settings:
        return None
    known = (*SCHEDULES, HALVING) if "half_life" in settings else SCHEDULES
    kind = choice(setting="optimizer.schedule", value=settings["schedule"], choices=known)
    if kind == HALVING:
        every = integer(setting="optimizer.half_life", value=settings["half_life"], minimum=1)
        return LambdaLR(optimizer, lambda step: float(0.5 ** (step // every)))
    final = number(setting="optimizer.final", value=settings.get("final"), above=0, maximum=1)

    def factor(step: int) -> float:
        progress = min(1.0, step / max(1, updates))
        if kind == "linear":
            return 1 + progress * (final - 1)
        if kind == "cosine":
            return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * progress))
        return float(final**progress) if kind == "exponential" else 1.0

    return LambdaLR(optimizer, factor)
