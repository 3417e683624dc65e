"""What an objective is and declares."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from gradnet_cli.errors import GradnetError, SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.problem import Problem
from gradnet_cli.settings.plugins import call_target, load_target

NOT_SETTINGS = ("_target_", "requires")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an objective says of a network.

    Attributes:
        score: the number wanted, shape () or one a sample (...,), differentiable in the weights
        metrics: further numbers for metrics.csv and summary.json
    """

    score: Tensor
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Description:
    """What an objective has to tell of the final network, beyond its score.

    Attributes:
        metrics: numbers for summary.json
        node_data: columns of nodes.csv by name, each (N,)
        arrays: anything that the objective's own figures are drawn from; saved as arrays.npz
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    node_data: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)


class Objective(nn.Module, ABC):
    """A purpose, as a differentiable function of the network.

    What a subclass keeps from one call to the next and scores depend on, a warm start say, it hands out by
    torch's `get_extra_state` and takes back by `set_extra_state`, made of numbers, strings, arrays, lists and
    dicts: then a run that was interrupted and resumed ends as if it had not been.

    A subclass declares, and the conformance tests check (what depends on a setting, the instance says):

    Attributes:
        sense: whether the score is to be maximized or minimized
        quantity: what the score is called on an axis, with its unit; the objective's name if empty
        concave: the score is concave in the weights if maximized, convex if minimized. Then every gradient
            proves a bound, f(w') <= f(w) + <g, w' - w> (>= if minimized), and a run reports one
        homogeneous: f(t w) = t f(w) for t >= 0. A concave homogeneous objective promises f(w') <= <g, w'> for
            the gradient g that it gives, even where that is inexact, and the bound is built on this
        reciprocal: 1/f is concave and homogeneous, for a positive score that is minimized. That is more than
            convex: 1/f(w') <= <-g, w'> / f^2 for the score f and gradient g given, and the bound built on
            this is the tighter one
        monotone: more weight is never worse, or it never is better, so that gradients have one sign and
            multiplicative updates suit
        smooth: the gradient is continuous, and its changes tell of curvature: quasi-Newton updates suit
        power: exponent of multiplicative updates that suits; 1/2 where gradients fall with the square of a
            weight, as for edges in series, 1 where they fall with the weight itself
        deterministic: the same network and step give the same score
        batched: forward() takes weights (..., E), all samples at once; others are given one sample at a time
    """

    sense: ClassVar[Literal["maximize", "minimize"]]
    quantity: str = ""
    concave: bool = False
    homogeneous: bool = False
    reciprocal: ClassVar[bool] = False
    monotone: bool = False
    smooth: bool = False
    power: ClassVar[float] = 0.5
    deterministic: bool = True
    batched: ClassVar[bool] = False

    def __call__(self, network: Network, step: int) -> Evaluation:
        """What forward() says, checked: objectives of other people come by import path."""
        if network.batch and not self.batched:
            return self.one_by_one(network, step)
        evaluation: Evaluation = super().__call__(network, step)
        _check(evaluation, objective=self, network=network)
        return evaluation

    def one_by_one(self, network: Network, step: int) -> Evaluation:
        """Score each sample of weights (..., E) for itself; the metrics are those of the last."""
        samples = [self(sample, step) for sample in network.samples()]
        score = torch.stack([sample.score for sample in samples]).reshape(network.batch)
        return Evaluation(score=score, metrics=samples[-1].metrics)

    @abstractmethod
    def forward(self, network: Network, step: int) -> Evaluation:
        """Score the network at an update; `step` chooses a minibatch where an objective has any."""

    def prepare(self, problem: Problem) -> None:
        """Look at the problem once, before training; raise SettingError where the settings do not fit it."""

    def describe(self, network: Network) -> Description:
        """Tell of the final network what costs too much to be told at every update."""
        return Description()

    @property
    def sign(self) -> float:
        """+1 if maximized, -1 if minimized: sign * score is what training lets grow."""
        return 1.0 if self.sense == "maximize" else -1.0


def build_objective(settings: Mapping[str, Any], *, seed: int) -> Objective:
    """Build the objective that the group `objective` of a configuration names.

    Arguments:
        settings: `_target_`, and the keyword arguments of that class; `requires` is left to the problem
        seed: handed to classes that ask for one

    Errors:
        SettingError: an unknown or missing setting, or a target that is no Objective
    """
    import inspect

    path = settings.get("_target_")
    target = load_target(setting="objective._target_", path=path)
    if not (isinstance(target, type) and issubclass(target, Objective)):
        raise SettingError(
            setting="objective._target_",
            value=path,
            allowed="must name a subclass of gradnet_cli.objectives.Objective",
        )
    arguments = {key: value for key, value in settings.items() if key not in NOT_SETTINGS}
    if "seed" in inspect.signature(target).parameters:
        arguments["seed"] = seed
    objective = call_target(target, path=str(path), settings=arguments, prefix="objective.")
    assert isinstance(objective, Objective)
    return objective


def _check(evaluation: object, *, objective: Objective, network: Network) -> None:
    """Raise GradnetError unless an objective has returned what it must."""
    name = type(objective).__name__
    if not isinstance(evaluation, Evaluation):
        kind = type(evaluation).__name__
        raise GradnetError(f"objective {name} returned a {kind}, and must return an Evaluation(score=...)")
    score = evaluation.score
    if not isinstance(score, Tensor):
        raise GradnetError(f"objective {name}: the score is a {type(score).__name__}, and must be a tensor")
    if not score.is_floating_point():
        raise GradnetError(f"objective {name}: the score is {score.dtype}, and must be floating-point")
    samples = tuple(network.weights.shape[:-1])
    if tuple(score.shape) not in ((), samples):
        wanted = f", or one a sample, {samples}" if samples else ""
        raise GradnetError(
            f"objective {name}: the score has shape {tuple(score.shape)} and must be a single number{wanted}"
        )
    metrics: Mapping[str, object] = evaluation.metrics
    for key, value in metrics.items():
        if not isinstance(value, numbers.Real):
            raise GradnetError(f"objective {name}: the metric {key!r} is {value!r}, and must be a number")
