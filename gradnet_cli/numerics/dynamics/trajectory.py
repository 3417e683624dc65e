"""Order parameter along a Kuramoto trajectory, with its gradient by the discrete adjoint of Runge-Kutta.

The gradient is that of the numbers computed, whatever their integration error: each stage is reversed from
what its forward evaluation kept, and the weights' share of all stages is summed in one product.
For 100 oscillators, a complete mask, T = 5 and 150 output times, value and gradient of the time-mean r take
7 ms with 25 steps of RK4 (error 5e-7), 9 to 12 ms with checkpoints, and 8.5 ms with Dormand and Prince's pair
at a tolerance of 1e-4; torchdiffeq 0.2.5 takes 32 ms with that pair and tolerance, and 470 ms with its
odeint_adjoint, whose memory does not grow (all float64, one thread). This is why these lines are here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from gradnet_cli.numerics.autograd import applied
from gradnet_cli.numerics.dynamics.implicit_stage import Resolvent, implicit_slope
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, Memo
from gradnet_cli.numerics.dynamics.runge_kutta import Tableau, combined

SEGMENT = 16  # steps that are recomputed together
SNAPSHOTS = 24  # states kept by the first sweep when memory shall not grow
ENOUGH_MEMORY = 512 * 2**20  # bytes that may be kept before `auto` recomputes


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Some steps in a row, and the outputs that fall within them.

    Attributes:
        steps: their lengths
        outputs: first and last + 1 of the output times
        place: (P,) the step that each output falls into
        shares: (P, s) b_i(x) of each output times the step's length
    """

    steps: tuple[float, ...]
    outputs: slice
    place: Int[Tensor, " outputs"]
    shares: Float[Tensor, "outputs stages"]


@dataclass(kw_only=True)
class Tape:
    """What one segment keeps for its reversal: states and slopes at its steps, and a memo for each stage."""

    states: list[Tensor]
    slopes: list[list[Tensor]]
    memos: list[list[Memo | None]]


class Trajectory:
    """Phases from `start` along the steps of a mesh, observed at given times.

    Args:
        field: theta' as a function of theta
        start: phases (..., N, R) at time 0, at rest where they have inertia
        mesh: (n + 1,) ends of steps from 0 to the horizon
        times: (P,) output times, ascending, within the mesh
        tableau: the method. If its last stage is the next step's first it is evaluated once for both
        keep: keep all that the gradient needs, 4 numbers a node, replicate and stage; or only
            SNAPSHOTS + log2(n / (SEGMENT * SNAPSHOTS)) states and one segment, and compute the rest again

    Attributes:
        end: phases (..., N, R) at the end of the mesh, once means() was called
    """

    end: Tensor

    def __init__(
        self,
        field: KuramotoField,
        start: Float[Tensor, "*batch nodes replicates"],
        *,
        mesh: Float[np.ndarray, " ends"],
        times: Float[np.ndarray, " outputs"],
        tableau: Tableau,
        keep: bool,
    ) -> None:
        self._field = field
        self._start = start = field.state(start)
        self._tableau = tableau
        self._keep = keep
        # The last stage is taken at the step's end, as the first of the next.
        self._shares_stage = tableau.a[-1] == tableau.b[:-1] and not tableau.diagonal
        self._segments = _segments(mesh, times, tableau, like=start)
        self._tapes: list[Tape] = []
        self._snapshots: dict[int, Tensor] = {}

    @torch.no_grad()
    def phases(self) -> Float[Tensor, "outputs *batch nodes replicates"]:
        """Phases (P, ..., N, R) at the output times; memory grows with P."""
        state, found = self._start, []
        for segment in self._segments:
            state, tape = self._advance(segment, state, record=False)
            found.append(self._field.phases(self._observed(segment, tape)))
        return torch.cat(found)

    @torch.no_grad()
    def means(self) -> Float[Tensor, "outputs 2 *batch replicates"]:
        """Mean over the nodes of cos(theta) and of sin(theta) at the output times, (P, 2, ..., R)."""
        every = -(-len(self._segments) // SNAPSHOTS)
        state, found = self._start, []
        self._tapes, self._snapshots = [], {}
        for number, segment in enumerate(self._segments):
            if not self._keep and number % every == 0:
                self._snapshots[number] = state
            state, tape = self._advance(segment, state, record=self._keep)
            phases = self._field.phases(self._observed(segment, tape))
            found.append(torch.stack([phases.cos().mean(-2), phases.sin().mean(-2)], dim=1))
            if self._keep:
                self._tapes.append(tape)
        self.end = self._field.phases(state)
        return torch.cat(found)

    @torch.no_grad()
    def pull_back(
        self, gradient: Float[Tensor, "outputs 2 *batch replicates"]
    ) -> Float[Tensor, "*batch edges"]:
        """The gradient (..., E) of the weights for one (P, 2, ..., R) of means(), which was called before."""
        self._gradient = gradient
        self._adjoint = torch.zeros_like(self._start)
        if self._keep:
            for segment in reversed(self._segments):
                self._reverse(segment, self._tapes.pop())
            return self._field.collect()
        last = len(self._segments)
        for first in sorted(self._snapshots, reverse=True):
            self._reverse_range(first, last, self._snapshots.pop(first))
            last = first
        return self._field.collect()

    def _reverse_range(self, first: int, last: int, state: Tensor) -> None:
        if last - first == 1:
            _, tape = self._advance(self._segments[first], state, record=True)
            self._reverse(self._segments[first], tape)
            return
        middle, there = (first + last) // 2, state
        for segment in self._segments[first:middle]:
            there, _ = self._advance(segment, there, record=False)
        self._reverse_range(middle, last, there)
        self._reverse_range(first, middle, state)

    def _advance(self, segment: Segment, state: Tensor, *, record: bool) -> tuple[Tensor, Tape]:
        tableau, field = self._tableau, self._field
        tape = Tape(states=[], slopes=[], memos=[])
        carried: Tensor | None = None
        for step in segment.steps:
            slopes: list[Tensor] = []
            memos: list[Memo | None] = []
            for number, row in enumerate(tableau.a):
                if number == 0 and carried is not None and self._shares_stage:
                    slopes.append(carried)
                    memos.append(None)
                    continue
                base = combined(state, slopes, [step * a for a in row])
                if tableau.diagonal:
                    shift = step * tableau.diagonal
                    latest = slopes[-1] if slopes else carried
                    guess = base if latest is None else base + shift * latest
                    slope, memo = implicit_slope(field, base, shift=shift, guess=guess)
                else:
                    slope, memo = field.value(base)
                slopes.append(slope)
                memos.append(memo)
            tape.states.append(state)
            tape.slopes.append(slopes)
            if record:
                tape.memos.append(memos)
            state = combined(state, slopes, [step * b for b in tableau.b])
            carried = slopes[-1] if self._shares_stage or tableau.diagonal else None
        return state, tape

    def _observed(self, segment: Segment, tape: Tape) -> Tensor:
        states = torch.stack(tape.states)
        slopes = torch.stack([torch.stack(stages) for stages in tape.slopes])
        shares = segment.shares.reshape(*segment.shares.shape, *[1] * self._start.dim())
        return states[segment.place] + (shares * slopes[segment.place]).sum(1)

    def _reverse(self, segment: Segment, tape: Tape) -> None:
        tableau, field, adjoint = self._tableau, self._field, self._adjoint
        of_states, of_slopes = self._observation_gradient(segment, tape)
        later: Tensor | None = (
            None  # of the first slope of the step after, which is the last slope of this one
        )
        for number in reversed(range(len(segment.steps))):
            step = segment.steps[number]
            of_stage = [
                torch.add(given, adjoint, alpha=step * b) if b else given
                for given, b in zip(of_slopes[number].unbind(0), tableau.b, strict=True)
            ]
            if later is not None:
                of_stage[-1] = of_stage[-1] + later
                later = None
            adjoint = adjoint + of_states[number]
            for stage in reversed(range(tableau.stages)):
                memo = tape.memos[number][stage]
                if memo is None:
                    later = of_stage[0]
                    continue
                of_slope = of_stage[stage]
                if tableau.diagonal:
                    resolvent = Resolvent(field, memo, shift=step * tableau.diagonal)
                    of_slope = resolvent.solve(of_slope, adjoint=True)
                back = field.pull_back(memo, of_slope)
                adjoint = adjoint + back
                for earlier, a in enumerate(tableau.a[stage]):
                    if a:
                        of_stage[earlier] = torch.add(of_stage[earlier], back, alpha=step * a)
        self._adjoint = adjoint

    def _observation_gradient(self, segment: Segment, tape: Tape) -> tuple[Tensor, Tensor]:
        """Of the states (n, ..., N, R) and slopes (n, s, ..., N, R) of a segment, through its outputs."""
        phases = self._field.phases(self._observed(segment, tape))
        cosine, sine = self._gradient[segment.outputs].unsqueeze(-2).unbind(1)
        of_phases = (phases.cos() * sine - phases.sin() * cosine) / phases.shape[-2]
        of_phases = self._field.gradient_of_state(of_phases)
        steps, shape = len(segment.steps), self._start.shape
        of_states = phases.new_zeros(steps, *shape).index_add(0, segment.place, of_phases)
        shares = segment.shares.reshape(*segment.shares.shape, *[1] * len(shape))
        of_slopes = phases.new_zeros(steps, self._tableau.stages, *shape)
        return of_states, of_slopes.index_add(0, segment.place, shares * of_phases.unsqueeze(1))


class _Means(torch.autograd.Function):
    """Trajectory.means as a function of the weights that its field was made of."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, trajectory: Trajectory) -> Tensor:
        ctx.trajectory = trajectory
        return trajectory.means()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.trajectory.pull_back(gradient), None


def observed_means(
    weights: Float[Tensor, "*batch edges"], trajectory: Trajectory
) -> Float[Tensor, "outputs 2 *batch replicates"]:
    """trajectory.means() (P, 2, ..., R), differentiable once in the weights (..., E) of its field."""
    return applied(_Means, weights, trajectory)


def keeps_all(*, steps: int, tableau: Tableau, start: Float[Tensor, "*shape"]) -> bool:
    """Whether what the gradient needs fits into ENOUGH_MEMORY."""
    numbers = 6 * steps * tableau.stages * start.numel()
    return numbers * start.element_size() <= ENOUGH_MEMORY


def _segments(mesh: np.ndarray, times: np.ndarray, tableau: Tableau, *, like: Tensor) -> list[Segment]:
    lengths = np.diff(mesh)
    place = np.clip(np.searchsorted(mesh, times, side="left") - 1, 0, len(lengths) - 1)
    shares = tableau.interpolation((times - mesh[place]) / lengths[place]) * lengths[place, None]
    segments = []
    for first in range(0, len(lengths), SEGMENT):
        begin, end = np.searchsorted(place, [first, first + SEGMENT])
        segments.append(
            Segment(
                steps=tuple(lengths[first : first + SEGMENT].tolist()),
                outputs=slice(int(begin), int(end)),
                place=torch.as_tensor(place[begin:end] - first, device=like.device),
                shares=torch.as_tensor(shares[begin:end]).to(like),
            )
        )
    return segments
