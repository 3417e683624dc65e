"""What a change of the network may cost, and which signs it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import choice, nearest, number

BUDGET_KINDS = ("per_node", "total", "relative", "none")
BUDGET_RULES = ("exact", "at_most")
MEANINGS = {
    "per_node": "mean strength per node",
    "total": "sum over ordered pairs of cost * weight",
    "relative": "share of what the base network costs",
}
SIGN_CHANGES = ("any", "increase", "decrease")
SIGN_RESULTS = ("nonnegative", "any")


@dataclass(frozen=True, eq=False, kw_only=True)
class Budget:
    """What the change may cost: (sum over ordered pairs of (cost * abs(delta))^p)^(1/p) = B or <= B.

    Attributes:
        kind: per_node (B = value * N, value being the mean strength at unit cost), total (B = value),
            relative (B = value times what the base network costs), none
        value: finite, > 0; None without a budget
        rule: exact or at_most
        p: order of the norm, finite, >= 1
    """

    kind: str
    value: float | None
    rule: str = "exact"
    p: float = 1.0

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Build from the configuration's ``budget``; an unknown key is a SettingError."""
        return cls(**{"kind": None, "value": None, **_known(content, kind=cls, name="budget")})

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
        value = number(setting="budget.value", value=self.value, above=0, meaning=MEANINGS[self.kind])
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
    def from_mapping(cls, content: object) -> Self:
        """Build from the configuration's ``signs``; an unknown key is a SettingError."""
        return cls(**_known(content, kind=cls, name="signs"))

    def __post_init__(self) -> None:
        choice(setting="signs.change", value=self.change, choices=SIGN_CHANGES)
        choice(setting="signs.result", value=self.result, choices=SIGN_RESULTS)


def _known(content: object, *, kind: type[Budget] | type[Signs], name: str) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        raise SettingError(setting=name, value=content, allowed="must be a group of settings")
    known = [item.name for item in fields(kind)]
    for key, value in content.items():
        if key not in known:
            allowed = f"is unknown; {name} has {', '.join(known)}"
            raise SettingError(
                setting=f"{name}.{key}", value=value, allowed=allowed, hint=nearest(key, known)
            )
    return dict(content)
