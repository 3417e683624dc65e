"""Take gradnet-run's training again, and judge its networks until they are as good as asked.

    python -m experiments.benchmark.replay RUN SCORE ...

`RUN` is the directory of a run, which gets `passages.json`: for each score the first update whose network
the judge finds as good. What training records is a Rayleigh quotient, never less than what the judge finds:
only networks which may be so good are judged.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from experiments.benchmark.courses import PASSAGES
from experiments.benchmark.judges.connectivity import algebraic_connectivity
from experiments.runs import problem_of, settings_of
from gradnet_cli.objectives import build_objective
from gradnet_cli.problem import Problem
from gradnet_cli.runs.process import conditions
from gradnet_cli.solve import solve
from gradnet_cli.training import Callback, TrainingModule


class ReachedError(Exception):
    """All scores were reached: training may end here."""


class Judging(Callback):
    """Notes the first update at which the algebraic connectivity is no less than each of some scores."""

    def __init__(self, problem: Problem, scores: Sequence[float]) -> None:
        self._problem = problem
        self._sought = sorted(set(scores))
        self.steps: dict[float, int] = {}

    def on_record(self, module: TrainingModule) -> None:
        """Judge the network if it may be good enough."""
        record, problem = module.record, self._problem
        if not self._sought or record.score < self._sought[0]:
            return
        assert record.delta is not None
        weights = (module.model.base + record.delta).double().cpu().numpy()
        judged = algebraic_connectivity(problem.edge_index, weights, nodes=problem.nodes)
        while self._sought and judged >= self._sought[0]:
            self.steps[self._sought.pop(0)] = record.step
        if not self._sought:
            raise ReachedError


def replay(run: Path, scores: Sequence[float]) -> dict[float, int]:
    """The first update at which training was so good, by scores; without those that it did not reach."""
    settings, problem = settings_of(run), problem_of(run)
    judging = Judging(problem, scores)
    with conditions(settings, edges=problem.edges):
        objective = build_objective(settings.objective, seed=settings.seed)
        with contextlib.suppress(ReachedError):
            solve(problem, objective, settings, [judging])
    return judging.steps


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("scores", type=float, nargs="+")
    options = parser.parse_args()
    steps = replay(options.run, options.scores)
    found = [{"score": score, "step": steps.get(score)} for score in options.scores]
    (options.run / PASSAGES).write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
