"""The second smallest eigenvalue of a graph Laplacian after an edge has been exchanged for another."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from gradnet_cli.numerics.exchanges import BLOCK_NUMBERS, NOBODY, Exchanges, sizes_of

IMPROVED = 1e-10  # relative: less is rounding
BISECTIONS = 48  # until a number is known, yet off lambda_3 by more than its last digits


class ExchangedEigenvalues:
    """Says of any exchange of edges whether lambda_2 reaches a level, without decomposing anything again.

    Edge e = (i, j) of size s_e is s_e u_e u_e^T in L, u_e = 1_i - 1_j. An exchange of a for b adds U S U^T,
    U = (u_b, u_a), S = diag(s_b, -s_a). By Sylvester's law of inertia and the additivity of inertias
    (Haynsworth 1968), applied to both Schur complements of [[L - mu, U], [U^T, -S^-1]] on the space
    orthogonal to 1, the number of eigenvalues below mu after the exchange is that before, plus n_+(M) - 1,

        M = S^-1 + U^T (L - mu)^-1 U,

    where n_+ counts positive eigenvalues, and 1 is n_+(S^-1). No exchange lifts lambda_2 over lambda_3. For
    mu between the two one eigenvalue is below mu before, and lambda_2 reaches mu if, and only if, M has no
    positive eigenvalue. With delta = mu - lambda_2, t = U^T v_2, and P as M without the term of lambda_2, so
    that M = P - t t^T / delta and P_bb > 0, this says

        det P < 0  and  delta <= q / det P,  q = t^T adj(P) t = P_aa t_b^2 - 2 P_ab t_a t_b + P_bb t_a^2,

    which has no pole at lambda_2, and holds below it as well. So q / det P is what an exchange promises at a
    level: the higher mu the less, and true where it is delta. Where nobody leaves, P_aa = -1 and
    P_ab = t_a = 0 do the same for the 1 x 1 matrix of b.

    Args:
        values: (N - 1,) all eigenvalues of L but that of 1, ascending
        vectors: (N, N - 1) theirs
        edge_index: (2, E)
        sizes: (E,) of edges that leave or come, > 0 where they do

    Attributes:
        lowest: lambda_2
        improved: what lambda_2 must reach to be better by more than rounding
        ceiling: lambda_3, which no exchange exceeds
    """

    def __init__(
        self,
        *,
        values: Float[np.ndarray, " pairs"],
        vectors: Float[np.ndarray, "nodes pairs"],
        edge_index: Int[np.ndarray, "2 edges"],
        sizes: Float[np.ndarray, " edges"],
    ) -> None:
        self.lowest = float(values[0])
        rounding = 8 * np.finfo(float).eps * float(values.sum())
        self.improved = self.lowest + max(IMPROVED * self.lowest, rounding)
        # Of two nodes there is no lambda_3; and one edge lifts no eigenvalue by more than twice its size.
        self.ceiling = min(float(values[1:].min(initial=np.inf)), self.lowest + 2 * float(sizes.max()))
        self._above, self._rest, self._first = values[1:], vectors[:, 1:], vectors[:, 0]
        self._edge_index, self._sizes = edge_index, sizes

    def at(self, level: float) -> Level:
        """What exchanges promise at a level below the ceiling; one product of matrices."""
        resolvent = (self._rest / (self._above - level)) @ self._rest.T
        return Level(
            delta=level - self.lowest,
            resolvent=resolvent,
            first=self._first,
            edge_index=self._edge_index,
            sizes=self._sizes,
        )

    def followed(self, exchanges: Exchanges) -> Exchanges:
        """The same with lambda_2 after each of them, the best first."""
        out, new = exchanges.out, exchanges.new
        return Exchanges(out=out, new=new, worth=self.after(out, new)).best()

    def after(
        self, out: Int[np.ndarray, " pairs"], new: Int[np.ndarray, " pairs"]
    ) -> Float[np.ndarray, " pairs"]:
        """lambda_2 (M,) after each exchange, by bisection; O(N) each."""
        block = max(1, BLOCK_NUMBERS // max(1, len(self._above)))
        parts = [self._after(out[k : k + block], new[k : k + block]) for k in range(0, len(out), block)]
        return np.concatenate([np.zeros(0), *parts])

    def _after(
        self, out: Int[np.ndarray, " pairs"], new: Int[np.ndarray, " pairs"]
    ) -> Float[np.ndarray, " pairs"]:
        source, target = self._edge_index
        there = out != NOBODY
        gone = there[:, None] * (self._rest[source[out]] - self._rest[target[out]])
        come = self._rest[source[new]] - self._rest[target[new]]
        t_out = there * (self._first[source[out]] - self._first[target[out]])
        t_new = self._first[source[new]] - self._first[target[new]]
        squares = np.stack([come * come, come * gone, gone * gone])  # (3, M, N - 2)
        size_out, size_new = sizes_of(out, self._sizes), self._sizes[new]
        low, high = np.zeros(len(out)), np.full(len(out), self.ceiling)
        for _ in range(BISECTIONS):
            level = (low + high) / 2
            sums = np.einsum("smn,mn->sm", squares, 1 / (self._above - level[:, None]))
            promised = _promised(sums[0] + 1 / size_new, sums[1], sums[2] - 1 / size_out, t_new, t_out)
            reached = promised >= level - self.lowest
            low, high = np.where(reached, level, low), np.where(reached, high, level)
        return low


class Level:
    """What exchanges promise at a level mu of lambda_2.

    Args:
        delta: mu - lambda_2
        resolvent: (N, N) (L - mu)^-1 without 1 and v_2
        first: v_2 (N,)
        edge_index: (2, E)
        sizes: (E,)
    """

    def __init__(
        self,
        *,
        delta: float,
        resolvent: Float[np.ndarray, "nodes nodes"],
        first: Float[np.ndarray, " nodes"],
        edge_index: Int[np.ndarray, "2 edges"],
        sizes: Float[np.ndarray, " edges"],
    ) -> None:
        self.delta = delta
        self._resolvent, self._first, self._sizes = resolvent, first, sizes
        self._edge_index = edge_index

    def of_addition(self, new: Int[np.ndarray, " coming"]) -> Float[np.ndarray, " coming"]:
        """(C,) of edges that come while nobody leaves: no exchange for them promises more."""
        tension, diagonal = self._of_new(new)
        promised: np.ndarray = tension * tension / diagonal
        return promised

    def of_exchange(
        self, out: Int[np.ndarray, " leaving"], new: Int[np.ndarray, " coming"]
    ) -> Float[np.ndarray, "coming leaving"]:
        """(C, k) each for each."""
        (source, target), there = self._edge_index[:, out], out != NOBODY
        column = np.arange(len(out))
        gone = there * (self._resolvent[:, source] - self._resolvent[:, target])
        t_out = there * (self._first[source] - self._first[target])
        p_out = gone[source, column] - gone[target, column] - 1 / sizes_of(out, self._sizes)
        t_new, p_new = self._of_new(new)
        source, target = self._edge_index[:, new]
        return _promised(p_new[:, None], gone[source] - gone[target], p_out, t_new[:, None], t_out)

    def _of_new(
        self, new: Int[np.ndarray, " coming"]
    ) -> tuple[Float[np.ndarray, " coming"], Float[np.ndarray, " coming"]]:
        source, target = self._edge_index[:, new]
        diagonal = self._resolvent.diagonal()
        resistance = diagonal[source] + diagonal[target] - 2 * self._resolvent[source, target]
        return self._first[source] - self._first[target], resistance + 1 / self._sizes[new]


def _promised(
    p_new: np.ndarray, p_both: np.ndarray, p_out: np.ndarray, t_new: np.ndarray, t_out: np.ndarray
) -> np.ndarray:
    """q / det P, or -inf where det P is not negative."""
    determinant = p_new * p_out - p_both * p_both
    form = p_out * (t_new * t_new) + t_out * (p_new * t_out - 2 * p_both * t_new)
    promised = np.full(determinant.shape, -np.inf)
    np.divide(form, determinant, out=promised, where=determinant < 0)
    return promised
