"""What an objective is and declares."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, final

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import GradnetError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.convex.edge_least_squares import EdgeLeastSquares
from gradnet_cli.numerics.exchanges import Exchanges, PossibleExchanges
from gradnet_cli.numerics.pairs.pair_prices import PairPrices
from gradnet_cli.objectives.evaluation import Description, Evaluation, Fraction, Limit, Optimum
from gradnet_cli.objectives.learner import Learner
from gradnet_cli.objectives.returned import check_returned
from gradnet_cli.problem import Problem

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result


class Objective(Learner, ABC):
    """A purpose, as a differentiable function of the network.

    A subclass that owns parameters or data learns beside the network: it is trained by `loss`, in training
    mode, and judged by `forward`, in evaluation mode and always with the same step. The best network is kept
    together with the parameters and buffers that it was judged with.

    What a subclass keeps from one call to the next and scores depend on, a warm start say, it hands out by
    torch's `get_extra_state` and takes back by `set_extra_state`, made of numbers, strings, arrays, lists and
    dicts: then a run that was interrupted and resumed ends as if it had not been.

    A subclass declares, and the conformance tests check (what depends on a setting, the instance says):

    Attributes:
        name: what results call it; of one that a configuration names, the choice that was typed
        sense: whether the score is to be maximized or minimized
        requires: what the problem must be, names of gradnet_cli.problem.requirements.REQUIREMENTS
        quantity: what the score is called on an axis, with its unit; the objective's name if empty
        concave: the score is concave in the weights if maximized, convex if minimized. Then every gradient
            proves a bound, f(w') <= f(w) + <g, w' - w> (>= if minimized), and a run reports one
        homogeneous: f(t w) = t f(w) for t >= 0. A concave homogeneous objective promises f(w') <= <g, w'> for
            the gradient g that it gives, even where that is inexact, and the bound is built on this
        reciprocal: 1/f is concave and homogeneous, for a positive score that is minimized. That is more than
            convex: 1/f(w') <= <-g, w'> / f^2 for the score f and gradient g given, and the bound built on
            this is the tighter one
        fractional: the score, minimized, is n(w) / d(w) where d > 0, n convex, d concave, both homogeneous.
            Then it is quasi-convex, and `fraction` offers linear functions that bounds are built on
        logarithmic: d > 0, where exp(f/d) is concave and homogeneous, for a score that is maximized. That is
            more than concave: f(w') <= f(w) + d log(<g, w'> / d), and the bound built on this is the tighter
        monotone: the score is "increasing" or "decreasing" in every weight, so that gradients have one sign:
            multiplicative updates suit, and a budget goes into changes of one sign; None where it is neither
        smooth: the gradient is continuous, and its changes tell of curvature: quasi-Newton updates suit
        power: exponent of multiplicative updates that suits; 1/2 where gradients fall with the square of a
            weight, as for edges in series, 1 where they fall with the weight itself
        curved: convex and twice differentiable where it is minimized, and `curvature` tells the diagonal of
            its Hessian: scaled_quasi_newton suits
        flat_at_zero: a network without any weight has no gradient; where training would begin with it, it
            begins with random weights
        ideal: what scores fall short of: a gap is abs(bound - score) / abs(bound - ideal). 1 for an order
            parameter r, since good networks differ in 1 - r alone
        several_optima: training that begins with another network may end at another score, so that by default
            several are begun with; never where the score is concave
        sum_of_squares: the score is one, and `residuals` offers its linear model: active_set suits
        holds_dense: dense N x N matrices are held because the setting `solver` says so
        deterministic: the same network and step give the same score
        batched: forward() takes weights (..., E), all samples at once; others are given one sample at a time
        epoch: updates between two judgements of an objective that learns, the batches that its data make; at
            these alone it is judged, recorded and stopped
        keeps_last: where it learns, the network that was judged last is the result, and not the best one
        accuracy: of scores outside training that have an error, absolute, or relative where they are above 1.
            What is not known to it is said, and no reference network is compared with
    """

    sense: Literal["maximize", "minimize"]
    requires: tuple[str, ...] = ()
    quantity: str = ""
    concave: bool = False
    homogeneous: bool = False
    reciprocal: bool = False
    fractional: bool = False
    logarithmic: float | None = None
    monotone: Literal["increasing", "decreasing"] | None = None
    smooth: bool = False
    power: float = 0.5
    curved: bool = False
    flat_at_zero: bool = False
    ideal: float = 0.0
    several_optima: bool = False
    sum_of_squares: bool = False
    holds_dense: bool = False
    deterministic: bool = True
    batched: bool = False
    epoch: int = 1
    keeps_last: bool = False
    accuracy: float = 1e-8

    def __init__(self) -> None:
        super().__init__()
        self.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    def __call__(self, network: Network, step: int) -> Evaluation:
        """What forward() says, checked: objectives of other people come by import path."""
        if network.batch and not self.batched:
            return self.one_by_one(network, step)
        evaluation = super().__call__(network, step)
        name = type(self).__name__
        if not isinstance(evaluation, Evaluation):
            kind = type(evaluation).__name__
            raise GradnetError(
                f"objective {name} returned a {kind}, and must return an Evaluation(score=...)"
            )
        check_returned(evaluation.score, evaluation.metrics, name=name, samples=network.batch)
        return evaluation

    def one_by_one(self, network: Network, step: int) -> Evaluation:
        """Score each sample of weights (..., E) for itself; the metrics are those of the last."""
        samples = [self(sample, step) for sample in network.samples()]
        score = torch.stack([sample.score for sample in samples]).reshape(network.batch)
        errors = [sample.error for sample in samples if sample.error is not None]
        return Evaluation(
            score=score,
            metrics=samples[-1].metrics,
            error=max(errors, default=None),
            provisional=any(sample.provisional for sample in samples),
            limited=all(sample.limited for sample in samples),
        )

    @abstractmethod
    def forward(self, network: Network, step: int) -> Evaluation:
        """Score the network at an update; `step` chooses a minibatch where an objective has any."""

    def judge(self, network: Network, step: int) -> Evaluation:
        """The score that is wanted, of a network that training has scored provisionally."""
        training = self.training
        self.eval()
        try:
            return self(network, step)
        finally:
            self.train(training)

    def loss(self, network: Network, step: int) -> Tensor:
        """What is made small in training where the objective learns: the score, unless it says otherwise."""
        return -self.sign * self(network, step).score.mean()

    def residuals(self, network: Network) -> EdgeLeastSquares:
        """A linear model of the residuals at this network, where sum_of_squares is declared."""
        raise NotImplementedError(f"{type(self).__name__} declares sum_of_squares, and has no residuals")

    def tangents(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """Linear functions of the weights that a concave score never exceeds, that at the network among them.

        Of a convex score that is minimized, such that it is never below.

        Returns:
            their values at weights of zero (m,), and slopes (m, E)
        """
        weights = network.weights.detach().requires_grad_()
        training = self.training
        self.eval()
        try:
            with torch.enable_grad():
                score = self(network.with_weights(weights), 0).score
                (slope,) = torch.autograd.grad(score, weights)
        finally:
            self.train(training)
        offset = score.detach() - slope @ network.weights.detach()
        return offset.reshape(1).cpu().double().numpy(), slope.reshape(1, -1).cpu().double().numpy()

    def fraction(self, network: Network) -> Fraction:
        """Linear functions around numerator and denominator, touching at this network, where fractional."""
        raise NotImplementedError(f"{type(self).__name__} declares fractional, and has no fraction")

    def curvature(self) -> np.ndarray:
        """The diagonal (E,) >= 0 of the Hessian of -sign * score, or nearly, at the network scored last."""
        raise NotImplementedError(f"{type(self).__name__} declares curved, and has no curvature")

    @property
    def prices_pairs(self) -> bool:
        """Whether `prices` tells the slopes of all pairs, so that candidates need not be listed."""
        return False

    def prices(self) -> PairPrices | None:
        """The slopes of sign * score by the weight of any pair, at the network scored last in training.

        Of a homogeneous concave (or reciprocal) objective they are those of the gradient given, so that
        bounds hold. None where that network has none.
        """
        return None

    def first_edges(self, problem: Problem) -> tuple[np.ndarray, np.ndarray] | None:
        """Pairs (2, M), and relative weights (M,), to begin with where candidates are not listed.

        None where any will do.
        """
        return None

    def exchanged_limits(
        self, network: Network, out: np.ndarray, new: np.ndarray, sizes: np.ndarray
    ) -> np.ndarray | None:
        """What the score cannot exceed (or go below) when one edge leaves and another one comes, (M,).

        Args:
            network: before
            out, new: (M,) edges; -1 where none leaves
            sizes: (E,) the weight that an edge has which leaves or comes

        Returns:
            None where nothing is known that is better than the tangents
        """
        return None

    def best_exchanges(self, network: Network, possible: PossibleExchanges) -> Exchanges | None:
        """The best exchanges of one edge for another, known without scoring each of them.

        Returns:
            the best first, which is the best of all that are possible; none where no exchange improves the
            score. None where this is not known
        """
        return None

    def smooth_exchange(
        self, network: Network, possible: PossibleExchanges, *, level: float
    ) -> Exchanges | None:
        """The exchange that is best for a smooth stand-in of the score, none where none is good for that.

        Scores that are the worst of many numbers, as an eigenvalue is, rise in smaller steps than a stand-in
        that looks at the numbers next to the worst, too.

        Args:
            level: which the score has left behind, and must not fall back to

        Returns:
            None where there is no such thing; wherever there is, best_exchanges tells more than None
        """
        return None

    def prepare(self, problem: Problem) -> None:
        """Look at the problem once, before training; raise SettingError where the settings do not fit it."""

    def idle(self, problem: Problem) -> Mapping[str, str]:
        """Settings of its own that have no effect on this problem, each with the reason; after prepare().

        What the other settings alone decide stands in the comment of the YAML file: ``only with state=time``.
        """
        return {}

    def known(self, problem: Problem) -> Mapping[str, np.ndarray]:
        """Feasible networks that theory knows to be good: adjacency weights (E,) by name.

        They are among those that a result is compared with, and are the result where training ends lower.
        """
        return {}

    def optimum(self, problem: Problem) -> Optimum | None:
        """A best network and its proof, where the problem is one that theory has solved.

        Training begins with it, unless it is told to begin elsewhere, and its bound begins with the proof.
        """
        return None

    def start(self, problem: Problem, uniform: np.ndarray) -> np.ndarray | None:
        """Feasible weights (E,) to begin with, where some are better than the uniform ones; after limit().

        Args:
            uniform: (E,) those that training begins with otherwise
        """
        return None

    def exponents(self) -> Callable[[], float] | None:
        """What gives the exponent of multiplicative updates that suits the network scored last, if it varies.

        Whoever asks for it follows it; unasked, gradients suit `power`.
        """
        return None

    def limit(self, problem: Problem) -> Limit | None:
        """A bound on every score that the problem alone proves, after prepare().

        The bound of a run begins with it, whether the score is concave or not. None where the objective has
        no such theory.
        """
        return None

    def relaxation(self) -> Objective | None:
        """Another objective, concave and on no network worse than this one; not prepared yet.

        Of one that is minimized: convex, and never above it. What is proved of it is proved of this one too,
        which need not be concave; training begins with its best network.
        """
        return None

    def describe(self, network: Network) -> Description:
        """Tell of the final network what costs too much to be told at every update."""
        return Description()

    @final
    @property
    def learns(self) -> bool:
        """Whether it has parameters of its own, or a loss other than its score."""
        own_loss = type(self).loss is not Objective.loss
        return own_loss or any(parameter.requires_grad for parameter in self.parameters())

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Draw a result: figures of its own, none by default; matplotlib is imported within.

        A drawing with the name of a general figure (`network`, `grid`) takes its place.
        """
        yield from ()

    def accurate(self, score: float, error: float | None) -> bool:
        """Whether a score with an error is known to the accuracy that is promised."""
        return error is None or error <= self.accuracy * max(1.0, abs(score))

    @property
    def grows(self) -> bool | None:
        """Whether more weight is never worse, or, where False, never better; None where neither is known."""
        if self.monotone is None:
            return None
        return (self.monotone == "increasing") == (self.sense == "maximize")

    @property
    def sign(self) -> float:
        """+1 if maximized, -1 if minimized: sign * score is what training lets grow."""
        return 1.0 if self.sense == "maximize" else -1.0
