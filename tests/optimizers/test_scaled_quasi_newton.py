"""Scaled quasi-Newton: few updates to a proof, within limits, on base networks, on changing edges."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.model.simplex import BudgetSimplex
from gradnet_cli.numerics.convex.curvature import Curvature
from gradnet_cli.result import Result


def optimized(**settings: Any) -> Result:
    chosen = {"objective": "effective_resistance", "progress": "none", "stop": {"gap": 1e-5}, "updates": 150}
    return gn.optimize(**{**chosen, **settings})


def planar(**settings: Any) -> Result:
    return optimized(network="random_geometric", nodes=60, cost="distance", **settings)


@pytest.mark.parametrize(
    ("graph", "updates"),
    [
        (nx.grid_2d_graph(15, 15), 30),
        (nx.barabasi_albert_graph(220, 3, seed=0), 45),
        (nx.connected_watts_strogatz_graph(220, 6, 0.1, seed=0), 45),
        (nx.gnm_random_graph(120, 700, seed=0), 45),
    ],
)
def test_few_updates_lead_to_a_proof(graph: nx.Graph, updates: int) -> None:
    part = nx.convert_node_labels_to_integers(graph)
    result = optimized(network=part, updates=updates)
    assert result.gap is not None
    assert result.gap <= 1e-5
    plain = optimized(network=part, updates=updates, optimizer="multiplicative")
    assert result.score <= plain.score * (1 + 1e-9)
    assert result.bound >= plain.bound * (1 - 1e-9)


@pytest.mark.parametrize(
    "settings",
    [
        {"limits": {"weight": 6.0}},
        {"budget": {"rule": "at_most"}, "initial": "random", "seed": 3},
        {"dtype": "float32"},
    ],
)
def test_within_other_constraints(settings: dict[str, Any]) -> None:
    result = planar(**settings)
    assert result.gap is not None
    assert result.gap <= 2e-5
    assert result.weights.min() >= 0
    most = settings.get("limits", {}).get("weight", np.inf)
    assert result.weights.max() <= most * (1 + 1e-9)
    assert result.problem.spent(result.weights) <= result.problem.budget_total * (1 + 1e-9)


@pytest.mark.parametrize("change", ["increase", "decrease"])
def test_on_a_base_network(change: str) -> None:
    graph = nx.connected_watts_strogatz_graph(120, 6, 0.2, seed=1)
    for number, edge in enumerate(graph.edges.values()):
        edge["weight"] = 1.0 + (number * 0.61803) % 1
    settings = {"network": graph, "base": "weight", "signs": {"change": change}, "budget": {"value": 0.5}}
    result, other = optimized(**settings), optimized(**settings, optimizer="exponentiated_gradient")
    assert result.gap is not None
    assert result.gap <= 1e-5
    assert result.score <= other.score * (1 + 1e-9)
    assert result.score >= other.bound * (1 - 1e-9)


def test_edges_come_and_go() -> None:
    where: dict[str, Any] = {"network": "random_geometric", "nodes": 60, "radius": 0.5, "cost": "distance"}
    where["stop"] = {"gap": 1e-4}
    listed, active = optimized(**where), optimized(**where, edges="active")
    assert active.problem.mask.pairs is not None
    assert active.score <= listed.score * (1 + 1e-4)
    assert active.bound <= listed.score * (1 + 1e-9)


def test_nearest_money_in_a_metric() -> None:
    """Against the same with limits that do not bind, and the conditions of Karush, Kuhn and Tucker."""
    generator = torch.Generator().manual_seed(0)
    money, metric, price = torch.rand((3, 400), generator=generator, dtype=torch.float64)
    metric, price = 10 ** (8 * metric - 4), price + 0.1
    free = BudgetSimplex(sign=1.0, price=price, most=None, p=1.0)
    wide = BudgetSimplex(sign=1.0, price=price, most=torch.full_like(money, 1e6), p=1.0)
    for total in (1.0, 50.0, 500.0):
        found = free.nearest(money - 0.5, total, metric=metric)
        torch.testing.assert_close(found, wide.nearest(money - 0.5, total, metric=metric))
        assert float(price @ found) == pytest.approx(total, rel=1e-12)
        multiplier = metric * (money - 0.5 - found) / price
        used = found > 0
        level = multiplier[used].mean()
        assert (multiplier[used] - level).abs().max() <= 1e-7 * multiplier.abs().max()
        assert bool((multiplier[~used] <= level * (1 + 1e-9) + 1e-9).all())


def test_curvature_in_a_scale_is_that_of_scaled_variables() -> None:
    generator = torch.Generator().manual_seed(1)
    moved, noise = torch.randn((2, 3, 12), generator=generator, dtype=torch.float64)
    turned = 3 * moved + 0.1 * noise
    scale = torch.linspace(0.5, 4, 12, dtype=torch.float64)
    pairs = list(zip(moved, turned, strict=True))
    plain = Curvature([(s * scale.sqrt(), y / scale.sqrt()) for s, y in pairs])
    scaled = Curvature(pairs, diagonal=scale)
    vector = torch.randn(12, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(scaled.times(vector), scale.sqrt() * plain.times(scale.sqrt() * vector))
    torch.testing.assert_close(scaled.times(moved[-1]), turned[-1])


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"objective": "algebraic_connectivity"}, "tell the diagonal of their Hessian"),
        ({"budget": {"p": 2}}, "is for budgets with p = 1"),
        ({"budget": {"exponent": 0.5}}, "is for budgets with p = 1"),
        ({"optimizer": {"name": "scaled_quasi_newton", "warm": -1}}, r"optimizer\.warm"),
        ({"optimizer": {"name": "scaled_quasi_newton", "memory": 0}}, r"optimizer\.memory"),
    ],
)
def test_what_it_is_not_for(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingError, match=line):
        optimized(network=nx.cycle_graph(9), **{"optimizer": "scaled_quasi_newton", **settings})
