"""Exchanges of one edge for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

NOBODY = -1  # leaves where an edge is added
BLOCK_NUMBERS = 10**5  # of exchanges looked at together: their numbers stay in the cache

Edges = Int[np.ndarray, " pairs"]


@dataclass(frozen=True, eq=False, kw_only=True)
class PossibleExchanges:
    """What may leave and what may come.

    Attributes:
        out: (k,) edges, NOBODY among them where edges may be added
        new: (C,) edges
        sizes: (E,) the weight of an edge that leaves or comes, > 0
        allowed: which exchanges, of edges (M,) that leave for edges (M,) that come, may be made
    """

    out: Int[np.ndarray, " leaving"]
    new: Int[np.ndarray, " coming"]
    sizes: Float[np.ndarray, " edges"]
    allowed: Callable[[Edges, Edges], Bool[np.ndarray, " pairs"]]

    @property
    def sizes_out(self) -> Float[np.ndarray, " leaving"]:
        """(k,) of those that leave; 1 stands for NOBODY."""
        return sizes_of(self.out, self.sizes)

    def blocks(self, new: Int[np.ndarray, " some"]) -> Iterator[Int[np.ndarray, " few"]]:
        """These edges that come, a few at a time."""
        rows = max(1, BLOCK_NUMBERS // max(1, len(self.out)))
        for start in range(0, len(new), rows):
            yield new[start : start + rows]


@dataclass(frozen=True, eq=False, kw_only=True)
class Exchanges:
    """Exchanges (M,) that were found.

    Attributes:
        out: edges that leave, or NOBODY
        new: edges that come
        worth: what comes of it, the more the better
    """

    out: Edges
    new: Edges
    worth: Float[np.ndarray, " pairs"]

    @classmethod
    def none(cls) -> Exchanges:
        """No exchange at all."""
        nobody = np.zeros(0, dtype=np.int64)
        return cls(out=nobody, new=nobody, worth=np.zeros(0))

    def __len__(self) -> int:
        return len(self.worth)

    def best(self, most: int | None = None) -> Exchanges:
        """So many of them at most, the best first."""
        order = np.argsort(-self.worth, kind="stable")[:most]
        return Exchanges(out=self.out[order], new=self.new[order], worth=self.worth[order])

    def and_those(self, others: Exchanges) -> Exchanges:
        """Both together."""
        return Exchanges(
            out=np.concatenate([self.out, others.out]),
            new=np.concatenate([self.new, others.new]),
            worth=np.concatenate([self.worth, others.worth]),
        )


def sizes_of(out: Edges, sizes: Float[np.ndarray, " edges"]) -> Float[np.ndarray, " pairs"]:
    """(M,) of edges that leave; 1 stands for NOBODY, whose ends are one."""
    there: np.ndarray = np.where(out == NOBODY, 1.0, sizes[out])
    return there


def exchanges_where(
    wanted: Bool[np.ndarray, "coming leaving"],
    worth: Float[np.ndarray, "coming leaving"],
    new: Int[np.ndarray, " coming"],
    possible: PossibleExchanges,
) -> Exchanges:
    """Those of a table of exchanges that are wanted and allowed."""
    row, column = np.nonzero(wanted)
    out, coming = possible.out[column], new[row]
    may = possible.allowed(out, coming)
    return Exchanges(out=out[may], new=coming[may], worth=worth[row[may], column[may]])
