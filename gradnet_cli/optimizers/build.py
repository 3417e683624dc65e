"""From the group `optimizer` of a configuration to an optimizer and its learning-rate schedule."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from gradnet_cli.errors import SettingError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers.active_set import solvable
from gradnet_cli.settings.plugins import call_target, load_target
from gradnet_cli.settings.values import choice, number

SCHEDULES = ("constant", "linear", "cosine", "exponential")
NOT_SETTINGS = ("_target_", "schedule", "final")


@dataclass(frozen=True, kw_only=True)
class Optimization:
    """An optimizer, and what training does around its steps.

    Attributes:
        schedule: of the learning rate; None where it has none
        constrained: whether it knows the constraints and wants gradients as they are; others are given the
            part that the budget allows, in units of its first root mean square, so that learning rates mean
            the same for every objective
    """

    name: str
    optimizer: torch.optim.Optimizer
    schedule: LambdaLR | None
    constrained: bool


def suitable_optimizer(model: ConstrainedWeights, objective: Objective) -> str:
    """The name of the optimizer that suits what the objective declares and the constraints.

    For sums of squares that offer their residuals active_set, where the constraints are those that it knows.
    On a budget simplex: multiplicative for monotone concave homogeneous (or reciprocal) objectives,
    exponentiated_gradient for other concave ones that spend the whole budget, quasi_newton for smooth ones.
    Elsewhere adam, as also while noise is on: the others follow gradients to the letter.
    """
    if model.noise.amplitude(step=0, updates=1) > 0:
        return "adam"
    if hasattr(objective, "residuals") and solvable(model.feasible):
        return "active_set"
    if not model.feasible.simplex:
        return "adam"
    if not objective.concave:
        alone = not any(True for _ in objective.parameters())
        smooth = objective.smooth and objective.deterministic and model.feasible.exact
        return "quasi_newton" if smooth and alone else "adam"
    if objective.monotone and (objective.homogeneous or objective.reciprocal):
        return "multiplicative"
    return "exponentiated_gradient" if objective.monotone or model.feasible.exact else "adam"


def build_optimization(
    settings: Mapping[str, Any], *, model: ConstrainedWeights, objective: Objective, updates: int
) -> Optimization:
    """Build an optimizer of the model's weights and the objective's own parameters.

    Arguments:
        settings: `_target_` and the constructor's arguments, `schedule` and `final`; or `choices`, the
            settings of the optimizers that `auto` chooses from, by name
        updates: the number that the schedule is stretched over

    Errors:
        SettingError: an unknown or missing setting, or an optimizer that the constraints do not allow
    """
    if "choices" in settings:
        settings = settings["choices"][suitable_optimizer(model, objective)]
    path = settings.get("_target_")
    target = load_target(setting="optimizer._target_", path=path)
    arguments = {key: value for key, value in settings.items() if key not in NOT_SETTINGS}
    constrained = "feasible" in inspect.signature(target).parameters
    if constrained:
        arguments["feasible"] = model.feasible
        if any(True for _ in objective.parameters()):
            raise SettingError(
                setting="optimizer",
                value=path,
                allowed="trains edge weights alone, and the objective has parameters of its own",
                hint="optimizer=adam",
            )
    if "power" in arguments and arguments["power"] is None:
        arguments["power"] = objective.power
    if "residuals" in inspect.signature(target).parameters:
        offered: Any = getattr(objective, "residuals", None)
        if offered is None:
            raise SettingError(
                setting="optimizer",
                value=path,
                allowed="is for sums of squares that offer their residuals, and the objective is none",
                hint="optimizer=auto",
            )
        arguments["residuals"] = lambda: offered(model.network(model.weights))
    if "lr" in arguments:
        number(setting="optimizer.lr", value=arguments["lr"], above=0)
    trained = [*model.parameters(), *objective.parameters()]
    try:
        optimizer = call_target(
            target, path=str(path), settings={"params": trained, **arguments}, prefix="optimizer."
        )
    except (ValueError, TypeError) as error:
        raise SettingError(setting="optimizer", value=path, allowed=f"was refused: {error}") from error
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise SettingError(
            setting="optimizer._target_", value=path, allowed="must name a torch.optim.Optimizer"
        )
    return Optimization(
        name=str(path).rsplit(".", 1)[-1],
        optimizer=optimizer,
        schedule=_schedule(settings, optimizer, updates),
        constrained=constrained,
    )


def _schedule(settings: Mapping[str, Any], optimizer: torch.optim.Optimizer, updates: int) -> LambdaLR | None:
    if "schedule" not in settings:
        return None
    kind = choice(setting="optimizer.schedule", value=settings["schedule"], choices=SCHEDULES)
    final = number(setting="optimizer.final", value=settings.get("final"), above=0, maximum=1)

    def factor(step: int) -> float:
        progress = min(1.0, step / max(1, updates))
        if kind == "linear":
            return 1 + progress * (final - 1)
        if kind == "cosine":
            return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * progress))
        return float(final**progress) if kind == "exponential" else 1.0

    return LambdaLR(optimizer, factor)
