"""What nodes are called in a file, and how they are numbered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

INTEGER = re.compile(r"[+-]?\d+")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")  # 3, 3.0 and 3.00e+00 are one node
EXACT = 2**53  # beyond, not every integer is a float


class ClashError(Exception):
    """Two spellings of one number that would be two nodes.

    Attributes:
        first, second: their places among the names
    """

    def __init__(self, first: int, second: int) -> None:
        super().__init__()
        self.first, self.second = first, second


def plain_ids(names: Sequence[str]) -> list[str]:
    """Names as they are counted: of 0.0, 1 and 1.0, which are numbers all, the integers.

    Raises:
        ClashError: other names stand between such spellings, so that 1 and 1.0 may or may not be one node
    """
    if all(INTEGER.fullmatch(name) for name in names):
        return [name.removeprefix("+") for name in names]
    values = [whole(name) for name in names]
    if None not in values:
        return [
            name.removeprefix("+") if INTEGER.fullmatch(name) else str(value)
            for name, value in zip(names, values, strict=True)
        ]
    seen: dict[int, int] = {}
    for place, value in enumerate(values):
        if value is None:
            continue
        if value in seen and not _both_integers(names[seen[value]], names[place]):
            raise ClashError(seen[value], place)
        seen[value] = place
    return list(names)


def in_order(ids: np.ndarray) -> np.ndarray:
    """Return the order of node ids: by number if all are integers, else as they stand."""
    numbers = integer_ids(ids)
    return np.arange(len(ids)) if numbers is None else np.argsort(numbers, kind="stable")


def integer_ids(ids: np.ndarray) -> np.ndarray | None:
    """Return (N,) int64 if every id is an integer in its shortest spelling, else None."""
    try:
        numbers = [int(text) for text in ids]
    except ValueError:
        return None
    if any(str(number) != text for number, text in zip(numbers, ids, strict=True)):
        return None
    try:
        return np.array(numbers, dtype=np.int64)
    except OverflowError:
        return None


def number_nodes(
    sources: np.ndarray, targets: np.ndarray, *, refuse: Callable[[str, int], Exception]
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return ends (2, M) int64, the ids (N,) that they point at, and whether ids such as 1.0 became integers.

    Args:
        sources, targets: (M,) object arrays of names
        refuse: makes the error of a text and a row
    """
    import pandas

    rows = len(sources)
    codes, spelled = pandas.factorize(np.concatenate([sources, targets]))
    # Only now, because there are fewer names than cells.
    again, stripped = pandas.factorize(np.array([str(text).strip() for text in spelled], dtype=object))
    codes = again[codes].astype(np.int64)
    if "" in stripped:
        missing = codes == list(stripped).index("")
        row = int(np.argmax(missing[:rows] | missing[rows:]))
        raise refuse(f"the {'source' if missing[row] else 'target'} is missing", row)
    broken = next((k for k, name in enumerate(stripped) if "\n" in name), None)
    if broken is not None:
        row = int(np.argmax(codes == broken)) % rows
        raise refuse("the name of a node goes on in the next line: is a quotation mark missing?", row)
    try:
        plain = plain_ids(list(stripped))
    except ClashError as clash:
        (_, first), (row, second) = sorted(
            (int(np.argmax((codes == k).reshape(2, rows).any(axis=0))), stripped[k])
            for k in (clash.first, clash.second)
        )
        raise refuse(
            f"the nodes {first} and {second} differ in spelling only: write one of them", row
        ) from clash
    changed = plain != list(stripped)
    merged, names = pandas.factorize(np.array(plain, dtype=object))
    ids = np.asarray(names, dtype=str)
    order = in_order(ids)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place[merged[codes]].reshape(2, rows).astype(np.int64), ids[order], changed


def whole(name: str) -> int | None:
    """The integer that a name spells, 3 for 3, 3.0 and 3e0, or None."""
    if INTEGER.fullmatch(name):
        return int(name) if len(name) < 4000 else None  # beyond, Python refuses to convert
    value = float(name) if NUMBER.fullmatch(name) else 0.5
    return int(value) if value == np.floor(value) and abs(value) < EXACT else None


def _both_integers(one: str, other: str) -> bool:
    return bool(INTEGER.fullmatch(one)) and bool(INTEGER.fullmatch(other))
