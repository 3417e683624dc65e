"""Who travels: tables of trips in files, and random ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.numerics.traffic import Demand
from gradnet_cli.problem.files import Source, existing_file
from gradnet_cli.problem.files.delimited import TextTable, read_table
from gradnet_cli.problem.files.table import to_floats
from gradnet_cli.problem.files.tntp import TNTP, body

COLUMNS = (
    ("origin", "from", "source"),
    ("destination", "to", "target"),
    ("volume", "trips", "demand", "flow"),
)
ORIGIN = re.compile(r"origin\s+(\S+)(.*)", re.IGNORECASE)
ENTRY = re.compile(r"([^\s:;]+)\s*:\s*([^\s:;]+)")

Row = tuple[str, str, str, int | None]


def random_trips(*, nodes: int, pairs: int | None, mean: float, seed: int) -> Demand:
    """Trips between random pairs of nodes, or every two, their volumes uniform on [0, 2 mean).

    Raises:
        SettingError: there are not so many pairs
    """
    generator = np.random.default_rng(seed)
    there = nodes * (nodes - 1)
    if pairs is not None and pairs > there:
        allowed = f"must be at most {there:,}, the ordered pairs of {nodes:,} nodes"
        raise SettingError(setting="objective.pairs", value=pairs, allowed=allowed)
    chosen = np.arange(there) if pairs is None else np.sort(generator.choice(there, pairs, replace=False))
    origin, rest = np.divmod(chosen, nodes - 1)
    destination = rest + (rest >= origin)
    volume = generator.uniform(0, 2 * mean, len(chosen))
    return Demand(origin=origin, destination=destination, volume=volume)


def read_trips(*, setting: str, path: object, names: np.ndarray) -> Demand:
    """Read a table of trips: TNTP, or delimited text with the columns origin, destination and volume.

    Pairs without trips, and trips from a node to itself, are left out.

    Args:
        setting: the setting that names the file, for messages
        path: relative to the current directory
        names: (N,) str, what the nodes are called

    Raises:
        InputFileError: an unknown node, a volume that is no finite number >= 0, a pair that comes twice, or
            no trip at all; with its line where it is known
    """
    source = Source(setting=setting, path=existing_file(setting=setting, path=path))
    rows = list(_of_tntp(source) if TNTP.match(source.begins()) else _of_table(source))
    place = pandas.Index(names.astype(object))
    ends = np.array([place.get_indexer([row[k] for row in rows]) for k in (0, 1)]).reshape(2, -1)
    volume = to_floats(np.array([row[2] for row in rows], dtype=object))
    for k, (origin, destination, said, line) in enumerate(rows):
        if not (np.isfinite(volume[k]) and volume[k] >= 0):
            raise source.error(f"the volume '{said}' must be a finite number >= 0", line=line)
        for end, name in zip(ends[:, k], (origin, destination), strict=True):
            if end < 0 and volume[k] > 0:
                raise source.error(f"the mask has no node '{name}'", line=line)
    key = ends[0] * np.int64(len(names)) + ends[1]
    doubled = pandas.Series(key).duplicated().to_numpy() & (ends >= 0).all(axis=0)
    if doubled.any():
        origin, destination, _, line = rows[int(np.argmax(doubled))]
        raise source.error(f"the trips from {origin} to {destination} stand in the file twice", line=line)
    kept = (volume > 0) & (ends[0] != ends[1])
    if not kept.any():
        raise source.error("the file has no trip")
    return Demand(origin=ends[0, kept], destination=ends[1, kept], volume=volume[kept])


def _of_tntp(source: Source) -> Iterator[Row]:
    origin: str | None = None
    for line, text in body(source):
        found = ORIGIN.match(text)
        if found:
            origin, text = found[1], found[2]
        entries = ENTRY.findall(text)
        if origin is None or ENTRY.sub("", text).strip("; \t"):
            wanted = "must be 'Origin NODE', or entries 'NODE : VOLUME;'"
            raise _not_understood(source, text, wanted, line)
        for destination, volume in entries:
            yield origin, destination, volume, line


def _of_table(source: Source) -> Iterator[Row]:
    table = read_table(source, header=True)
    first = table.named(table.row(0))
    places = [first.find(names) for names in COLUMNS]
    if None in places:
        wanted = "a header that names origin, destination and volume"
        raise source.error(
            f"must be TNTP, or begin with {wanted}, not '{', '.join(first.names)}'", line=table.first_line
        )
    table = table.headed()
    origin, destination, volume = (_texts(table, place) for place in places)
    lines = [None] * table.rows if table.lines is None else [int(line) for line in table.lines]
    yield from zip(origin, destination, volume, lines, strict=True)


def _texts(table: TextTable, place: int | None) -> list[str]:
    return [str(text).strip() for text in table.cells[place or 0]]


def _not_understood(source: Source, text: str, wanted: str, line: int) -> InputFileError:
    return source.error(f"'{text[:40]}' {wanted}", line=line)
