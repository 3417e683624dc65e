"""Stages of diagonally implicit Runge-Kutta methods on the Kuramoto field, and their adjoint."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.errors import NumericalError
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, Memo

MOST_ITERATIONS = 12
LONGEST_STEP = 0.5  # radians
CLOSE = 1e-7  # radians: a Newton step as short leaves an error of its square


class Resolvent:
    """(1 - shift J)^-1 with the Jacobian J at phases (..., N, R), on columns (..., N, R)."""

    def __init__(self, field: KuramotoField, memo: Memo, *, shift: float) -> None:
        system = -shift * field.jacobian(memo)
        system.diagonal(dim1=-2, dim2=-1).add_(1.0)
        self._factors = torch.linalg.lu_factor(system)

    def solve(self, columns: Tensor, *, adjoint: bool = False) -> Tensor:
        """The product with the columns, or that of the transposed matrix."""
        each = columns.mT.unsqueeze(-1)  # (..., R, N, 1): replicates have matrices of their own
        found: Tensor = torch.linalg.lu_solve(*self._factors, each, adjoint=adjoint)
        return found.squeeze(-1).mT


def implicit_slope(
    field: KuramotoField,
    base: Float[Tensor, "*batch nodes replicates"],
    *,
    shift: float,
    guess: Float[Tensor, "*batch nodes replicates"],
) -> tuple[Float[Tensor, "*batch nodes replicates"], Memo]:
    """The slope k = f(base + shift k) by Newton's method, and what pull_back needs.

    Args:
        guess: phases base + shift k

    Raises:
        NumericalError: it does not converge
    """
    phases = guess
    for _ in range(MOST_ITERATIONS):
        slope, memo = field.value(phases)
        step = Resolvent(field, memo, shift=shift).solve(base + shift * slope - phases)
        # Velocities know no common shift of all phases: it is as long as it likes.
        common = step.mean(-2, keepdim=True)
        size = float((step - common).abs().max())
        phases = phases + common + (step - common) * min(1.0, LONGEST_STEP / max(size, LONGEST_STEP))
        if size <= CLOSE:
            return field.value(phases)
    raise NumericalError("an implicit step did not converge")
