"""Limits of weights and strengths, as numbers for every edge and node of a mask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import scipy.sparse as sp

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.mask import Mask
from gradnet_cli.settings.budget import Signs
from gradnet_cli.settings.limits import BASE, Limits
from gradnet_cli.settings.values import nearest

MULTIPLE = re.compile(r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\s*\*\s*(.+?)\s*")


@dataclass(frozen=True, eq=False, kw_only=True)
class Strengths:
    """The most that the weights at a node may sum up to.

    Attributes:
        matrix: (M, E) of zeros and ones, a row a limited node; of directed networks one for what leaves it
            and one for what arrives
        most: (M,) > 0
        node: (M,) which node a row is of
    """

    matrix: sp.csr_array
    most: np.ndarray
    node: np.ndarray

    @classmethod
    def of(cls, mask: Mask, most: np.ndarray) -> Self | None:
        """Those of a limit a node, (N,), inf where there is none; None where no node has one."""
        limited = np.flatnonzero(np.isfinite(most))
        if not len(limited):
            return None
        edges = np.arange(mask.edges)

        def incidence(*ends: np.ndarray) -> sp.csr_array:
            nodes = np.concatenate(ends)
            columns = np.tile(edges, len(ends))
            shape = (mask.nodes, mask.edges)
            return sp.csr_array((np.ones(len(nodes)), (nodes, columns)), shape=shape)[limited]

        source, target = mask.edge_index
        if not mask.directed:
            return cls(matrix=incidence(source, target), most=most[limited], node=limited)
        matrix = sp.csr_array(sp.vstack([incidence(source), incidence(target)]))
        return cls(matrix=matrix, most=np.tile(most[limited], 2), node=np.tile(limited, 2))

    def excess(self, weights: np.ndarray) -> float:
        """The largest share by which weights (E,) are over a limit; 0 where none is."""
        return float(((self.matrix @ weights - self.most) / self.most).max(initial=0.0))


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightRoom:
    """What the weights A (E,) may be, whatever the budget and the signs.

    Attributes:
        least, most: (E,), -inf and inf where there is no limit
        fixed: (E,) bool, edges that keep their weight
        strength: (N,) the largest strength, inf where there is none
    """

    least: np.ndarray
    most: np.ndarray
    fixed: np.ndarray
    strength: np.ndarray
    mask: Mask

    @classmethod
    def of(cls, limits: Limits, mask: Mask, signs: Signs) -> Self:
        """Read limits that may be names of columns.

        Raises:
            SettingError: a column that is not there or holds something else, limits that contradict each
                other, or limits that need nonnegative weights where these are free
        """
        edges, nodes = np.full(mask.edges, np.inf), np.full(mask.nodes, np.inf)
        most = numbers_of("limits.weight", limits.weight, mask.edge_data, edges, what="edges")
        least = numbers_of("limits.least", limits.least, mask.edge_data, -edges, what="edges")
        strength = numbers_of("limits.strength", limits.strength, mask.node_data, nodes, what="nodes")
        free = signs.result == "any"
        for name in ("least", "strength"):
            value = getattr(limits, name)
            if free and value is not None:
                allowed = "needs nonnegative weights: signs.result=nonnegative"
                raise SettingError(setting=f"limits.{name}", value=value, allowed=allowed)
        if free:
            least = np.maximum(least, -most)
        room = cls(least=least, most=most, fixed=_fixed(limits.fixed, mask), strength=strength, mask=mask)
        room._check(limits)
        return room

    @cached_property
    def strengths(self) -> Strengths | None:
        """The limits of nodes as rows."""
        return Strengths.of(self.mask, self.strength)

    def _check(self, limits: Limits) -> None:
        mask = self.mask
        if (self.most < 0).any():
            edge = int(np.argmax(self.most < 0))
            allowed = f"is {self.most[edge]:g} for edge {mask.pair(edge)} and must be >= 0"
            raise SettingError(setting="limits.weight", value=limits.weight, allowed=allowed)
        if not (self.strength > 0).all():
            node = int(np.argmin(self.strength > 0))
            allowed = f"is {self.strength[node]:g} for node {mask.node_name(node)} and must be > 0"
            raise SettingError(setting="limits.strength", value=limits.strength, allowed=allowed)
        if (self.least > self.most).any():
            edge = int(np.argmax(self.least > self.most))
            allowed = (
                f"asks {self.least[edge]:g} of edge {mask.pair(edge)}, and limits.weight allows it "
                f"{self.most[edge]:g}"
            )
            raise SettingError(setting="limits.least", value=limits.least, allowed=allowed)
        outside = self.fixed & ((mask.base < self.least) | (mask.base > self.most))
        if outside.any():
            edge = int(np.argmax(outside))
            over = mask.base[edge] > self.most[edge]
            name, limit = ("weight", self.most[edge]) if over else ("least", self.least[edge])
            kept = f"keeps edge {mask.pair(edge)} at its weight {mask.base[edge]:g}"
            allowed = f"{kept}, and limits.{name} is {limit:g}"
            raise SettingError(setting="limits.fixed", value=_spelled(limits.fixed), allowed=allowed)


def numbers_of(
    setting: str,
    value: float | str | None,
    columns: Mapping[str, np.ndarray],
    default: np.ndarray,
    *,
    what: str,
) -> np.ndarray:
    """One number for each edge, or node: the same for all, or a column, or the default.

    Args:
        setting: its name, for messages
        value: a number, the name of a column, a multiple of one such as 0.5*capacity, or None
        columns: by name
        default: also for empty cells
        what: that the columns are of: edges or nodes

    Raises:
        SettingError: a column that is not there, or holds texts
    """
    if value is None:
        return default
    if not isinstance(value, str):
        return np.full_like(default, value)
    multiple = None if value in columns else MULTIPLE.fullmatch(value)
    factor, name = (1.0, value) if multiple is None else (float(multiple[1]), multiple[2])
    column = _column(setting, name, columns, what=what)
    if column.dtype.kind not in "fiub":
        allowed = f"must be a number or a column of numbers, and column {name} of the {what} holds texts"
        raise SettingError(setting=setting, value=value, allowed=allowed)
    numbers = column.astype(np.float64)
    return np.where(np.isnan(numbers), default, factor * numbers)


def _column(
    setting: str, value: str, columns: Mapping[str, np.ndarray], *, what: str, others: Sequence[str] = ()
) -> np.ndarray:
    found = [column for key, column in columns.items() if key == value] or [
        column for key, column in columns.items() if key.lower() == value.lower()
    ]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(columns) or "there is none"
    first = f"{', '.join(others)} or " if others else "a number or "
    allowed = f"must be {first}a column of the {what} ({listed})"
    raise SettingError(
        setting=setting, value=value, allowed=allowed, hint=nearest(value, [*others, *columns])
    )


def _fixed(value: str | Sequence[str] | None, mask: Mask) -> np.ndarray:
    if value is None:
        return np.zeros(mask.edges, dtype=bool)
    if value == BASE:
        there: np.ndarray = mask.base != 0
        return there
    if isinstance(value, str):
        column = _column("limits.fixed", value, mask.edge_data, what="edges", others=[BASE])
        if column.dtype.kind in "fiub":
            said: np.ndarray = np.nan_to_num(column.astype(np.float64)) != 0
            return said
        return np.isin(np.char.lower(column.astype(str)), ("true", "yes", "1"))
    fixed = np.zeros(mask.edges, dtype=bool)
    places = {mask.pair(edge): edge for edge in range(mask.edges)}
    for pair in value:
        found = places.get(pair.strip())
        if found is None and not mask.directed:
            found = places.get("-".join(reversed(pair.strip().split("-", 1))))
        if found is None:
            allowed = f"names the edge {pair}, which is not on the mask (edges are written 0-1)"
            raise SettingError(setting="limits.fixed", value=_spelled(value), allowed=allowed)
        fixed[found] = True
    return fixed


def _spelled(value: str | Sequence[str] | None) -> object:
    return list(value) if isinstance(value, tuple) else value
