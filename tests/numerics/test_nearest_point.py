"""Nearest points of polytopes: no other point of them is nearer, and those of epigraphs are the least."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gradnet_cli.numerics.convex.nearest_point import Polytope, nearest_point
from gradnet_cli.problem.reach import linear_optimum

KEPT = 1e-9


def polytope(generator: np.random.Generator, *, both: bool, budget: bool, exact: bool) -> Polytope:
    """One that has points: all of its limits leave room around a point drawn at random."""
    edges, rows = int(generator.integers(3, 30)), int(generator.integers(0, 12))
    inside = generator.uniform(-0.5, 0.5, edges) if both else generator.uniform(0, 1, edges)
    lower = (
        np.where(generator.random(edges) < 0.5, inside - generator.random(edges), -np.inf) if both else None
    )
    matrix = sp.csr_array((generator.random((rows, edges)) < 0.3).astype(float))
    cost = generator.uniform(0.5, 2.0, edges)
    return Polytope(
        lower=np.zeros(edges) if lower is None else np.where(np.isfinite(lower), np.minimum(lower, 0), lower),
        upper=np.where(
            generator.random(edges) < 0.4, np.maximum(inside, 0) + generator.random(edges), np.inf
        ),
        rows=matrix,
        room=matrix @ inside + generator.random(rows) * 0.2,
        cost=cost if budget else None,
        budget=float(cost @ np.abs(inside)) * (1.0 if exact else 1.1),
        exact=exact,
    )


def assert_kept(found: np.ndarray, within: Polytope) -> None:
    assert (found >= within.lower - KEPT).all()
    assert (found <= within.upper + KEPT).all()
    assert (within.rows @ found <= within.room + KEPT).all()
    if within.cost is not None:
        over = float(within.cost @ np.abs(found)) - within.budget
        assert over <= KEPT * max(1, within.budget)
        assert not within.exact or over >= -KEPT * max(1, within.budget)


def least(slope: np.ndarray, within: Polytope) -> float:
    """min <slope, d> over the polytope, by a linear program; -inf where it is unbounded."""
    found = linear_optimum(
        -slope,
        lower=within.lower,
        upper=within.upper,
        rows=within.rows,
        room=within.room,
        price=np.zeros_like(slope),
        cost=within.cost,
        budget=within.budget,
        exact=within.exact,
    )
    return float(found.fun) if found.status == 0 else -np.inf


CASES = st.sampled_from([(both, budget, exact) for both in (0, 1) for budget in (0, 1) for exact in (0, 1)
                         if budget or not exact if not (both and exact)])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), case=CASES)
def test_no_other_point_is_nearer(seed: int, case: tuple[int, int, int]) -> None:
    """<x - d, z - d> <= 0 for every z of the polytope, which a linear program looks for."""
    generator = np.random.default_rng(seed)
    within = polytope(generator, both=bool(case[0]), budget=bool(case[1]), exact=bool(case[2]))
    target = generator.normal(size=len(within.lower))
    found = nearest_point(target, within)
    assert found.converged
    assert_kept(found.point, within)
    slope = found.point - target
    assert slope @ found.point <= least(slope, within) + 1e-7 * (1 + np.abs(slope).sum())
    again = nearest_point(found.point, within)
    np.testing.assert_allclose(again.point, found.point, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), case=CASES)
def test_cuts_are_averaged_to_optimality(seed: int, case: tuple[int, int, int]) -> None:
    """The average of the cuts by their shares, with the pull of the target, is least at the point found."""
    generator = np.random.default_rng(seed)
    within = polytope(generator, both=bool(case[0]), budget=bool(case[1]), exact=bool(case[2]))
    edges, cuts, stiffness = (
        len(within.lower),
        int(generator.integers(1, 6)),
        float(generator.uniform(0.5, 3)),
    )
    target, slopes, offsets = (generator.normal(size=shape) for shape in (edges, (cuts, edges), cuts))
    found = nearest_point(target, within, offsets=offsets, slopes=slopes, stiffness=stiffness)
    assert found.converged
    assert_kept(found.point, within)
    assert found.shares.min() >= 0
    assert found.shares.sum() == pytest.approx(1)
    heights = offsets + slopes @ found.point
    assert found.shares @ heights == pytest.approx(heights.max(), abs=1e-7)
    slope = found.shares @ slopes + stiffness * (found.point - target)
    assert slope @ found.point <= least(slope, within) + 1e-7 * (1 + np.abs(slope).sum())


def test_many_sparse_rows() -> None:
    """Beyond a size rows are kept sparse: a path of 3,000 nodes whose strengths are at most 1."""
    nodes = 3000
    edges = np.arange(nodes - 1)
    matrix = sp.csr_array(
        (np.ones(2 * len(edges)), (np.concatenate([edges, edges + 1]), np.tile(edges, 2))),
        shape=(nodes, len(edges)),
    )
    within = Polytope(
        lower=np.zeros(len(edges)), upper=np.full(len(edges), np.inf), rows=matrix, room=np.ones(nodes)
    )
    found = nearest_point(np.full(len(edges), 2.0), within)
    assert found.converged
    assert_kept(found.point, within)
    slope = found.point - 2.0
    assert slope @ found.point == pytest.approx(least(slope, within), rel=1e-9)
    assert (found.prices > 0).sum() > nodes / 2
