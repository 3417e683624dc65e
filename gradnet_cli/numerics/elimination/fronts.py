"""In which order a sparse symmetric matrix is eliminated, in dense blocks: its assembly tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from jaxtyping import Int

# Subtrees of the elimination tree with no more nodes are one block: calls cost more than its zeros do.
LEAF = 40
# A column joins the block of the one before where it brings in no more rows than this, or share of them.
SLACK, SLACK_SHARE = 4, 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class Front:
    """Columns that are eliminated together, and the rows that this touches.

    Attributes:
        begin, end: the columns begin .. end - 1, as places in the order of elimination
        below: (r,) the places after them that are touched, sorted
        parent: the front that takes over what is left, -1 of a last one
        within: (r,) where `below` stands among the rows of the parent
    """

    begin: int
    end: int
    below: Int[np.ndarray, " rows"]
    parent: int
    within: Int[np.ndarray, " rows"]

    @property
    def columns(self) -> int:
        """How many are eliminated here."""
        return self.end - self.begin

    @property
    def rows(self) -> Int[np.ndarray, " rows"]:
        """Columns and rows below, sorted."""
        return np.concatenate([np.arange(self.begin, self.end), self.below])


@dataclass(frozen=True, eq=False, kw_only=True)
class Elimination:
    """An order of elimination that fills in little, and its fronts, children before parents.

    Attributes:
        place: (n,) of each row of the matrix in that order
        fronts: see Front; their columns are all places, one after the other
        front_of: (n,) the front that eliminates a place
    """

    place: Int[np.ndarray, " size"]
    fronts: tuple[Front, ...]
    front_of: Int[np.ndarray, " size"]

    @staticmethod
    def of(pairs: Int[np.ndarray, "2 pairs"], *, size: int) -> Elimination:
        """That of a positive definite matrix (n, n) with entries at pairs (2, M), i != j, each once.

        The order is SuperLU's, of minimum degree; the blocks are those of Liu (1992), with small ones merged.
        """
        place = _minimum_degree(pairs, size=size)
        upper = _sorted_pairs(place[pairs], size=size)
        parent = _parents(upper, size=size)
        order, descendants = _postorder(parent)
        renamed = np.empty(size, dtype=np.int64)
        renamed[order] = np.arange(size)
        place = renamed[place]
        above = np.full(size, -1, dtype=np.int64)
        above[renamed] = np.where(parent >= 0, renamed[parent], -1)
        fronts = _fronts(_sorted_pairs(place[pairs], size=size), above, descendants[order])
        front_of = np.repeat(np.arange(len(fronts)), [front.columns for front in fronts])
        return Elimination(place=place, fronts=tuple(fronts), front_of=front_of)


def _minimum_degree(pairs: np.ndarray, *, size: int) -> np.ndarray:
    ends = np.concatenate([pairs, pairs[::-1]], axis=1)
    pattern = sp.coo_array((np.full(ends.shape[1], -1.0), tuple(ends)), shape=(size, size)).tocsc()
    matrix = pattern + sp.diags_array(1.0 - pattern.sum(axis=0), format="csc")
    factor = sla.splu(
        matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    order: np.ndarray = factor.perm_c.astype(np.int64)
    return order


def _sorted_pairs(pairs: np.ndarray, *, size: int) -> sp.csr_array:
    """Row j has the i < j that are joined to it."""
    low, high = np.minimum(*pairs), np.maximum(*pairs)
    return sp.coo_array((np.ones(len(low)), (high, low)), shape=(size, size)).tocsr()


def _parents(lower: sp.csr_array, *, size: int) -> np.ndarray:
    """The elimination tree by Liu (1986), with compressed paths: the parent of each place, or -1."""
    parent, ancestor = [-1] * size, [-1] * size
    begin, joined = lower.indptr.tolist(), lower.indices.tolist()
    for place in range(size):
        for below in joined[begin[place] : begin[place + 1]]:
            node = below
            while node != -1 and node != place:
                following = ancestor[node]
                ancestor[node] = place
                if following == -1:
                    parent[node] = place
                node = following
    return np.array(parent, dtype=np.int64)


def _postorder(parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All places, each after what is below it and next to it, and how many are in each one's subtree."""
    size = len(parent)
    descendants = np.ones(size, dtype=np.int64)
    children: list[list[int]] = [[] for _ in range(size + 1)]
    for node, above in enumerate(parent.tolist()):  # parents are later in the order of elimination
        children[above].append(node)
        if above >= 0:
            descendants[above] += descendants[node]
    # Seen from the last: a node, then its subtrees, read backwards.
    order, waiting = [], list(children[-1])
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(children[node])
    return np.array(order[::-1], dtype=np.int64), descendants


def _fronts(lower: sp.csr_array, parent: np.ndarray, descendants: np.ndarray) -> list[Front]:
    upper = lower.T.tocsr()
    begin, joined = upper.indptr, upper.indices
    size = len(parent)
    above = np.where(parent >= 0, descendants[parent], size + LEAF + 1)
    tops = np.flatnonzero((descendants <= LEAF) & (above > LEAF)).tolist()
    blocks: list[tuple[int, int, np.ndarray]] = []  # first column, one past the last, rows below
    waiting: dict[int, list[np.ndarray]] = {}
    place = 0
    tops_at = {top - int(descendants[top]) + 1: top for top in tops}
    while place < size:
        last = tops_at.get(place, place)
        parts = [joined[begin[place] : begin[last + 1]], *waiting.pop(place, [])]
        found = np.unique(np.concatenate(parts))
        below = found[found > last]
        if place not in tops_at and _joins(blocks, place, below, parent):
            blocks[-1] = (blocks[-1][0], place + 1, below)
        else:
            blocks.append((place, last + 1, below))
        if parent[last] >= 0:
            waiting.setdefault(int(parent[last]), []).append(below)
        place = last + 1
    front_of = np.repeat(np.arange(len(blocks)), [end - first for first, end, _ in blocks])
    fronts = []
    for first, end, below in blocks:
        over, within = -1, np.zeros(0, dtype=np.int64)
        if len(below):
            over = int(front_of[below[0]])
            start, stop, rest = blocks[over]
            within = np.searchsorted(np.concatenate([np.arange(start, stop), rest]), below)
        fronts.append(Front(begin=first, end=end, below=below, parent=over, within=within))
    return fronts


def _joins(
    blocks: list[tuple[int, int, np.ndarray]], place: int, below: np.ndarray, parent: np.ndarray
) -> bool:
    """Whether a column goes well with the block before, whose rows are all among its own."""
    if not blocks or parent[place - 1] != place:
        return False
    more = len(below) + 1 - len(blocks[-1][2])
    return more <= max(SLACK, SLACK_SHARE * len(below))
