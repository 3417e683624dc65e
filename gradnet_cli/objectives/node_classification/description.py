"""What is told of a model that has been trained: the test, its predictions, and how features flow."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gradnet_cli.datasets import NodeData
from gradnet_cli.datasets.dataset import SETS, TEST
from gradnet_cli.numerics.gradient_flow import as_rows, dirichlet_energy, energy, normalized_adjacency
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
    logits = model.read(states[-1], training=False)
    predicted = logits.argmax(dim=1).cpu().numpy()
    members = nodes.members["test"]
    tested = data.split.members("test")
    right = float((predicted[tested] == data.labels[tested]).mean())
    common = np.bincount(data.labels[data.split.members("training")]).argmax()
    majority = float((data.labels[tested] == common).mean())
    spectrum = torch.linalg.eigvalsh(dense(model.channels(between)).double()).cpu().numpy()
    metrics = {
        "accuracy_test": right,
        "loss_test": float(functional.cross_entropy(logits[members], nodes.labels[members])),
        "accuracy_majority": majority,
        "attractive": float((spectrum > 0).sum()),
        "repulsive": float((spectrum < 0).sum()),
        **{f"nodes_{name}": float(size) for name, size in data.split.sizes.items()},
    }
    notes = [
        f"tested once, on {len(tested)} nodes of {data.name}: accuracy {right:.4g}, "
        f"and {majority:.4g} for the most common class"
    ]
    if model.shape.variant == "D":
        notes.append("variant=D mixes no channels: the network has no part in the score")
    confusion = _confusion(data.labels[tested], predicted[tested], classes=data.classes)
    return Description(
        metrics=metrics,
        node_data=_of_channels(model, between),
        arrays={
            **_flow(model, nodes, between, states, data=data),
            **_embedding(states[-1], data),
            "mixing_eigenvalues": spectrum,
            "confusion": confusion,
        },
        tables={
            "predictions": _predictions(logits, predicted, data),
            "confusion": {
                "label": np.arange(data.classes),
                **{f"predicted_{number}": confusion[:, number] for number in range(data.classes)},
            },
        },
        data=data.record(),
        notes=notes,
    )


def _predictions(logits: Tensor, predicted: np.ndarray, data: NodeData) -> dict[str, np.ndarray]:
    names = np.array(["none", *SETS])
    shares = torch.softmax(logits.double(), dim=1).max(dim=1).values.cpu().numpy()
    return {
        "node": np.arange(data.nodes),
        "set": names[data.split.sets],
        "label": data.labels,
        "predicted": predicted,
        "confidence": shares,
    }


def _confusion(labels: np.ndarray, predicted: np.ndarray, *, classes: int) -> np.ndarray:
    """How many of each class (rows) were told as which (columns), (C, C)."""
    counted = np.bincount(labels * classes + predicted, minlength=classes**2)
    return counted.reshape(classes, classes)


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
