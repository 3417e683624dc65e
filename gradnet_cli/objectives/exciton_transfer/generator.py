"""The equation of motion of a lit antenna, a network of sites and a sink, in few states."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.numerics.spectra.hermitian import HermitianSpace, Triplets


class Generator:
    """d rho / dt of the part of the density matrix whose sink is still empty.

    States |a, k>: the antenna in its ground (a = 0) or excited state (a = 1), one excitation at site k of
    1 .. S or none (k = 0); state number 2 k + a. Excitations are conserved: photons - a - [k > 0] photons are
    left. With c the annihilation of a photon,

        H = w c'c + sigma_z + l (c |e><g| + h.c.) + q (|e><g| x |0><source| + h.c.) + sum_ij M_ij |i><j|
        rho' = -i [H, rho] + g (sum_k P_k rho P_k - rho) - (kappa / 2) {|sink><sink|, rho},

    P_k projecting on k. What rho loses of its trace has come to the sink.

    Args:
        edge_index: (2, E) pairs of sites 0 .. S-1 that M couples
        energies: (S,) diagonal of M
        source, sink: sites at the antenna, and at the sink
        photons: at the beginning
        frequency: w of a photon
        dephasing: g
        rate: kappa
    """

    def __init__(
        self,
        *,
        edge_index: np.ndarray,
        energies: np.ndarray,
        source: int,
        sink: int,
        photons: int,
        frequency: float,
        dephasing: float,
        rate: float,
    ) -> None:
        sites = len(energies)
        self.site = np.repeat(np.arange(sites + 1), 2)
        self.excited = np.tile([0, 1], sites + 1)
        self.space = space = HermitianSpace(2 * (sites + 1))
        self.sink_state = (self.site == sink + 1).astype(float)
        self.spin = 2.0 * self.excited - 1.0
        left = photons - self.excited - (self.site > 0)
        diagonal = frequency * left + self.spin + np.concatenate([[0.0], energies])[self.site]
        elsewhere = (self.site[:, None] != self.site[None, :]).astype(float)
        lost = 0.5 * rate * (self.sink_state[:, None] + self.sink_state[None, :])
        fixed = space.commutator(np.diag(diagonal))
        decay = space.product(-(dephasing * elsewhere + lost))
        ground = 2 * np.arange(sites + 1)
        absorbed = self._coupling(ground, ground + 1, np.sqrt(np.maximum(left[ground], 0)))
        handed = self._coupling(np.array([1]), np.array([2 * (source + 1)]), np.ones(1))
        terms = [fixed, decay, space.commutator(absorbed), space.commutator(handed)]
        numbers = [0, 0, 1, 2]
        for number, (i, j) in enumerate(edge_index.T):
            both = np.arange(2)
            coupling = self._coupling(2 * (i + 1) + both, 2 * (j + 1) + both, np.ones(2))
            terms.append(space.commutator(coupling))
            numbers.append(3 + number)
        self._assemble(terms, numbers)
        self.start = torch.as_tensor(space.coordinates(np.diag(np.eye(space.size)[0])))
        self.trace = torch.as_tensor(space.coordinates(np.eye(space.size)))

    def matrix(self, outer: Tensor, weights: Tensor) -> Tensor:
        """The generator (D, D), of the couplings (2,) l and q of the antenna and those of edges (E,)."""
        factors = torch.cat([outer.new_ones(1), outer, weights.to(outer)])
        dimension = self.space.dimension
        flat = outer.new_zeros(dimension**2)
        flat = flat.index_add(
            0, self._place.to(flat.device), self._value.to(flat) * factors[self._term.to(flat.device)]
        )
        return flat.reshape(dimension, dimension)

    def populations(self, states: Tensor) -> np.ndarray:
        """Of states (..., D): of the antenna, of each site, and of the sink, (..., 1 + S + 1)."""
        diagonal = states[..., : self.space.size].detach().cpu().numpy()
        count = self.site.max() + 1
        sites = np.stack([diagonal[..., self.site == k].sum(axis=-1) for k in range(1, count)], axis=-1)
        antenna = diagonal[..., self.excited == 1].sum(axis=-1, keepdims=True)
        sink = 1 - diagonal.sum(axis=-1, keepdims=True)
        return np.concatenate([antenna, sites, sink], axis=-1)

    def turns(self, energies: np.ndarray) -> Tensor:
        """How fast energies (d,) of the states turn each coordinate's phase, (D,), zero on the diagonal.

        Real parts turn into imaginary ones and back: a positive sign in both.
        """
        row, column = self.space.row, self.space.column
        speed = energies[row] - energies[column]
        return torch.as_tensor(np.concatenate([np.zeros(self.space.size), speed, -speed]))

    @property
    def partner(self) -> Tensor:
        """The coordinate that each one turns into, (D,)."""
        size, pairs = self.space.size, len(self.space.row)
        own = np.arange(self.space.dimension)
        real, imaginary = own[size : size + pairs], own[size + pairs :]
        return torch.as_tensor(np.concatenate([own[:size], imaginary, real]))

    def _coupling(self, first: np.ndarray, second: np.ndarray, value: np.ndarray) -> np.ndarray:
        matrix = np.zeros((self.space.size, self.space.size))
        matrix[first, second] = matrix[second, first] = value
        return matrix

    def _assemble(self, terms: list[Triplets], numbers: list[int]) -> None:
        self._place = torch.as_tensor(np.concatenate([term.place for term in terms]))
        self._value = torch.as_tensor(np.concatenate([term.value for term in terms]))
        counts = [len(term.place) for term in terms]
        self._term = torch.as_tensor(np.repeat(numbers, counts))
