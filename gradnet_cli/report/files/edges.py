"""edges.csv: the network as a list of weighted edges, exact to the last bit."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.errors import GradnetError, NumericalError
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.report.files.cells import column_cells
from gradnet_cli.report.files.names import EDGES

FILE_NAME = EDGES
HEADER = "Source,Target,Type,Weight"
HEADERS = tuple(
    HEADER + cost + limit + base
    for cost in ("", ",Cost")
    for limit in ("", ",Limit")
    for base in ("", ",Base,Change")
)
CHUNK = 100_000
"""Rows turned into text at a time; it bounds the memory that Python's strings and numbers take."""


def write_edges(path: Path, problem: Problem, weights: np.ndarray) -> None:
    """Write `Source,Target,Type,Weight`, one row for each edge of non-zero weight, as Gephi reads it.

    `weights` (E,) are the adjacency's on the mask's edges. Numbers are the shortest decimals that give the
    same float64 again. Nodes are named by the mask's labels if it has some, by 0..N-1 otherwise. A column
    `Cost` follows unless all costs are 1, `Limit` where weights are limited, the largest that an edge may
    have, and on a base network `Base`, the weight before, and `Change`.

    Raises NumericalError, and writes nothing, when a weight is NaN or infinite.
    """
    check_weights(problem, weights)
    further = _costs(problem)
    if np.isfinite(problem.room.most).any():
        further |= {"Limit": problem.room.most}
    if problem.base.any():
        further |= {"Base": problem.base, "Change": weights - problem.base}
    _write(path, problem, weights, np.flatnonzero(weights), further)


def write_removed(path: Path, problem: Problem, weights: np.ndarray) -> None:
    """Write the edges of the base network that are gone, with the weight they had; without any, no file.

    They stand in a file of their own because programs take every row of an edge list for an edge, also one of
    weight 0.
    """
    gone = np.flatnonzero((problem.base != 0) & (weights == 0))
    if len(gone):
        _write(path, problem, problem.base, gone, _costs(problem))
    else:
        path.unlink(missing_ok=True)  # of a run that was gone on with, and has put them back


def _costs(problem: Problem) -> dict[str, np.ndarray]:
    return {"Cost": problem.cost} if np.any(problem.cost != 1.0) else {}


def _write(
    path: Path, problem: Problem, weights: np.ndarray, listed: np.ndarray, further: dict[str, np.ndarray]
) -> None:
    names = None if problem.mask.labels is None else column_cells(problem.mask.labels)
    kind = "Directed" if problem.directed else "Undirected"
    columns = [weights, *further.values()]
    form = f"%s,%s,{kind}{',%r' * len(columns)}\n"
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join([HEADER, *further]) + "\n")
        for chosen in chunks(listed):
            source, target = problem.edge_index[:, chosen].tolist()
            if names is not None:
                source, target = [names[i] for i in source], [names[i] for i in target]
            cells = [values[chosen].tolist() for values in columns]
            file.write("".join([form % row for row in zip(source, target, *cells, strict=True)]))


def read_edges(path: Path, problem: Problem) -> np.ndarray:
    """Read `edges.csv` back as weights (E,) on the mask's edges, bit for bit; edges not listed weigh 0.0.

    Raises GradnetError, naming file and line, when the file is malformed or lists an edge that the mask has
    not, or one twice.
    """
    path = Path(path)
    with path.open(encoding="utf-8", newline="") as file:
        if file.readline().rstrip("\r\n") not in HEADERS:
            allowed = f"{HEADER}, then Cost and Limit where there are some, and Base,Change on a base network"
            raise GradnetError(f"{path.name}, line 1: must be {allowed}")
        if not file.readline():
            return np.zeros(problem.edges)
    if problem.mask.labels is None:
        try:
            return _place(path, problem, *_read_numbers(path))
        except ValueError:
            pass  # the slow reader knows the line
    return _place(path, problem, *_read_rows(path, problem.mask.labels))


def on_listed(path: Path, problem: Problem) -> Problem:
    """The problem on the edges that `edges.csv` lists, where it knows its candidates without a list of them.

    Raises GradnetError, naming file and line, when a row is malformed or no candidate.
    """
    pairs = problem.mask.pairs
    if pairs is None:
        return problem
    labels = problem.mask.labels
    source, target, _ = _read_numbers(path) if labels is None else _read_rows(path, labels)
    edges = np.sort(np.stack([source, target]), axis=0)
    inside = ((edges >= 0) & (edges < problem.nodes)).all(axis=0)
    known = inside & pairs.has(np.where(inside, edges, 0))
    if not known.all():
        raise GradnetError(f"{path.name}, line {int(np.argmin(known)) + 2}: the mask has no such edge")
    return problem.on(np.unique(edges, axis=1))


def _read_numbers(path: Path) -> list[np.ndarray]:
    """Source, target and weight of all rows, eight times as fast as by `_read_rows`."""
    # Its parser rounds correctly, other than those of pandas by default; a test compares the bits.
    table = np.loadtxt(
        path,
        delimiter=",",
        skiprows=1,
        usecols=(0, 1, 3),
        comments=None,
        ndmin=1,
        dtype="i8,i8,f8",
        encoding="utf-8",
    )
    return [np.ascontiguousarray(table[name]) for name in ("f0", "f1", "f2")]


def _read_rows(path: Path, labels: np.ndarray | None) -> list[np.ndarray]:
    """Source, target and weight of all rows; nodes may be named by labels."""
    number = int if labels is None else {label: i for i, label in enumerate(labels.tolist())}.__getitem__
    columns: list[list[Any]] = [[], [], []]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row in reader:
            try:
                source, target, _, weight, *_ = row
                for column, value in zip(
                    columns, (number(source), number(target), float(weight)), strict=True
                ):
                    column.append(value)
            except (ValueError, KeyError) as error:
                raise GradnetError(f"{path.name}, line {reader.line_num}: {error!r}") from error
    return [np.array(column) for column in columns]


def chunks(listed: np.ndarray) -> Iterator[np.ndarray]:
    """Numbers of edges, CHUNK at a time."""
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def check_weights(problem: Problem, weights: np.ndarray) -> None:
    """Refuse weights of the wrong form: they must be finite float64 of shape (E,)."""
    if weights.shape != (problem.edges,) or weights.dtype != np.float64:
        raise ValueError(f"weights are {weights.dtype} {weights.shape}, must be float64 ({problem.edges},)")
    wrong = np.flatnonzero(~np.isfinite(weights))
    if len(wrong):
        i, j = problem.edge_index[:, wrong[0]]
        raise NumericalError(
            f"{len(wrong)} of {problem.edges} weights are not finite, the first on edge {i}-{j}"
        )


def _place(
    path: Path, problem: Problem, source: np.ndarray, target: np.ndarray, listed: np.ndarray
) -> np.ndarray:
    """Put the listed weights on the mask's edges, which are sorted by the key source * N + target."""
    nodes = problem.nodes
    if not problem.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    known = problem.edge_index[0] * nodes + problem.edge_index[1]
    inside = (source >= 0) & (source < nodes) & (target >= 0) & (target < nodes)
    key = np.where(inside, source * nodes + target, -1)
    place = np.minimum(np.searchsorted(known, key), len(known) - 1)
    foreign = np.flatnonzero(known[place] != key)
    if len(foreign):
        raise GradnetError(f"{path.name}, line {foreign[0] + 2}: the mask has no such edge")
    seen = np.bincount(place, minlength=problem.edges)
    if seen.max(initial=0) > 1:
        twice = np.flatnonzero(seen[place] > 1)[1]
        raise GradnetError(f"{path.name}, line {twice + 2}: an edge is listed twice")
    weights = np.zeros(problem.edges)
    weights[place] = listed
    return weights
