"""Phase-locked states of Kuramoto networks by Newton's method, and the order parameter's gradient there.

All nodes turn at one speed Omega:  omega_i + sum_j A_ij sin(theta_j - theta_i - alpha) = Omega.  Phases are
determined up to a common shift. With J the Jacobian of the left side (J 1 = 0) the adjoint equation
J^T mu = dr/dtheta, sum(mu) = 0 gives dr = -mu^T dF for any change dF of the velocities, with one linear
system more than for the state itself.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.numerics.autograd import applied
from gradnet_cli.numerics.coupling import Coupling, SparseCoupling
from gradnet_cli.numerics.dynamics.kuramoto import KuramotoField, order_parameter
from gradnet_cli.numerics.graphs import minimum_spanning_tree
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.linear_solvers.base import grounding
from gradnet_cli.numerics.linear_solvers.factorised import FactorisedSolver

TOLERANCE = 1e-11  # largest difference of velocities, relative to the spread of the frequencies
KRYLOV_TOLERANCE = 1e-10
MOST_STEPS = 30
LONGEST_STEP = 0.5  # radians
FACTORISED_ABOVE = 200  # nodes; up to then a dense factorisation takes no longer than a sparse one
DENSE_NODES = 2000  # beyond, systems are solved by Krylov methods: a factorisation takes N^3 / 3 operations
KRYLOV_STEPS = 2000
SHARE_OF_CYCLES = 50  # nodes for each edge that is factorised beside a tree

Solve = Callable[[Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class LockedState:
    """Phases (N, 1) with zero mean that turn at one speed, and solvers of J x = b and J^T x = b there."""

    phases: Float[Tensor, "nodes 1"]
    speed: float
    transposed_solve: Solve

    @property
    def within_half_circle(self) -> bool:
        """Whether half a circle holds all phases."""
        angles = self.phases.squeeze(-1).remainder(2 * math.pi).sort().values
        widest = torch.cat([angles.diff(), (angles[:1] + 2 * math.pi - angles[-1:])]).max()
        return bool(widest >= math.pi)

    def distance(self, phases: Float[Tensor, "nodes 1"]) -> Float[Tensor, ""]:
        """Largest difference [radians] to other phases (N, 1), apart from a common shift and whole turns."""
        difference = torch.polar(torch.ones_like(phases), phases - self.phases)
        mean = difference.mean()
        return (difference * mean.conj()).angle().abs().max()


@torch.no_grad()
def locked_state(
    field: KuramotoField, start: Float[Tensor, "nodes 1"], *, lag: float, symmetric: bool
) -> LockedState | None:
    """The phase-locked state that Newton's method finds from `start` (N, 1), or None.

    Where J is symmetric (no lag, undirected) and small enough to be factorised, it must be negative
    semidefinite too: the state is stable then, and None is returned for one that is not.
    """
    scale = float((field.frequencies - field.frequencies.mean()).abs().max()) or 1.0
    phases, previous = start, float("inf")
    for _ in range(MOST_STEPS):
        velocity, memo = field.value(phases)
        residual = velocity - velocity.mean()
        system = _system(field.coupling, memo.z, memo.w, lag=lag, symmetric=symmetric)
        if system is None:
            return None
        solve, transposed_solve = system
        step = solve(-residual)
        size = float(step.abs().max())
        if not np.isfinite(size) or (size > LONGEST_STEP and size > 4 * previous):
            return None
        error = float(residual.abs().max())
        if error <= TOLERANCE * scale:
            centred = phases - phases.mean()
            return LockedState(
                phases=centred, speed=float(velocity.mean()), transposed_solve=transposed_solve
            )
        phases = phases + step * min(1.0, LONGEST_STEP / size)
        previous = size
    return None


@torch.no_grad()
def velocity_slopes(state: LockedState) -> Float[Tensor, "nodes 1"]:
    """What r would gain by a change of each node's velocity, (N, 1)."""
    phases = state.phases
    cosine, sine = phases.cos(), phases.sin()
    order = order_parameter(phases, dim=-2)
    slope = (cosine * sine.mean() - sine * cosine.mean()) / (order * len(phases))
    return -state.transposed_solve(slope)


class _SteadyOrder(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weights: Tensor, field: KuramotoField, state: LockedState) -> Tensor:
        ctx.field, ctx.state = field, state
        return order_parameter(state.phases, dim=-2).squeeze(-1)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        field: KuramotoField = ctx.field
        _, memo = field.value(ctx.state.phases)
        field.pull_back(memo, velocity_slopes(ctx.state))
        return gradient * field.collect(), None, None


def steady_order(
    weights: Float[Tensor, " edges"], field: KuramotoField, state: LockedState
) -> Float[Tensor, ""]:
    """r of a locked state, shape (), differentiable once in the weights (E,) of its field."""
    return applied(_SteadyOrder, weights, field, state)


def _system(
    coupling: Coupling, z: Tensor, w: Tensor, *, lag: float, symmetric: bool
) -> tuple[Solve, Solve] | None:
    """Solvers of J x = b, up to a multiple of 1 in b, and of J^T x = b, for b (N, 1); sum(x) = 0."""
    if symmetric and len(z) > FACTORISED_ABOVE and isinstance(coupling, SparseCoupling):
        if coupling.pattern.factorises:
            return _factorised_system(coupling, z)
        if len(z) > DENSE_NODES and bool((_stiffness(coupling, z) > 0).all()):
            return _tree_system(coupling, z)
    if len(z) <= DENSE_NODES:
        return _dense_system(coupling, z, w, lag=lag, symmetric=symmetric)
    return _krylov_system(coupling, z, w, lag=lag, symmetric=symmetric)


def _factorised_system(coupling: SparseCoupling, z: Tensor) -> tuple[Solve, Solve] | None:
    """For sparse symmetric J: -J is the Laplacian of the weights times the cosines of the differences."""
    stiffness = _stiffness(coupling, z)
    try:
        factor = FactorisedSolver(coupling.pattern.laplacian.assemble(stiffness))
    except RuntimeError:  # exactly singular
        return None
    if (stiffness < 0).any() and not factor.positive:
        return None

    def solve(right: Tensor) -> Tensor:
        found = factor.solve(right.cpu().numpy().astype(float))
        return -torch.as_tensor(found).to(right)

    return solve, solve


def _tree_system(coupling: SparseCoupling, z: Tensor) -> tuple[Solve, Solve]:
    """For positive stiffness: conjugate gradients, with the factors of the heaviest tree and few more edges.

    What training tries beside the edges that carry a network is light, however much it would fill in.
    """
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import LinearOperator, cg

    pattern, stiffness = coupling.pattern.laplacian, _stiffness(coupling, z)
    laplacian = pattern.assemble(stiffness)
    order = np.argsort(-stiffness, kind="stable")
    heavy = np.zeros(len(stiffness), dtype=bool)
    heavy[order[: len(z) // SHARE_OF_CYCLES]] = True
    heavy[minimum_spanning_tree(pattern.edge_index, -stiffness, nodes=len(z))] = True
    inner = LaplacianPattern(edge_index=pattern.edge_index[:, heavy], nodes=len(z))
    factor = FactorisedSolver(inner.assemble(stiffness[heavy]))
    shape = laplacian.shape
    regular = laplacian + diags_array(grounding(laplacian.diagonal()), format="csr")
    near = LinearOperator(
        shape, matvec=lambda x: factor.solve(x.reshape(-1, 1)).ravel() + x.mean(), dtype=float
    )

    def solve(right: Tensor) -> Tensor:
        numbers = right.squeeze(-1).cpu().numpy().astype(float)
        found, _ = cg(regular, numbers - numbers.mean(), rtol=KRYLOV_TOLERANCE, maxiter=KRYLOV_STEPS, M=near)
        return -torch.as_tensor(found - found.mean()).reshape(-1, 1).to(right)

    return solve, solve


def _stiffness(coupling: SparseCoupling, z: Tensor) -> np.ndarray:
    """Weights (E,) times the cosines of the differences of phases."""
    pattern, numbers = coupling.pattern.laplacian, z.squeeze(-1).cpu().numpy()
    cosine = (numbers[pattern.source].conj() * numbers[pattern.target]).real
    stiffness: np.ndarray = coupling.weights.detach().cpu().numpy() * cosine
    return stiffness


def _dense_system(
    coupling: Coupling, z: Tensor, w: Tensor, *, lag: float, symmetric: bool
) -> tuple[Solve, Solve] | None:
    nodes = len(z)
    turned = z.conj() * cmath.exp(-1j * lag)
    # Re(exp(-i alpha) conj(z_i) z_j) as a product of two real columns each.
    cosine = torch.cat([turned.real, -turned.imag], 1) @ torch.cat([z.real, z.imag], 1).mT
    jacobian = coupling.matrix() * cosine
    jacobian.diagonal().sub_(w.real.squeeze(-1))
    if symmetric:
        factor, failed = torch.linalg.cholesky_ex(1 / nodes - jacobian)
        if int(failed):
            return None

        def solve(right: Tensor) -> Tensor:
            return -torch.cholesky_solve(right - right.mean(), factor)

        return solve, solve
    bordered = jacobian.new_zeros(nodes + 1, nodes + 1)
    bordered[:nodes, :nodes] = jacobian
    bordered[:nodes, nodes] = -1.0
    bordered[nodes, :nodes] = 1.0
    lower_upper, pivots, failed = torch.linalg.lu_factor_ex(bordered)
    if int(failed):
        return None

    def solver(*, adjoint: bool) -> Solve:
        def solve(right: Tensor) -> Tensor:
            padded = torch.cat([right, right.new_zeros(1, 1)])
            found: Tensor = torch.linalg.lu_solve(lower_upper, pivots, padded, adjoint=adjoint)
            return found[:nodes]

        return solve

    return solver(adjoint=False), solver(adjoint=True)


def _krylov_system(
    coupling: Coupling, z: Tensor, w: Tensor, *, lag: float, symmetric: bool
) -> tuple[Solve, Solve]:
    from scipy.sparse.linalg import LinearOperator, gmres, minres

    nodes = len(z)
    turn = cmath.exp(-1j * lag)
    diagonal = w.real.squeeze(-1).abs().clamp(min=float(w.real.abs().mean()) * 1e-6).cpu().numpy()
    precondition = LinearOperator((nodes, nodes), matvec=lambda x: x / diagonal, dtype=float)

    def times(x: Tensor) -> Tensor:
        return (z.conj() * coupling.complex_product(z * x)).mul(turn).real - w.real * x

    def transposed_times(x: Tensor) -> Tensor:
        back = coupling.complex_transposed_product(z * x * turn.conjugate())
        return (z * back.conj()).real - x * w.real

    def solver(product: Callable[[Tensor], Tensor], *, adjoint: bool) -> Solve:
        def multiply(x: np.ndarray) -> np.ndarray:
            # -J made regular: by a shift along 1, which is orthogonal to what is solved for.
            column = torch.as_tensor(x).reshape(-1, 1).to(w.real)
            image: np.ndarray = -product(column).squeeze(-1).cpu().numpy()
            return image + float(x.mean()) * float(diagonal.mean())

        operator = LinearOperator((nodes, nodes), matvec=multiply, dtype=float)

        def solve(right: Tensor) -> Tensor:
            numbers = -right.squeeze(-1).cpu().numpy().astype(float)
            if symmetric:
                found, _ = minres(
                    operator, numbers, M=precondition, rtol=KRYLOV_TOLERANCE, maxiter=KRYLOV_STEPS
                )
            else:
                found, _ = gmres(
                    operator,
                    numbers,
                    M=precondition,
                    rtol=KRYLOV_TOLERANCE,
                    restart=100,
                    maxiter=KRYLOV_STEPS // 100,
                )
            return torch.as_tensor(found - found.mean()).reshape(-1, 1).to(right)

        return solve

    return solver(times, adjoint=False), solver(transposed_times, adjoint=True)
