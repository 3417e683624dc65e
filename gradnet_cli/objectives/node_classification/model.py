"""What predicts: encoder, flow of the channels on the graph, decoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gradnet_cli.numerics.dropout import drop
from gradnet_cli.numerics.dynamics.gradient_flow import flow, spread, step_lengths
from gradnet_cli.objectives.node_classification.channels import Channels
from gradnet_cli.objectives.node_classification.encoder import Encoder
from gradnet_cli.objectives.node_classification.nodes import Nodes

MODELS = ("graff", "gcn", "mlp")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a model is built, see NodeClassification.

    Attributes:
        features, channels, classes: sizes
    """

    features: int
    channels: int
    classes: int
    model: str
    variant: str
    time: float
    step: float
    source: bool
    omega: bool
    layers: int
    batch_norm: bool
    dropout: float
    input_dropout: float

    @property
    def lengths(self) -> list[float]:
        """Of the steps of the flow."""
        return step_lengths(self.time, self.step)


class Model(nn.Module):
    """Logits of nodes; what it learns is its own, and the mixing W0 of the channels is the network's.

    Args:
        shape: how it is built
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(
            features=shape.features,
            channels=shape.channels,
            layers=shape.layers,
            dropout=shape.dropout,
            input_dropout=shape.input_dropout,
        )
        self.channels = Channels(count=shape.channels, variant=shape.variant)
        if shape.omega and shape.model != "gcn":
            self.omega = nn.Parameter(torch.empty(shape.channels).uniform_(-1, 1))
        if shape.source and shape.model != "gcn":
            self.strength = nn.Parameter(torch.zeros(()))
        if shape.batch_norm:
            self.norms = nn.ModuleList(nn.BatchNorm1d(shape.channels) for _ in shape.lengths)
        self.decoder = nn.Linear(shape.channels, shape.classes)

    def states(self, nodes: Nodes, between: Tensor, *, training: bool) -> Iterator[Tensor]:
        """Channels (N, d) at the start and after each step, with W0 (d, d)."""
        first = self.encoder(nodes.features, training=training)
        yield first
        adjacency = None if self.shape.model == "mlp" else nodes.adjacency
        mixing = self.channels(between)
        if self.shape.model == "gcn":
            yield from self._convolved(first, nodes, mixing, training=training)
        elif self.shape.batch_norm:
            yield from self._normed(first, nodes, mixing, training=training)
        else:
            yield from flow(
                first,
                mixing=mixing,
                adjacency=adjacency,
                omega=self.damping,
                source=self.pull(first),
                lengths=self.shape.lengths,
            )

    def forward(
        self, nodes: Nodes, between: Tensor, *, training: bool, members: Tensor | None = None
    ) -> Tensor:
        """Logits (N, C), or of some nodes alone."""
        state = None
        for state in self.states(nodes, between, training=training):  # noqa: B007
            pass
        assert state is not None
        return self.read(state if members is None else state[members], training=training)

    def read(self, state: Tensor, *, training: bool) -> Tensor:
        """Logits of channels."""
        logits: Tensor = self.decoder(drop(functional.relu(state), self.shape.dropout, training=training))
        return logits

    @property
    def damping(self) -> Tensor | float:
        """The diagonal of Omega."""
        return getattr(self, "omega", 0.0)

    def pull(self, first: Tensor) -> Tensor | float:
        """beta F_0, of which beta alone is trained by it."""
        return self.strength * first.detach() if hasattr(self, "strength") else 0.0

    def _convolved(self, first: Tensor, nodes: Nodes, mixing: Tensor, *, training: bool) -> Iterator[Tensor]:
        """F <- relu(Abar F W), with each node joined to itself, too."""
        state = first
        for number, _ in enumerate(self.shape.lengths):
            state = self._norm(spread(state, mixing, nodes.adjacency), number, training=training)
            state = functional.relu(state)
            yield state

    def _normed(self, first: Tensor, nodes: Nodes, mixing: Tensor, *, training: bool) -> Iterator[Tensor]:
        """The flow with its rates normalised over the nodes."""
        state, source = first, self.pull(first)
        adjacency = None if self.shape.model == "mlp" else nodes.adjacency
        for number, length in enumerate(self.shape.lengths):
            rate = spread(state, mixing, adjacency) - state * self.damping + source
            state = state + length * self._norm(rate, number, training=training)
            yield state

    def _norm(self, values: Tensor, number: int, *, training: bool) -> Tensor:
        if not self.shape.batch_norm:
            return values
        norm = self.norms[number]
        assert isinstance(norm, nn.BatchNorm1d)
        return functional.batch_norm(
            values,
            norm.running_mean,
            norm.running_var,
            norm.weight,
            norm.bias,
            training=training,
            momentum=norm.momentum or 0.0,
            eps=norm.eps,
        )
