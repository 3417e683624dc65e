"""What batch normalisation remembers, taken anew from the training data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


class Norm(nn.Module):
    """Values of each unit less their mean and by their deviation, those of the batch in training.

    What it remembers is of the latest values alone, because it is told all training data before it is judged.

    Args:
        size: units
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.momentum = 1.0
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))
        self.register_buffer("running_mean", torch.zeros(size))
        self.register_buffer("running_var", torch.ones(size))
        self.running_mean: Tensor
        self.running_var: Tensor

    def forward(self, values: Tensor) -> Tensor:
        """Of values (n, units)."""
        return functional.batch_norm(
            values,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=self.training,
            momentum=self.momentum,
        )


@torch.no_grad()
def recalibrate(model: nn.Module, run: Callable[[], Tensor], *, rows: int) -> Tensor:
    """Let all batch norms of a model in evaluation mode remember the data of one run, and nothing before.

    Means and variances that are averaged while training goes on lag behind connections that move: a network
    looks worse than it is, and the more so the fewer connections it has.

    Args:
        run: of the model on all training data
        rows: that each `Norm` is given then

    Returns:
        what the run gave; the model gives the same from now on, if all its norms are a `Norm`
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm | Norm)]
    kept = [norm.momentum for norm in norms]
    try:
        for norm in norms:
            norm.train()
            norm.momentum = 1.0
        found = run()
    finally:
        for norm, momentum in zip(norms, kept, strict=True):
            norm.eval()
            norm.momentum = momentum
    for norm in norms:
        if isinstance(norm, Norm):
            norm.running_var *= (rows - 1) / rows  # torch normalises by another variance than it remembers
    return found


@contextmanager
def still(model: nn.Module) -> Iterator[None]:
    """A model in evaluation mode, and afterwards in the mode that it was in."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
