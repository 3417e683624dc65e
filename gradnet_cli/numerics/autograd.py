"""Functions with a gradient of their own."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.autograd import Function


def applied(function: type[Function], *arguments: object) -> Tensor:
    """What a function gives for its arguments, as a tensor that knows where it came from."""
    apply: Callable[..., Tensor] = function.apply  # torch leaves it without types
    return apply(*arguments)
