"""Types and ranges of the settings that every run has.

The configuration is plain YAML, so nothing has looked at types when it is composed; this is done before torch
is imported. Masks, objectives, optimizers and noise check their own settings in their constructors.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.budget import Budget, Signs
from gradnet_cli.settings.values import choice, flag, integer, number

Check = Callable[..., object]

TRACKERS = ("tensorboard", "mlflow", "wandb")  # extras of the package, and what they import as
LARGEST_SEED = 2**32 - 1  # NumPy's generators take no more


def optional(check: Check) -> Check:
    """The same check, but null passes, and the message says so."""

    def checked(*, setting: str, value: object) -> object:
        if value is None:
            return None
        try:
            return check(setting=setting, value=value)
        except SettingError as error:
            raise SettingError(
                setting=setting, value=value, allowed=f"{error.allowed}, or null", hint=error.hint
            ) from None

    return checked


def fraction(*, setting: str, value: object) -> float:
    """A number strictly between 0 and 1."""
    allowed = "must be a number between 0 and 1, both excluded"
    try:
        result = number(setting=setting, value=value)
    except SettingError:
        result = 0.0
    if not 0 < result < 1:
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return result


def tracker(*, setting: str, value: object) -> str:
    """A place where metrics go, whose package is installed."""
    kind = choice(setting=setting, value=value, choices=("csv", *TRACKERS))
    if kind in TRACKERS and importlib.util.find_spec(kind) is None:
        allowed = f"needs a package that is not installed: pip install 'gradnet-run[{kind}]'"
        raise SettingError(setting="logger", value=kind, allowed=allowed)
    return kind


COUNT = partial(integer, minimum=1)

CHECKS: Mapping[str, Check] = {
    "seed": partial(integer, minimum=0, maximum=LARGEST_SEED),
    "updates": partial(integer, minimum=0),
    "dtype": partial(choice, choices=("float64", "float32")),
    "initial": partial(choice, choices=("uniform", "even", "random")),
    "figures": flag,
    "report": flag,
    "animation": flag,
    "skip_completed": flag,
    "stop.gap": optional(fraction),
    "stop.plateau": optional(COUNT),
    "stop.improvement": partial(number, minimum=0),
    "stop.seconds": optional(partial(number, above=0, meaning="seconds")),
    "checkpoint.updates": optional(COUNT),
    "checkpoint.seconds": optional(partial(number, above=0, meaning="seconds")),
    "noise.additive": partial(number, minimum=0),
    "noise.multiplicative": partial(number, minimum=0),
    "noise.samples": COUNT,
    "prune.below": optional(fraction),
    "prune.to": optional(COUNT),
    "prune.share": optional(fraction),
    "prune.rescale": flag,
    "trainer.accelerator": partial(choice, choices=("cpu", "gpu", "auto")),
    "trainer.threads": optional(COUNT),
    "trainer.log_every": COUNT,
    "trainer.limit_updates": optional(partial(integer, minimum=0)),
    "logger.kind": tracker,
    "trainer.progress": partial(choice, choices=("auto", "bar", "lines", "none")),
}


def check_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Check the settings that every run has, and return all settings, these in their types.

    Arguments:
        settings: the resolved configuration as a plain dict; `updates=1e3` stands there as the float 1000.0

    Errors:
        SettingError: the first setting that is missing, of a wrong type or out of range
    """
    result = deepcopy(dict(settings))
    for name, check in CHECKS.items():
        section, _, key = name.rpartition(".")
        place = _section(result, section) if section else result
        if key not in place:
            raise SettingError(setting=name, value=None, allowed="is missing from the configuration")
        place[key] = check(setting=name, value=place[key])
    Budget.from_settings(_section(result, "budget"))
    Signs.from_settings(_section(result, "signs"))
    _check_one_rule(_section(result, "prune"))
    project = result["logger"].get("project", "none")
    if not isinstance(project, str) or not project.strip():
        raise SettingError(setting="logger.project", value=project, allowed="must be a name")
    return result


def _check_one_rule(prune: Mapping[str, Any]) -> None:
    given = [name for name in ("below", "to", "share") if prune[name] is not None]
    if len(given) > 1:
        allowed = f"must be null where prune.{given[0]} is given: one rule at a time"
        raise SettingError(setting=f"prune.{given[1]}", value=prune[given[1]], allowed=allowed)


def _section(settings: dict[str, Any], name: str) -> dict[str, Any]:
    section = settings.get(name)
    if not isinstance(section, dict):
        raise SettingError(setting=name, value=section, allowed="must be a group of settings")
    return section
