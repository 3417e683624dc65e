"""Network reconstruction: the network whose dynamics gave the trajectories that were seen."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.model.network import Network
from gradnet_cli.numerics.convex.edge_least_squares import EdgeLeastSquares
from gradnet_cli.numerics.coupling import FORMS
from gradnet_cli.numerics.dynamics.rates import Dynamics, change
from gradnet_cli.numerics.dynamics.refinement import Fineness
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.network_reconstruction.data import constants_of, simulated
from gradnet_cli.objectives.network_reconstruction.observations import Observations
from gradnet_cli.objectives.network_reconstruction.prediction import Prediction
from gradnet_cli.objectives.network_reconstruction.recovery import edges_found, told
from gradnet_cli.objectives.network_reconstruction.trajectories import check_steps, read_trajectories
from gradnet_cli.objectives.network_reconstruction.truth import regular_truth
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.problem.files.weights import node_names, read_weights
from gradnet_cli.settings.values import choice, integer, number

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

log = logging.getLogger(__name__)

DYNAMICS: tuple[Dynamics, ...] = ("kuramoto", "diffusion")
ERRORS = ("step", "integral")
EDGES_AT_ONCE = 4096


class NetworkReconstruction(Objective):
    """Minimise the one-step prediction error of x_i' = c_i + sum_j A_ij h(x_j - x_i), h the sine or identity.

    The score is the share of the observed change that the prediction misses,

        sum_k |p(x(t_k)) - x(t_k+1)|^2 / sum_k |x(t_k+1) - x(t_k)|^2,

    1 for a network that predicts rest and 0 for the true one. Distances of phases are those of (sin, cos).
    With error = step, p is where the dynamics lead from every observed state until the next sample, all of
    them one batch. Runge-Kutta steps are as many as stability and accuracy ask for: in training predictions
    are off by 2e-8 of the squared change at most, and outside steps are halved until the score stands still.
    With error = integral the rates at the observed states are integrated along the interpolated observation:
    the residual is linear in the weights, the score a convex quadratic with a proven bound, and an update
    costs a quarter.

    Frequencies `fitted` are those that are best for the network at hand: the mean over time of what its edges
    leave unexplained of the change. They need no training, and the quadratic remains convex.

    The optimizer active_set solves either in a few updates.

    Args:
        dynamics: kuramoto or diffusion
        error: step or integral
        data: CSV file with the columns time, node, value and perhaps trajectory, equally spaced in time; None
            simulates a true network
        truth: file with the true edges; None draws a random regular network if simulated, else it is unknown
        degree: of the random network, >= 1
        frequencies: c; uniform on [-1/2, 1/2), none, fitted, a column of node data, or auto: uniform for
            simulated oscillators, fitted for a file's, none for diffusion
        interval: time between simulated samples, > 0
        samples: most samples of a simulated trajectory, >= 2
        trajectories: simulated ones, from different random starts, >= 1
        stationary: norm of x' - mean x' at which a simulated trajectory ends, >= 0
        disturbance: standard deviation of the errors of simulated measurements, >= 0
        substeps: Runge-Kutta steps between samples, at least, >= 1
        threshold: weight from which an edge counts as found, > 0
        matrix: form of the network, auto, dense or sparse
        seed: of the simulation

    Metrics: rms_error (of a prediction); with a known truth f1 and max_error (of a weight) at every update,
    and precision, recall and score_of_truth at the end.
    """

    sense = "minimize"
    requires = ("undirected",)
    sum_of_squares = True
    batched = True
    quantity = "unexplained share of the change"

    def __init__(
        self,
        *,
        dynamics: str,
        error: str,
        data: str | None,
        truth: str | None,
        degree: int,
        frequencies: str,
        interval: float,
        samples: int,
        trajectories: int,
        stationary: float,
        disturbance: float,
        substeps: int,
        threshold: float,
        matrix: str,
        seed: int = 0,
    ) -> None:
        super().__init__()
        choice(setting="objective.dynamics", value=dynamics, choices=DYNAMICS)
        self.dynamics: Dynamics = "kuramoto" if dynamics == "kuramoto" else "diffusion"
        self.error = choice(setting="objective.error", value=error, choices=ERRORS)
        self.concave = error == "integral"
        self.data = data
        self.truth_path = truth
        self.degree = integer(setting="objective.degree", value=degree, minimum=1)
        self.frequencies = frequencies
        self.interval = number(setting="objective.interval", value=interval, above=0)
        self.samples = integer(setting="objective.samples", value=samples, minimum=2)
        self.trajectories = integer(setting="objective.trajectories", value=trajectories, minimum=1)
        self.stationary = number(setting="objective.stationary", value=stationary, minimum=0)
        self.disturbance = number(setting="objective.disturbance", value=disturbance, minimum=0)
        self.substeps = integer(setting="objective.substeps", value=substeps, minimum=1)
        self.threshold = number(setting="objective.threshold", value=threshold, above=0)
        self.matrix = choice(setting="objective.matrix", value=matrix, choices=FORMS)
        self.seed = seed
        self.true_weights: Tensor | None = None
        self._observed: Observations | None = None
        self._fineness = Fineness()

    def get_extra_state(self) -> dict[str, Any]:
        """How fine steps are."""
        return self._fineness.memory

    def set_extra_state(self, state: Mapping[str, Any]) -> None:
        """Go on from there; after prepare()."""
        self._fineness.memory = state

    def prepare(self, problem: Problem) -> None:
        """Read or simulate the trajectories, and the truth where there is one.

        Raises:
            SettingError: a file that cannot be used (with its line), frequencies that are no column,
                trajectories in which nothing moves
        """
        self._fineness = Fineness()
        mask = problem.mask
        truth: np.ndarray | None = None
        if self.truth_path is not None:
            truth = read_weights(mask, setting="objective.truth", path=self.truth_path)
        elif self.data is None:
            truth = regular_truth(mask, degree=self.degree, seed=self.seed)
        constants = constants_of(
            problem,
            frequencies=self.frequencies,
            dynamics=self.dynamics,
            simulated=self.data is None,
            seed=self.seed,
        )
        if self.data is None:
            assert truth is not None
            seen = simulated(
                mask,
                truth,
                dynamics=self.dynamics,
                constants=constants.true,
                interval=self.interval,
                samples=self.samples,
                trajectories=self.trajectories,
                stationary=self.stationary,
                disturbance=self.disturbance,
                seed=self.seed,
            )
        else:
            seen = read_trajectories(setting="objective.data", path=self.data, names=node_names(mask))
        check_steps(seen, setting="objective.data", value=self.data)
        self._observed = Observations(self.dynamics, seen, constants=constants.known)
        if truth is not None:
            self.true_weights = torch.as_tensor(truth)
        log.info("%d steps of %g observed", seen.steps, seen.interval)

    def idle(self, problem: Problem) -> Mapping[str, str]:
        """Without a truth nothing is found or missed."""
        return {} if self.true_weights is not None else {"threshold": "the true network is not known"}

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), or each sample of (..., E)."""
        if network.batch and not network.topology.takes_dense(self.matrix):
            return self.one_by_one(network, step)
        prediction, error = self._prediction(network), None
        if self.error == "integral":
            missed = prediction.missed(0)
        elif self.training:
            self._fineness.keep(prediction.coarse, steps=prediction.steps)
            missed = prediction.missed(self._fineness.level)
        else:
            finest = prediction.refined(accuracy=self.accuracy)
            missed, error = finest.found, finest.error
        metrics = {"rms_error": float(missed.rms_error)}
        if self.true_weights is not None:
            latest = network.weights.detach().reshape(-1, network.edges)[-1]
            found = edges_found(latest, self.true_weights.to(latest), threshold=self.threshold)
            metrics |= {name: found[name] for name in ("f1", "max_error")}
        return Evaluation(score=missed.score, metrics=metrics, error=error)

    @torch.no_grad()
    def residuals(self, network: Network) -> EdgeLeastSquares:
        """What is to be explained by weights (E,), as a linear model of them at this network.

        Exact for error = integral. For a Runge-Kutta step the residuals are its own and the slopes those of
        the integral, which are off in proportion to the interval.
        """
        seen = self._seen(network.weights)
        source, target = network.edge_index
        slopes = network.weights.new_empty(network.edges, seen.before.shape[1])
        for begin in range(0, network.edges, EDGES_AT_ONCE):
            chosen = slice(begin, begin + EDGES_AT_ONCE)
            difference = seen.states[target[chosen]] - seen.states[source[chosen]]
            pull = difference.sin() if self.dynamics == "kuramoto" else difference
            slopes[chosen] = seen.interval * (pull[:, seen.index] * seen.weight).sum(dim=-1)
        prediction = self._prediction(network)
        constant, residual = prediction.fitted
        if residual is not None and self.error == "integral":
            missed = residual - seen.interval * constant
        else:
            missed = change(self.dynamics, prediction.states(self._fineness.level), seen.after)
        if seen.constants is None:  # fitted constants take the mean over time
            slopes -= slopes.mean(dim=1, keepdim=True)
            missed = missed - missed.mean(dim=1, keepdim=True)
        pulls = network.weights[:, None] * slopes
        targets = missed.index_add(0, source, pulls).index_add(0, target, -pulls)
        return EdgeLeastSquares(
            slopes=slopes.double().cpu().numpy(),
            targets=targets.double().cpu().numpy(),
            edge_index=network.topology.array,
        )

    def describe(self, network: Network) -> Description:
        """How well edges were found, and how well the found network predicts."""
        seen = self._seen(network.weights)
        prediction = self._prediction(network)
        constant, _ = prediction.fitted
        predicted = prediction.states(prediction.refined(accuracy=self.accuracy).level)
        metrics = {"steps": float(seen.before.shape[1])}
        notes: tuple[str, ...] = ()
        arrays = {
            "times": seen.times.cpu().numpy(),
            "before": seen.before.T.cpu().numpy(),
            "after": seen.after.T.cpu().numpy(),
            "predicted": predicted.T.cpu().numpy(),
        }
        if self.true_weights is not None:
            truth = self.true_weights.to(network.weights)
            metrics |= edges_found(network.weights, truth, threshold=self.threshold)
            right = self._prediction(network.with_weights(truth)).refined(accuracy=self.accuracy)
            metrics["score_of_truth"] = float(right.found.score)
            arrays["true_weights"] = truth.cpu().numpy()
            notes = told(metrics, network.problem, arrays["true_weights"])
        node_data = {"frequency": constant.expand(network.nodes, 1)[:, 0].cpu().numpy()}
        return Description(metrics=metrics, node_data=node_data, arrays=arrays, notes=notes)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Truth and finding, observation and prediction."""
        from gradnet_cli.objectives.network_reconstruction.figures import drawings

        return drawings(result)

    def _prediction(self, network: Network) -> Prediction:
        return Prediction(
            network,
            self._seen(network.weights),
            dynamics=self.dynamics,
            integral=self.error == "integral",
            substeps=self.substeps,
            form=self.matrix,
        )

    def _seen(self, like: Tensor) -> Observations:
        seen = prepared(self._observed)
        seen.to(like)
        return seen
