"""When a training first was so good: the courses of both programs."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gradnet_cli.report.files.metrics import read_course

HISTORY = "history.json"  # of the library: seconds of every network that it evaluated, and the judge's score
PASSAGES = "passages.json"  # of gradnet-run: the first update that is as good as this or that score
Course = tuple[np.ndarray, np.ndarray]


def library_course(place: Path) -> Course | None:
    """Seconds of training (K,) and scores (K,) of a run of the library; None where they were not kept.

    The scores are the judge's, of every network that was evaluated, which the library itself does not know.
    """
    path = place / HISTORY
    if not path.is_file():
        return None
    found = json.loads(path.read_text())
    return np.array(found["seconds"], dtype=float), np.array(found["score"], dtype=float)


def first_passage(course: Course | None, score: float | None) -> float | None:
    """Seconds after which a network first was as good as `score`; infinite if none was, None if unknown.

    Nothing is interpolated: there is no network between two that were scored.
    """
    if course is None or score is None:
        return None
    seconds, scores = course
    reached = np.flatnonzero(scores >= score)
    return float(seconds[reached[0]]) if len(reached) else math.inf


def product_passage(runs: Sequence[Path], score: float | None) -> float | None:
    """Seconds of gradnet-run's training until the judge finds a network as good as `score`.

    The update is that of experiments.benchmark.replay, and the seconds are those that `metrics.csv` gives
    for it, the median over repeated runs; infinite where it was not reached, None where it was not judged.

    Args:
        runs: directories of gradnet-run's own, of runs that differ in nothing but time
    """
    judged = [path for run in runs if (path := run / PASSAGES).is_file()]
    if score is None or not judged:
        return None
    known = {each["score"]: each["step"] for each in json.loads(judged[-1].read_text())}
    if score not in known:
        return None
    if known[score] is None:
        return math.inf
    seconds = []
    for run in runs:
        course = read_course(run)
        seconds += course["seconds"][course["step"] == known[score]].tolist()
    return statistics.median(seconds) if seconds else None
