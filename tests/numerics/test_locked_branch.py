"""Phase-locked states that are followed from one network to the next."""

import pytest
import torch

from gradnet_cli.numerics.locking.locked_branch import PATIENCE, LockedBranch
from gradnet_cli.numerics.topology import Topology

OMEGA = torch.tensor([[-1.0], [0.0], [1.0]], dtype=torch.float64)


@pytest.fixture
def branch():
    return LockedBranch(Topology(edge_index=torch.tensor([[0, 1], [1, 2]]), nodes=3, directed=False))


def scored(branch, *weights):
    return branch.score(torch.tensor(weights, dtype=torch.float64), OMEGA, lag=0.0, form="sparse")


def test_a_chain_that_locks(branch):
    # Each edge carries the frequency of its end: sin(theta_j - theta_i) = 1 / w.
    phases = torch.asin(torch.tensor([-0.5, 0.0, 0.5], dtype=torch.float64))
    assert scored(branch, 2.0, 2.0).item() == pytest.approx(torch.cos(phases).mean().item(), rel=1e-9)
    assert branch.locked
    assert branch.confined


@pytest.mark.parametrize("calls", [1, PATIENCE, PATIENCE + 1, PATIENCE + 2])
def test_what_cannot_lock_is_not_told_to(branch, calls):
    scored(branch, 2.0, 2.0)
    for _ in range(calls):
        scored(branch, 1e-6, 1e-6)
    assert not branch.locked
    assert not branch.confined


def test_a_start_without_a_locked_state(branch):
    assert scored(branch, 1e-6, 1e-6) is None
    assert not branch.locked
