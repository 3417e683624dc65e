"""Neural networks, in dense float64 matrices."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradnet_cli.problem import Problem
from tests.reference.judges.matrices import Case, adjacency


class TieError(Exception):
    """Float32 may tell either of two classes: the share told right is between two limits."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(f"between {low} and {high}")
        self.low, self.high = low, high


def _share_told_right(logits: np.ndarray, data: Any) -> float:
    """Of the validation set, for logits (M, C) of all.

    Raises:
        TieError: of some the best two classes, one of them right, differ by rounding
    """
    members = data.split.members("validation")
    logits, wanted = logits[members], data.labels[members]
    close = 1e-5 * np.abs(logits).max()
    of_wanted = logits[np.arange(len(wanted)), wanted]
    others = np.where(np.eye(logits.shape[1], dtype=bool)[wanted], -np.inf, logits).max(axis=1)
    low, high = float((of_wanted > others + close).mean()), float((of_wanted >= others - close).mean())
    if low < high:
        raise TieError(low, high)
    return low


def node_logits(problem: Problem, weights: np.ndarray, case: Case) -> np.ndarray:
    """Of all nodes and classes, (N, C): the flow in dense float64 matrices."""
    told, data = case["settings"], case["dataset"]
    own = {
        name.removeprefix("model."): np.asarray(value, dtype=float) for name, value in case["learned"].items()
    }
    gcn, nodes = told["model"] == "gcn", data.nodes
    graph = np.zeros((nodes, nodes))
    graph[tuple(data.edge_index)] = 1.0
    graph += graph.T + gcn * np.eye(nodes)
    root = np.array([degree**-0.5 if degree else 0.0 for degree in graph.sum(axis=1)])
    spread = np.eye(nodes) if told["model"] == "mlp" else root[:, None] * graph * root
    mixing = channel_mixing(problem, weights, case)
    state = data.features.dense().astype(float) @ own["encoder.first.weight"] + own["encoder.first.bias"]
    for layer in range(told["layers"] - 1):
        weight, bias = (own[f"encoder.further.{layer}.{name}"] for name in ("weight", "bias"))
        state = state + state.clip(min=0) @ weight.T + bias
    first, left, number = state, told["time"], 0
    while left > 1e-9:
        length = min(told["step"], left)
        rate = spread @ state @ mixing
        if not gcn:
            rate += own.get("strength", 0.0) * first - state * own.get("omega", 0.0)
        if told["batch_norm"]:
            mean, variance, scale, shift = (
                own[f"norms.{number}.{name}"] for name in ("running_mean", "running_var", "weight", "bias")
            )
            rate = (rate - mean) / np.sqrt(variance + 1e-5) * scale + shift
        state = rate.clip(min=0) if gcn else state + length * rate
        left, number = left - length, number + 1
    logits: np.ndarray = state.clip(min=0) @ own["decoder.weight"].T + own["decoder.bias"]
    return logits


def channel_mixing(problem: Problem, weights: np.ndarray, case: Case) -> np.ndarray:
    """W (d, d) of the network and what was learned beside it."""
    variant, learned = case["settings"]["variant"], case["learned"]
    own = {name.rpartition(".")[2]: np.asarray(value, dtype=float) for name, value in learned.items()
           if ".channels." in name}  # fmt: skip
    mixing = adjacency(problem, weights).toarray() * (variant != "D")
    ends = own.get("diagonal")
    if variant == "DD":
        ends = own["stretch"] * np.abs(mixing).sum(axis=1) + own["shift"]
    mixing = mixing + np.diag(ends)
    if variant.endswith("prod"):
        mixing = mixing @ mixing * (-1 if variant == "neg_prod" else 1)
    return mixing


def node_classification(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """Share of the validation nodes told right."""
    return _share_told_right(node_logits(problem, weights, case), case["dataset"])


def graph_logits(problem: Problem, weights: np.ndarray, case: Case) -> np.ndarray:
    """Of all graphs and classes, (G, C): graph by graph, edge by edge, in float64."""
    told, data = case["settings"], case["dataset"]
    own = {
        name.removeprefix("model."): np.asarray(value, dtype=float) for name, value in case["learned"].items()
    }
    layer, (source, target) = problem.mask.node_data["layer"], problem.edge_index
    starts = np.searchsorted(layer, np.arange(layer.max() + 2))
    matrices = [
        np.zeros((starts[k + 1] - starts[k], starts[k + 2] - starts[k + 1])) for k in range(layer.max())
    ]
    for i, j, weight in zip(source, target, weights, strict=True):
        matrices[layer[i]][i - starts[layer[i]], j - starts[layer[j]]] = weight
    features, edge_features, signed = graph_features(data, told)
    rows = []
    for first, last in itertools.pairwise(data.offsets):
        inside = np.flatnonzero((data.edge_index[0] >= first) & (data.edge_index[0] < last))
        edges = data.edge_index[:, inside] - first
        state = features[first:last]
        pool = np.sum if told["pooling"] == "sum" else np.mean
        found = [pool(state, axis=0)]
        for number, matrix in enumerate(matrices):
            convolution, inner = divmod(number, told["perceptron"])
            if inner == 0:
                state = _after_neighbours(
                    state, edges, edge_features[inside], signed, own, told["model"], convolution
                )
            state = state @ matrix
            if told["batch_norm"]:
                mean, variance, scale, shift = (
                    own[f"norms.{number}.{name}"]
                    for name in ("running_mean", "running_var", "weight", "bias")
                )
                state = (state - mean) / np.sqrt(variance + 1e-5) * scale + shift
            else:
                state = state + own[f"biases.{number}"]
            state = state.clip(min=0)
            if (number + 1) % told["perceptron"] == 0:
                found.append(pool(state, axis=0))
        rows.append(np.concatenate(found) @ own["readout.weight"].T + own["readout.bias"])
    return np.array(rows)


def graph_features(data: Any, told: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Of nodes and edges, attributes by mean and deviation over the training graphs; columns with a sign."""
    graph_of = np.repeat(np.arange(data.graphs), np.diff(data.offsets))
    learned_from = np.isin(graph_of, data.split.members("training"))

    def of(labels: Any, attributes: Any, known: np.ndarray, signed: list[int]) -> np.ndarray:
        parts = [] if labels is None else [np.eye(labels.max() + 1)[labels]]
        for column in range(0 if attributes is None else attributes.shape[1]):
            values = attributes[:, column].astype(float)
            middle = 0.0 if column in signed else values[known].mean()
            size = np.sqrt(np.mean((values[known] - middle) ** 2))
            parts.append(((values - middle) / (size or 1.0))[:, None])
        return np.concatenate(parts, axis=1) if parts else np.ones((len(known), 1))

    attributes = None if told["features"] == "kinds" else data.node_attributes
    nodes = of(data.node_labels, attributes, learned_from, [])
    edges = of(data.edge_labels, data.edge_attributes, learned_from[data.edge_index[0]], told["signed"])
    width = 0 if data.edge_attributes is None else data.edge_attributes.shape[1]
    return nodes, edges, [edges.shape[1] - width + column for column in told["signed"]]


def _after_neighbours(
    state: np.ndarray,
    edges: np.ndarray,
    edge_features: np.ndarray,
    signed: list[int],
    own: dict[str, np.ndarray],
    model: str,
    number: int,
) -> np.ndarray:
    """What each node knows when it has looked at its neighbours."""
    degree = 1.0 + np.bincount(edges.ravel(), minlength=len(state))
    after = state / degree[:, None] if model == "gcn" else state.copy()
    for k, (i, j) in enumerate(edges.T):
        for here, there, sign in ((i, j, 1.0), (j, i, -1.0)):
            if model == "gine":
                told = edge_features[k].copy()
                told[signed] *= sign
                passed = own[f"edges.{number}.weight"] @ told + own[f"edges.{number}.bias"]
                after[there] += (state[here] + passed).clip(min=0)
            else:
                after[there] += state[here] / (
                    np.sqrt(degree[here] * degree[there]) if model == "gcn" else 1.0
                )
    return after


def graph_classification(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """Share of the validation graphs told right."""
    return _share_told_right(graph_logits(problem, weights, case), case["dataset"])
