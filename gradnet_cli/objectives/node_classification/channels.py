"""How channels mix: the network's weights between them, and a diagonal that is learned."""

from __future__ import annotations

import torch
from torch import Tensor, nn

VARIANTS = ("D", "DD", "sum", "prod", "neg_prod")


class Channels(nn.Module):
    """The symmetric matrix W (d, d) by which the channels of a node's features mix.

    W0 is the network: symmetric, with an empty diagonal. By variant W is

    - D: diag(w); the network has no part in it
    - DD: W0 + diag(q_a sum_b |W0_ab| + r_a), which q keeps definite where it is large
    - sum: W0 + diag(w), any symmetric matrix
    - prod, neg_prod: the square of that, and its negative: attraction alone, and repulsion alone

    Args:
        count: d
        variant: one of VARIANTS
    """

    def __init__(self, *, count: int, variant: str) -> None:
        super().__init__()
        self.variant = variant
        if variant == "DD":
            self.stretch = nn.Parameter(torch.empty(count).uniform_(-1, 1))
            self.shift = nn.Parameter(torch.empty(count).uniform_(-1, 1))
        else:
            self.diagonal = nn.Parameter(torch.empty(count).uniform_(-1, 1))

    def forward(self, between: Tensor) -> Tensor:
        """W (d, d), or its diagonal (d,) where nothing else is in it, of W0 (d, d)."""
        if self.variant == "D":
            return self.diagonal
        if self.variant == "DD":
            return between + torch.diag(self.stretch * between.abs().sum(dim=1) + self.shift)
        whole = between + torch.diag(self.diagonal)
        if self.variant == "sum":
            return whole
        return whole @ whole if self.variant == "prod" else -(whole @ whole)


def dense(mixing: Tensor) -> Tensor:
    """W (d, d) of W or of its diagonal."""
    return torch.diag(mixing) if mixing.dim() == 1 else mixing
