"""How good a finished network is, by SciPy and networkx in float64: the same judge whoever found it."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
from scipy.integrate import solve_ivp

from experiments.quantum.claims import closure
from gradnet_cli.numerics.graphs import used_edges

Outcome = dict[str, float]
"""Numbers by name; `score` is better the larger it is."""

TOLERANCE = 1e-10


def outcome(objective: str, problem: Mapping[str, np.ndarray], weights: np.ndarray) -> Outcome:
    """Judge weights (E,) on the edges of the problem that `inputs.problem_arrays` describes."""
    return _JUDGES[objective](problem, weights)


def matrix(problem: Mapping[str, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """The symmetric adjacency (N, N)."""
    nodes = int(problem["nodes"])
    found = np.zeros((nodes, nodes))
    found[tuple(problem["edge_index"])] = weights
    return found + found.T


def mean_order(problem: Mapping[str, np.ndarray], weights: np.ndarray) -> Outcome:
    """Mean of |mean exp(i theta)| over the times, from equal phases."""
    adjacency, frequency = matrix(problem, weights), problem["frequency"]

    def rate(_: float, phases: np.ndarray) -> np.ndarray:
        sine, cosine = np.sin(phases), np.cos(phases)
        return frequency + cosine * (adjacency @ sine) - sine * (adjacency @ cosine)

    horizon = float(problem["horizon"])
    times = np.linspace(0, horizon, int(problem["times"]))
    solved = solve_ivp(
        rate,
        (0, horizon),
        np.zeros_like(frequency),
        method="DOP853",
        t_eval=times,
        rtol=TOLERANCE,
        atol=TOLERANCE,
    )
    return {"score": float(np.abs(np.exp(1j * solved.y).mean(axis=0)).mean())}


def split(problem: Mapping[str, np.ndarray], weights: np.ndarray) -> Outcome:
    """Parts of the edges in use, and members in a part without the leader that the record says.

    The dissonance is that at the end of the time, and the score minus that.
    """
    graph: nx.Graph = nx.empty_graph(int(problem["nodes"]))
    graph.add_edges_from(problem["edge_index"][:, used_edges(weights)].T.tolist())
    parts = list(nx.connected_components(graph))
    record, leaders = problem["record"], problem["leaders"].tolist()
    home = {record[leader]: next(part for part in parts if leader in part) for leader in leaders}
    misplaced = sum(member not in home[record[member]] for member in graph)
    dissonance = _dissonance(problem, weights)
    return {"score": -dissonance, "parts": len(parts), "misplaced": misplaced, "dissonance": dissonance}


def _dissonance(problem: Mapping[str, np.ndarray], weights: np.ndarray) -> float:
    adjacency, leaders = matrix(problem, weights), problem["leaders"]
    laplacian = np.diag(adjacency.sum(axis=1)) - adjacency
    laplacian[leaders] = 0
    opinions = np.zeros(len(adjacency))
    opinions[leaders] = problem["opinions"]
    solved = solve_ivp(
        lambda _, held: -laplacian @ held,
        (0, float(problem["time"])),
        opinions,
        method="DOP853",
        rtol=TOLERANCE,
        atol=1e-14,
    )
    i, j = problem["edge_index"]
    last = solved.y[:, -1]
    return float((weights * (last[i] - last[j]) ** 2).sum() / weights.sum())


def mean_capacity(problem: Mapping[str, np.ndarray], weights: np.ndarray) -> Outcome:
    """Mean capacity of the best paths of all pairs [bit]."""
    best = closure(-np.log2(1 - np.tanh(matrix(problem, weights))))
    return {"score": float(best[np.triu_indices(len(best), 1)].mean())}


def found_edges(problem: Mapping[str, np.ndarray], weights: np.ndarray) -> Outcome:
    """F1 of the edges above the threshold, and the largest error of a weight."""
    truth, found = (values > problem["threshold"] for values in (problem["true_weights"], weights))
    f1 = 2 * float((truth & found).sum()) / float(truth.sum() + found.sum())
    return {"score": f1, "f1": f1, "max_error": float(np.abs(weights - problem["true_weights"]).max())}


_JUDGES = {
    "kuramoto": mean_order,
    "karate": split,
    "quantum": mean_capacity,
    "reconstruction": found_edges,
}
