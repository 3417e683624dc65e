"""Quantum capacity: how much entanglement or secret key a network carries between any two nodes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.model.network import Network
from gradnet_cli.numerics.graphs import components, minimum_spanning_tree
from gradnet_cli.numerics.trees.bottlenecks import bottleneck_edges
from gradnet_cli.numerics.trees.cut_tree import crossings, cut_tree
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.quantum_capacity.forest import trimmed_tree
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

ROUTINGS = ("single", "multi")
PRUNE = 0.01  # of the heaviest edge: what is lighter is left out before the shape is told


class QuantumCapacity(Objective):
    """Maximise the mean capacity of all pairs of nodes, in bits a use, for undirected weights A >= 0.

    An edge is a lossy channel of transmissivity eta = tanh(A) and has the capacity (Pirandola, Laurenza,
    Ottaviani and Banchi 2017)

        c(A) = -log2(1 - eta) = log2((1 + exp(2 A)) / 2).

    Between two nodes of the network (Pirandola 2019):

        single   the best path, which is worth its weakest edge. All best paths lie on a maximum spanning tree
        multi    a flood through all paths, which is worth the minimum cut in capacities. N - 1 maximum flows
                 tell it for all pairs

    In either case the mean is sum_e m_e c(A_e) / (number of pairs), where m_e counts the pairs that edge e
    is the weakest of, or in whose minimum cut it lies. As m is constant almost everywhere, autograd sees
    c alone. One evaluation takes one spanning tree, or N - 1 flows, for each sample of weights.

    What is best on a budget K for single paths: let F_t be the edges with weight >= t and P(F) the pairs that
    F joins. The sum of all capacities is the integral of c'(t) P(F_t), the budget that of cost(F_t). As c is
    convex it is convex in how the budget is shared among a chain of forests F_t, hence greatest where it all
    goes to one: the best network is a forest of equal weights that maximises P(F) c(K / cost(F)). On points
    in the plane that is the minimum spanning tree of all nodes, or of all but a few remote ones, for which
    the others would pay too much.

    Args:
        routing: single or multi

    Metrics of the final network, after leaving out edges lighter than 0.01 of the heaviest:
        edges_pruned, nodes_joined (of the largest part), tree (1 if that part has no cycle and is the only
        one with edges), edges_shared (with the minimum spanning tree of the costs), score_uniform_tree (of
        that tree with equal weights, where the budget is one of p = 1)
    """

    sense = "maximize"
    requires = ("undirected", "connected", "nonnegative", "budget")
    batched = True
    monotone = "increasing"
    several_optima = True

    def __init__(self, *, routing: str) -> None:
        super().__init__()
        self.routing = choice(setting="objective.routing", value=routing, choices=ROUTINGS)
        self.quantity = "mean capacity of a pair [bit]"

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score the mean capacity of weights (E,), or of each sample of (S, E)."""
        weights = network.weights
        flat = weights.reshape(-1, network.edges)
        pairs = network.nodes * (network.nodes - 1) / 2
        values = flat.detach().to("cpu", torch.float64).numpy()
        edge_index = network.topology.array
        if self.routing == "single":
            edges, count = bottleneck_edges(values, edge_index=edge_index, nodes=network.nodes)
            chosen = flat.gather(1, torch.as_tensor(edges, device=weights.device))
            total = (capacity(chosen) * torch.as_tensor(count).to(weights)).sum(-1)
        else:
            capacities = capacity(torch.as_tensor(values)).numpy()
            count = np.stack([_times_cut(row, edge_index, network.nodes) for row in capacities])
            total = (capacity(flat) * torch.as_tensor(count).to(weights)).sum(-1)
        return Evaluation(score=(total / pairs).reshape(weights.shape[:-1]))

    def known(self, problem: Problem) -> dict[str, np.ndarray]:
        """The cheapest tree less its remote nodes, with equal weights, for single paths."""
        if (
            self.routing != "single"
            or problem.edge_budget is None
            or problem.budget.order != 1
            or problem.base.any()
        ):
            return {}
        budget = problem.edge_budget
        tree = minimum_spanning_tree(problem.edge_index, problem.cost, nodes=problem.nodes)

        def worth(pairs: np.ndarray, cost: np.ndarray) -> np.ndarray:
            value: np.ndarray = pairs * capacity(torch.as_tensor(budget / cost)).numpy()
            return value

        kept = trimmed_tree(
            tree, edge_index=problem.edge_index, cost=problem.cost, nodes=problem.nodes, worth=worth
        )
        weights = np.zeros(problem.edges)
        weights[kept] = budget / problem.cost[kept].sum()
        return {"trimmed_tree": weights}

    def describe(self, network: Network) -> Description:
        """Tell the shape of the network, and the tree that it may be compared with."""
        problem = network.problem
        weights = network.weights.cpu().numpy()
        tree = np.sort(minimum_spanning_tree(problem.edge_index, problem.cost, nodes=network.nodes))
        kept = np.flatnonzero(weights > PRUNE * weights.max(initial=0.0))
        joined = _largest_part(problem.edge_index[:, kept], network.nodes)
        whole = len(kept) > 0 and joined[problem.edge_index[0, kept]].all()
        metrics = {
            "edges_pruned": float(len(kept)),
            "nodes_joined": float(joined.sum()),
            "tree": float(whole and len(kept) == joined.sum() - 1),
            "edges_shared": float(np.isin(kept, tree).sum()),
        }
        if problem.edge_budget is not None and problem.budget.order == 1:
            uniform = np.zeros(network.edges)
            uniform[tree] = problem.edge_budget / problem.cost[tree].sum()
            alone = network.with_weights(torch.as_tensor(uniform))
            metrics["score_uniform_tree"] = float(self(alone, 0).score)
        return Description(
            metrics=metrics,
            node_data={"joined": joined.astype(np.int64)},
            arrays={"cheapest_tree": problem.edge_index[:, tree]},
        )

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """The network over the cheapest tree."""
        from gradnet_cli.objectives.quantum_capacity.figures import drawings

        return drawings(result)


def capacity(weights: Tensor) -> Tensor:
    """log2((1 + exp(2 A)) / 2), bits a use, of weights of any shape."""
    return torch.nn.functional.softplus(2 * weights, threshold=60.0) / math.log(2) - 1


def _times_cut(capacities: np.ndarray, edge_index: np.ndarray, nodes: int) -> np.ndarray:
    """In the minimum cuts of how many pairs each edge lies, (E,)."""
    tree = cut_tree(capacities, edge_index=edge_index, nodes=nodes)
    children = np.arange(1, nodes)
    edges, pairs = bottleneck_edges(
        tree.value[None, 1:], edge_index=np.stack([tree.parent[1:], children]), nodes=nodes
    )
    count = np.zeros(nodes)
    np.add.at(count, children[edges[0]], pairs[0])
    return crossings(tree, count, edge_index=edge_index)


def _largest_part(edge_index: np.ndarray, nodes: int) -> np.ndarray:
    """Which nodes belong to the component with most of them, bool (N,); none where there is no edge."""
    part = components(edge_index, nodes=nodes)
    size = np.bincount(part)
    return np.asarray((part == size.argmax()) & (size.max() > 1))
