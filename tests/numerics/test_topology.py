"""What follows from edges alone is made once, and forms of the adjacency agree."""

import networkx as nx
import numpy as np
import pytest
import torch

from gradnet_cli.numerics.topology import Topology


def topology(graph: nx.Graph) -> Topology:
    ends = torch.tensor(sorted(graph.edges)).T
    return Topology(edge_index=ends, nodes=len(graph), directed=graph.is_directed())


@pytest.fixture(params=["undirected", "directed"])
def drawn(request: pytest.FixtureRequest) -> Topology:
    return topology(nx.gnm_random_graph(9, 20, seed=1, directed=request.param == "directed"))


def test_it_is_itself_alone() -> None:
    one, other = topology(nx.path_graph(3)), topology(nx.path_graph(3))
    assert one == one
    assert one != other
    assert len({one, other}) == 2
    with pytest.raises(AttributeError):
        one.nodes = 4  # type: ignore[misc]


def test_what_follows_is_made_once(drawn: Topology) -> None:
    assert drawn.array is drawn.array
    assert drawn.compressed is drawn.compressed
    assert drawn.laplacian is drawn.laplacian
    np.testing.assert_array_equal(drawn.array, drawn.edge_index.numpy())
    assert drawn.edges == 20


def test_forms_agree(drawn: Topology) -> None:
    weights = torch.as_tensor(np.random.default_rng(0).normal(size=drawn.edges))
    dense, sparse = (drawn.coupling(weights, form=form).matrix() for form in ("dense", "sparse"))
    torch.testing.assert_close(dense, sparse, rtol=0, atol=0)
    torch.testing.assert_close(drawn.strengths(weights), dense.sum(-1))
    if not drawn.directed:
        laplacian = np.diag(dense.numpy().sum(axis=1)) - dense.numpy()
        np.testing.assert_allclose(drawn.laplacian.assemble(weights.numpy()).toarray(), laplacian, atol=1e-14)


def test_auto_takes_a_matrix_for_most_pairs() -> None:
    full, path = topology(nx.complete_graph(20)), topology(nx.path_graph(20))
    assert full.takes_dense()
    assert not path.takes_dense()
    assert path.takes_dense("dense")
    assert not full.takes_dense("sparse")
