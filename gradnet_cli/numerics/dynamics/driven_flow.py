"""Linear equations of motion: alone, by the exponential of a matrix, and with phases that are driven."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

# Blanes and Moan 2002, order 4: shares of a step for the flow, and for the kicks between.
_A = (0.0792036964311957, 0.353172906049774, -0.0420650803577195)
FLOWS = (*_A, 1 - 2 * sum(_A), *_A[::-1])
_B = (0.209515106613362, -0.143851773179818)
_B3 = 0.5 - sum(_B)
KICKS = (*_B, _B3, _B3, *_B[::-1])


def propagator(generator: Tensor, time: float) -> Tensor:
    """exp(time * G) of a matrix (D, D).

    By a Taylor polynomial of degree 16 at a norm of at most 1/2, whose rest is below rounding, and squaring.
    The gradient goes back through as many products as there are; that of torch's own exponential is one of
    twice the size.
    """
    size = 2 * float(torch.linalg.matrix_norm(generator.detach(), ord=1)) * abs(time)
    halvings = max(0, math.ceil(math.log2(size))) if size > 0 else 0
    result = _polynomial(generator * (time / 2**halvings))
    for _ in range(halvings):
        result = result @ result
    return result


def _polynomial(matrix: Tensor) -> Tensor:
    """sum of M^k / k! for k <= 16, in six products (Paterson and Stockmeyer 1973)."""
    powers = [torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device), matrix]
    for _ in range(3):
        powers.append(powers[-1] @ matrix)
    result = powers[4] / math.factorial(16)
    for block in (3, 2, 1, 0):
        for k in range(4):
            result = result + powers[k] / math.factorial(4 * block + k)
        if block:
            result = result @ powers[4]
    return result


class DrivenFlow:
    """y' = G y + speed(t) J y, where J turns pairs of coordinates into each other.

    Steps of a splitting of fourth order: the flow of G is exact, and so are turns at a fixed time. The error
    is that of their not commuting, however fast G is alone.

    Args:
        generator: G (D, D)
        partner: (D,) the coordinate that each one turns into
        speed: of times (P,), angles a unit of time (P, D): y_i' = speed_i y_partner(i), with the opposite
            sign at the partner; zero where a coordinate has none
        step: length
        steps: how many
    """

    def __init__(
        self,
        generator: Tensor,
        *,
        partner: Tensor,
        speed: Callable[[Tensor], Tensor],
        step: float,
        steps: int,
    ) -> None:
        self._partner, self._steps = partner, steps
        # The last flow of a step and the first of the next are one.
        shares = (*FLOWS[1:-1], 2 * FLOWS[0])
        distinct = {share: propagator(generator, share * step) for share in {*shares, FLOWS[0]}}
        self._first, self._flows = distinct[FLOWS[0]], [distinct[share] for share in shares]
        inside = np.cumsum(FLOWS[:-1])
        times = (np.arange(steps)[:, None] + inside[None, :]).ravel() * step
        lengths = torch.as_tensor(np.tile(np.array(KICKS) * step, steps)).to(generator)
        angles = speed(torch.as_tensor(times).to(generator)) * lengths[:, None]
        self._cosines, self._sines = angles.cos(), angles.sin()

    def end(self, start: Tensor) -> Tensor:
        """The state (D,) after all steps."""
        *_, last = self.course(start)
        return last

    def course(self, start: Tensor, *, every: int = 0) -> list[Tensor]:
        """States after so many steps each, and at the end (alone if 0)."""
        state, seen = self._first @ start, []
        kicks, last = len(KICKS), self._steps * len(KICKS) - 1
        for number, (cosine, sine) in enumerate(zip(self._cosines, self._sines, strict=True)):
            state = cosine * state + sine * state[self._partner]
            ends = number % kicks == kicks - 1
            if number == last or (ends and every and (number // kicks + 1) % every == 0):
                seen.append(self._first @ state)
            if number < last:
                state = self._flows[number % kicks] @ state
        return seen
