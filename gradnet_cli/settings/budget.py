"""What a change of the network may cost, and which signs it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import choice, nearest, number

BUDGET_KINDS = ("per_node", "total", "none")
BUDGET_RULES = ("exact", "at_most")
SIGN_CHANGES = ("any", "increase", "decrease")
SIGN_RESULTS = ("nonnegative", "any")


@dataclass(frozen=True, eq=False, kw_only=True)
class Budget:
    """What the change may cost: (sum over ordered pairs of (cost * abs(delta))^p)^(1/p) = B or <= B.

    Attributes:
        kind: per_node (B = value * N, value being the mean strength at unit cost), total (B = value), none
        value: finite, > 0; None without a budget
        rule: exact or at_most
        p: order of the norm, finite, >= 1
    """

    kind: str
    value: float | None
    rule: str = "exact"
    p: float = 1.0

    @classmethod
    def from_settings(cls, settings: Mapping) -> Self:
        """Build from the configuration's ``budget``; an unknown key is a SettingError."""
        _check_keys(settings, kind=cls, name="budget")
        return cls(**{"kind": None, "value": None, **settings})

    def __post_init__(self) -> None:
        choice(setting="budget.kind", value=self.kind, choices=BUDGET_KINDS)
        choice(setting="budget.rule", value=self.rule, choices=BUDGET_RULES)
        object.__setattr__(
            self, "p", number(setting="budget.p", value=self.p, minimum=1, meaning="order of the norm")
        )
        if self.kind == "none":
            if self.value is not None:
                raise SettingError(
                    setting="budget.value", value=self.value, allowed="must be null with budget=none"
                )
            return
        meaning = (
            "mean strength per node" if self.kind == "per_node" else "sum over ordered pairs of cost * weight"
        )
        value = number(setting="budget.value", value=self.value, above=0, meaning=meaning)
        object.__setattr__(self, "value", value)


@dataclass(frozen=True, eq=False, kw_only=True)
class Signs:
    """Which signs are allowed.

    Attributes:
        change: sign of delta: any, increase (>= 0) or decrease (<= 0)
        result: sign of A = A0 + delta: nonnegative or any
    """

    change: str = "any"
    result: str = "nonnegative"

    @classmethod
    def from_settings(cls, settings: Mapping) -> Self:
        """Build from the configuration's ``signs``; an unknown key is a SettingError."""
        _check_keys(settings, kind=cls, name="signs")
        return cls(**settings)

    def __post_init__(self) -> None:
        choice(setting="signs.change", value=self.change, choices=SIGN_CHANGES)
        choice(setting="signs.result", value=self.result, choices=SIGN_RESULTS)


def _check_keys(settings: Mapping, *, kind: type[Budget] | type[Signs], name: str) -> None:
    known = [item.name for item in fields(kind)]
    for key, value in settings.items():
        if key not in known:
            allowed = f"is unknown; {name} has {', '.join(known)}"
            raise SettingError(
                setting=f"{name}.{key}", value=value, allowed=allowed, hint=nearest(key, known)
            )
