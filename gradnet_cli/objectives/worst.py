"""The worst of several objectives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.combination import Answer, Combination, attached
from gradnet_cli.objectives.damage import Damage, split
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.shares import Shares
from gradnet_cli.objectives.terms import Term
from gradnet_cli.problem import Problem

EQUAL = 1e-9  # scores this close to the worst, relative to it, are taken as equal to it


class Worst(Combination):
    """The worst of weight * score over terms: min_k c_k f_k(A) where these are maximised, else the maximum.

    With damage each term is scored on every network that has lost one of the links, and the worst of these
    counts: min over k and links l of c_k f_k(A without l).

    A minimum of concave terms is concave and keeps its proof, since it is below every mixture of them,

        min_k c_k f_k(w') <= sum_k mu_k c_k f_k(w') <= sum_k mu_k (offset_k + <g_k, w'>),

    with the linear models of the terms. In training the gradient is that of a mixture that follows the scores
    (Shares), which bounds and optimizers can build on: the gradient of the worst term alone leads to where
    another one is the worst. Scores are those of the worst. In evaluation mode the gradient is that of the
    worst term, or the mean over those that are equally bad. For concave reciprocals, by Cauchy and Schwarz,

        max_k c_k f_k(w') >= (sum_k mu_k c_k f_k)^2 / <-sum_k mu_k c_k g_k, w'>,

    and the gradient is scaled so that the promise of Objective.reciprocal is this.

    Args:
        terms, seed: see Combination
        damage: ``links``, or pairs of node ids of links that fail one at a time; None for no damage

    Metrics: of each term its score, with damage that on the network on which it is worst.
    """

    def __init__(self, *, terms: Any, damage: Any = None, seed: int = 0) -> None:
        super().__init__(terms=terms, sense=None, seed=seed)
        for term in self.terms:
            if term.weight == 0:
                allowed = "must not be 0: no network would change what the term says"
                raise SettingError(setting=f"{term.setting}.weight", value=term.weight, allowed=allowed)
        self.accuracy = max(abs(term.weight) * term.objective.accuracy for term in self.terms)
        self.damage = None if damage is None else Damage(damage)
        labels = [str(term.label).replace("_", " ") for term in self.terms]
        self.quantity = f"worst of {', '.join(labels)}" if len(labels) > 1 else labels[0]
        self.quantity += "" if damage is None else ", one link lost"
        self._shares: Shares | None = None
        self._restored: dict[str, Any] | None = None

    def get_extra_state(self) -> dict[str, Any]:
        """How much each score counts."""
        return {"shares": self._restored if self._shares is None else self._shares.memory}

    def set_extra_state(self, state: Any) -> None:
        """Begin from there."""
        self._restored, self._shares = state["shares"], None

    def prepare(self, problem: Problem) -> None:
        """Let each term look at the problem, and find the links."""
        super().prepare(problem)
        if self.damage is not None:
            self.damage.prepare(problem, [term.objective for term in self.terms])

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (..., E)."""
        if self.damage is None:
            return super().forward(network, step)
        return self._worst([list(self._damaged(place, network, step)) for place in self._places], network)

    def tangents(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """Those of every term, of every damaged network: none of them is exceeded."""
        found: list[tuple[np.ndarray, np.ndarray]] = []
        for place, term in enumerate(self.terms):
            if self.damage is None:
                offsets, slopes = term.objective.tangents(network)
                found.append((term.weight * offsets, term.weight * slopes))
                continue
            for objective, damaged, kept in self.damage.damaged(network, place, term.objective):
                offsets, slopes = objective.tangents(damaged)
                left = kept.cpu().double().numpy()
                found.append((term.weight * offsets, term.weight * slopes * left))
        return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])

    def combined(self, answers: Sequence[Answer], network: Network) -> Evaluation:
        """Take the worst."""
        return self._worst([[answer] for answer in answers], network)

    def describe(self, network: Network) -> Description:
        """What each term tells, and which link is missed most."""
        told = super().describe(network)
        if self.damage is None:
            return told
        with torch.no_grad():
            groups = [list(self._damaged(place, network, 0)) for place in self._places]
        values = self.sign * torch.stack([torch.stack([each.value for each in group]) for group in groups])
        least = values.amin(dim=0).cpu().double().numpy()
        source, target = self.damage.ends[:, int(least.argmin())]
        names = network.problem.mask.labels
        pair = f"{source}-{target}" if names is None else f"{names[source]}-{names[target]}"
        worst = self.sign * float(least.min())
        return replace(
            told,
            notes=(
                *told.notes,
                f"the link that is missed most is {pair}: without it the score is {worst:.6g}",
            ),
            arrays={**told.arrays, "damage_links": self.damage.ends, "damage_scores": self.sign * least},
        )

    @property
    def _places(self) -> range:
        return range(len(self.terms))

    def _damaged(self, place: int, network: Network, step: int) -> Iterator[Answer]:
        """What a term says of each damaged network."""
        assert self.damage is not None
        term = self.terms[place]
        if term.objective.batched:
            yield from self._at_once(term, network, step)
            return
        for objective, damaged, kept in self.damage.damaged(network, place, term.objective):
            answer = self.answer(replace(term, objective=objective), damaged, step)
            yield answer if answer.slope is None else replace(answer, slope=answer.slope * kept)

    def _at_once(self, term: Term, network: Network, step: int) -> Iterator[Answer]:
        """The same, of all damaged networks as one batch."""
        assert self.damage is not None
        kept = self.damage.kept(network)
        if not self.models(network):
            weights = network.weights.unsqueeze(-2) * kept
            evaluation = term.objective(network.with_weights(weights), step)
            for each in split(evaluation):
                yield Answer(evaluation=each, value=term.weight * each.score)
            return
        leaf = (network.weights.detach() * kept).requires_grad_()
        evaluation = term.objective(network.with_weights(leaf), step)
        (slopes,) = torch.autograd.grad(evaluation.score.sum(), leaf)
        for each, slope, weights, left in zip(split(evaluation), slopes, leaf.detach(), kept, strict=True):
            answer = self.modelled(term, each, weights=weights, slope=slope)
            assert answer.slope is not None
            yield replace(answer, slope=answer.slope * left)

    def _worst(self, groups: Sequence[Sequence[Answer]], network: Network) -> Evaluation:
        """The worst of what each term says, of one network or of several."""
        answers = [answer for group in groups for answer in group]
        values = torch.stack([answer.value for answer in answers])
        slopes = [answer.slope for answer in answers if answer.slope is not None]
        score, offset = self.sign * (self.sign * values).amin(dim=0), None
        if slopes:
            slope, offset = self._mixture(answers, torch.stack(slopes), self.sign * values)
            score = attached(network.weights, value=score, slope=slope)
        metrics: dict[str, float] = {}
        errors: list[float] = []
        for term, group in zip(self.terms, groups, strict=True):
            worst = min(group, key=lambda answer: float((self.sign * answer.value.detach()).mean()))
            metrics[str(term.label)] = float(worst.evaluation.score.detach().mean())
            if len(group) == 1:
                metrics |= term.prefixed(worst.evaluation.metrics)
            known = (answer.evaluation.error for answer in group)
            errors += [abs(term.weight) * error for error in known if error is not None]
        return Evaluation(
            score=score,
            metrics=metrics,
            error=max(errors, default=None),
            offset=offset,
            provisional=any(answer.evaluation.provisional for answer in answers),
        )

    def _mixture(self, answers: Sequence[Answer], slopes: Tensor, scores: Tensor) -> tuple[Tensor, float]:
        """Slope (E,) and offset of a mixture of linear models, of which scores (K,) are the values."""
        worst = scores.min()
        if self.training:
            shares = torch.as_tensor(self._advance(scores.cpu().double().numpy())).to(scores)
        else:
            equal = (scores <= worst + EQUAL * worst.abs()).to(scores)
            shares = equal / equal.sum()
        slope = shares @ slopes
        if self.reciprocal:
            slope = slope * (worst / (shares @ scores)) ** 2
        offsets = np.array([answer.offset for answer in answers])
        return slope, float(shares.cpu().double().numpy() @ offsets)

    def _advance(self, scores: np.ndarray) -> np.ndarray:
        if self._shares is None:
            self._shares = Shares(len(scores))
            if self._restored is not None:
                self._shares.memory = self._restored
        return self._shares.advance(scores)
