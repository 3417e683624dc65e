"""What is told of a model that has been trained: the test, its predictions, and how features flow."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.datasets import NodeData
from gradnet_cli.datasets.dataset import TEST
from gradnet_cli.numerics.dynamics.gradient_flow import (
    as_rows,
    dirichlet_energy,
    energy,
    normalized_adjacency,
)
from gradnet_cli.objectives.classification.told import Told
from gradnet_cli.objectives.evaluation import Description
from gradnet_cli.objectives.node_classification.channels import dense
from gradnet_cli.objectives.node_classification.model import Model
from gradnet_cli.objectives.node_classification.nodes import Nodes


@torch.no_grad()
def description(model: Model, nodes: Nodes, between: Tensor, *, data: NodeData) -> Description:
    """All of it, of the model in evaluation mode.

    Args:
        between: W0 (d, d), the network
    """
    states = list(model.states(nodes, between, training=False))
    told = Told(logits=model.read(states[-1], training=False), data=data, thing="node")
    spectrum = torch.linalg.eigvalsh(dense(model.channels(between)).double()).cpu().numpy()
    metrics = {
        **told.metrics,
        "attractive": float((spectrum > 0).sum()),
        "repulsive": float((spectrum < 0).sum()),
    }
    notes = [told.note]
    if model.shape.variant == "D":
        notes.append("variant=D mixes no channels: the network has no part in the score")
    return Description(
        metrics=metrics,
        node_data=_of_channels(model, between),
        arrays={
            **_flow(model, nodes, between, states, data=data),
            **_embedding(states[-1], data),
            "mixing_eigenvalues": spectrum,
            "confusion": told.confusion,
        },
        tables=told.tables,
        data=data.record(),
        notes=notes,
    )


def _of_channels(model: Model, between: Tensor) -> dict[str, np.ndarray]:
    """The diagonals of W and Omega, a number a channel."""
    found = {"diagonal": dense(model.channels(between)).diagonal().cpu().numpy()}
    if isinstance(model.damping, Tensor):
        found["damping"] = model.damping.cpu().numpy()
    return found


def _flow(
    model: Model, nodes: Nodes, between: Tensor, states: list[Tensor], *, data: NodeData
) -> dict[str, np.ndarray]:
    """Energies along the flow: of Dirichlet, of |F| = 1, and of the flow where it descends one."""
    shape = model.shape
    graph = as_rows(normalized_adjacency(data.edge_index, nodes=data.nodes)).to(states[0])
    smooth = [dirichlet_energy(state / state.norm(), graph) for state in states]
    found = {
        "times": np.concatenate([[0.0], np.cumsum(shape.lengths)]),
        "dirichlet_energy": np.array(smooth),
    }
    if shape.model != "gcn" and not shape.batch_norm:
        found["energy"] = np.array(
            [
                energy(
                    state,
                    mixing=model.channels(between),
                    adjacency=None if shape.model == "mlp" else nodes.adjacency,
                    omega=model.damping,
                    source=model.pull(states[0]),
                )
                for state in states
            ]
        )
    return found


def _embedding(state: Tensor, data: NodeData) -> dict[str, np.ndarray]:
    """The two directions in which the channels of nodes differ most, with their shares of the variance."""
    values = state.double().cpu().numpy()
    values = values - values.mean(axis=0)
    left, sizes, _ = np.linalg.svd(values, full_matrices=False)
    count = min(2, len(sizes))
    places = np.zeros((data.nodes, 2))
    places[:, :count] = left[:, :count] * sizes[:count]
    shares = np.zeros(2)
    shares[:count] = sizes[:count] ** 2 / max(float((sizes**2).sum()), np.finfo(float).tiny)
    return {
        "embedding": places,
        "embedding_shares": shares,
        "labels": data.labels,
        "tested": data.split.sets == TEST,
    }
