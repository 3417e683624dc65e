"""Whether what an objective returned is what it must be: objectives of other people come by import path."""

from __future__ import annotations

import numbers
from collections.abc import Mapping

from torch import Tensor

from gradnet_cli.errors import GradnetError


def check_returned(
    score: object, metrics: Mapping[str, object], *, name: str, samples: tuple[int, ...]
) -> None:
    """Look at a score and at metrics.

    Args:
        name: of the objective's class
        samples: the leading dimensions of the weights

    Raises:
        GradnetError: no floating-point tensor with one number (a sample), or metrics that are no numbers
    """
    if not isinstance(score, Tensor):
        raise GradnetError(f"objective {name}: the score is a {type(score).__name__}, and must be a tensor")
    if not score.is_floating_point():
        raise GradnetError(f"objective {name}: the score is {score.dtype}, and must be floating-point")
    if tuple(score.shape) not in ((), samples):
        wanted = f", or one a sample, {samples}" if samples else ""
        raise GradnetError(
            f"objective {name}: the score has shape {tuple(score.shape)} and must be a single number{wanted}"
        )
    for key, value in metrics.items():
        if not isinstance(value, numbers.Real):
            raise GradnetError(f"objective {name}: the metric {key!r} is {value!r}, and must be a number")
