"""Whether the edges behind a trajectory were found."""

from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmark.judges.judge import Arrays, Judge, Outcome
from experiments.benchmark.problem import frequency_of
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.arrays import FILE_NAME as ARRAYS
from gradnet_cli.report.files.arrays import read_arrays


class Reconstruction(Judge):
    """F1 of the edges above the threshold, and the largest error of a weight."""

    name = "reconstruction"

    def given(self, settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
        arrays = read_arrays(run / ARRAYS)
        seen = {name: arrays[name] for name in ("before", "after", "true_weights")}
        chosen = {name: np.array(settings[name]) for name in ("interval", "threshold")}
        return {**seen, **chosen, "frequency": frequency_of(run)}

    def outcome(self, problem: Arrays, weights: np.ndarray) -> Outcome:
        truth, found = (values > problem["threshold"] for values in (problem["true_weights"], weights))
        f1 = 2 * float((truth & found).sum()) / float(truth.sum() + found.sum())
        return {"score": f1, "f1": f1, "max_error": float(np.abs(weights - problem["true_weights"]).max())}

    def good(self, ours: Outcome, library: Outcome) -> bool:
        return ours["f1"] == 1

    def told(self, outcome: Outcome) -> str:
        return f"F1 = {outcome['f1']:.4g}"
