"""The least and the most that changes within limits of strengths can cost, and what they can reach."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import OptimizeResult, linprog


def linear_optimum(
    gain: np.ndarray,
    *,
    lower: np.ndarray,
    upper: np.ndarray,
    rows: sp.csr_array,
    room: np.ndarray,
    price: np.ndarray,
    cost: np.ndarray | None = None,
    budget: float | None = None,
    exact: bool = False,
) -> OptimizeResult:
    """max <gain, d> - <price, abs(d)>  s.t.  l <= d <= u,  rows d <= room,  sum(cost abs(d)) = K or <= K.

    A linear program, solved by HiGHS (Huangfu and Hall 2018). Changes of both signs are split into what is
    added and what is removed; that this is exact needs price and cost >= 0.

    Args:
        gain: (E,)
        lower, upper: (E,), infinite where there is no limit
        rows: (M, E)
        room: (M,)
        price: (E,)
        cost: (E,) > 0, or None without a budget
        budget: K
        exact: whether the budget is spent to the last

    Returns:
        SciPy's, of the minimisation of the negative: status 0 solved, 2 nothing is feasible, 3 unbounded
    """
    up, down = np.flatnonzero(upper > 0), np.flatnonzero(lower < 0)
    bounds = np.concatenate(
        [
            np.stack([np.maximum(lower[up], 0.0), upper[up]], axis=1),
            np.stack([np.maximum(-upper[down], 0.0), -lower[down]], axis=1),
        ]
    )
    inequalities = sp.hstack([rows[:, up], -rows[:, down]], format="csr")
    limits = room
    equalities, total = None, None
    if budget is not None and cost is not None:
        paid = sp.csr_array(np.concatenate([cost[up], cost[down]])[None, :])
        if exact:
            equalities, total = paid, np.array([budget])
        else:
            inequalities = sp.vstack([inequalities, paid], format="csr")
            limits = np.append(room, budget)
    return linprog(
        -np.concatenate([gain[up] - price[up], -gain[down] - price[down]]),
        A_ub=inequalities,
        b_ub=limits,
        A_eq=equalities,
        b_eq=total,
        bounds=bounds,
        method="highs",
    )
