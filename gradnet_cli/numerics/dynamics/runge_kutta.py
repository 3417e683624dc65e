"""Runge-Kutta methods: tableaus with their own interpolation, and where their steps end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.errors import NumericalError

MOST_STEPS = 100_000
SAFETY, LEAST_FACTOR, MOST_FACTOR = (
    0.9,
    0.2,
    5.0,
)  # of a change of step (Hairer, Norsett and Wanner 1993, II.4)


@dataclass(frozen=True, kw_only=True)
class Tableau:
    """y' = y + h sum_i b_i k_i with k_i = f(y + h sum_j a_ij k_j + h d k_i).

    Attributes:
        order: the error of a step is O(h^(order + 1))
        a: rows (i,) of the stages i = 0, 1, ...
        b: weights (s,)
        dense: (s, d) coefficients of b_i(x) = sum_k dense[i, k] x^(k+1); within a step the solution is
            y + h sum_i b_i(x) k_i, 0 <= x <= 1
        diagonal: d, 0 for explicit methods
        error: b minus the weights of the embedded method of lower order, or None
    """

    order: int
    a: tuple[tuple[float, ...], ...]
    b: tuple[float, ...]
    dense: tuple[tuple[float, ...], ...]
    diagonal: float = 0.0
    error: tuple[float, ...] | None = None

    @property
    def stages(self) -> int:
        """Evaluations of the field a step."""
        return len(self.b)

    def interpolation(self, x: Float[np.ndarray, " points"]) -> Float[np.ndarray, "points stages"]:
        """b_i(x) for x (P,): shape (P, s)."""
        powers = x[:, None] ** np.arange(1, len(self.dense[0]) + 1)
        shares: np.ndarray = powers @ np.array(self.dense).T
        return shares


def _interpolating(times: tuple[float, ...]) -> np.ndarray:
    """Coefficients (s, s) of x, x^2 ... in integrals from 0 of the Lagrange polynomials at times (s,)."""
    powers = np.arange(len(times))
    polynomials = np.linalg.inv(np.array(times)[:, None] ** powers).T
    coefficients: np.ndarray = polynomials / (powers + 1)
    return coefficients


RK4 = Tableau(
    order=4,
    a=((), (1 / 2,), (0.0, 1 / 2), (0.0, 0.0, 1.0)),
    b=(1 / 6, 1 / 3, 1 / 3, 1 / 6),
    # Of third order (Hairer, Norsett and Wanner 1993, II.6).
    dense=((1.0, -3 / 2, 2 / 3), (0.0, 1.0, -2 / 3), (0.0, 1.0, -2 / 3), (0.0, -1 / 2, 2 / 3)),
)

# Dormand and Prince 1980; interpolation of fourth order by Shampine 1986.
DORMAND_PRINCE = Tableau(
    order=5,
    a=(
        (),
        (1 / 5,),
        (3 / 40, 9 / 40),
        (44 / 45, -56 / 15, 32 / 9),
        (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
        (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
        (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
    ),
    b=(35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0.0),
    dense=(
        (1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432),
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799),
        (0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072),
        (0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632),
        (0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844),
        (0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423),
    ),
    error=(71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40),
)


# Alexander 1977: three stages, third order, L-stable: modes that are over within a step leave nothing behind.
# Interpolation by the polynomial through the slopes at the times (d, (1 + d)/2, 1) of the stages.
_D = 0.43586652150845899942
SDIRK3 = Tableau(
    order=3,
    a=((), ((1 - _D) / 2,), (-(6 * _D**2 - 16 * _D + 1) / 4, (6 * _D**2 - 20 * _D + 5) / 4)),
    b=(-(6 * _D**2 - 16 * _D + 1) / 4, (6 * _D**2 - 20 * _D + 5) / 4, _D),
    dense=tuple(map(tuple, _interpolating((_D, (1 + _D) / 2, 1.0)).tolist())),
    diagonal=_D,
)


def graded_mesh(
    *, horizon: float, steps: int, first: float, growth: float = 1.5
) -> Float[np.ndarray, " ends"]:
    """Ends of steps (n + 1,) from 0 to the horizon: `first` long, then growing up to horizon / steps."""
    longest = horizon / steps
    lengths = [first * growth**k for k in range(max(0, math.ceil(math.log(longest / first, growth))))]
    begin = np.cumsum([0.0, *lengths])
    begin = begin[begin < horizon - 0.5 * longest]
    rest = max(1, math.ceil((horizon - begin[-1]) / longest))
    return np.concatenate([begin[:-1], np.linspace(begin[-1], horizon, rest + 1)])


def split(mesh: Float[np.ndarray, " ends"], *, parts: int) -> Float[np.ndarray, " finer"]:
    """Every step in so many equal parts."""
    inner = mesh[:-1, None] + np.diff(mesh)[:, None] * (np.arange(parts) / parts)
    return np.append(inner.ravel(), mesh[-1])


@torch.no_grad()
def adaptive_mesh(
    slope: Callable[[Tensor], Tensor], start: Float[Tensor, "*shape"], *, horizon: float, tolerance: float
) -> Float[np.ndarray, " ends"]:
    """Ends of steps (n + 1,) from 0 to the horizon, such that each step's error estimate is within tolerance.

    Args:
        slope: the field f(y) of an autonomous system y' = f(y)
        start: y at time 0
        tolerance: root mean square of the error that a step may make, absolute

    Raises:
        NumericalError: more than MOST_STEPS steps, or a field that is not finite
    """
    tableau = DORMAND_PRINCE
    assert tableau.error is not None
    y, first, time = start, slope(start), 0.0
    step = min(horizon, 0.1 * horizon, tolerance**0.2 / (1e-12 + float(_rms(first))))
    ends = [0.0]
    for _ in range(MOST_STEPS):
        step = min(step, horizon - time)
        stages = [first]
        for row in tableau.a[1:]:
            stages.append(slope(combined(y, stages, [step * a for a in row])))
        error = float(_rms(combined(torch.zeros_like(y), stages, [step * e for e in tableau.error])))
        if not error < float("inf"):
            raise NumericalError(f"the field is not finite at time {time:.6g}")
        if error <= tolerance:
            y = combined(y, stages, [step * b for b in tableau.b])
            first = stages[-1]  # the last stage is the first of the next step
            time += step
            ends.append(time)
            if horizon - time <= 1e-12 * horizon:
                ends[-1] = horizon
                return np.array(ends)
        factor = MOST_FACTOR if error == 0 else SAFETY * (tolerance / error) ** (1 / tableau.order)
        step *= min(MOST_FACTOR, max(LEAST_FACTOR, factor))
    raise NumericalError(f"{MOST_STEPS} steps are not enough to reach time {horizon:g}")


def combined(
    y: Float[Tensor, "*shape"], stages: list[Float[Tensor, "*shape"]], coefficients: list[float]
) -> Float[Tensor, "*shape"]:
    """Y + sum_i c_i k_i."""
    for stage, coefficient in zip(stages, coefficients, strict=False):
        if coefficient:
            y = torch.add(y, stage, alpha=coefficient)
    return y


def _rms(x: Tensor) -> Tensor:
    return x.square().mean().sqrt()
