"""What the folds of a cross-validation have reached, by fold and seed."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.runs import runs_of_sweep, settings_of, summary
from gradnet_cli.report.files.metrics import read_metrics


@dataclass(frozen=True, kw_only=True)
class Folds:
    """Numbers of each fold and seed.

    Attributes:
        values: by (fold, seed): the accuracies in ``test`` and ``training``, of the ``best`` epoch in
            validation, and the ``roughness``, the mean change of the accuracy in validation from one epoch
            to the next
    """

    values: dict[tuple[int, int], dict[str, float]]

    def mean(self, name: str, seeds: set[int] | None = None) -> list[float]:
        """Of each fold, over its seeds or some of them."""
        found: dict[int, list[float]] = defaultdict(list)
        for (fold, seed), values in sorted(self.values.items()):
            if seeds is None or seed in seeds:
                found[fold].append(values[name])
        return [float(np.mean(each)) for each in found.values()]

    @property
    def seeds(self) -> set[int]:
        """Those that every fold has."""
        folds = {fold for fold, _ in self.values}
        known = {seed for _, seed in self.values}
        return {seed for seed in known if all((fold, seed) in self.values for fold in folds)}

    @property
    def told(self) -> str:
        """How many folds and seeds."""
        return f"{len({fold for fold, _ in self.values})} folds x {len(self.seeds)} seeds"

    def beside(self, other: Folds, name: str = "test") -> tuple[list[float], list[float]]:
        """A number of each fold here and there, over the seeds that both have."""
        both = self.seeds & other.seeds
        return self.mean(name, both), other.mean(name, both)


def read_folds(sweep: Path) -> Folds:
    """All that the runs of a sweep have left."""
    values = {}
    for run in runs_of_sweep(sweep):
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        metrics = summary(run)["metrics"]
        course = read_metrics(run).score.to_numpy()
        values[manifest["data"]["split"]["fold"], settings_of(run).seed] = {
            "test": metrics["accuracy_test"],
            "training": metrics["accuracy_training"],
            "best": float(course.max()),
            "roughness": float(np.abs(np.diff(course)).mean()),
        }
    return Folds(values=values)


def accuracies_of(folds: Folds) -> list[float]:
    """Test accuracy of each fold, the mean over its seeds."""
    return folds.mean("test")
