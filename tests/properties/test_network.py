"""All views of a network are the same network."""

import networkx as nx
import numpy as np
import pytest
import torch

from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.problem import Problem
from tests.samples import mask_of


@pytest.fixture(params=["undirected", "directed"])
def problem(request: pytest.FixtureRequest) -> Problem:
    graph = nx.gnm_random_graph(9, 20, seed=1, directed=request.param == "directed")
    return Problem.build(mask=mask_of(graph), budget={"kind": "none"}, signs={})


def network(problem: Problem, *batch: int, grad: bool = False) -> Network:
    weights = torch.as_tensor(np.random.default_rng(0).normal(size=(*batch, problem.edges)))
    topology = topology_of(problem)
    return Network(weights=weights.requires_grad_(grad), topology=topology, problem=problem)


def test_dense_is_that_of_networkx(problem: Problem) -> None:
    drawn = network(problem)
    graph = nx.DiGraph() if problem.directed else nx.Graph()
    graph.add_nodes_from(range(problem.nodes))
    triples = zip(*problem.edge_index.tolist(), drawn.weights.tolist(), strict=True)
    graph.add_weighted_edges_from(triples)
    np.testing.assert_array_equal(drawn.dense.numpy(), nx.to_numpy_array(graph))


def test_sparse_and_strengths_are_those_of_dense(problem: Problem) -> None:
    drawn = network(problem)
    torch.testing.assert_close(drawn.sparse.to_dense(), drawn.dense, rtol=0, atol=0)
    torch.testing.assert_close(drawn.strengths, drawn.dense.sum(-1))
    if not problem.directed:
        torch.testing.assert_close(drawn.dense, drawn.dense.T, rtol=0, atol=0)


def test_products_are_those_of_matrices(problem: Problem) -> None:
    drawn = network(problem)
    block = torch.as_tensor(np.random.default_rng(1).normal(size=(problem.nodes, 3)))
    torch.testing.assert_close(drawn.adjacency_product(block), drawn.dense @ block)
    laplacian = torch.diag(drawn.dense.sum(-1)) - drawn.dense
    torch.testing.assert_close(drawn.laplacian_product(block), laplacian @ block)
    torch.testing.assert_close(
        drawn.laplacian_product(torch.ones(problem.nodes, 1, dtype=torch.float64)).abs().max(),
        torch.tensor(0.0, dtype=torch.float64),
        rtol=0,
        atol=1e-13,
    )


def test_a_batch_is_its_samples(problem: Problem) -> None:
    batch = network(problem, 2, 3)
    assert batch.edges == problem.edges
    assert batch.dense.shape == (2, 3, problem.nodes, problem.nodes)
    assert batch.strengths.shape == (2, 3, problem.nodes)
    for i, j in np.ndindex(2, 3):
        one = batch.with_weights(batch.weights[i, j])
        torch.testing.assert_close(batch.dense[i, j], one.dense, rtol=0, atol=0)
        torch.testing.assert_close(batch.strengths[i, j], one.strengths)
    with pytest.raises(ValueError, match="batch"):
        _ = batch.sparse


def test_every_view_is_differentiable(problem: Problem) -> None:
    block = torch.as_tensor(np.random.default_rng(2).normal(size=(problem.nodes, 2)))
    views = {
        "dense": lambda it: it.dense @ block,
        "sparse": lambda it: torch.sparse.mm(it.sparse, block),
        "product": lambda it: it.adjacency_product(block),
    }
    gradients = {}
    for name, view in views.items():
        drawn = network(problem, grad=True)
        (view(drawn) ** 2).sum().backward()
        gradients[name] = drawn.weights.grad
    torch.testing.assert_close(gradients["sparse"], gradients["dense"])
    torch.testing.assert_close(gradients["product"], gradients["dense"])
    assert bool((gradients["dense"] != 0).all())


def test_strengths_of_one_edge_go_to_its_ends(problem: Problem) -> None:
    drawn = network(problem, grad=True)
    source, target = problem.edge_index[:, 4]
    for node, expected in ((source, 1.0), (target, 0.0 if problem.directed else 1.0)):
        (gradient,) = torch.autograd.grad(drawn.strengths[node], drawn.weights, retain_graph=True)
        assert float(gradient[4]) == expected
