"""Objectives that take one network at a time are given the samples of a batch one after the other."""

import networkx as nx
import torch

from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.objectives import Evaluation, Objective
from gradnet_cli.problem import Problem
from tests.samples import mask_of


class Single(Objective):
    """Maximise the square of the summed weight of one network."""

    sense = "maximize"

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Network] = []

    def forward(self, network: Network, step: int) -> Evaluation:
        self.seen.append(network)
        return Evaluation(score=network.weights.sum().square(), metrics={"call": float(len(self.seen))})


class Together(Single):
    """The same of all samples at once."""

    batched = True

    def forward(self, network: Network, step: int) -> Evaluation:
        self.seen.append(network)
        return Evaluation(score=network.weights.sum(-1).square())


def batch_of(*shape: int) -> Network:
    problem = Problem.build(mask=mask_of(nx.path_graph(5)), budget={"kind": "none"}, signs={})
    weights = torch.arange(float(torch.Size(shape).numel() * 4)).reshape(*shape, 4)
    return Network(weights=weights.requires_grad_(), topology=topology_of(problem), problem=problem)


def test_one_at_a_time_is_all_at_once() -> None:
    found = []
    for objective, calls in ((Single(), 6), (Together(), 1)):
        batch = batch_of(2, 3)
        score = objective(batch, 0).score
        assert score.shape == (2, 3)
        assert len(objective.seen) == calls
        score.sum().backward()
        found.append((score.detach(), batch.weights.grad))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_samples_lie_on_the_same_edges_and_the_last_tells_the_metrics() -> None:
    objective, batch = Single(), batch_of(3)
    assert objective(batch, 0).metrics == {"call": 3.0}
    assert all(sample.topology is batch.topology and sample.batch == () for sample in objective.seen)


def test_a_single_network_is_no_batch() -> None:
    objective, network = Single(), batch_of()
    assert objective(network, 0).score.shape == ()
    assert objective.seen == [network]
