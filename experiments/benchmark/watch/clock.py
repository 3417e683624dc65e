"""Seconds of the processor, and the computation that tells how fast this processor is at the moment."""

import resource
import time

import numpy as np
import torch

TIMER = "experiments.benchmark.watch.clock.processor_seconds"
"""As pytest-benchmark is told it."""


def processor_seconds() -> float:
    """What this process and the processes that it has waited for have used: others do not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def reference() -> float:
    """Work of the kinds that runs are made of: Python, small tensors, dense and sparse algebra.

    Every number of the history is a share of it: it must stay as it is, or the history begins anew.
    """
    table: dict[int, float] = {}
    for k in range(60_000):
        table[k % 997] = table.get(k % 997, 0.0) + (k * 0.5) ** 0.5
    weights = torch.linspace(0.1, 1.0, 2_000, dtype=torch.float64, requires_grad=True)
    for _ in range(150):
        value = (weights.exp() * weights.sin()).square().sum()
        (slopes,) = torch.autograd.grad(value, weights)
        weights = (weights - 1e-9 * slopes).detach().requires_grad_()
    matrix = np.cos(np.add.outer(np.arange(160.0), np.arange(160.0) ** 1.5))
    largest = np.linalg.eigvalsh(matrix + matrix.T)[-1]
    vector = np.arange(200_000.0)
    for _ in range(20):
        vector = np.roll(vector, 1) * 0.5 + vector
    return float(largest + weights.sum().item() + vector[0] + table[1])
