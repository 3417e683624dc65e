"""Least flows: against their own duals, and a network simplex."""

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.numerics.flows.least_flow import least_flow
from tests.samples import random_problem


def supplies(nodes: int, kind: str, generator: np.random.Generator) -> np.ndarray:
    supply = generator.integers(1, 20, nodes).astype(float)
    if kind == "one gives":
        supply = -supply
        supply[2] = -supply.sum() + supply[2]
    elif kind == "one takes":
        supply[1] = -supply.sum() + supply[1]
    else:
        supply *= generator.choice([-1, 0, 1], nodes)
        supply[0] -= supply.sum()
    return supply


@pytest.mark.parametrize("kind", ["one gives", "one takes", "several"])
@pytest.mark.parametrize("seed", range(4))
def test_flow_and_potentials_prove_each_other(kind: str, seed: int) -> None:
    problem = random_problem(seed, nodes=9)
    supply = supplies(9, kind, np.random.default_rng(seed))
    price = np.ceil(10 * problem.cost)  # networkx wants integers
    found = least_flow(problem.edge_index, supply, price)
    assert found is not None
    source, target = problem.edge_index
    routed = np.zeros(9)
    np.add.at(routed, source, found.flow)
    np.subtract.at(routed, target, found.flow)
    np.testing.assert_allclose(routed, supply, atol=1e-9)
    assert found.cost == pytest.approx(float(price @ np.abs(found.flow)), rel=1e-9)
    assert found.cost == pytest.approx(float(supply @ found.potentials), rel=1e-9)
    assert (np.abs(found.potentials[source] - found.potentials[target]) <= price * (1 + 1e-9)).all()
    graph = nx.DiGraph()
    graph.add_nodes_from((node, {"demand": -int(amount)}) for node, amount in enumerate(supply))
    for i, j, cost in zip(source.tolist(), target.tolist(), price.astype(int).tolist(), strict=True):
        graph.add_edge(i, j, weight=cost)
        graph.add_edge(j, i, weight=cost)
    assert found.cost == pytest.approx(nx.network_simplex(graph)[0], rel=1e-12)
