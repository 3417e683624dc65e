"""The search finds the largest slope per cost of all pairs: against every pair, one by one."""

import tracemalloc

import numpy as np
import pytest

from gradnet_cli.numerics.pairs.pair_prices import PairPrices, Products, SquaredDistances
from gradnet_cli.numerics.pairs.pair_search import GROUP, promising_pairs
from gradnet_cli.problem.pairs import Pairs

NODES = 2 * GROUP + 77
generator = np.random.default_rng(1)
PLACES = generator.random((NODES, 2))
CANDIDATES = {
    "all": Pairs(nodes=NODES),
    "across": Pairs(nodes=NODES, left=200),
    "by distance": Pairs(nodes=NODES, positions=PLACES, power=3.0),
    "near": Pairs(nodes=NODES, positions=PLACES, power=1.0, radius=0.15),
    "near, alike": Pairs(nodes=NODES, positions=PLACES, radius=0.15),
}


def smooth() -> SquaredDistances:
    x, y = PLACES.T
    return SquaredDistances(np.stack([np.sin(3 * x), y**2, x * y], axis=1))


def rough() -> SquaredDistances:
    return SquaredDistances(np.random.default_rng(2).standard_normal((NODES, 7)))


def coupled() -> Products:
    theta, rate = np.random.default_rng(3).standard_normal((2, NODES))
    cosine, sine = np.cos(theta), np.sin(theta)
    left = np.stack([rate * cosine, -rate * sine, -cosine, sine], axis=1)
    return Products(left, np.stack([sine, cosine, rate * sine, rate * cosine], axis=1))


def falling() -> Products:
    """All slopes negative, as where every weight does harm."""
    column = 0.1 + np.random.default_rng(4).random((NODES, 1))
    return Products(-column, column)


PRICES = {"smooth": smooth, "rough": rough, "coupled": coupled, "falling": falling}


def every_rate(prices: PairPrices, candidates: Pairs) -> tuple[np.ndarray, np.ndarray]:
    pairs = candidates.listed()
    return pairs, prices.of(pairs) / candidates.cost(pairs)


@pytest.mark.parametrize("kind", CANDIDATES)
@pytest.mark.parametrize("name", PRICES)
def test_it_is_the_largest_of_all(name: str, kind: str) -> None:
    prices, candidates = PRICES[name](), CANDIDATES[kind]
    _, rates = every_rate(prices, candidates)
    level = float(np.quantile(rates, 0.99))
    found = promising_pairs(prices, candidates, level=level)
    largest = rates.max()
    # What rounding may have taken off is added: 1e-16 of a group's extent, per cost of its nearest pair.
    assert largest <= found.most <= largest + 1e-8 * np.abs(rates).max()
    assert found.rates[0] == pytest.approx(largest, rel=1e-10)
    assert candidates.has(found.pairs).all()
    assert (np.diff(found.rates) <= 0).all()
    assert (found.rates > level * (1 - 1e-12) if level > 0 else found.rates > level * (1 + 1e-12)).all()
    np.testing.assert_allclose(prices.of(found.pairs) / candidates.cost(found.pairs), found.rates)


@pytest.mark.parametrize("name", PRICES)
def test_blocks_and_groups_never_say_less_than_single_pairs(name: str) -> None:
    prices = PRICES[name]()
    groups = np.array_split(np.random.default_rng(5).permutation(NODES), 4)
    most = prices.most(groups)
    for a, one in enumerate(groups):
        for b, other in enumerate(groups):
            exact = prices.of(np.stack([np.repeat(one, len(other)), np.tile(other, len(one))]))
            block = prices.block(one, other)
            apart = one[:, None] != other
            assert (block >= exact.reshape(block.shape) - 1e-15)[apart].all()
            np.testing.assert_allclose(block, exact.reshape(block.shape), atol=1e-12 * np.abs(exact).max())
            assert most[a, b] >= exact.reshape(block.shape)[apart].max()


def test_pairs_that_are_held_count_for_the_largest_and_are_not_told() -> None:
    prices, candidates = rough(), CANDIDATES["all"]
    pairs, rates = every_rate(prices, candidates)
    order = np.argsort(-rates)
    held, rest = np.sort(order[:500]), order[500:]
    found = promising_pairs(prices, candidates, level=0.0, held=pairs[:, held])
    assert found.most == pytest.approx(rates.max(), rel=1e-10)
    assert found.rates[0] == pytest.approx(rates[rest[0]], rel=1e-10)
    keys = pairs[0, held] * NODES + pairs[1, held]
    assert not np.isin(found.pairs[0] * NODES + found.pairs[1], keys).any()


def test_nothing_promising_is_found_where_nothing_is() -> None:
    prices, candidates = smooth(), CANDIDATES["all"]
    largest = every_rate(prices, candidates)[1].max()
    found = promising_pairs(prices, candidates, level=2 * largest)
    assert found.pairs.shape == (2, 0)
    assert largest <= found.most <= largest * (1 + 1e-10)


def test_a_node_has_few_of_the_pairs() -> None:
    hub = np.zeros((NODES, 1))
    hub[0] = 1.0  # every node's best partner
    found = promising_pairs(SquaredDistances(hub), CANDIDATES["all"], level=0.5)
    assert np.bincount(found.pairs.ravel()).max() <= 4


def test_memory_is_that_of_blocks() -> None:
    nodes = 20_000
    places = np.random.default_rng(6).random((nodes, 2))
    prices = SquaredDistances(np.column_stack([np.sin(3 * places[:, 0]), places[:, 1] ** 2]))
    candidates = Pairs(nodes=nodes, positions=places, power=3.0)
    tracemalloc.start()
    found = promising_pairs(prices, candidates, level=0.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.02 * 8 * nodes**2
    assert found.pairs.shape[1] > 0
