"""Where entries may go, whatever the budget."""

from __future__ import annotations

import torch
from torch import Tensor


class Room:
    """Signs for a vector, and how large its entries may be in these directions; all (E,) in float64, for in
    float32 no single number would meet a budget closely.

    Attributes:
        sign: of x, or that which the bounds leave; the entry nearest to 0 is turned where the budget could
            not be spent otherwise
        least, most: bounds of the entries' sizes
        cost: as given
    """

    def __init__(
        self, x: Tensor, *, cost: Tensor, lower: Tensor, upper: Tensor, budget: float, p: float
    ) -> None:
        self.cost = cost.double()
        upward = torch.where(lower >= 0, True, torch.where(upper <= 0, False, x >= 0))
        size = torch.where(upward, upper, -lower)
        wider = torch.where(upward, -lower, upper) > size
        if bool(wider.any()) and spent(size.double(), self.cost, p) < budget:
            nearest = torch.where(wider, x.abs() / cost, torch.inf).argmin()
            upward[nearest] = ~upward[nearest]
        self.sign = torch.where(upward, 1.0, -1.0).double()
        self.most = torch.where(upward, upper, -lower).double()
        self.least = torch.where(upward, lower, -upper).clamp(min=0.0).double()

    def clip(self, size: Tensor) -> Tensor:
        """Sizes (E,) brought within their bounds."""
        return size.maximum(self.least).minimum(self.most)

    def hold(self, size: Tensor, *, budget: float) -> None:
        """Keep the entries that are at a bound, if the others can meet the budget."""
        inside = self.inside(size)
        least, most = torch.where(inside, self.least, size), torch.where(inside, self.most, size)
        if spent(least, self.cost, 1.0) <= budget <= spent(most, self.cost, 1.0):
            self.least, self.most = least, most

    def inside(self, size: Tensor) -> Tensor:
        """Which sizes (E,) are at no bound."""
        return (size > self.least) & (size < self.most)


def spent(x: Tensor, cost: Tensor, p: float) -> float:
    """norm_p(cost * x)."""
    paid = cost * x.abs()
    return float(paid.sum() if p == 1.0 else torch.linalg.vector_norm(paid, ord=p))
