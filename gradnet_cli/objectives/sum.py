"""A weighted sum of objectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from gradnet_cli.model.network import Network
from gradnet_cli.objectives.combination import Answer, Combination, attached
from gradnet_cli.objectives.evaluation import Evaluation
from gradnet_cli.settings.values import choice, optional

LONGEST = 44  # letters of what an axis is called


class Sum(Combination):
    """The sum of weight * score over terms, sum_k c_k f_k(A).

    It is maximised where each term with a positive weight is, and each with a negative one is minimised: for
    lambda_2 less a tenth of the resistance the weights are 1 and -0.1. A sum of concave terms is concave and
    keeps its proof: the linear models of the terms add up to one of the sum, each built on what its term
    promises, so that inexact eigenvectors weaken the bound and do not break it. A sum of terms that are
    concave reciprocals is one itself: with f_k >= f_k^2 / <-g_k, w'>, and by Cauchy and Schwarz,

        sum_k c_k f_k(w') >= (sum_k c_k f_k)^2 / <-sum_k c_k g_k, w'>.

    Args:
        terms, seed: see Combination
        sense: maximize or minimize; None where all terms agree on it
    """

    def __init__(self, *, terms: Any, sense: str | None = None, seed: int = 0) -> None:
        optional(choice, setting="objective.sense", value=sense, choices=("maximize", "minimize"))
        super().__init__(terms=terms, sense=sense, seed=seed)
        self.smooth = all(term.objective.smooth for term in self.counting)
        self.accuracy = sum(abs(term.weight) * term.objective.accuracy for term in self.counting)
        self.quantity = self._quantity()

    def combined(self, answers: Sequence[Answer], network: Network) -> Evaluation:
        """Add up."""
        score = torch.stack([answer.value for answer in answers]).sum(dim=0)
        slopes = [answer.slope for answer in answers if answer.slope is not None]
        offset = None
        if slopes:
            score = attached(network.weights, value=score, slope=torch.stack(slopes).sum(dim=0))
            offset = sum(answer.offset for answer in answers)
        errors = [
            abs(term.weight) * answer.evaluation.error
            for term, answer in zip(self.terms, answers, strict=True)
            if answer.evaluation.error is not None
        ]
        return Evaluation(
            score=score,
            metrics=self.metrics(answers),
            error=sum(errors) if errors else None,
            offset=offset,
            provisional=any(answer.evaluation.provisional for answer in answers),
        )

    def _quantity(self) -> str:
        parts: list[str] = []
        for term in self.counting:
            sign = "-" if term.weight < 0 else "+" if parts else ""
            factor = "" if abs(term.weight) == 1 else f"{abs(term.weight):.3g} "
            parts.append(f"{sign} {factor}{str(term.label).replace('_', ' ')}".strip())
        told = " ".join(parts)
        return told if len(told) <= LONGEST else "weighted sum"
