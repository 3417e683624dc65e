"""The worst of several objectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.base import Description, Evaluation
from gradnet_cli.objectives.combination import Answer, Combination, attached
from gradnet_cli.objectives.damage import Damage
from gradnet_cli.objectives.shares import Shares
from gradnet_cli.problem import Problem

EQUAL = 1e-9  # scores this close to the worst, relative to it, are taken as equal to it


class Worst(Combination):
    """The worst of weight * score over terms, min_k c_k f_k(A) where these are maximised."""

    def __init__(self, *, terms: Any, damage: Any = None, seed: int = 0) -> None:
        super().__init__(terms=terms, sense=None, seed=seed)
        for term in self.terms:
            if term.weight == 0:
                allowed = "must not be 0: the term would be a number that no network changes"
                raise SettingError(setting=f"{term.setting}.weight", value=term.weight, allowed=allowed)
        self.accuracy = max(abs(term.weight) * term.objective.accuracy for term in self.terms)
        self.damage = None if damage is None else Damage(damage)
        self.quantity = "worst of " + ", ".join(str(term.label).replace("_", " ") for term in self.terms)
        self._shares: Shares | None = None
        self._restored: Any = None

    def get_extra_state(self) -> dict[str, Any]:
        """How much each score counts."""
        return {"shares": self._restored if self._shares is None else self._shares.memory}

    def set_extra_state(self, state: Any) -> None:
        """Begin from there."""
        self._restored, self._shares = state["shares"], None

    def prepare(self, problem: Problem) -> None:
        super().prepare(problem)
        if self.damage is not None:
            self.damage.prepare(problem, self.terms, requires=self.requires)

    def forward(self, network: Network, step: int) -> Evaluation:
        if self.damage is None:
            return super().forward(network, step)
        groups = [self.damage.answers(self, place, network, step) for place in range(len(self.terms))]
        return self._worst([a for g in groups for a in g], network, groups=groups)

    def combined(self, answers: Sequence[Answer], network: Network) -> Evaluation:
        return self._worst(answers, network, groups=[[answer] for answer in answers])

    def _worst(self, answers, network, *, groups):
        values = torch.stack([answer.value for answer in answers])
        scores = self.sign * values.detach()
        errors = [abs(term.weight) * a.evaluation.error for term, g in zip(self.terms, groups) for a in g if a.evaluation.error is not None]
        offset = None
        if answers[0].slope is None:
            score = self.sign * (self.sign * values).amin(dim=0)
        else:
            worst = scores.min()
            if self.training:
                shares = torch.as_tensor(self._advance(scores.cpu().double().numpy())).to(scores)
            else:
                equal = (scores <= worst + EQUAL * worst.abs()).to(scores)
                shares = equal / equal.sum()
            slope = sum(s * a.slope for s, a in zip(shares, answers))
            offset = float(sum(float(s) * a.offset for s, a in zip(shares, answers)))
            if self.reciprocal:
                slope = slope * (worst / (shares @ scores)) ** 2
            score = attached(network.weights, value=self.sign * worst, slope=slope)
        metrics = {}
        for term, group in zip(self.terms, groups):
            best = min(group, key=lambda a: float((self.sign * a.value).min()))
            metrics[str(term.label)] = float(best.evaluation.score.detach().mean())
        return Evaluation(score=score, metrics=metrics, error=max(errors, default=None), offset=offset)

    def _advance(self, scores: np.ndarray) -> np.ndarray:
        if self._shares is None:
            self._shares = Shares(len(scores))
            if self._restored is not None:
                self._shares.memory = self._restored
        return self._shares.advance(scores)
