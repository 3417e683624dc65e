"""What predicts: convolutions whose connections are the network, sums over graphs, and a linear readout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gradnet_cli.numerics.dropout import drop
from gradnet_cli.objectives.graph_classification.graphs import Graphs
from gradnet_cli.objectives.graph_classification.statistics import Norm

MODELS = ("gcn", "gin", "gine")
POOLINGS = ("sum", "mean")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a model is built, see GraphClassification.

    Attributes:
        sizes: units of each layer, features of a node first
        edge_features: of an edge
        classes: how many
    """

    sizes: tuple[int, ...]
    edge_features: int
    classes: int
    model: str
    perceptron: int
    pooling: str
    batch_norm: bool
    dropout: float


class Convolutions(nn.Module):
    """Logits of graphs.

    With matrices W of the network, from layer to layer H <- relu(norm(H W)); and in front of every
    `perceptron`-th of them nodes look at their neighbours:

    - gcn: H <- D^-1/2 (A + I) D^-1/2 H
    - gin: h_i <- h_i + sum_j h_j over the neighbours j (Xu et al. 2019)
    - gine: h_i <- h_i + sum_j relu(h_j + U e_ij + u) with features e of the edges (Hu et al. 2020)

    What was found for the nodes before the first and behind each convolution is summed up over each graph,
    and a linear map of all these sums are the logits.

    Args:
        shape: how it is built
    """

    def __init__(self, *, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        if shape.batch_norm:
            self.norms = nn.ModuleList(Norm(size) for size in shape.sizes[1:])
        else:
            self.biases = nn.ParameterList(torch.zeros(size) for size in shape.sizes[1:])
        if shape.model == "gine":
            starts = shape.sizes[: -1 : shape.perceptron]
            self.edges = nn.ModuleList(nn.Linear(shape.edge_features, size) for size in starts)
        self.readout = nn.Linear(sum(shape.sizes[:: shape.perceptron]), shape.classes)

    def forward(self, graphs: Graphs, matrices: Sequence[Tensor]) -> Tensor:
        """Logits (G, C), with a matrix (n_l, n_l+1) for each pair of layers."""
        shape, state = self.shape, graphs.features
        pool = graphs.pool if shape.pooling == "sum" else graphs.mean
        found = [pool.product(state)]
        for number, matrix in enumerate(matrices):
            if number % shape.perceptron == 0:
                state = self._gathered(state, graphs, number // shape.perceptron)
            state = state @ matrix
            state = self.norms[number](state) if shape.batch_norm else state + self.biases[number]
            state = drop(functional.relu(state), shape.dropout, training=self.training)
            if (number + 1) % shape.perceptron == 0:
                found.append(pool.product(state))
        logits: Tensor = self.readout(torch.cat(found, dim=1))
        return logits

    def _gathered(self, state: Tensor, graphs: Graphs, number: int) -> Tensor:
        """What each node knows after it has looked at its neighbours."""
        model = self.shape.model
        if model == "gine":
            coming = graphs.from_source.product(state) + self.edges[number](graphs.edge_features)
            return state + graphs.to_target.product(functional.relu(coming))
        if number == 0:
            return graphs.averaged if model == "gcn" else graphs.summed
        matrix = graphs.normalized_adjacency if model == "gcn" else graphs.adjacency_with_loops
        return matrix.product(state)
