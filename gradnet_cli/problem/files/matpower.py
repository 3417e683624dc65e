"""Power grids from MATPOWER's case files (Zimmerman, Murillo-Sanchez and Thomas 2011)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from gradnet_cli.problem.files.ids import in_order
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable, to_floats

MATRIX = re.compile(
    r"^[ \t]*(?:\w+\.)?(?P<name>bus|gen|branch)[ \t]*=[ \t]*\[(?P<rows>[^\]]*)\]", re.MULTILINE
)
CHANGED = re.compile(r"^[ \t]*\w+\.(?:bus|gen|branch)\s*\(", re.MULTILINE)
BUS = {"bus_type": 1, "load": 2, "reactive_load": 3, "area": 6, "base_kv": 9, "zone": 10}
BRANCH = {"resistance": 2, "reactance": 3, "charging": 4, "rating": 5}
STATUS = 10  # of a branch
GENERATION, IN_SERVICE, CAPACITY = 1, 7, 8  # of a generator: output, status, largest output


@dataclass(frozen=True, eq=False, kw_only=True)
class Matrix:
    """A matrix of a case file.

    Attributes:
        values: (rows, columns) float64
        lines: the line of each row
    """

    values: np.ndarray
    lines: list[int]


def read_matpower(source: Source) -> EdgeTable:
    """Read buses as nodes and branches as edges, of versions 1 and 2.

    Edges have the columns resistance, reactance, charging, rating and susceptance (1 / reactance); the
    reactance is their cost unless another is told. Nodes have load and generation [MW], bus type, area, zone
    and voltage. Branches and generators out of service are left out and counted.

    Raises:
        InputFileError: no such file, with its line
    """
    matrices = _matrices(source)
    for name in ("bus", "branch"):
        if name not in matrices:
            raise source.error(f"has no {name} = [...], and a case of MATPOWER has")
    bus, branch = matrices["bus"], _in_service(source, matrices["branch"])
    _need(source, bus, 3, "bus")
    ids = _numbers(source, bus, 0, "bus")
    places = {name: k for k, name in enumerate(ids)}
    if len(places) < len(ids):
        doubled = next(k for k, name in enumerate(ids) if name in ids[:k])
        raise source.error(f"bus {ids[doubled]} stands in the file twice", line=bus.lines[doubled])
    ends = [_ends(source, branch, column, places) for column in (0, 1)]
    columns = {name: branch.values[:, k] for name, k in BRANCH.items() if k < branch.values.shape[1]}
    with np.errstate(divide="ignore"):
        columns["susceptance"] = 1 / columns["reactance"]
    names = np.array(ids, dtype=str)
    order = in_order(names)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    data = {name: bus.values[:, k] for name, k in BUS.items() if k < bus.values.shape[1]}
    data |= _generation(source, matrices.get("gen"), places)
    return EdgeTable(
        source=source,
        ends=place[np.array(ends)].astype(np.int64),
        ids=names[order],
        columns=columns,
        lines=np.array(branch.lines),
        arrows=np.zeros(len(branch.lines), dtype=bool),
        node_data={name: column[order] for name, column in data.items()},
        cost="reactance",
    )


def _matrices(source: Source) -> dict[str, Matrix]:
    # Comments go, their lines stay; a line that goes on is marked by three points.
    text = re.sub(r"%[^\n]*", "", source.text)
    found: dict[str, Matrix] = {}
    for match in MATRIX.finditer(text):
        name, line = match["name"], text.count("\n", 0, match.start("rows")) + 1
        if name in found:
            raise source.error(f"has {name} twice", line=line)
        found[name] = _matrix(source, name, match["rows"], line)
    if changed := CHANGED.search(text):
        line = text.count("\n", 0, changed.end()) + 1
        source.note(
            f"statements that change the matrices are not carried out (line {line}): units may differ"
        )
    if re.search(r"^[ \t]*\w+\.dcline\s*=", text, re.MULTILINE):
        source.note("lines of direct current left out")
    return found


def _matrix(source: Source, name: str, text: str, line: int) -> Matrix:
    rows: list[list[str]] = []
    lines: list[int] = []
    going_on = False
    for number, part in enumerate(text.split("\n"), start=line):
        for k, piece in enumerate(part.split(";")):
            joined, going = (
                (piece.rsplit("...", 1)[0], True) if piece.rstrip().endswith("...") else (piece, False)
            )
            cells = [cell for cell in re.split(r"[\s,]+", joined) if cell]
            if going_on and k == 0 and rows:
                rows[-1] += cells
            elif cells:
                rows.append(cells)
                lines.append(number)
            going_on = going
    for cells, number in zip(rows, lines, strict=True):
        if len(cells) != len(rows[0]):
            raise source.error(
                f"has {len(cells)} numbers, and the first row of {name} has {len(rows[0])}", line=number
            )
    if not rows:
        return Matrix(values=np.zeros((0, 0)), lines=[])
    values = to_floats(np.array(rows, dtype=object).ravel()).reshape(len(rows), -1)
    wrong = np.isnan(values) & np.array([[cell.lower() != "nan" for cell in cells] for cells in rows])
    if wrong.any():
        row, column = (int(k) for k in np.argwhere(wrong)[0])
        raise source.error(f"'{rows[row][column]}' in {name} is no number", line=lines[row])
    return Matrix(values=values, lines=lines)


def _need(source: Source, matrix: Matrix, columns: int, name: str) -> None:
    if not matrix.lines:
        raise source.error(f"has no {name}")
    if matrix.values.shape[1] < columns:
        raise source.error(f"a {name} must have {columns} numbers or more", line=matrix.lines[0])


def _in_service(source: Source, branch: Matrix) -> Matrix:
    if not branch.lines:
        raise source.error("the file has no edge")
    _need(source, branch, 4, "branch")
    if branch.values.shape[1] <= STATUS:
        return branch
    on = branch.values[:, STATUS] != 0
    if not on.any():
        raise source.error("no branch is in service")
    if not on.all():
        source.note(f"{int((~on).sum())} branches out of service left out")
    return Matrix(
        values=branch.values[on], lines=[line for line, kept in zip(branch.lines, on, strict=True) if kept]
    )


def _numbers(source: Source, matrix: Matrix, column: int, name: str) -> list[str]:
    values = matrix.values[:, column]
    whole = (values == np.floor(values)) & (np.abs(values) < 2**53)
    if not whole.all():
        row = int(np.argmin(whole))
        raise source.error(
            f"the number {values[row]:g} of the {name} must be an integer", line=matrix.lines[row]
        )
    return [str(int(value)) for value in values]


def _ends(source: Source, branch: Matrix, column: int, places: dict[str, int]) -> list[int]:
    names = _numbers(source, branch, column, "bus")
    for row, name in enumerate(names):
        if name not in places:
            raise source.error(f"bus {name} is not in the file", line=branch.lines[row])
    return [places[name] for name in names]


def _generation(source: Source, gen: Matrix | None, places: dict[str, int]) -> dict[str, np.ndarray]:
    """Output and largest output of the generators in service at each bus."""
    total = {"generation": np.zeros(len(places)), "capacity": np.zeros(len(places))}
    if gen is None or not gen.lines:
        return total
    _need(source, gen, IN_SERVICE + 1, "gen")
    buses = _ends(source, gen, 0, places)
    off = 0
    for row, bus in enumerate(buses):
        if gen.values[row, IN_SERVICE] <= 0:
            off += 1
            continue
        total["generation"][bus] += gen.values[row, GENERATION]
        if gen.values.shape[1] > CAPACITY:
            total["capacity"][bus] += gen.values[row, CAPACITY]
    if off:
        source.note(f"{off} generators out of service left out")
    return total
