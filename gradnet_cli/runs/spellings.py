"""What Python may say in short, as the settings that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Budget


def select_settings(given: object) -> dict[str, Any]:
    """``select=50`` and ``select={"count": 50}`` as the settings of select=edges."""
    if isinstance(given, int | np.integer) and not isinstance(given, bool):
        return {"select": {"name": "edges", "count": int(given)}}
    if isinstance(given, Mapping) and not {"name", "kind"} & set(given):
        return {"select": {"name": "edges", **given}}
    return {}


def budget_settings(budget: Any) -> dict[str, Any]:
    """A number, a share ``"+20%"``, a kind, settings, or a Budget, as the settings of a budget.

    Raises:
        SettingError: a share that is no number
    """
    if budget is None:
        return {}
    if isinstance(budget, Budget):
        numbers = {name: getattr(budget, name) for name in ("value", "rule", "p", "exponent")}
        return {"budget": {"name": budget.kind, **numbers}}
    if isinstance(budget, Mapping):
        given = dict(budget)
        return {"budget": {"name": given.pop("kind", given.pop("name", "per_node")), **given}}
    if isinstance(budget, str) and budget.strip().endswith("%"):
        return {"budget": {"name": "relative", "value": _share(budget)}}
    if isinstance(budget, str):
        return {"budget": budget}
    return {"budget": {"name": "per_node", "value": budget}}


def _share(budget: str) -> float:
    try:
        return float(budget.strip().removesuffix("%")) / 100
    except ValueError:
        allowed = 'must be a number with a %, "+20%", or none, per_node, total or relative'
        raise SettingError(setting="budget", value=budget, allowed=allowed) from None
