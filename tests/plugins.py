"""Objectives of a user's own, named by import path: `_target_: tests.plugins.Distance`."""

from collections.abc import Iterator
from typing import Literal

import torch

from gradnet_cli.model.network import Network
from gradnet_cli.objectives import Drawing, Evaluation, Objective
from gradnet_cli.result import Result


class Distance(Objective):
    """Minimise sum (A_e - target)^2, convex. Below, optima are known by projection."""

    sense = "minimize"
    concave = True

    def __init__(self, *, target: float = 1.0) -> None:
        super().__init__()
        self.target = target

    def forward(self, network: Network, step: int) -> Evaluation:
        score = (network.weights - self.target).square().sum(-1)
        return Evaluation(score=score, metrics={"largest": float(network.weights.detach().max())})


class Logarithm(Objective):
    """Maximise sum log(1 + A_e): concave and monotone, not homogeneous; uniform is optimal at unit cost."""

    sense = "maximize"
    concave = True
    monotone = "increasing"

    def forward(self, network: Network, step: int) -> Evaluation:
        return Evaluation(score=network.weights.log1p().sum(-1))


class Wave(Objective):
    """Minimise sum sin(A_e): neither convex nor homogeneous, so that no bound may be claimed."""

    sense = "minimize"

    def forward(self, network: Network, step: int) -> Evaluation:
        return Evaluation(score=(3 * network.weights).sin().sum(-1))


class Failing(Objective):
    """Maximise the first weight, but from an update on score or gradient are not finite."""

    sense = "maximize"

    def __init__(self, *, at: int, kind: Literal["nan", "inf", "gradient"]) -> None:
        super().__init__()
        self.at = at
        self.kind = kind

    def forward(self, network: Network, step: int) -> Evaluation:
        score = network.weights[..., 0]
        if step >= self.at:
            if self.kind == "gradient":  # a finite score with the infinite slope of a root at zero
                score = score + (score - score.detach()).abs().sqrt()
            else:
                score = score * float(self.kind)
        return Evaluation(score=score)


class Scaled(Objective):
    """Maximise scale * A_0 with a parameter of the objective's own, which grows too."""

    sense = "maximize"

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones((), dtype=torch.float64))

    def forward(self, network: Network, step: int) -> Evaluation:
        return Evaluation(score=self.scale.tanh() * network.weights[..., 0])


class Drawn(Distance):
    """A distance with figures: one, or as a case of how they may be wrong has it."""

    case: Literal["well", "late", "early", "stranger", "twice", "no_axes", "network"] = "well"

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(4, 3), layout="constrained")
        figure.subplots().plot(result.weights)
        if cls.case == "early":
            raise ZeroDivisionError
        name = "network" if cls.case == "network" else "spread"
        yield Drawing(name=name, caption="Weights <b>edge</b> by edge, λ.", figure=figure)
        if cls.case == "late":
            raise ZeroDivisionError
        if cls.case == "stranger":
            yield figure  # type: ignore[misc]
        if cls.case == "twice":
            yield Drawing(name=name, caption="Again.", figure=Figure())
        if cls.case == "no_axes":
            yield Drawing(name="broken", caption="Nothing.", figure=None)  # type: ignore[arg-type]
            yield Drawing(name="after", caption="What comes after.", figure=Figure(figsize=(1, 1)))


def evenness(network: Network) -> tuple[torch.Tensor, dict[str, float]]:
    """The mean square of the strengths, as a plain function: convex in the weights."""
    strengths = network.strengths
    return strengths.square().mean(), {"largest": float(strengths.detach().max())}
