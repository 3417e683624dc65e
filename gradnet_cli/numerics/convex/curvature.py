"""What changes of a gradient tell of the Hessian."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

CURVED = 1e-10  # least cosine between the changes of a point and of its slope that are believed


class Curvature:
    """The L-BFGS matrix B of some pairs, in its compact form (Byrd, Nocedal and Schnabel 1994):

        B = t H - W M^-1 W',  W = [t H S, Y],  M = [[t S'HS, L], [L', -D]],

    with the changes S of the point, Y of the slope, t = y' H^-1 y / s'y of the last pair, S'Y = L + D + R.

    Args:
        pairs: of changes (s, y), each (n,), with s'y > 0, the oldest first; at least one
        diagonal: of H > 0, (n,), the unit matrix if it is left out

    Attributes:
        scale: t, the curvature where nothing is known, in units of H
    """

    def __init__(
        self,
        pairs: Sequence[tuple[Float[Tensor, " numbers"], Float[Tensor, " numbers"]]],
        *,
        diagonal: Float[Tensor, " numbers"] | None = None,
    ) -> None:
        moved = torch.stack([pair[0] for pair in pairs], dim=1)
        turned = torch.stack([pair[1] for pair in pairs], dim=1)
        first = torch.ones_like(moved[:, 0]) if diagonal is None else diagonal
        self.scale = float((turned[:, -1].square() / first).sum() / (moved[:, -1] @ turned[:, -1]))
        self._first = self.scale * first
        products = moved.T @ turned
        lower = torch.tril(products, -1)
        weighed = self._first[:, None] * moved
        self._known = torch.cat([weighed, turned], dim=1)
        self._middle = torch.cat(
            [
                torch.cat([moved.T @ weighed, lower], dim=1),
                torch.cat([lower.T, -torch.diag(products.diagonal())], dim=1),
            ]
        )

    def times(self, vector: Float[Tensor, " numbers"]) -> Float[Tensor, " numbers"]:
        """B v (n,)."""
        inner = torch.linalg.solve(self._middle, self._known.T @ vector)
        product: Tensor = self._first * vector - self._known @ inner
        return product

    @staticmethod
    def tells(moved: Float[Tensor, " numbers"], turned: Float[Tensor, " numbers"]) -> bool:
        """Whether a pair of changes is one of a function that curves upwards there."""
        return float(moved @ turned) > CURVED * float(moved.norm() * turned.norm())
