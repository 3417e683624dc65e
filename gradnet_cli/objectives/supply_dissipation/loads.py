"""What nodes feed into a network and take out of it, from settings: patterns of loads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.supply_dissipation.pattern_file import read_patterns
from gradnet_cli.problem import Problem
from gradnet_cli.problem.files.weights import node_names
from gradnet_cli.settings.values import choice, nearest

KINDS = ("source", "moving_sink", "columns", "file")
BALANCED = 1e-9  # what may be missing in the sum of a pattern, beside the sum of its sizes


class Loads:
    """How the patterns s (P, N) are made, what enters at each node being positive.

    Args:
        kind: source (one node feeds all others at once), moving_sink (it feeds the others one at a time, a
            pattern each), columns (of node data, a pattern each), file, or a list of numbers, one a node, or
            of such lists
        source: id of the node that feeds; None: the first
        demand: column of node data, >= 0: what each node takes; None: 1
        columns: names of columns
        file: path of a CSV file with the columns pattern, node, load
    """

    def __init__(
        self,
        *,
        kind: str | Sequence[Any],
        source: object,
        demand: str | None,
        columns: Sequence[str] | None,
        file: str | None,
    ) -> None:
        self._listed: np.ndarray | None = None
        if isinstance(kind, str):
            self.kind = choice(setting="objective.loads", value=kind, choices=KINDS)
        else:
            self.kind, self._listed = "list", _table(kind)
        self._source, self._demand, self._columns, self._file = source, demand, columns, file
        for name, given in (("columns", columns), ("file", file)):
            if self.kind == name and not given:
                what = "name columns of node data, a list" if name == "columns" else "name a CSV file"
                raise _refused(name, given, f"must {what}, with loads={name}")

    def make(self, problem: Problem) -> sp.csc_array:
        """S (N, P), of which S S' is the mean of s s' over the patterns s.

        Raises:
            SettingError: a node or column that is not there, a pattern that does not sum to zero, or is zero
        """
        if self.kind in ("source", "moving_sink"):
            patterns = self._fed(problem)
        elif self.kind == "columns":
            patterns = np.stack([_column("columns", name, problem) for name in self._named()])
        elif self.kind == "file":
            names = node_names(problem.mask)
            patterns = read_patterns(setting="objective.file", path=self._file, names=names)
        else:
            assert self._listed is not None
            patterns = self._listed
            if patterns.shape[1] != problem.nodes:
                allowed = f"must have a number for each of the {problem.nodes} nodes"
                raise _refused("loads", f"{patterns.shape[1]} numbers", allowed)
        self._check(patterns)
        columns = sp.csc_array(patterns.T)
        columns.data /= np.sqrt(columns.shape[1])
        return columns

    def source(self, problem: Problem) -> int | None:
        """The node that feeds, where it is one."""
        if self.kind not in ("source", "moving_sink"):
            return None
        names: list[str] = node_names(problem.mask).tolist()
        if self._source is None:
            return 0
        if isinstance(self._source, bool) or str(self._source) not in names:
            allowed = f"is no node of the mask: nodes are {names[0]} .. {names[-1]}"
            raise _refused("source", self._source, allowed, hint=nearest(self._source, names))
        return names.index(str(self._source))

    def _fed(self, problem: Problem) -> Any:
        """One pattern that feeds all others, or one for each of them, sparse."""
        root = self.source(problem)
        assert root is not None
        demand = np.ones(problem.nodes)
        if self._demand is not None:
            demand = _column("demand", self._demand, problem)
            if (demand < 0).any():
                raise _refused("demand", self._demand, "must not have negative numbers")
        demand[root] = 0.0
        takers = np.flatnonzero(demand)
        if not len(takers):
            raise _refused("demand", self._demand, "must let some node take something, beside the source")
        if self.kind == "source":
            pattern = -demand
            pattern[root] = demand.sum()
            return pattern[None]
        rows = np.arange(len(takers))
        entries = np.concatenate([demand[takers], -demand[takers]])
        places = (np.tile(rows, 2), np.concatenate([np.full(len(takers), root), takers]))
        return sp.coo_array((entries, places), shape=(len(takers), problem.nodes)).tocsr()

    def _named(self) -> Sequence[str]:
        names = self._columns
        if isinstance(names, str) or not isinstance(names, Sequence):
            raise _refused("columns", names, "must be a list of columns of node data, like [day, night]")
        return names

    def _check(self, patterns: Any) -> None:
        """Refuse patterns that no flow can serve, or that ask for none."""
        size, left = abs(patterns).sum(axis=1), patterns.sum(axis=1)
        given: dict[str, object] = {"columns": self._columns, "file": self._file}
        name, value = (self.kind, given[self.kind]) if self.kind in given else ("loads", self.kind)
        for place, (total, missing) in enumerate(zip(size, left, strict=True)):
            which = f"pattern {place + 1} of {len(size)}" if len(size) > 1 else "the pattern"
            if total == 0:
                raise _refused(name, value, f"must ask for some flow: {which} is zero at all nodes")
            if abs(missing) > BALANCED * total:
                allowed = f"must sum to zero, what is fed in and what is taken: {which} sums to {missing:.6g}"
                raise _refused(name, value, allowed)


def _column(setting: str, name: object, problem: Problem) -> np.ndarray:
    data = problem.mask.node_data
    if not isinstance(name, str) or name not in data:
        known = ", ".join(data) or "none"
        allowed = f"must be columns of the node data, which has {known}"
        raise _refused(setting, name, allowed, hint=nearest(name, data))
    values = np.asarray(data[name])
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise _refused(setting, name, "must hold finite numbers only")
    return values.astype(np.float64)


def _table(values: object) -> np.ndarray:
    allowed = f"must be {', '.join(KINDS)}, or a list of numbers, one a node, or of such lists"
    try:
        table = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise _refused("loads", values, allowed) from None
    if table.ndim not in (1, 2) or not table.size or not np.isfinite(table).all():
        raise _refused("loads", values, allowed)
    return np.atleast_2d(table)


def _refused(name: str, value: object, allowed: str, hint: str | None = None) -> SettingError:
    return SettingError(setting=f"objective.{name}", value=value, allowed=allowed, hint=hint)
