"""The figure of the condition of the optimum."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.report.figures import draw_all, edge_values
from tests.quick import quick
from tests.runs import run


@pytest.mark.parametrize("objective", quick(["effective_resistance", "spectral_radius"], 1))
def test_edges_in_use_are_worth_the_same(objective: str, tmp_path: Path) -> None:
    result = run(tmp_path, "mask=complete", "nodes=6", f"objective={objective}")
    assert edge_values.applies(result)
    assert not edge_values.applies(replace(result, arrays={}))
    axes = edge_values.plot(result).axes[0]
    places = np.asarray(axes.collections[0].get_offsets())
    assert len(places) == 15
    # The uniform network is the best: all have the mean value.
    np.testing.assert_allclose(places[:, 0], 1, rtol=1e-6)
    drawn = {path.name for path in draw_all(result, tmp_path / "figures")}
    assert {"edge_values.png", "edge_values.svg"} <= drawn
