"""An objective that goes wrong in a way of one's choice."""

import shutil
from pathlib import Path
from typing import Any

import torch

from gradnet_cli.model.network import Network
from gradnet_cli.objectives import Evaluation, Objective


def broken(fault: str, *, at: int) -> list[str]:
    """What names it on the command line."""
    directory = Path(__file__).parent / "conf"
    return [
        "--config-dir",
        str(directory),
        "objective=broken",
        f"objective.fault={fault}",
        f"objective.at={at}",
    ]


class Broken(Objective):
    """Maximise the sum of square roots, but from the update `at` on something is wrong."""

    sense = "maximize"
    requires = ("budget",)

    def __init__(self, *, fault: str, at: int, directory: str) -> None:
        super().__init__()
        self.fault = fault
        self.at = at
        self.directory = directory

    def forward(self, network: Network, step: int) -> Evaluation:
        score = (network.weights + 1).sqrt().sum(-1)
        return Evaluation(score=score) if step < self.at else self.wrong(network, score)

    def wrong(self, network: Network, score: torch.Tensor) -> Any:
        match self.fault:
            case "raises":
                raise ZeroDivisionError("the plug-in\ndivides by zero")
            case "exit":
                raise SystemExit(0)
            case "removes":
                shutil.rmtree(self.directory, ignore_errors=True)
                return Evaluation(score=score)
            case "undefined":
                return Evaluation(score=score * float("nan"))
            case "infinite":
                return Evaluation(score=score * float("inf"))
            case "vector":
                return Evaluation(score=network.weights)
            case "matrix":
                return Evaluation(score=network.dense)
            case "empty":
                return Evaluation(score=network.weights[:0])
            case "number":
                return float(score.detach())
            case "none":
                return None
            case "tensor":
                return score
            case "plain":
                return Evaluation(score=float(score.detach()))  # type: ignore[arg-type]
            case "complex":
                return Evaluation(score=score * 1j)
            case "metrics":
                return Evaluation(score=score, metrics={"odd": "text"})  # type: ignore[dict-item]
            case "taken":
                return Evaluation(score=score, metrics={"score": 1.0})
            case "constant":
                return Evaluation(score=torch.ones((), dtype=torch.float64))
            case _:
                return Evaluation(score=score)
