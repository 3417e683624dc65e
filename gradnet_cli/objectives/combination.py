"""What objectives that are made of several have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.terms import Term, build_terms, errors_named
from gradnet_cli.problem import Problem
from gradnet_cli.settings.terms import TERMS

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What an objective says of a network, times a weight, with a linear model of it.

    Attributes:
        evaluation: with the score as it is
        value: weight * score, (); detached where there is a slope
        slope: (E,) its gradient; None where nobody asked for it
        offset: of the linear model, see Evaluation.offset
    """

    evaluation: Evaluation
    value: Tensor
    slope: Tensor | None = None
    offset: float = 0.0


class Combination(Objective):
    """An objective made of terms, each an objective with a weight, whose properties follow from theirs.

    A term counts as weight * score. It pulls in its own sense where its weight is positive, and in the other
    one where it is negative. Whatever holds for all terms that count holds here, as far as it survives sums
    and minima: concave where all are that pull in the common sense, and homogeneous, monotone, smooth
    likewise; required of the problem is what any of them requires.

    Args:
        terms: a list, or a mapping by label, of names, settings with a name, Objectives and Terms
        sense: maximize or minimize; None for that in which all terms pull
        seed: of terms that ask for one

    Metrics: the score of each term, by its label, and its own metrics after label and point.
    """

    def __init__(self, *, terms: Any, sense: str | None, seed: int) -> None:
        super().__init__()
        self.terms = build_terms(terms, seed=seed)
        self._registered = nn.ModuleList(term.objective for term in self.terms)
        self.counting = [term for term in self.terms if term.weight != 0]
        for term in self.terms:
            if type(term.objective).loss is not Objective.loss:
                allowed = "is trained by a loss of its own, and cannot be a term of another objective"
                raise SettingError(setting=term.setting, value=term.objective.name, allowed=allowed)
        self.sense = self._sense(sense)
        self._declare([term.objective for term in self.counting])

    def _sense(self, given: str | None) -> Literal["maximize", "minimize"]:
        if given is not None:
            return "maximize" if given == "maximize" else "minimize"
        if not self.counting:
            allowed = "must have a term whose weight is not 0"
            raise SettingError(setting=TERMS, value=[term.told for term in self.terms], allowed=allowed)
        first = self.counting[0]
        for term in self.counting:
            if term.direction != first.direction:
                raise SettingError(
                    setting=f"{term.setting}.weight",
                    value=term.weight,
                    allowed=f"pulls {term.told} the other way than {first.told}, and weights multiply scores",
                    hint=f"{term.setting}.weight={-term.weight:g}",
                )
        return "maximize" if first.direction > 0 else "minimize"

    def _declare(self, kinds: Sequence[Objective]) -> None:
        """Derive what is declared from the terms that count."""
        rightly = all(term.direction == self.sign for term in self.counting)
        self.requires = tuple(dict.fromkeys(each for term in self.terms for each in term.objective.requires))
        self.concave = rightly and all(kind.concave for kind in kinds)
        self.homogeneous = all(kind.homogeneous for kind in kinds)
        self.reciprocal = rightly and all(kind.reciprocal for kind in kinds)
        rising = {
            None if kind.monotone is None else (kind.monotone == "increasing") == (term.weight > 0)
            for term, kind in zip(self.counting, kinds, strict=True)
        }
        if rising in ({True}, {False}):
            self.monotone = "increasing" if rising == {True} else "decreasing"
        powers = {kind.power for kind in kinds}
        self.power = powers.pop() if len(powers) == 1 else type(self).power
        self.flat_at_zero = all(kind.flat_at_zero for kind in kinds)
        every = [term.objective for term in self.terms]
        self.holds_dense = any(kind.holds_dense for kind in every)
        self.deterministic = all(kind.deterministic for kind in every)
        self.batched = all(kind.batched for kind in every)

    def prepare(self, problem: Problem) -> None:
        """Let each term look at the problem."""
        for term in self.terms:
            with errors_named(term.setting):
                term.objective.prepare(problem)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (..., E)."""
        return self.combined([self.answer(term, network, step) for term in self.terms], network)

    def judge(self, network: Network, step: int) -> Evaluation:
        """What the terms want of a network that one of them has scored provisionally."""
        training = self.training
        self.eval()
        try:
            answers = []
            for term in self.terms:
                evaluation = term.objective.judge(network, step)
                answers.append(Answer(evaluation=evaluation, value=term.weight * evaluation.score))
            return self.combined(answers, network)
        finally:
            self.train(training)

    @abstractmethod
    def combined(self, answers: Sequence[Answer], network: Network) -> Evaluation:
        """The score, of what each term says."""

    def answer(self, term: Term, network: Network, step: int) -> Answer:
        """What a term says of a network, with a linear model where gradients are wanted."""
        objective = term.objective
        if term.weight == 0:
            with torch.no_grad():
                evaluation = objective(network, step)
            return Answer(evaluation=evaluation, value=torch.zeros_like(evaluation.score))
        if not self.models(network):
            evaluation = objective(network, step)
            return Answer(evaluation=evaluation, value=term.weight * evaluation.score)
        leaf = network.weights.detach().requires_grad_()
        evaluation = objective(network.with_weights(leaf), step)
        slope = None
        if evaluation.score.requires_grad:
            (slope,) = torch.autograd.grad(evaluation.score, leaf, allow_unused=True)
        return self.modelled(
            term,
            evaluation,
            weights=leaf.detach(),
            slope=torch.zeros_like(leaf) if slope is None else slope,
        )

    def models(self, network: Network) -> bool:
        """Whether linear models of each term are wanted of a network, and not only its scores."""
        return (
            torch.is_grad_enabled()
            and network.weights.requires_grad
            and not network.batch
            and not self.learns
        )

    def modelled(self, term: Term, evaluation: Evaluation, *, weights: Tensor, slope: Tensor) -> Answer:
        """What a term says, with the slope (E,) of its score at weights (E,)."""
        value = evaluation.score.detach()
        offset = offset_of(term.objective, evaluation, float(value), float(slope @ weights))
        return Answer(
            evaluation=evaluation,
            value=term.weight * value,
            slope=term.weight * slope,
            offset=term.weight * offset,
        )

    def metrics(self, answers: Sequence[Answer]) -> dict[str, float]:
        """The score of each term, and its own metrics."""
        found: dict[str, float] = {}
        for term, answer in zip(self.terms, answers, strict=True):
            found[str(term.label)] = float(answer.evaluation.score.detach().mean())
            found |= term.prefixed(answer.evaluation.metrics)
        return found

    def idle(self, problem: Problem) -> Mapping[str, str]:
        """Settings of terms without effect."""
        place = {term.setting.removeprefix("objective."): term for term in self.terms}
        return {
            f"{where}.{name}": why
            for where, term in place.items()
            for name, why in term.objective.idle(problem).items()
        }

    def known(self, problem: Problem) -> Mapping[str, np.ndarray]:
        """The networks that are good for a term."""
        return {
            f"{term.label}_{name}": weights
            for term in self.terms
            for name, weights in term.objective.known(problem).items()
        }

    def describe(self, network: Network) -> Description:
        """What each term tells, under its label."""
        told = [(term, term.objective.describe(network)) for term in self.terms]
        joined = Description(
            notes=tuple(f"{term.label}: {note}" for term, each in told for note in each.notes)
        )
        for term, each in told:
            joined = replace(
                joined,
                metrics={**joined.metrics, **term.prefixed(each.metrics)},
                node_data={**joined.node_data, **term.prefixed(each.node_data)},
                arrays={**joined.arrays, **term.prefixed(each.arrays)},
            )
        return joined

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """The figures of the terms, as far as they were settings."""
        from gradnet_cli.objectives.term_figures import drawings

        return drawings(result)


def offset_of(objective: Objective, evaluation: Evaluation, score: float, product: float) -> float:
    """The number that makes of the gradient g a linear model on the safe side of a concave objective.

    Args:
        evaluation: of weights w
        score: f(w)
        product: <g, w>
    """
    if evaluation.offset is not None:
        return evaluation.offset
    if objective.homogeneous:
        return 0.0
    # 1/f(w') <= <-g, w'> / f^2 says f(w') >= f^2 / <-g, w'>, and 1/x >= 2 - x.
    return 2 * score if objective.reciprocal else score - product


def attached(weights: Tensor, *, value: Tensor, slope: Tensor) -> Tensor:
    """The number `value` (), of which torch will say that its gradient in the weights is `slope` (E,)."""
    return value + ((weights - weights.detach()) * slope).sum()
