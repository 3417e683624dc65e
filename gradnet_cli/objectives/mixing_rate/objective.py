"""Mixing rate: the eigenratio of a Laplacian, or the slowest mode of a random walk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.graphs import strengths
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.spectra.centred_spectrum import CentredSpectrum
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation, Fraction
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

MEASURES = {"condition": "eigenratio of the Laplacian", "mixing": "slowest mode of the random walk"}
LARGEST = 4096  # nodes; all eigenvectors are computed, O(N^3)
MULTIPLE = 1e-9  # eigenvalues this close, relative to the largest, are taken as equal
CLUSTER, MOST_TANGENTS = 1.1, 4  # eigenvalues up to this factor of an end have tangents, so many at most
RESOLVED = 4 * float(np.finfo(float).eps)  # of lambda_N and a node: what lambda_2 is known to


class MixingRate(Objective):
    """Minimise how slowly averages settle on an undirected network, by its Laplacian L = D - A.

    condition: kappa = lambda_N / lambda_2 of L, over vectors orthogonal to 1. The best averaging x <- W x of
    this network, W = I - 2 L / (lambda_2 + lambda_N), shrinks differences by rho = (kappa - 1)/(kappa + 1) a
    step (Xiao and Boyd 2004); identical oscillators synchronise the more easily the smaller kappa is
    (Barahona and Pecora 2002). It does not change with the scale of weights, which may be negative. As
    lambda_N is convex and lambda_2 concave, it is quasi-convex, and unit vectors u, v orthogonal to 1 give

        kappa(w) >= <p, w> / <q, w>,  p_e = (u_i - u_j)^2,  q_e = (v_i - v_j)^2,

    for every w with lambda_2 > 0; so do averages of p and of q.

    mixing: max(1 - lambda_2, lambda_N - 1), the second largest modulus of an eigenvalue of W = I - L, the
    transition probabilities of a random walk that moves along edge e with probability w_e and stays with
    what is left (Boyd, Diaconis and Xiao 2004). Weights are not negative, strengths at most 1. It is convex.

    Args:
        measure: condition or mixing

    Metrics: lambda_2, lambda_N, and with condition rho. In the end averaging_time, the steps in which
    differences shrink to 1/e.
    """

    sense = "minimize"

    def __init__(self, *, measure: str) -> None:
        super().__init__()
        self.measure = choice(setting="objective.measure", value=measure, choices=tuple(MEASURES))
        self.fractional = self.measure == "condition"
        self.concave = not self.fractional
        self.requires = ("undirected", "connected", "budget")
        if self.concave:
            self.requires += ("nonnegative",)
        self.quantity = MEASURES[self.measure]
        self._latest: tuple[np.ndarray, LaplacianPattern, CentredSpectrum] | None = None

    def prepare(self, problem: Problem) -> None:
        """Refuse what is no random walk, and sizes that are out of reach.

        Raises:
            SettingError: strengths above 1 are allowed where weights are probabilities, or the mask has too
                many nodes, or too few
        """
        if problem.nodes > LARGEST or problem.nodes < 2:
            allowed = f"is for 2 to {LARGEST:,} nodes, and the mask has {problem.nodes:,}"
            raise SettingError(setting="objective", value="mixing_rate", allowed=allowed)
        if self.measure == "mixing" and not (problem.room.strength <= 1).all():
            raise SettingError(
                setting="limits.strength",
                value=problem.limits.strength,
                allowed="must be 1 with objective.measure=mixing: weights are the probabilities of a walk",
                hint="limits.strength=1 budget=none",
            )

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,)."""
        spectrum, pattern = self._spectrum(network)
        low, high = float(spectrum.values[0]), float(spectrum.values[-1])
        metrics = {"lambda_2": low, "lambda_N": high}
        if self.measure == "mixing":
            value = max(1 - low, high - 1)
            slope = -self._slope(spectrum, pattern, low) if 1 - low >= high - 1 else None
            slope = self._slope(spectrum, pattern, high) if slope is None else slope
            return Evaluation(score=with_gradient(network.weights, value=value, slope=slope), metrics=metrics)
        resolved = RESOLVED * network.nodes * max(abs(low), abs(high), 1e-300)
        if low < resolved and not self.training:
            value, slope = math.inf, np.zeros(network.edges)
        else:  # training goes on from networks in parts, and needs a number
            least = max(low, resolved)
            value = max(abs(high), least) / least
            slope = self._slope(spectrum, pattern, high) - value * self._slope(spectrum, pattern, low)
            slope /= least
        metrics["rho"] = 1.0 if math.isinf(value) else (value - 1) / (value + 1)
        return Evaluation(score=with_gradient(network.weights, value=value, slope=slope), metrics=metrics)

    def tangents(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """Those of the eigenvectors at both ends of the spectrum: each bounds the rate."""
        highest, lowest = self._ends(network)
        offsets = np.concatenate([np.full(len(highest), -1.0), np.full(len(lowest), 1.0)])
        return offsets, np.vstack([highest, -lowest])

    def fraction(self, network: Network) -> Fraction:
        """lambda_N / lambda_2.

        Where lambda_2 >= 0 no weight exceeds lambda_N / 2: 2 |w_e| <= L_ii + L_jj <= 2 lambda_N - 2 |w_e|,
        from the vectors e_i + e_j and e_i - e_j.
        """
        numerators, denominators = self._ends(network)
        spectrum, _ = self._spectrum(network)
        low, high = float(spectrum.values[0]), float(spectrum.values[-1])
        reach = high / low / 2 if low > RESOLVED * network.nodes * high else None
        return Fraction(numerators=numerators, denominators=denominators, reach=reach)

    def describe(self, network: Network) -> Description:
        """The spectrum, beside that of the same weight on every edge, and the time that it takes."""
        spectrum, pattern = self._spectrum(network)
        even = CentredSpectrum.of(pattern.assemble(self._even(network)))
        score = float(self(network, 0).score)
        rho = (score - 1) / (score + 1) if self.fractional else score
        metrics = {"averaging_time": -1 / math.log(rho)} if 0 < rho < 1 else {}
        arrays = {
            "modes": self._modes(spectrum.values),
            "modes_before": self._modes(even.values),
        }
        return Description(metrics=metrics, arrays=arrays)

    def known(self, problem: Problem) -> dict[str, np.ndarray]:
        """The rules of averaging that need no optimisation: maximum degree, and Metropolis and Hastings."""
        degrees = np.bincount(problem.edge_index.ravel(), minlength=problem.nodes)
        source, target = problem.edge_index
        metropolis = 1.0 / np.maximum(degrees[source], degrees[target])
        if self.measure == "mixing":
            return {"max_degree": np.full(problem.edges, 1.0 / degrees.max()), "metropolis": metropolis}
        if problem.edge_budget is None or problem.budget.order != 1:
            return {}
        return {"metropolis": metropolis * (problem.edge_budget / float(problem.cost @ metropolis))}

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """The spectrum before and after."""
        from gradnet_cli.objectives.mixing_rate.figures import drawings

        return drawings(result)

    def _even(self, network: Network) -> np.ndarray:
        """The same weight on every edge: of maximum degree for a walk, of any size for the eigenratio."""
        degrees = strengths(network.topology.array, np.ones(network.edges), nodes=network.nodes)
        return np.full(network.edges, 1.0 / float(degrees.max()))

    def _modes(self, values: np.ndarray) -> np.ndarray:
        """Eigenvalues (N - 1,) of the averaging W, ascending."""
        if self.measure == "mixing":
            modes: np.ndarray = (1 - values)[::-1]
            return modes
        averaged: np.ndarray = (1 - 2 * values / (values[0] + values[-1]))[::-1]
        return averaged

    def _spectrum(self, network: Network) -> tuple[CentredSpectrum, LaplacianPattern]:
        """Of weights (E,), kept for the questions that follow on the same network."""
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        pattern = network.topology.laplacian
        latest = self._latest
        if latest is None or latest[1] is not pattern or not np.array_equal(weights, latest[0]):
            latest = self._latest = (weights.copy(), pattern, CentredSpectrum.of(pattern.assemble(weights)))
        return latest[2], pattern

    @staticmethod
    def _slope(spectrum: CentredSpectrum, pattern: LaplacianPattern, value: float) -> np.ndarray:
        """The mean of (v_i - v_j)^2 over the eigenvectors of an eigenvalue, (E,)."""
        size = max(abs(float(spectrum.values[0])), abs(float(spectrum.values[-1])))
        equal = np.abs(spectrum.values - value) <= MULTIPLE * size
        slope: np.ndarray = _squares(spectrum.vectors[:, equal], pattern).mean(axis=0)
        return slope

    def _ends(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """Slopes (m, E) of Rayleigh quotients near lambda_N, and (k, E) near lambda_2."""
        spectrum, pattern = self._spectrum(network)
        low, high = spectrum.values[0], spectrum.values[-1]
        highest = np.flatnonzero(spectrum.values >= high - (1 - 1 / CLUSTER) * abs(high))[-MOST_TANGENTS:]
        lowest = np.flatnonzero(spectrum.values <= low + (CLUSTER - 1) * abs(low))[:MOST_TANGENTS]
        return (
            _squares(spectrum.vectors[:, highest[::-1]], pattern),
            _squares(spectrum.vectors[:, lowest], pattern),
        )


def _squares(vectors: np.ndarray, pattern: LaplacianPattern) -> np.ndarray:
    """(v_i - v_j)^2 of every vector (N, m) and edge, (m, E)."""
    squares: np.ndarray = (vectors[pattern.source] - vectors[pattern.target]).T ** 2
    return squares
