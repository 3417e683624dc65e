"""States of all nodes at equally spaced times, and their CSV files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.files import Source, existing_file
from gradnet_cli.problem.files.delimited import TextTable, read_table
from gradnet_cli.problem.files.table import to_floats

COLUMNS = ("time", "node", "value")
UNEVEN = 1e-2  # deviation of a time step from the interval that is more than rounding, relative


@dataclass(frozen=True, eq=False, kw_only=True)
class Trajectories:
    """One or more courses of the same dynamics from different starts.

    Attributes:
        interval: time between samples, > 0
        states: one (T, N) float64 array a trajectory, T >= 2 samples of N nodes
    """

    interval: float
    states: tuple[np.ndarray, ...]

    @property
    def steps(self) -> int:
        """Number of steps from one sample to the next, over all trajectories."""
        return sum(len(course) - 1 for course in self.states)


def read_trajectories(*, setting: str, path: object, names: np.ndarray) -> Trajectories:
    """Read a CSV file with the columns time, node and value, and optionally trajectory, in any order of rows.

    Args:
        setting: the setting that names the file, for messages
        path: relative to the current directory
        names: (N,) str, what the nodes are called

    Raises:
        InputFileError: an unknown node, a value that is no finite number, a node without value at some time,
            two values for one node at one time, or times that are not equally spaced; with its line
    """
    import pandas

    source = Source(setting=setting, path=existing_file(setting=setting, path=path))
    table = read_table(source, header=True)
    first = table.named(table.row(0))
    place = {name: first.find((name,)) for name in COLUMNS}
    if None in place.values():
        allowed = f"must begin with a header that names time, node and value, not '{', '.join(first.names)}'"
        raise source.error(allowed, line=table.first_line)
    table = table.headed()
    time = _numbers(table, place["time"], "time")
    value = _numbers(table, place["value"], "value")
    called = np.array([text.strip() for text in table.cells[place["node"] or 0]], dtype=object)
    node = pandas.Index(names.astype(object)).get_indexer(called)
    if (node < 0).any():
        row = int(np.argmax(node < 0))
        raise table.error(f"the mask has no node '{called[row]}'", row=row)
    which = table.find(("trajectory",))
    group = np.zeros(len(time), np.int64) if which is None else pandas.factorize(table.cells[which])[0]
    if not len(time):
        raise source.error("the file has no sample")
    interval: float | None = None
    states = []
    for chosen in range(int(group.max()) + 1):
        rows = np.flatnonzero(group == chosen)
        times, order = np.unique(time[rows], return_inverse=True)
        interval = _interval(table, rows, times, order, interval)
        states.append(_arrange(table, rows, times, order, node=node, value=value, names=names))
    assert interval is not None
    return Trajectories(interval=interval, states=tuple(states))


def write_trajectories(path: str, trajectories: Trajectories, *, names: np.ndarray) -> None:
    """Write what read_trajectories reads, values to full precision."""
    import pandas

    frames = []
    for number, course in enumerate(trajectories.states):
        samples, nodes = course.shape
        frames.append(
            pandas.DataFrame(
                {
                    "trajectory": number,
                    "time": np.repeat(np.arange(samples) * trajectories.interval, nodes),
                    "node": np.tile(names, samples),
                    "value": course.ravel(),
                }
            )
        )
    pandas.concat(frames).to_csv(path, index=False)


def check_steps(trajectories: Trajectories, *, setting: str, value: object) -> None:
    """Refuse trajectories in which nothing moves: a resting network tells nothing of its edges.

    Raises:
        SettingError: of the setting and value given, that tell where the trajectories come from
    """
    moved = max(float(np.abs(np.diff(course, axis=0)).max(initial=0.0)) for course in trajectories.states)
    if not moved > 0:
        raise SettingError(setting=setting, value=value, allowed="no node ever changes: there is no dynamics")


def _numbers(table: TextTable, place: int | None, what: str) -> np.ndarray:
    texts = table.cells[place or 0]
    result = to_floats(texts)
    usable = np.isfinite(result)
    if not usable.all():
        row = int(np.argmin(usable))
        raise table.error(f"the {what} '{texts[row]}' must be a finite number", row=row)
    return result


def _interval(
    table: TextTable, rows: np.ndarray, times: np.ndarray, order: np.ndarray, expected: float | None
) -> float:
    """The time between samples, the same throughout and as in the trajectories before."""
    if len(times) < 2:
        raise table.error("a trajectory needs samples at two times or more", row=int(rows[0]))
    steps = np.diff(times)
    interval = float(np.median(steps)) if expected is None else expected
    uneven = np.abs(steps - interval) > UNEVEN * interval
    if uneven.any():
        late = int(np.argmax(uneven)) + 1
        allowed = (
            f"the time {times[late]:g} is {steps[late - 1]:g} after the one before, "
            f"and times must be equally spaced, {interval:g} apart"
        )
        raise table.error(allowed, row=int(rows[np.argmax(order == late)]))
    return interval


def _arrange(
    table: TextTable,
    rows: np.ndarray,
    times: np.ndarray,
    order: np.ndarray,
    *,
    node: np.ndarray,
    value: np.ndarray,
    names: np.ndarray,
) -> np.ndarray:
    """States (T, N) of one trajectory, each entry given once."""
    cell = order * len(names) + node[rows]
    unique, first, count = np.unique(cell, return_index=True, return_counts=True)
    if (count > 1).any():
        seen = np.zeros(len(cell), dtype=bool)
        seen[first] = True
        row = int(rows[np.argmin(seen)])
        when = float(times[order[np.argmin(seen)]])
        raise table.error(f"node {names[node[row]]} has a second value at time {when:g}", row=row)
    if len(unique) < len(times) * len(names):
        missing = int(np.setdiff1d(np.arange(len(times) * len(names)), unique, assume_unique=True)[0])
        at, who = divmod(missing, len(names))
        allowed = f"node {names[who]} has no value at time {times[at]:g}, which begins here"
        raise table.error(allowed, row=int(rows[np.argmax(order == at)]))
    states = np.empty(len(cell))
    states[cell] = value[rows]
    return states.reshape(len(times), len(names))
