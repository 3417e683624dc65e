"""What is told of classes, whatever has them: accuracies, and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from torch import Tensor
from torch.nn import functional

from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result


class Classification(Objective):
    """Maximise the share of the validation set whose class is told right.

    Metrics: accuracy_training, loss_training, loss_validation; at the end accuracy_test and loss_test.
    """

    sense = "maximize"

    def evaluation(self, told: Mapping[str, tuple[Tensor, Tensor]]) -> Evaluation:
        """The score, of logits (M, C) and labels (M,) of the sets ``training`` and ``validation``.

        Of several networks with the same accuracy the one with the lowest cross entropy is the best.
        """
        metrics: dict[str, float] = {}
        for name in ("training", "validation"):
            logits, wanted = told[name]
            loss = functional.cross_entropy(logits, wanted)
            right = (logits.argmax(dim=1) == wanted).double().mean()
            metrics |= {f"accuracy_{name}": float(right), f"loss_{name}": float(loss.detach())}
        # The slope of a share is zero, and infinite logits make it no number.
        score = right + 0.0 * loss.double()
        del metrics["accuracy_validation"]  # the score itself
        return Evaluation(score=score, metrics=metrics, second=metrics["loss_validation"])

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Learning and confusion."""
        from gradnet_cli.objectives.classification.figures import drawings

        return drawings(result)
