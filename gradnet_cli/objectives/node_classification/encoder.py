"""From sparse features of nodes to channels."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from gradnet_cli.numerics.dropout import drop
from gradnet_cli.numerics.sparse_rows import SparseRows


class Encoder(nn.Module):
    """A linear layer of sparse features, and residual layers behind it.

    F <- X M + b, and for each further layer F <- drop(F + lin(relu(F))).

    Args:
        features, channels: of a node
        layers: how many, >= 1
        dropout, input_dropout: shares in training
    """

    def __init__(
        self, *, features: int, channels: int, layers: int, dropout: float, input_dropout: float
    ) -> None:
        super().__init__()
        self.first = nn.Linear(features, channels)
        # By columns, as the sparse product takes it; torch draws it by rows.
        self.first.weight = nn.Parameter(self.first.weight.detach().T.contiguous())
        self.further = nn.ModuleList(nn.Linear(channels, channels) for _ in range(layers - 1))
        self.dropout, self.input_dropout = dropout, input_dropout

    def forward(self, features: SparseRows, *, training: bool) -> Tensor:
        """Channels (N, d) of features (N, F)."""
        product = features.product(self.first.weight, dropout=self.input_dropout if training else 0.0)
        state = product + self.first.bias
        if self.further:
            state = drop(state, self.dropout, training=training)
        for layer in self.further:
            state = drop(state + layer(functional.relu(state)), self.dropout, training=training)
        return state
