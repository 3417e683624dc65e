"""What was told of things that have classes: the test, predictions, and confusions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gradnet_cli.datasets import Dataset
from gradnet_cli.datasets.dataset import SETS


@dataclass(frozen=True, eq=False, kw_only=True)
class Told:
    """Classes that a model has told.

    Attributes:
        logits: (M, C)
        data: with the labels (M,) and their split
        thing: what has a class: ``node``, ``graph``
    """

    logits: Tensor
    data: Dataset
    thing: str

    @cached_property
    def predicted(self) -> np.ndarray:
        """(M,) the class of the largest logit."""
        found: np.ndarray = self.logits.argmax(dim=1).cpu().numpy()
        return found

    @cached_property
    def confusion(self) -> np.ndarray:
        """How many test things of each class (rows) were told as which (columns), (C, C)."""
        tested, classes = self.data.split.members("test"), self.data.classes
        counted = np.bincount(
            self.data.labels[tested] * classes + self.predicted[tested], minlength=classes**2
        )
        return counted.reshape(classes, classes)

    @property
    def metrics(self) -> dict[str, float]:
        """Accuracy and loss of the test, what the most common class gets, and sizes."""
        data, tested = self.data, self.data.split.members("test")
        common = np.bincount(data.labels[data.split.members("training")]).argmax()
        members = torch.as_tensor(tested, device=self.logits.device)
        labels = torch.as_tensor(data.labels, device=self.logits.device)
        return {
            "accuracy_test": float((self.predicted[tested] == data.labels[tested]).mean()),
            "loss_test": float(functional.cross_entropy(self.logits[members], labels[members])),
            "accuracy_majority": float((data.labels[tested] == common).mean()),
            **{f"{self.thing}s_{name}": float(size) for name, size in data.split.sizes.items()},
        }

    @property
    def note(self) -> str:
        """One line about the test."""
        right, majority = self.metrics["accuracy_test"], self.metrics["accuracy_majority"]
        count = self.data.split.sizes["test"]
        return (
            f"tested once, on {count} {self.thing}s of {self.data.name}: accuracy {right:.4g}, "
            f"and {majority:.4g} for the most common class"
        )

    @property
    def tables(self) -> Mapping[str, Mapping[str, np.ndarray]]:
        """Of every prediction, and of the confusions."""
        names = np.array(["none", *SETS])
        shares = torch.softmax(self.logits.double(), dim=1).max(dim=1).values.cpu().numpy()
        data = self.data
        return {
            "predictions": {
                self.thing: np.arange(len(data.labels)),
                "set": names[data.split.sets],
                "label": data.labels,
                "predicted": self.predicted,
                "confidence": shares,
            },
            "confusion": {
                "label": np.arange(data.classes),
                **{f"predicted_{number}": self.confusion[:, number] for number in range(data.classes)},
            },
        }
