"""The same `solve` as in Python, with a directory around it: checkpoints, traces, and a report at the end."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import torch

from gradnet_cli import report
from gradnet_cli.datasets import Dataset, build_dataset
from gradnet_cli.errors import NumericalError
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.learned import read_learned, write_learned
from gradnet_cli.report.files.names import EDGES, LEARNED, PRUNED
from gradnet_cli.result import Result
from gradnet_cli.runs.checkpoints import Checkpoints, load_state
from gradnet_cli.runs.manifest import write_manifest
from gradnet_cli.runs.process import conditions
from gradnet_cli.runs.progress import Afterwards, progress_callback
from gradnet_cli.runs.recorded import STATE_PATH, Resumption
from gradnet_cli.runs.snapshots import Snapshots
from gradnet_cli.runs.tensors import arrays_of, tensors_of
from gradnet_cli.runs.trace import Trace
from gradnet_cli.runs.waiting import Waiting
from gradnet_cli.settings.settings import Settings
from gradnet_cli.solve import device_of, solve
from gradnet_cli.training import Callback
from gradnet_cli.training.trackers import Tracker, tracker

log = logging.getLogger(__name__)


def run_in(
    directory: Path,
    problem: Problem,
    settings: Settings,
    *,
    command: str,
    resumption: Resumption | None = None,
    dataset: Dataset | None = None,
) -> Result:
    """Find the best network of a problem, and write everything about it into a directory.

    Args:
        directory: of the run, which exists
        settings: with the objective, and how to search
        command: as it was typed, for the manifest
        resumption: go on from the checkpoint in the directory, if it holds one
        dataset: that the settings name, if it was read already

    Raises:
        SettingError: a setting, or a problem, that cannot be used
        NumericalError: scores that are not finite
    """
    with conditions(settings, edges=problem.edges), Waiting(settings.trainer.progress) as line:
        if dataset is None:
            dataset = build_dataset(settings.data, seed=settings.seed)
        objective = build_objective(settings.objective, seed=settings.seed, dataset=dataset)
        path = directory / STATE_PATH
        state = load_state(path, problem) if resumption is not None and path.exists() else None
        begin = 0 if state is None else state["step"]
        device = device_of(settings.trainer.accelerator)
        write_manifest(
            directory,
            command=resumption.command if resumption is not None and resumption.command else command,
            seed=settings.seed,
            device=str(device),
            threads=torch.get_num_threads(),
            dtype=settings.dtype,
            data=None if dataset is None else dataset.record(),
        )
        with tracker(settings, directory, begin=begin) as tracking:
            result = solve(
                problem,
                objective,
                settings,
                _callbacks(directory, settings, tracking, objective, line, begin=begin),
                state=state,
                extended=resumption is not None and resumption.extended,
            )
            tracking.conclude(score=result.score, bound=result.bound, gap=result.gap, step=result.step)
            if result.pruned is not None:
                record_network(problem, result.pruned, directory, name=PRUNED)
            line.say("writing files" + (" and figures" if settings.figures.draw else ""))
            report.write(
                result,
                directory,
                edges_recorded=True,
                figures=settings.figures.draw,
                layout=settings.figures.draw or settings.report,
            )
    report.show(result, directory)
    return result


class Recorder(Callback):
    """Writes edges.csv as soon as the network is found: before it is scored, which may take long.

    What the objective has learned is written, too, and taken back from the file: what is told of the network
    from here on can be computed again from the files.
    """

    def __init__(self, directory: Path, objective: Objective) -> None:
        self._directory = directory
        self._objective = objective

    def on_found(self, problem: Problem, weights: np.ndarray) -> None:
        """Write."""
        record_network(problem, weights, self._directory)
        if self._objective.learns:
            path = self._directory / LEARNED
            write_learned(path, arrays_of(self._objective.learned()))
            self._objective.take_back(tensors_of(read_learned(path)))


def record_network(problem: Problem, weights: np.ndarray, directory: Path, *, name: str = EDGES) -> None:
    """Write edges.csv, or by another name, and make sure that it gives these very weights (E,) again.

    Raises:
        NumericalError: it does not
    """
    written = report.record_edges(problem, weights, directory, name=name)
    if not np.array_equal(written, weights):
        raise NumericalError("the network on disk is not the one that was found")


def _callbacks(
    directory: Path, settings: Settings, tracking: Tracker, objective: Objective, line: Waiting, *, begin: int
) -> list[Callback]:
    progress = progress_callback(settings.trainer.progress)
    return [
        Afterwards(line),
        Recorder(directory, objective),
        *([Snapshots(directory)] if settings.animation else []),
        Trace(directory, every=settings.trainer.log_every, begin=begin),
        tracking,
        *([progress] if progress is not None else []),
        # Last, when all have counted.
        Checkpoints(directory, settings.checkpoint),
    ]
