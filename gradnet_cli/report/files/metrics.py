"""metrics.csv: one row an update (or every k), readable while the run goes on."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from gradnet_cli.report.files.atomic import write_text

if TYPE_CHECKING:
    import pandas

FILE_NAME = "metrics.csv"
COLUMNS = ("step", "seconds", "score", "bound", "gap")


class MetricsWriter:
    """Appends rows to `metrics.csv` in a run's directory; a value that is None or missing is an empty cell.

    The file is line buffered: each row reaches the system in one piece as it is written (a few
    microseconds), so that a reader finds whole lines at any time. The columns are those of the first row. A
    key that turns up later widens the table: the file is rewritten whole, with empty cells above, and
    appending goes on.
    """

    def __init__(self, *, directory: Path) -> None:
        self.path = Path(directory) / FILE_NAME
        self._columns: list[str] = []
        self._file: io.TextIOWrapper | None = None

    def go_on(self, keep: Callable[[int], bool]) -> None:
        """Go on with the table that is there, if any, without the rows whose step is not to be kept."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        header, *rows = text[: text.rfind("\n") + 1].splitlines() or [""]
        if not header:
            return
        kept = [row for row in rows if keep(int(row.partition(",")[0]))]
        write_text(self.path, "".join(f"{line}\n" for line in (header, *kept)))
        self._columns = next(csv.reader([header]))
        self._file = self._reopen()

    def append(
        self,
        *,
        step: int,
        seconds: float,
        score: float,
        bound: float | None = None,
        gap: float | None = None,
        metrics: Mapping[str, float | None] | None = None,
    ) -> None:
        """Add one row: update, seconds since training began, score, bound, gap, and further named numbers."""
        further = dict(metrics or {})
        clash = set(further) & set(COLUMNS)
        if clash:
            raise ValueError(f"metric {min(clash)!r} has the name of a fixed column of {FILE_NAME}")
        values: dict[str, Any] = dict(zip(COLUMNS, (step, seconds, score, bound, gap), strict=True)) | further
        if self._file is None:
            self._open([*COLUMNS, *further])
        fresh = [name for name in further if name not in self._columns]
        if fresh:
            self._widen(fresh)
        assert self._file is not None
        self._file.write(_line(_cell(values.get(name)) for name in self._columns))

    def close(self) -> None:
        """Close the file; rows can still be read, none can be added."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, columns: list[str]) -> None:
        write_text(self.path, _line(columns))
        self._columns = columns
        self._file = self._reopen()

    def _reopen(self) -> io.TextIOWrapper:
        return self.path.open("a", encoding="utf-8", newline="", buffering=1)

    def _widen(self, fresh: list[str]) -> None:
        assert self._file is not None
        self._file.close()
        _, _, rows = self.path.read_text(encoding="utf-8").partition("\n")
        self._columns += fresh
        write_text(self.path, _line(self._columns) + rows.replace("\n", "," * len(fresh) + "\n"))
        self._file = self._reopen()


def read_course(directory: Path) -> dict[str, np.ndarray]:
    """Read `metrics.csv` of a run, finished or not, by columns (K,), `step` as integers, others as floats.

    Empty cells are NaN. Where no row has been written yet the columns are empty. A last line without its end
    is left out.
    """
    path = Path(directory) / FILE_NAME
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    header, *rows = csv.reader(io.StringIO(text[: text.rfind("\n") + 1] or _line(COLUMNS)))
    return {
        # Python's own numbers are exact; the fast parser of pandas may be off by the last bit.
        name: np.array([int(row[k]) for row in rows], dtype=np.int64)
        if name == "step"
        else np.array([float(row[k] or "nan") for row in rows], dtype=np.float64)
        for k, name in enumerate(header)
    }


def read_metrics(directory: Path) -> "pandas.DataFrame":
    """The columns of `read_course` as a table."""
    import pandas

    return pandas.DataFrame(read_course(directory))


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    # numpy scalars print as np.float64(...) by repr, so numbers pass through Python's own types.
    return repr(int(value)) if isinstance(value, int) else repr(float(value))


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
