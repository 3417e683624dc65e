"""The learning rate that is halved every so many updates."""

import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.training import Callback
from gradnet_cli.training.module import TrainingModule


class Rates(Callback):
    def __init__(self) -> None:
        self.found: list[float] = []

    def on_update(self, module: TrainingModule) -> None:
        optimizer: torch.optim.Optimizer = module.optimization.optimizer
        self.found.append(optimizer.param_groups[0]["lr"])


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_it_is_halved(name: str) -> None:
    rates = Rates()
    optimizer = {"name": name, "lr": 0.08, "schedule": "halving", "half_life": 3}
    gn.optimize("grid", rows=3, cols=3, optimizer=optimizer, updates=8, gap=None, callbacks=[rates])
    assert rates.found == pytest.approx([0.08, 0.08, 0.04, 0.04, 0.04, 0.02, 0.02, 0.02])


def test_others_have_no_such_rate() -> None:
    optimizer = {"name": "exponentiated_gradient", "schedule": "halving"}
    with pytest.raises(SettingError, match=r"schedule = halving: must be constant, linear, cosine or exp"):
        gn.optimize("grid", rows=3, cols=3, optimizer=optimizer, updates=2)
