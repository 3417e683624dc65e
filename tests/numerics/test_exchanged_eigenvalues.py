"""lambda_2 after exchanges of edges: every exchange against the spectrum that numpy finds of it."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradnet_cli.numerics.exchanges import NOBODY, PossibleExchanges
from gradnet_cli.numerics.laplacian import LaplacianPattern
from gradnet_cli.numerics.spectra.barrier import lowering_exchange
from gradnet_cli.numerics.spectra.best_exchanges import FEW, best_exchanges
from gradnet_cli.numerics.spectra.eigenpairs import dense_eigenpairs
from gradnet_cli.numerics.spectra.exchanged_eigenvalues import ExchangedEigenvalues

# Where an exchange lifts lambda_2 up to lambda_3 it is looked for at the pole of 1 / (lambda_3 - mu), and
# half of the digits are left.
HALF_OF_THE_DIGITS = 3e-8


@dataclass
class Design:
    """Some of all edges chosen, beside a base network."""

    edge_index: np.ndarray
    base: np.ndarray
    sizes: np.ndarray
    chosen: np.ndarray
    nodes: int
    adding: bool

    @classmethod
    def random(cls, seed: int) -> "Design":
        rng = np.random.default_rng(seed)
        nodes = int(rng.integers(2, 9))
        edge_index = np.array(np.triu_indices(nodes, 1))
        edges = edge_index.shape[1]
        equal = rng.random() < 0.5  # then eigenvalues are often multiple
        sizes = np.ones(edges) if equal else 10 ** rng.uniform(-1, 1, edges)
        base = np.where(rng.random(edges) < 0.3, 1.0 if equal else rng.random(edges), 0.0)
        chosen = rng.random(edges) < rng.uniform(0.2, 0.9)
        return cls(edge_index, base, sizes, chosen, nodes, bool(rng.random() < 0.5))

    def possible(self, allowed: np.ndarray | None = None) -> PossibleExchanges:
        out = np.flatnonzero(self.chosen)
        return PossibleExchanges(
            out=np.append(out, NOBODY) if self.adding else out,
            new=np.flatnonzero(~self.chosen),
            sizes=self.sizes,
            allowed=lambda out, new: np.ones(len(out), bool) if allowed is None else allowed[out, new],
        )

    @property
    def weights(self) -> np.ndarray:
        return self.base + np.where(self.chosen, self.sizes, 0.0)

    def laplacians(self, out: np.ndarray, new: np.ndarray) -> np.ndarray:
        """(M, N, N) after each exchange."""
        weights = np.tile(self.weights, (len(out), 1))
        row, there = np.arange(len(out)), out != NOBODY
        weights[row[there], out[there]] -= self.sizes[out[there]]
        weights[row, new] += self.sizes[new]
        return np.array([self.laplacian(each) for each in weights]).reshape(-1, self.nodes, self.nodes)

    def laplacian(self, weights: np.ndarray) -> np.ndarray:
        ends = np.eye(self.nodes)[self.edge_index[0]] - np.eye(self.nodes)[self.edge_index[1]]
        matrix: np.ndarray = ends.T @ (weights[:, None] * ends)
        return matrix

    def spectrum(self) -> np.ndarray:
        return np.maximum(np.linalg.eigvalsh(self.laplacian(self.weights))[1:], 0.0)

    def spectra(self, out: np.ndarray, new: np.ndarray) -> np.ndarray:
        """(M, N - 1) after each exchange."""
        return np.maximum(np.linalg.eigvalsh(self.laplacians(out, new))[:, 1:], 0.0)

    def eigenvalues(self) -> ExchangedEigenvalues:
        pattern = LaplacianPattern(edge_index=self.edge_index, nodes=self.nodes)
        pairs = dense_eigenpairs(pattern.assemble(self.weights), self.nodes - 1)
        return ExchangedEigenvalues(
            values=pairs.values, vectors=pairs.vectors, edge_index=self.edge_index, sizes=self.sizes
        )

    def each(self) -> tuple[np.ndarray, np.ndarray]:
        """Every exchange there is."""
        possible = self.possible()
        out, new = np.meshgrid(possible.out, possible.new)
        return out.ravel(), new.ravel()

    def after_each(self) -> np.ndarray:
        return self.spectra(*self.each())[:, 0]


def choosing(seed: int) -> Design:
    """A design where something is there to be exchanged."""
    design = Design.random(seed)
    possible = design.possible()
    assume(design.chosen.any() and len(possible.new))
    return design


@given(seed=st.integers(0, 10**6))
def test_every_exchange_has_the_eigenvalue_that_numpy_finds(seed: int) -> None:
    design = choosing(seed)
    out, new = design.each()
    found = design.eigenvalues().after(out, new)
    np.testing.assert_allclose(
        found, design.after_each(), rtol=0, atol=HALF_OF_THE_DIGITS * design.sizes.max()
    )


@given(seed=st.integers(0, 10**6), share=st.floats(0.01, 0.99))
def test_a_level_is_reached_by_those_that_numpy_says_reach_it(seed: int, share: float) -> None:
    design = choosing(seed)
    eigenvalues, possible = design.eigenvalues(), design.possible()
    level = eigenvalues.lowest + share * (eigenvalues.ceiling - eigenvalues.lowest)
    assume(eigenvalues.ceiling > 1.001 * eigenvalues.lowest)
    table = eigenvalues.at(level)
    promised = table.of_exchange(possible.out, possible.new)
    after = design.after_each().reshape(promised.shape)
    clear = np.abs(after - level) > 1e-7 * design.sizes.max()
    np.testing.assert_array_equal((promised >= table.delta)[clear], (after > level)[clear])
    # No exchange for an edge promises more than its addition.
    added = design.spectra(np.full(len(possible.new), NOBODY), possible.new)[:, 0]
    reached = table.of_addition(possible.new) >= table.delta
    clear = np.abs(added - level) > 1e-7 * design.sizes.max()
    np.testing.assert_array_equal(reached[clear], (added > level)[clear])


@pytest.mark.parametrize("limited", [False, True])
@given(seed=st.integers(0, 10**6))
def test_the_best_exchange_is_the_best_of_all(limited: bool, seed: int) -> None:
    design = choosing(seed)
    edges = len(design.sizes)
    allowed = np.ones((edges + 1, edges), bool)  # the last row is nobody's
    if limited:
        allowed = np.random.default_rng(seed).random(allowed.shape) < 0.3
    found = best_exchanges(design.eigenvalues(), design.possible(allowed))
    before, after = design.spectrum()[0], design.after_each()[allowed[design.each()]]
    tolerance = HALF_OF_THE_DIGITS * design.sizes.max()
    if after.max(initial=0.0) > before + tolerance:
        assert found.worth[0] == pytest.approx(after.max(), abs=tolerance)
    assert allowed[found.out, found.new].all()
    np.testing.assert_allclose(
        design.spectra(found.out, found.new)[:, 0], found.worth, rtol=0, atol=tolerance
    )
    assert (found.worth > before - tolerance).all()
    assert (np.diff(found.worth) <= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_of_more_than_are_followed_one_by_one_the_best_is_found_too(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = 24
    edge_index = np.array(np.triu_indices(nodes, 1))
    edges = edge_index.shape[1]
    base = np.where(edge_index[0] == edge_index[1] - 1, 1.0, 0.0)  # a path
    chosen = np.zeros(edges, bool)
    chosen[rng.choice(np.flatnonzero(base == 0), 8, replace=False)] = True
    design = Design(edge_index, base, np.ones(edges), chosen, nodes, adding=False)
    after = design.after_each()
    found = best_exchanges(design.eigenvalues(), design.possible())
    assert len(after) > FEW
    assert (after > design.spectrum()[0]).sum() > len(found)
    assert found.worth[0] == pytest.approx(after.max(), rel=1e-9)
    assert design.spectra(found.out[:1], found.new[:1])[0, 0] == pytest.approx(after.max(), rel=1e-9)


def test_a_double_eigenvalue_is_lifted_by_no_exchange() -> None:
    """The cycle of six has lambda_2 = lambda_3 = 1."""
    edge_index = np.array(np.triu_indices(6, 1))
    chosen = np.array([(j - i) in (1, 5) for i, j in edge_index.T])
    design = Design(edge_index, np.zeros(15), np.ones(15), chosen, 6, adding=True)
    assert len(best_exchanges(design.eigenvalues(), design.possible())) == 0
    assert design.after_each().max() <= 1 + 1e-12


@given(seed=st.integers(0, 10**6), share=st.floats(0.0, 0.95))
def test_the_barrier_is_lowered_by_the_best_exchange_for_it(seed: int, share: float) -> None:
    design = choosing(seed)
    lowest = design.spectrum()[0]
    assume(lowest > 1e-3)
    level = share * lowest

    def potential(values: np.ndarray) -> float:
        return float((1 / (values - level)).sum()) if values[0] > level else np.inf

    before = potential(design.spectrum())
    after = np.array([potential(values) for values in design.spectra(*design.each())])
    found = lowering_exchange(design.laplacian(design.weights), level, design.edge_index, design.possible())
    if before - after.min() > 1e-5 * before:
        assert found.worth[0] == pytest.approx(before - after.min(), rel=1e-6, abs=1e-9 * before)
        assert potential(design.spectra(found.out, found.new)[0]) == pytest.approx(after.min(), rel=1e-6)
    elif before - after.min() < 1e-7 * before:
        assert len(found) == 0


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_no_exchange_is_found_behind_the_barrier(seed: int) -> None:
    design = choosing(seed)
    lowest = design.spectrum()[0]
    behind = 1.001 * lowest + 1e-6
    found = lowering_exchange(design.laplacian(design.weights), behind, design.edge_index, design.possible())
    assert len(found) == 0
