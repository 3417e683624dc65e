"""What a quantum network can carry, over all pairs by the closure in (max, min)."""

import numpy as np

from experiments.benchmark.judges.judge import Arrays, Judge, Outcome, adjacency
from experiments.quantum.claims import closure


class Quantum(Judge):
    """Mean capacity of the best paths of all pairs [bit]."""

    name = "quantum"

    def outcome(self, problem: Arrays, weights: np.ndarray) -> Outcome:
        best = closure(-np.log2(1 - np.tanh(adjacency(problem, weights))))
        return {"score": float(best[np.triu_indices(len(best), 1)].mean())}

    def good(self, ours: Outcome, library: Outcome) -> bool:
        return ours["score"] > library.get("score", 0.0)

    def told(self, outcome: Outcome) -> str:
        return f"{outcome['score']:.5f} bit"
