"""What every data set has: labels, a split, and where it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradnet_cli.datasets.files import DataFile

UNUSED, TRAINING, VALIDATION, TEST = range(4)
SETS: Mapping[str, int] = {"training": TRAINING, "validation": VALIDATION, "test": TEST}


@dataclass(frozen=True, eq=False, kw_only=True)
class Split:
    """Which of what is classified is learned from, listened to, and tested on.

    Attributes:
        sets: (M,) UNUSED, TRAINING, VALIDATION or TEST
        rule: how it was made, ``published`` or ``stratified``
        fold, folds: which of how many it is
    """

    sets: np.ndarray
    rule: str
    fold: int
    folds: int

    def members(self, name: str) -> np.ndarray:
        """Those of the set ``training``, ``validation`` or ``test``, in their order."""
        return np.flatnonzero(self.sets == SETS[name])

    @property
    def sizes(self) -> dict[str, int]:
        """How many each set has."""
        return {name: int((self.sets == number).sum()) for name, number in SETS.items()}


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset:
    """Labels of M things that are classified, with a split of them.

    Attributes:
        name: of the data set
        labels: (M,) classes 0 .. C-1; -1 where none is known
        split: of the M things
        files: what it was read from; empty if it was generated
    """

    name: str
    labels: np.ndarray
    split: Split
    files: Sequence[DataFile] = ()

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(self.labels.max()) + 1

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of graph, features and labels, the same whichever form they were read from."""
        digest = hashlib.sha256()
        for name, array in sorted(self.content().items()):
            digest.update(f"{name} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def content(self) -> Mapping[str, np.ndarray]:
        """All that the checksum is made of, in types that do not depend on the form."""
        return {"labels": self.labels.astype("<i8")}

    def numbers(self) -> Mapping[str, float]:
        """Sizes, by name."""
        return {"classes": self.classes}

    @property
    def summary(self) -> str:
        """One line for the log."""
        told = ", ".join(f"{value:g} {name.replace('_', ' ')}" for name, value in self.numbers().items())
        split = self.split
        sizes = ", ".join(f"{size} {name}" for name, size in split.sizes.items())
        return f"data {self.name}: {told}; {split.rule} split {split.fold} of {split.folds}: {sizes}"

    def record(self) -> dict[str, Any]:
        """Plain values for the files of a run."""
        split = self.split
        return {
            "name": self.name,
            **self.numbers(),
            "checksum": self.checksum,
            "split": {"rule": split.rule, "fold": split.fold, "folds": split.folds, **split.sizes},
            "files": [{"path": file.path, "bytes": file.size, "sha256": file.sha256} for file in self.files],
        }
