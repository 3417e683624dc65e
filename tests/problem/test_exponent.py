"""An economy of scale: what it cannot be combined with; its values are tested with supply networks."""

from pathlib import Path

import networkx as nx
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from tests.api.learning import Fit
from tests.runs import run


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (("budget.exponent=1.5",), "budget.exponent = 1.5: must be a finite number >= 0.1 and <= 1"),
        (("budget.exponent=0.5", "budget.p=2"), "must be 1 with budget.p=2"),
        (("budget.exponent=0.5", "limits.strength=1"), "budget.exponent = 0.5: must be 1 with limits"),
        (("budget.exponent=0.5", "select=edges"), "budget.exponent = 0.5: must be 1 with select=edges"),
        (("budget.exponent=0.5", "optimizer=adam"), "optimizer = adam: must be multiplicative"),
        (
            ("budget.exponent=0.5", "base=weights", "signs.change=any", "mask=karate"),
            "needs changes of one sign",
        ),
    ],
)
def test_what_it_cannot_be_combined_with(overrides: tuple[str, ...], told: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=told):
        run(tmp_path, "objective=effective_resistance", *overrides)


def test_objectives_that_learn() -> None:
    with pytest.raises(
        SettingError, match=r"budget\.exponent = 0\.5: must be 1: .*learns beside the network"
    ):
        gn.optimize(
            nx.complete_graph(4),
            objective=Fit(),
            budget={"kind": "per_node", "value": 1, "exponent": 0.5},
            progress="none",
        )
