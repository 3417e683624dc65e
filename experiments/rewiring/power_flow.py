"""Alternating-current power flows of many states of a grid at once, by Newton's method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LOAD, CONTROLLED, SLACK = 1, 2, 3  # kinds of buses: of given P and Q; of given P and |V|; of given V
MOST_STEPS = 20
TOLERANCE = 1e-10  # largest mismatch of power, per unit


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """Buses and branches in per unit, with N buses and M branches.

    Attributes:
        name: of the case
        base: power of one unit [MVA]
        kind: (N,) LOAD, CONTROLLED or SLACK
        load, generation, shunt: (N,) complex powers; that of the shunt at |V| = 1, as it is consumed
        start: (N,) complex voltages to begin with; |V| of controlled buses and of the slack bus are kept
        source, target: (M,) buses at the ends of a branch
        series, charging, tap: (M,) complex admittance, susceptance, and complex ratio at the source
        rating: (M,) largest apparent power
    """

    name: str
    base: float
    kind: np.ndarray
    load: np.ndarray
    generation: np.ndarray
    shunt: np.ndarray
    start: np.ndarray
    source: np.ndarray
    target: np.ndarray
    series: np.ndarray
    charging: np.ndarray
    tap: np.ndarray
    rating: np.ndarray

    @classmethod
    def of_case(cls, case: Mapping[str, Any], *, name: str) -> Grid:
        """Read a case of PYPOWER; what is out of service is left out."""
        bus, base = case["bus"], float(case["baseMVA"])
        branch = case["branch"][case["branch"][:, 10] > 0]
        gen = case["gen"][case["gen"][:, 7] > 0]
        place = {int(number): k for k, number in enumerate(bus[:, 0])}
        at = np.array([place[int(number)] for number in gen[:, 0]])
        generation = np.zeros(len(bus), dtype=complex)
        np.add.at(generation, at, (gen[:, 1] + 1j * gen[:, 2]) / base)
        size = bus[:, 7].copy()
        size[at] = gen[:, 5]
        kind = bus[:, 1].astype(int)
        kind[(kind == CONTROLLED) & ~np.isin(np.arange(len(bus)), at)] = LOAD
        ratio = np.where(branch[:, 8] == 0, 1.0, branch[:, 8])
        return cls(
            name=name,
            base=base,
            kind=kind,
            load=(bus[:, 2] + 1j * bus[:, 3]) / base,
            generation=generation,
            shunt=(bus[:, 4] - 1j * bus[:, 5]) / base,
            start=size * np.exp(1j * np.deg2rad(bus[:, 8])),
            source=np.array([place[int(number)] for number in branch[:, 0]]),
            target=np.array([place[int(number)] for number in branch[:, 1]]),
            series=1 / (branch[:, 2] + 1j * branch[:, 3]),
            charging=branch[:, 4],
            tap=ratio * np.exp(1j * np.deg2rad(branch[:, 9])),
            rating=branch[:, 5] / base,
        )

    @property
    def buses(self) -> int:
        """N."""
        return len(self.kind)

    @property
    def branches(self) -> int:
        """M."""
        return len(self.source)


@dataclass(frozen=True, eq=False, kw_only=True)
class Flows:
    """Solutions of B states.

    Attributes:
        converged: (B,) bool; what stands beside a state that has not is no solution
        voltage: (B, N) complex
        into_source, into_target: (B, M) complex power that enters each branch at its ends, 0 where it is out
    """

    converged: np.ndarray
    voltage: np.ndarray
    into_source: np.ndarray
    into_target: np.ndarray

    def loading(self, grid: Grid) -> np.ndarray:
        """(B, M) apparent power at the end where it is larger, beside the rating."""
        most: np.ndarray = np.maximum(np.abs(self.into_source), np.abs(self.into_target)) / grid.rating
        return most

    def injected(self, grid: Grid) -> np.ndarray:
        """(B, N) complex power that enters at each bus, generation less load."""
        power = grid.shunt * np.abs(self.voltage) ** 2
        for branch in range(grid.branches):
            power[:, grid.source[branch]] += self.into_source[:, branch]
            power[:, grid.target[branch]] += self.into_target[:, branch]
        return power

    def of(self, states: np.ndarray) -> Flows:
        """Those of some states alone."""
        return Flows(
            converged=self.converged[states],
            voltage=self.voltage[states],
            into_source=self.into_source[states],
            into_target=self.into_target[states],
        )


def solve(
    grid: Grid,
    *,
    load: np.ndarray,
    generation: np.ndarray,
    closed: np.ndarray,
    start: np.ndarray | None = None,
) -> Flows:
    """The voltages V with V conj(Y V) = generation - load at all buses but the slack bus.

    Reactive power of controlled buses and all power of the slack bus are what they have to be.

    Args:
        load, generation: (B, N) complex
        closed: (B, M) which branches are in service, bool; no bus may be cut off from the slack bus
        start: (B, N) complex voltages to begin with; those of the case by default
    """
    blocks = _admittances(grid)
    matrix = _bus_matrix(grid, blocks, closed)
    wanted = generation - load
    voltage = np.array(np.broadcast_to(grid.start if start is None else start, wanted.shape))
    angles, sizes = np.flatnonzero(grid.kind != SLACK), np.flatnonzero(grid.kind == LOAD)
    converged = np.zeros(len(wanted), dtype=bool)
    left = np.arange(len(wanted))
    for _ in range(MOST_STEPS + 1):
        now, part = voltage[left], matrix[left]
        current = np.einsum("bij,bj->bi", part, now)
        missing = now * current.conj() - wanted[left]
        rest = np.concatenate([missing.real[:, angles], missing.imag[:, sizes]], axis=1)
        worst = np.abs(rest).max(axis=1)
        converged[left[worst < TOLERANCE]] = True
        going = (worst >= TOLERANCE) & np.isfinite(worst)
        left, now, part, current, rest = left[going], now[going], part[going], current[going], rest[going]
        if not len(left):
            break
        step = _newton_step(now, part, current, rest, angles, sizes)
        angle, size = np.angle(now), np.abs(now)
        angle[:, angles] -= step[:, : len(angles)]
        size[:, sizes] -= step[:, len(angles) :]
        voltage[left] = size * np.exp(1j * angle)
    into_source, into_target = _branch_flows(grid, blocks, voltage, closed)
    return Flows(converged=converged, voltage=voltage, into_source=into_source, into_target=into_target)


def _admittances(grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What links the currents at both ends of each branch to the voltages there, four times (M,)."""
    at_target = grid.series + 0.5j * grid.charging
    return (
        at_target / np.abs(grid.tap) ** 2,
        -grid.series / grid.tap.conj(),
        -grid.series / grid.tap,
        at_target,
    )


def _bus_matrix(grid: Grid, blocks: tuple[np.ndarray, ...], closed: np.ndarray) -> np.ndarray:
    """Y (B, N, N)."""
    matrix = np.zeros((len(closed), grid.buses, grid.buses), dtype=complex)
    source, target = grid.source, grid.target
    ends = ((source, source), (source, target), (target, source), (target, target))
    for (row, column), values in zip(ends, blocks, strict=True):
        for branch in range(grid.branches):
            matrix[:, row[branch], column[branch]] += values[branch] * closed[:, branch]
    matrix[:, np.arange(grid.buses), np.arange(grid.buses)] += grid.shunt.conj()
    return matrix


def _newton_step(
    voltage: np.ndarray,
    matrix: np.ndarray,
    current: np.ndarray,
    rest: np.ndarray,
    angles: np.ndarray,
    sizes: np.ndarray,
) -> np.ndarray:
    """Changes of angles and sizes (b, A + S) for a mismatch (b, A + S); NaN where there are none."""
    count = voltage.shape[1]
    unit = voltage / np.abs(voltage)
    diagonal = np.arange(count)
    by_angle = -matrix * voltage[:, None, :]
    by_angle[:, diagonal, diagonal] += current
    by_angle = 1j * voltage[:, :, None] * by_angle.conj()
    by_size = voltage[:, :, None] * (matrix * unit[:, None, :]).conj()
    by_size[:, diagonal, diagonal] += current.conj() * unit
    upper = np.concatenate([by_angle[:, angles][:, :, angles], by_size[:, angles][:, :, sizes]], axis=2)
    lower = np.concatenate([by_angle[:, sizes][:, :, angles], by_size[:, sizes][:, :, sizes]], axis=2)
    jacobian = np.concatenate([upper.real, lower.imag], axis=1)
    try:
        step: np.ndarray = np.linalg.solve(jacobian, rest[..., None])[..., 0]
    except np.linalg.LinAlgError:  # one of them is singular
        step = np.full_like(rest, np.nan)
        for number in range(len(rest)):
            try:
                step[number] = np.linalg.solve(jacobian[number], rest[number])
            except np.linalg.LinAlgError:
                continue
    return step


def _branch_flows(
    grid: Grid, blocks: tuple[np.ndarray, ...], voltage: np.ndarray, closed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    at_source, at_target = voltage[:, grid.source], voltage[:, grid.target]
    both = (
        at_source * (blocks[0] * at_source + blocks[1] * at_target).conj(),
        at_target * (blocks[2] * at_source + blocks[3] * at_target).conj(),
    )
    into_source, into_target = (np.where(closed, each, 0.0) for each in both)
    return into_source, into_target
