"""A budget that is spent in one direction, seen as a simplex."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.model.projections import project_budget
from gradnet_cli.model.projections._root import root

WIDEST = 300.0  # logarithm of a factor on money


@dataclass(frozen=True, kw_only=True)
class BudgetSimplex:
    """All changes delta = s w with least <= w <= most and norm_p(cost * w) = K, for one sign s.

    In money m = w^p, (E,), it is the simplex sum(price * m) = K^p with price = cost^p, whatever the norm.
    Where a concave f only grows with w, it is concave in m, too, for m^(1/p) is if p >= 1. Optimizers work on
    money.

    Attributes:
        sign: s, +1 or -1
        price: (E,) > 0
        most: the most money (E,) that an edge takes, or None where there is no limit
        p: order of the norm, > 0
        least: the least money (E,) that an edge has, >= 0, or None where that is 0
    """

    sign: float
    price: Float[Tensor, " edges"]
    most: Float[Tensor, " edges"] | None
    p: float
    least: Float[Tensor, " edges"] | None = None

    @property
    def plain(self) -> bool:
        """Whether it is {delta >= 0, sum(cost * delta) = K}."""
        return self.sign > 0 and self.p == 1.0 and self.most is None and self.least is None

    def in_units(self, unit: float) -> BudgetSimplex:
        """The same for changes delta / unit."""

        def scaled(limit: Tensor | None) -> Tensor | None:
            return None if limit is None else limit / unit**self.p

        return replace(self, least=scaled(self.least), most=scaled(self.most))

    def money(self, delta: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """m (E,) >= 0 of a change."""
        size = (self.sign * delta).clamp(min=0.0)
        return size if self.p == 1.0 else size**self.p

    def change(self, money: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """delta (E,) of money."""
        size = money if self.p == 1.0 else money ** (1 / self.p)
        return self.sign * size + 0.0

    def slope(
        self, gradient: Float[Tensor, " edges"], money: Float[Tensor, " edges"]
    ) -> Float[Tensor, " edges"]:
        """The gradient (E,) by money of what has this gradient by delta."""
        outward = self.sign * gradient
        if self.p == 1.0:
            return outward
        least = float(money.mean()) * torch.finfo(money.dtype).eps
        return outward * money.clamp(min=least) ** (1 / self.p - 1) / self.p

    def paid(self, money: Float[Tensor, " edges"]) -> Float[Tensor, ""]:
        """sum(price * m)."""
        return (self.price * money).sum()

    @property
    def open(self) -> Tensor | None:
        """Which edges may take any money, bool (E,); None where all may."""
        return None if self.most is None else self.most > 0

    @property
    def limited(self) -> bool:
        """Whether some edges take money, but not any amount."""
        if self.least is not None:
            return True
        return self.most is not None and bool(((self.most > 0) & self.most.isfinite()).any())

    def free(self, money: Float[Tensor, " edges"]) -> Float[Tensor, " edges"]:
        """The money (E,) on edges at no limit, zero on the others; all money where there is none such."""
        if self.most is None and self.least is None:
            return money
        within = torch.ones_like(money, dtype=torch.bool)
        if self.most is not None:
            within &= money < self.most * (1 - 1e-9)
        if self.least is not None:
            within &= (money > self.least * (1 + 1e-9)) | (self.least == 0)
        return money * within if bool((money * within > 0).any()) else money

    def nearest(
        self, money: Float[Tensor, " edges"], total: Tensor | float, *, metric: Float[Tensor, " edges"]
    ) -> Float[Tensor, " edges"]:
        """min_m sum(metric (m - money)^2) within the limits, at the total; for metric (E,) > 0."""
        if self.least is None and self.most is None:
            return self._nearest_of_all(money, float(total), self.price / metric)
        unit = metric.sqrt()
        least = torch.zeros_like(money) if self.least is None else self.least
        most = torch.full_like(money, torch.inf) if self.most is None else self.most
        found = project_budget(
            unit * money,
            cost=self.price / unit,
            budget=float(total),
            lower=unit * least,
            upper=unit * most,
            exact=True,
        )
        return (found / unit).maximum(least).minimum(most)

    def _nearest_of_all(self, money: Tensor, total: float, fall: Tensor) -> Tensor:
        """The same without limits: m = max(money - t fall, 0), with less and less edges (Michelot 1986)."""
        kept, count = torch.ones_like(money), len(money)
        while True:
            paid = self.price * kept
            level = (float(paid @ money) - total) / float(paid @ fall)
            nearest = money - level * fall
            kept = (kept * (nearest > 0)).to(money)
            left = int(kept.count_nonzero())
            if left == count:
                return nearest.clamp(min=0.0) * kept
            count = left

    def spend(self, money: Float[Tensor, " edges"], total: Tensor | float) -> Float[Tensor, " edges"]:
        """t m within the limits, for the t at which it costs the total; all that is taken if that is less."""
        if self.least is not None:
            return self._spend_within(money, float(total))
        if self.most is None:
            return money * (total / self.paid(money))
        most, price = self.most, self.price
        reached, order = (most / money).nan_to_num(nan=torch.inf).sort()
        full = torch.cumsum((price * most)[order], 0)
        full = torch.cat([full.new_zeros(1), full[:-1]])
        rest = (price * money)[order].flip(0).cumsum(0).flip(0)
        # With the first k edges at their limit, the others are t_k times what they were.
        factor = (total - full) / rest
        within = (factor <= reached) & (rest > 0)
        if not bool(within.any()):
            return torch.where(money > 0, most, money)
        return torch.minimum(most, money * factor[int(within.int().argmax())].clamp(min=0.0))

    def _spend_within(self, money: Tensor, total: float) -> Tensor:
        """The same with least money: what it costs grows with t, a zero in a bracket of logarithms."""
        least = torch.zeros_like(money) if self.least is None else self.least
        most = torch.full_like(money, torch.inf) if self.most is None else self.most
        paid = self.paid(money)

        def excess(logarithm: float) -> tuple[float, float]:
            scaled = money * math.exp(logarithm)
            kept = scaled.maximum(least).minimum(most)
            moving = scaled * ((scaled > least) & (scaled < most))
            return total - float(self.paid(kept)), -float(self.paid(moving))

        guess = math.log(total / float(paid))
        low, high = guess - 1.0, guess + 1.0
        while excess(low)[0] < 0 and low > guess - WIDEST:
            low -= 10.0
        while excess(high)[0] > 0 and high < guess + WIDEST:
            high += 10.0
        factor = math.exp(root(excess, low=low, high=high, scale=total))
        return (money * factor).maximum(least).minimum(most)
