"""From the edges that are held to others, and what of each goes over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gradnet_cli.numerics.graphs import edge_keys, edge_places


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Edges for edges.

    Attributes:
        edges: (2, E') those that are held from now on, sorted
        origin: (E',) the place of each among the edges before, -1 for one that is new
    """

    edges: Int[np.ndarray, "2 edges"]
    origin: Int[np.ndarray, " edges"]

    @classmethod
    def to(cls, edges: np.ndarray, *, before: np.ndarray, nodes: int) -> Exchange:
        """From the edges before (2, E), sorted, to these (2, E'), sorted."""
        return cls(edges=edges, origin=edge_places(before, edges, nodes=nodes))

    @classmethod
    def of(cls, before: np.ndarray, *, stays: np.ndarray, comes: np.ndarray, nodes: int) -> Exchange:
        """Of the edges before (2, E) those that stay, bool (E,), and others (2, M) that were not there."""
        edges = np.concatenate([before[:, stays], comes], axis=1)
        edges = edges[:, np.argsort(edge_keys(edges, nodes=nodes), kind="stable")]
        return cls.to(edges, before=before, nodes=nodes)

    @property
    def comes(self) -> np.ndarray:
        """Which edges are new, bool (E',)."""
        new: np.ndarray = self.origin < 0
        return new

    def carried(self, values: Float[Tensor, " before"]) -> Float[Tensor, " edges"]:
        """What belongs to the edges before, (E,), on the edges from now on, zero on the new ones."""
        origin = torch.as_tensor(self.origin, device=values.device)
        return torch.where(origin >= 0, values[origin.clamp(min=0)], torch.zeros_like(values[:1]))
