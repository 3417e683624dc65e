"""What a file says about edges, before it is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.problem.files.source import Source
from gradnet_cli.settings.values import nearest


@dataclass(frozen=True, eq=False, kw_only=True)
class EdgeTable:
    """The rows of an edge file, in the file's order.

    Attributes:
        source: the file
        ends: (2, M) int64, source and target as positions in ids
        ids: (N,) str, node ids as the file spells them
        columns: further columns by name, each (M,): float64, or str still to be read as numbers
        lines: (M,) line numbers counted from 1, or None where the format has no lines
        arrows: (M,) bool, whether a row is a directed edge, or None where the file does not say
        node_data: columns of (N,) arrays
        called: (N,) str, what messages call nodes where the file calls them otherwise than ids
        cost: the column that is the price of an edge unless the settings say another, or None
    """

    source: Source
    ends: np.ndarray
    ids: np.ndarray
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    lines: np.ndarray | None = None
    arrows: np.ndarray | None = None
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    called: np.ndarray | None = None
    cost: str | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    def kept(self, rows: np.ndarray) -> EdgeTable:
        """The table of some of its rows, (M,) bool; nodes stay."""
        return replace(
            self,
            ends=self.ends[:, rows],
            columns={name: column[rows] for name, column in self.columns.items()},
            lines=None if self.lines is None else self.lines[rows],
            arrows=None if self.arrows is None else self.arrows[rows],
        )

    def error(self, allowed: str, *, row: int | None = None) -> InputFileError:
        """Make the error that names the file, the line of a row where there is one, and how it was read."""
        line = None if row is None or self.lines is None else int(self.lines[row])
        return self.source.error(allowed, line=line)

    def edge(self, row: int) -> str:
        """Name the edge of a row by its ends."""
        source, target = self.ends[:, row]
        called = self.ids if self.called is None else self.called
        return f"{called[source]}-{called[target]}"

    def numbers(self, *, setting: str, column: str, others: Sequence[str]) -> np.ndarray:
        """Return (M,) float64, the numbers of a column; its name may differ from the file's in case.

        Args:
            setting: the setting that names the column, for messages
            column: its name
            others: what the setting may be instead of a column, for messages

        Raises:
            SettingError: there is no such column
            InputFileError: an entry of it is no finite number
        """
        values = self.columns[self._column(setting, column, others)]
        result = to_floats(values)
        usable = np.isfinite(result)
        if not usable.all():
            row = int(np.argmin(usable))
            allowed = f"{column} of edge {self.edge(row)} is '{values[row]}' and must be a finite number"
            raise self.error(allowed, row=row)
        return result

    def _column(self, setting: str, name: str, others: Sequence[str]) -> str:
        if name in self.columns:
            return name
        alike = [key for key in self.columns if key.lower() == name.lower()]
        if len(alike) == 1:
            return alike[0]
        known = [*others, *self.columns]
        columns = ", ".join(self.columns) or "it has none"
        allowed = f"must be {', '.join(others)} or a column of {self.path} ({columns})"
        raise SettingError(setting=setting, value=name, allowed=allowed, hint=nearest(name, known))


def to_floats(values: np.ndarray) -> np.ndarray:
    """Return (M,) float64, NaN for each text that is no number. Decimal texts are read to the last bit."""
    if _has_underscores(values):  # Python alone reads 1_000 as a number
        return np.array([_to_float(value) for value in values])
    try:
        return values.astype(np.float64)
    except (ValueError, TypeError):
        return np.array([_to_float(value) for value in values])


def to_column(values: np.ndarray) -> np.ndarray:
    """Return node data as float64 if all texts but empty ones are numbers, else as str; empty becomes NaN."""
    if np.asarray(values).dtype.kind == "f":
        return np.asarray(values)
    texts = np.asarray(values, dtype=object)
    numbers = to_floats(np.where(texts == "", "nan", texts))
    spelled_nan = np.array([text.strip().lower() in ("", "nan") for text in texts], dtype=bool)
    return numbers if not (np.isnan(numbers) & ~spelled_nan).any() else texts.astype(str)


def _has_underscores(values: np.ndarray) -> bool:
    try:
        return "_" in "".join(values.tolist())
    except TypeError:  # numbers
        return False


def _to_float(value: Any) -> float:
    if isinstance(value, str) and "_" in value:
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
