"""Candidates that are not listed are those that the mask would list."""

import numpy as np
import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import components
from gradnet_cli.problem import Mask
from gradnet_cli.problem.pairs import Pairs
from tests.runs import composed, problem_of

MASKS = {
    "complete": ("mask=complete", "nodes=9"),
    "bipartite": ("mask=bipartite", "left=4", "right=7"),
    "unbalanced": ("mask=bipartite", "left=1", "right=6"),
    "all points": ("mask=random_geometric", "nodes=20", "radius=1.5", "cost=distance", "cost_power=3"),
    "near points": ("mask=random_geometric", "nodes=40", "radius=0.4", "cost=distance"),
    "near points, alike": ("mask=random_geometric", "nodes=40", "radius=0.4"),
    "two nodes": ("mask=complete", "nodes=2"),
}


def active(*overrides: str) -> Mask:
    return problem_of(composed(*overrides, "edges=active")).mask


@pytest.mark.parametrize("case", MASKS)
def test_they_are_those_of_the_listed_mask(case: str) -> None:
    listed, mask = problem_of(composed(*MASKS[case])).mask, active(*MASKS[case])
    pairs = mask.pairs
    assert pairs is not None
    assert (pairs.count, mask.candidates, mask.nodes) == (listed.edges, listed.edges, listed.nodes)
    np.testing.assert_array_equal(pairs.listed(), listed.edge_index)
    np.testing.assert_allclose(pairs.cost(listed.edge_index), listed.cost, rtol=1e-14)
    rows, columns = np.arange(mask.nodes)[::2], np.arange(mask.nodes)
    table = np.full((mask.nodes, mask.nodes), np.inf)
    table[tuple(listed.edge_index)] = table[tuple(listed.edge_index[::-1])] = listed.cost
    blocks = np.broadcast_to(pairs.block_cost(rows, columns), (len(rows), len(columns)))
    np.testing.assert_allclose(blocks, table[rows], rtol=1e-12)
    groups = np.array_split(np.random.default_rng(0).permutation(mask.nodes), 3)
    groups = [group for group in groups if len(group)]
    least = pairs.least_cost(groups)
    for a, one in enumerate(groups):
        for b, other in enumerate(groups):
            assert least[a, b] <= table[np.ix_(one, other)].min() * (1 + 1e-12)


@pytest.mark.parametrize("case", MASKS)
def test_the_first_edges_are_candidates_and_connect(case: str) -> None:
    mask = active(*MASKS[case])
    mask.check()
    assert mask.pairs is not None
    assert mask.pairs.has(mask.edge_index).all()
    assert not components(mask.edge_index, nodes=mask.nodes).any()


@pytest.mark.parametrize("case", MASKS)
def test_drawn_pairs_are_candidates_each_as_likely_as_another(case: str) -> None:
    pairs = active(*MASKS[case]).pairs
    assert pairs is not None
    generator = np.random.default_rng(0)
    wanted = max(1, pairs.count // 3)
    counts = np.zeros((pairs.nodes, pairs.nodes))
    rounds = 300
    for _ in range(rounds):
        drawn = pairs.sample(wanted, generator)
        assert drawn.shape == (2, wanted)
        assert pairs.has(drawn).all()
        assert np.unique(drawn, axis=1).shape == drawn.shape
        counts[tuple(drawn)] += 1
    share = counts[tuple(pairs.listed())] / rounds
    expected = wanted / pairs.count
    # Binomial: 5 standard deviations, for each of at most some hundred pairs.
    assert (np.abs(share - expected) <= 5 * np.sqrt(expected * (1 - expected) / rounds) + 1e-12).all()


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (("mask=grid",), "lists its edges"),
        (("mask=complete", "directed=true"), "must be false with edges=active"),
        (("mask=random_geometric",), "must be a number with edges=active"),
        (("mask=random_geometric", "radius=1", "largest_component=true"), "must be false with edges=active"),
    ],
)
def test_what_cannot_be_is_refused(overrides: tuple[str, ...], line: str) -> None:
    with pytest.raises(SettingError, match=line):
        active(*overrides)


def test_points_at_the_same_place_have_no_cost() -> None:
    place = np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]])
    with pytest.raises(SettingError, match="nodes 0 and 2 lie at the same place"):
        Mask.active(name="points", pairs=Pairs(nodes=3, positions=place, power=1.0))


def test_memory_of_many_nodes_is_far_below_that_of_their_pairs() -> None:
    mask = Mask.active(name="complete", pairs=Pairs(nodes=20_000))
    held = mask.edge_index.nbytes + mask.cost.nbytes + mask.base.nbytes
    assert mask.candidates == 199_990_000
    assert held < 2e-3 * 8 * mask.candidates
