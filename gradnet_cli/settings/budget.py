"""What a change of the network may cost, and which signs it may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.sections import known
from gradnet_cli.settings.values import choice, number

BUDGET_KINDS = ("per_node", "total", "relative", "none")
BUDGET_RULES = ("exact", "at_most")
MEANINGS = {
    "per_node": "mean strength per node",
    "total": "sum over ordered pairs of cost * weight",
    "relative": "share of what the base network costs",
}
LEAST_EXPONENT = 0.1  # the money of M equal edges is that of one times M^(1/exponent)
SIGN_CHANGES = ("any", "increase", "decrease")
SIGN_RESULTS = ("nonnegative", "any")


@dataclass(frozen=True, eq=False, kw_only=True)
class Budget:
    """What the change may cost: (sum over ordered pairs of (cost * abs(delta))^p)^(1/p) = B or <= B.

    An exponent below 1 takes the place of p: then much on one edge is cheaper than the same on several, an
    economy of scale, and the networks that a budget pays for are no convex set.

    Attributes:
        kind: per_node (B = value * N, value being the mean strength at unit cost), total (B = value),
            relative (B = value times what the base network costs), none
        value: finite, > 0; None without a budget
        rule: exact or at_most
        p: order of the norm, finite, >= 1
        exponent: of the economy of scale, LEAST_EXPONENT <= exponent <= 1
    """

    kind: str
    value: float | None
    rule: str = "exact"
    p: float = 1.0
    exponent: float = 1.0

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Build from the configuration's ``budget``; an unknown key is a SettingError."""
        return cls(**{"kind": None, "value": None, **known(content, cls, prefix="budget.")})

    def __post_init__(self) -> None:
        choice(setting="budget.kind", value=self.kind, choices=BUDGET_KINDS)
        choice(setting="budget.rule", value=self.rule, choices=BUDGET_RULES)
        object.__setattr__(
            self, "p", number(setting="budget.p", value=self.p, minimum=1, meaning="order of the norm")
        )
        exponent = number(
            setting="budget.exponent",
            value=self.exponent,
            minimum=LEAST_EXPONENT,
            maximum=1,
            meaning="of the cost of an edge",
        )
        object.__setattr__(self, "exponent", exponent)
        if exponent < 1 and self.p != 1:
            allowed = f"must be 1 with budget.p={self.p:g}: the cost of an edge has one exponent"
            raise SettingError(setting="budget.exponent", value=exponent, allowed=allowed)
        if self.kind == "none":
            if self.value is not None:
                raise SettingError(
                    setting="budget.value", value=self.value, allowed="must be null with budget=none"
                )
            return
        value = number(setting="budget.value", value=self.value, above=0, meaning=MEANINGS[self.kind])
        object.__setattr__(self, "value", value)

    @property
    def order(self) -> float:
        """The p of the formula, whether it is that of a norm or of an economy of scale."""
        return self.p if self.convex else self.exponent

    @property
    def order_setting(self) -> str:
        """The setting that it comes from."""
        return "budget.p" if self.convex else "budget.exponent"

    @property
    def convex(self) -> bool:
        """Whether mixtures of networks that it pays for are such, too."""
        return self.exponent == 1 or self.kind == "none"


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
        return cls(**known(content, cls, prefix="signs."))

    def __post_init__(self) -> None:
        choice(setting="signs.change", value=self.change, choices=SIGN_CHANGES)
        choice(setting="signs.result", value=self.result, choices=SIGN_RESULTS)
