"""gradnet-run: find the best network for a purpose, and prove how good it is.

In Python: `import gradnet_cli as gn`, and `gn.optimize(graph, budget=1.0, objective="spectral_radius")`.
Names are loaded when they are first used: importing the package takes no time, `gradnet-run --help` neither.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from gradnet_cli.errors import GradnetError, NumericalError, SettingError
    from gradnet_cli.model.network import Network
    from gradnet_cli.objectives import Description, Drawing, Evaluation, Objective
    from gradnet_cli.objectives.sum import Sum
    from gradnet_cli.objectives.terms import Term
    from gradnet_cli.objectives.worst import Worst
    from gradnet_cli.problem import Budget, Limits, Mask, Problem, Signs
    from gradnet_cli.result import Result
    from gradnet_cli.runs.load import load
    from gradnet_cli.runs.optimize import optimize
    from gradnet_cli.settings.keywords import settings_from
    from gradnet_cli.settings.settings import Settings
    from gradnet_cli.sweeps.load import load_sweep
    from gradnet_cli.training import Callback

__all__ = [
    "Budget",
    "Callback",
    "Description",
    "Drawing",
    "Evaluation",
    "GradnetError",
    "Limits",
    "Mask",
    "Network",
    "NumericalError",
    "Objective",
    "Problem",
    "Result",
    "SettingError",
    "Settings",
    "Signs",
    "Sum",
    "Term",
    "Worst",
    "load",
    "load_sweep",
    "optimize",
    "settings_from",
]

_HOMES = {
    "gradnet_cli.errors": ("GradnetError", "NumericalError", "SettingError"),
    "gradnet_cli.model.network": ("Network",),
    "gradnet_cli.objectives": ("Description", "Drawing", "Evaluation", "Objective"),
    "gradnet_cli.objectives.sum": ("Sum",),
    "gradnet_cli.objectives.terms": ("Term",),
    "gradnet_cli.objectives.worst": ("Worst",),
    "gradnet_cli.problem": ("Budget", "Limits", "Mask", "Problem", "Signs"),
    "gradnet_cli.result": ("Result",),
    "gradnet_cli.runs.load": ("load",),
    "gradnet_cli.runs.optimize": ("optimize",),
    "gradnet_cli.settings.keywords": ("settings_from",),
    "gradnet_cli.settings.settings": ("Settings",),
    "gradnet_cli.sweeps.load": ("load_sweep",),
    "gradnet_cli.training": ("Callback",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
