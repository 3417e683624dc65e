"""Truth tables by name or as they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Bool

# By how many of the inputs (2^n,) are true, and how many there are.
NAMED: Mapping[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "and": lambda true, inputs: true == inputs,
    "or": lambda true, _: true > 0,
    "xor": lambda true, _: true % 2 == 1,
    "nand": lambda true, inputs: true < inputs,
    "nor": lambda true, _: true == 0,
    "xnor": lambda true, _: true % 2 == 0,
}


def input_rows(inputs: int) -> Bool[np.ndarray, "2**{inputs} {inputs}"]:
    """All 2^n rows of inputs (2^n, n), counted up in binary: the first input changes least often."""
    number = np.arange(2**inputs)
    rows: np.ndarray = (number[:, None] >> np.arange(inputs)[::-1]) & 1 == 1
    return rows


def named_table(name: str, inputs: int) -> Bool[np.ndarray, "2**{inputs} 1"]:
    """Outputs (2^n, 1) of a named gate; xor of many inputs is their parity."""
    return NAMED[name](input_rows(inputs).sum(axis=1), inputs)[:, None]
