"""Functions that the tests optimize."""

from typing import Any

import numpy as np
import torch

import gradnet_cli as gn
from tests.assertions import ROUNDING, SINGLE_ROUNDING, assert_found

QUIET = {"progress": "none"}
GRID = {"rows": 6, **QUIET}


def second_eigenvalue(network: Any) -> torch.Tensor:
    adjacency = network()
    laplacian = torch.diag(adjacency.sum(1)) - adjacency
    return torch.linalg.eigvalsh(laplacian)[1]


def slow_modes(network: Any) -> torch.Tensor:
    """The mean of lambda_2 and lambda_3, concave too; on a square both are one by symmetry."""
    adjacency = network()
    laplacian = torch.diag(adjacency.sum(1)) - adjacency
    return torch.linalg.eigvalsh(laplacian)[1:3].mean()


class Batched(gn.Objective):
    """The same of each sample at once."""

    sense = "maximize"
    batched = True

    def forward(self, network: gn.Network, step: int) -> gn.Evaluation:
        laplacian = torch.diag_embed(network.dense.sum(-1)) - network.dense
        return gn.Evaluation(score=torch.linalg.eigvalsh(laplacian)[..., 1:3].mean(-1))


def with_metrics(network: Any) -> tuple[torch.Tensor, dict[str, Any]]:
    value = second_eigenvalue(network)
    return value, {
        "tensor": 2 * value,
        "number": 3,
        "numpy": np.float64(4.5),
        "array": np.array([5]),
        "flag": True,
    }


def evenness(network: Any) -> torch.Tensor:
    return network.strengths.square().mean()


def optimize(*arguments: Any, **keywords: Any) -> Any:
    result = gn.optimize(*arguments, **keywords)
    single = keywords.get("dtype") == "float32"
    assert_found(result, tolerance=SINGLE_ROUNDING if single else ROUNDING)
    return result
