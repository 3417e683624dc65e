"""What batch norms that lag behind moving connections make a network look like; no data are needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from experiments.claims import Claim
from experiments.rewiring.generated import SOURCE
from experiments.statistics import paired
from gradnet_cli import optimize
from gradnet_cli.datasets import assortative
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.graph_classification import GraphClassification
from gradnet_cli.objectives.graph_classification.statistics import Norm
from gradnet_cli.problem import Problem

SEEDS = 5
SHARE = 0.1
OFTEN = 0.1  # share of the latest batch in torch's averages
DATA: dict[str, Any] = {
    "graphs": 200,
    "classes": 2,
    "least": 12,
    "most": 24,
    "degree": 4.0,
    "low": 0.35,
    "high": 0.65,
    "noise": 4,
    "fold": 0,
    "folds": 5,
    "validation": 0.2,
}
MODEL: dict[str, Any] = {
    "model": "gin",
    "perceptron": 2,
    "features": "all",
    "signed": [],
    "pooling": "sum",
    "batch_norm": True,
    "dropout": 0.0,
    "batch": 32,
    "keep": "last",
}


class Lagging(GraphClassification):
    """The same, judged with the averages that batch norms have kept while training went on."""

    def prepare(self, problem: Problem) -> None:
        """Averages as torch has them by default."""
        super().prepare(problem)
        for module in self.modules():
            if isinstance(module, Norm):
                module.momentum = OFTEN

    def _recalibrated(self, network: Network) -> Tensor:
        return self.logits(network, self._sets["training"])


def norms_claim() -> Claim:
    """The same training, judged in both ways: the accuracy on training graphs, the mean over the epochs."""
    anew, lagging = (
        [_accuracy(kind, seed) for seed in range(SEEDS)] for kind in (GraphClassification, Lagging)
    )
    gain = paired(anew, lagging)
    holds, undecided = gain.above()
    return Claim(
        claim=f"averages of batch norms lag behind {SHARE:.0%} of the connections that are exchanged",
        source=SOURCE,
        expected="accuracy on training graphs, taken anew against averages: difference > 0",
        ours=f"{gain} ({np.mean(anew):.3f}, {np.mean(lagging):.3f})",
        holds=holds,
        open=undecided,
        note="mean over the epochs of the same training, judged in both ways",
    )


def _accuracy(kind: type[GraphClassification], seed: int) -> float:
    data = assortative.build(**DATA, data_seed=seed)
    result = optimize(
        "layered",
        layers=[6, 16, 16, 16, 16],
        directed=True,
        objective=kind(**MODEL, dataset=data, seed=seed),
        budget="none",
        rewiring={"name": "set", "density": SHARE},
        optimizer={"name": "adam", "lr": 0.01, "schedule": "constant"},
        updates=120,
        plateau=None,
        dtype="float32",
        progress="none",
        seed=seed,
        **{"signs.result": "any"},
    )
    return float(np.mean(result.course["accuracy_training"][1:]))
