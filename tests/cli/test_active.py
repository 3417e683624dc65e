"""All pairs, never listed, from the command line."""

from pathlib import Path

import numpy as np

import gradnet_cli as gn

POINTS = {"nodes": 80, "radius": 2, "cost": "distance", "cost_power": 3}


def test_command_and_python_find_the_same_and_it_is_read_back(command, tmp_path: Path) -> None:
    typed = [f"{name}={value}" for name, value in POINTS.items()]
    answer = command(
        "mask=random_geometric", *typed, "edges=active", "updates=20", "figures=false", "hydra.run.dir=run"
    )
    assert answer.exit_status == 0
    assert "edges used: " in answer.out
    assert "of 3,160, on 80 nodes" in answer.out
    result = gn.optimize("random_geometric", edges="active", updates=20, progress="none", **POINTS)
    again = gn.load(tmp_path / "run")
    np.testing.assert_array_equal(again.problem.edge_index, result.problem.edge_index)
    np.testing.assert_array_equal(again.weights, result.weights)
    assert again.problem.mask.candidates == 80 * 79 // 2


def test_what_cannot_be_is_one_line(command) -> None:
    answer = command("mask=grid", "edges=active")
    assert (answer.exit_status, answer.err.count("\n")) == (2, 1)
    assert (
        "edges = active: is for masks of all pairs (bipartite, complete, points, random_geometric)"
        in answer.err
    )


def test_settings_of_one_exchange_have_no_effect_on_the_other(command) -> None:
    answer = command("mask=complete", "edges=active", "rewiring=set", "edges.grow=0.1")
    assert answer.exit_status == 2
    assert "edges.grow = 0.1: has no effect with rewiring=set" in answer.err
