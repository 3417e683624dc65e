"""The Kuramoto vector field with a phase lag, and its derivatives.

    theta_i' = omega_i + sum_j A_ij sin(theta_j - theta_i - alpha)

(Kuramoto 1975; with the lag alpha Sakaguchi and Kuramoto 1986). With z = exp(i theta) this is
omega + Im(exp(-i alpha) conj(z) A z): one product of A with two real columns.
"""

from __future__ import annotations

import cmath
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from gradnet_cli.numerics.coupling import Coupling, real_columns

COLUMNS_KEPT = 512  # real columns gathered before they are summed over the edges


@dataclass(frozen=True, slots=True)
class Memo:
    """What the derivative at phases (..., N, R) needs: z, and w = exp(-i alpha) conj(z) A z."""

    z: Complex[Tensor, "*batch nodes replicates"]
    w: Complex[Tensor, "*batch nodes replicates"]


class KuramotoField:
    """The field on phases (..., N, R): nodes, and replicates in the last dimension.

    Args:
        coupling: the adjacency matrix; its leading dimensions are those of the phases
        frequencies: omega (N, R) or (N, 1) [radians a unit of time]
        lag: alpha [radians]
    """

    def __init__(
        self, coupling: Coupling, frequencies: Float[Tensor, "nodes replicates"], *, lag: float
    ) -> None:
        self.coupling = coupling
        self.frequencies = frequencies
        self._turn = cmath.exp(-1j * lag)
        self._one = frequencies.new_ones(())
        self._pairs: list[tuple[Tensor, Tensor]] = []
        self._columns = 0
        self._slope: Tensor | None = None

    def state(
        self, phases: Float[Tensor, "*batch numbers replicates"]
    ) -> Float[Tensor, "*batch numbers replicates"]:
        """What the field is a function of at the beginning, for phases (..., N, R): these themselves."""
        return phases

    def phases(
        self, state: Float[Tensor, "*batch numbers replicates"]
    ) -> Float[Tensor, "*batch numbers replicates"]:
        """Phases (..., N, R) of a state."""
        return state

    def gradient_of_state(
        self, gradient: Float[Tensor, "*batch numbers replicates"]
    ) -> Float[Tensor, "*batch numbers replicates"]:
        """What is a gradient (..., N, R) of phases, of the state."""
        return gradient

    def value(
        self, phases: Float[Tensor, "*batch nodes replicates"]
    ) -> tuple[Float[Tensor, "*batch nodes replicates"], Memo]:
        """The velocities theta' (..., N, R), and what pull_back needs."""
        z = torch.polar(self._one, phases)
        w = z.conj() * self.coupling.complex_product(z)
        if self._turn != 1:
            w = w * self._turn
        return self.frequencies + w.imag, Memo(z, w)

    def pull_back(
        self, memo: Memo, gradient: Float[Tensor, "*batch nodes replicates"]
    ) -> Float[Tensor, "*batch nodes replicates"]:
        """J^T gradient for a gradient (..., N, R) with respect to the velocities.

        The share of the weights, gradient_i Im(exp(-i alpha) conj(z_i) z_j) for A_ij, is kept until
        collect().
        """
        u = memo.z * gradient
        if self._turn != 1:
            u = u * self._turn.conjugate()
        back = self.coupling.complex_transposed_product(u)
        self._keep(u, memo.z)
        return (memo.z * back.conj()).real - gradient * memo.w.real

    def jacobian(self, memo: Memo) -> Float[Tensor, "*batch replicates nodes nodes"]:
        """J (..., R, N, N) of the velocities at phases (..., N, R)."""
        z = memo.z.mT
        turned = z.conj() * self._turn
        cosine = turned.real[..., :, None] * z.real[..., None, :]
        cosine -= turned.imag[..., :, None] * z.imag[..., None, :]
        jacobian: Tensor = self.coupling.matrix().unsqueeze(-3) * cosine
        jacobian.diagonal(dim1=-2, dim2=-1).sub_(memo.w.mT.real)
        return jacobian

    def collect(self) -> Float[Tensor, "*batch edges"]:
        """The weights' gradient (..., E), summed over all calls of pull_back since the last time."""
        self._flush()
        slope, self._slope = self._slope, None
        assert slope is not None
        return slope

    def _keep(self, u: Tensor, z: Tensor) -> None:
        self._pairs.append((u, z))
        self._columns += 2 * z.shape[-1]
        if self._columns >= COLUMNS_KEPT:
            self._flush()

    def _flush(self) -> None:
        if not self._pairs:
            return
        # Im(conj(u) z) = <u, -i z> as real vectors (Re, Im).
        left = real_columns(torch.cat([u for u, _ in self._pairs], dim=-1))
        right = real_columns(torch.cat([z for _, z in self._pairs], dim=-1) * -1j)
        slope = self.coupling.slope(left, right)
        self._slope = slope if self._slope is None else self._slope + slope
        self._pairs = []
        self._columns = 0


def order_parameter(phases: Float[Tensor, "*shape"], *, dim: int = -1) -> Float[Tensor, "*rest"]:
    """r = abs(mean of exp(i theta)) over a dimension: 1 in full synchrony, near 0 without any."""
    return magnitude(phases.cos().mean(dim), phases.sin().mean(dim))


def magnitude(cosine: Float[Tensor, "*shape"], sine: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """sqrt(cosine^2 + sine^2), with gradient 0 and not NaN where both vanish."""
    return (cosine.square() + sine.square() + torch.finfo(cosine.dtype).tiny).sqrt()
