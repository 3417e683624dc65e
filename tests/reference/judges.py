"""Scores of networks by NumPy, SciPy and networkx, from the formulas and without code of the program."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.sparse as sp
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import eigsh

from gradnet_cli.problem import Problem

DENSE_NODES = 1200
RELATIVE, ABSOLUTE = 1e-10, 1e-12  # of solve_ivp

Case = Mapping[str, Any]
"""settings: of the objective; frequency and start: (N,), of oscillators; locked: whether they are; before and
after: (M, N), of what was observed."""


def adjacency(problem: Problem, weights: np.ndarray) -> sp.csr_array:
    shape = (problem.nodes, problem.nodes)
    matrix = sp.csr_array((weights, tuple(problem.edge_index)), shape=shape)
    return matrix if problem.directed else sp.csr_array(matrix + matrix.T)


def laplacian(problem: Problem, weights: np.ndarray) -> sp.csr_array:
    matrix = adjacency(problem, weights)
    return sp.csr_array(sp.diags_array(matrix.sum(axis=1)) - matrix)


def algebraic_connectivity(problem: Problem, weights: np.ndarray, case: Case) -> float:
    matrix = laplacian(problem, weights)
    if problem.nodes <= DENSE_NODES:
        return float(np.linalg.eigvalsh(matrix.toarray())[1])
    shift = -1e-3 * float(matrix.diagonal().mean()) / problem.nodes
    lowest = eigsh(sp.csc_array(matrix), k=2, sigma=shift, return_eigenvectors=False, tol=1e-12)
    return float(max(lowest))


def effective_resistance(problem: Problem, weights: np.ndarray, case: Case) -> float:
    values = np.linalg.eigvalsh(laplacian(problem, weights).toarray())[1:]
    return float(problem.nodes * (1 / values).sum())


def mixing_rate(problem: Problem, weights: np.ndarray, case: Case) -> float:
    values = np.linalg.eigvalsh(laplacian(problem, weights).toarray())[1:]
    if case["settings"]["measure"] == "mixing":
        return float(max(1 - values[0], values[-1] - 1))
    return float(values[-1] / values[0])


def spanning_trees(problem: Problem, weights: np.ndarray, case: Case) -> float:
    # The sum over trees is the determinant without one node (Kirchhoff 1847).
    return float(np.linalg.slogdet(laplacian(problem, weights).toarray()[1:, 1:]).logabsdet)


def supply_dissipation(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings, nodes = case["settings"], problem.nodes
    sinks = np.eye(nodes)[1:]
    patterns = np.eye(nodes)[0] - sinks
    if settings["loads"] == "source":
        patterns = patterns.sum(axis=0, keepdims=True)
    left = [weights]
    if settings["damage"] is not None:
        left = [np.where(np.arange(len(weights)) == lost, 0.0, weights) for lost in range(len(weights))]
    powers = []
    for each in left:
        potentials = np.linalg.solve(laplacian(problem, each).toarray()[1:, 1:], patterns[:, 1:].T)
        potentials = np.vstack([np.zeros(len(patterns)), potentials])
        source, target = problem.edge_index
        powers.append((each[:, None] * (potentials[source] - potentials[target]) ** 2).sum() / len(patterns))
    return float(np.mean(powers))


def spectral_radius(problem: Problem, weights: np.ndarray, case: Case) -> float:
    matrix = adjacency(problem, weights)
    if problem.nodes <= DENSE_NODES:
        return float(np.linalg.eigvalsh(matrix.toarray())[-1])
    return float(eigsh(matrix, k=1, which="LA", return_eigenvectors=False, tol=1e-13)[0])


def quantum_capacity(problem: Problem, weights: np.ndarray, case: Case) -> float:
    capacity = np.logaddexp(0.0, 2 * weights) / np.log(2) - 1
    graph = nx.Graph()
    graph.add_nodes_from(range(problem.nodes))
    graph.add_weighted_edges_from(zip(*problem.edge_index.tolist(), capacity, strict=True), weight="capacity")
    if case["settings"]["routing"] == "multi":
        tree = nx.gomory_hu_tree(graph)
        edges = [(i, j, data["weight"]) for i, j, data in tree.edges(data=True)]
    else:
        tree = nx.maximum_spanning_tree(graph, weight="capacity")
        edges = [(i, j, data["capacity"]) for i, j, data in tree.edges(data=True)]
    # A pair is worth the weakest edge between the two in the tree: that at which they are joined.
    joined, total = nx.utils.UnionFind(range(problem.nodes)), 0.0
    size = dict.fromkeys(range(problem.nodes), 1)
    for i, j, value in sorted(edges, key=lambda edge: -edge[2]):
        one, other = joined[i], joined[j]
        total += value * size[one] * size[other]
        joined.union(i, j)
        size[joined[i]] = size[one] + size[other]
    return total / (problem.nodes * (problem.nodes - 1) / 2)


def exciton_transfer(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """1 - tr rho, by the whole superoperator of complex matrices; the sites' energies alike, no driving."""
    settings, sites = case["settings"], problem.nodes
    energies = settings["energies"]
    if isinstance(energies, str):
        energies = problem.mask.node_data[energies]
    network = np.zeros((sites + 1, sites + 1))
    network[1:, 1:] = adjacency(problem, weights).toarray() + np.diag(np.broadcast_to(energies, sites))
    raised, lit = np.array([[0, 0], [1, 0]]), np.diag([0, 1])
    left = settings["photons"] - np.add.outer(np.arange(sites + 1) > 0, [0, 1]).ravel()
    taken, given = settings["outer"]
    absorb = taken * np.kron(np.eye(sites + 1), raised) * np.sqrt(np.maximum(left, 0))
    enter = np.zeros((sites + 1, sites + 1))
    enter[0, 1] = given  # |e, nothing> <-> |g, at the source>
    hand = np.kron(enter, raised)
    hamiltonian = np.kron(network, np.eye(2)) + np.diag(settings["frequency"] * left).astype(float)
    hamiltonian += np.kron(np.eye(sites + 1), 2 * lit - np.eye(2)) + absorb + absorb.T + hand + hand.T
    one, place = sp.eye_array(len(left)), np.repeat(np.arange(sites + 1), 2)
    drained = settings["rate"] / 2 * (place == sites)
    lost = np.add.outer(drained, drained) + settings["dephasing"] * (place[:, None] != place)
    h = sp.csr_array(hamiltonian)
    flow = sp.csr_array(-1j * (sp.kron(h, one) - sp.kron(one, h.T)) - sp.diags_array(lost.ravel()))
    start = np.zeros(len(left) ** 2, dtype=complex)
    start[0] = 1.0
    end = sp.linalg.expm_multiply(settings["time"] * flow, start).reshape(len(left), -1)
    return float(1 - np.trace(end).real)


def opinion_dissonance(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    leaders = settings["leaders"] or [0, problem.nodes - 1]
    matrix = laplacian(problem, weights).toarray()
    matrix[leaders] = 0.0
    opinion = np.zeros(problem.nodes)
    opinion[leaders] = settings["opinions"]
    if settings["state"] == "time":
        opinion = scipy.linalg.expm(-settings["time"] * matrix) @ opinion
    else:
        free = np.setdiff1d(np.arange(problem.nodes), leaders)
        pull = -matrix[np.ix_(free, leaders)] @ opinion[leaders]
        opinion[free] = np.linalg.lstsq(matrix[np.ix_(free, free)], pull, rcond=None)[0]
    source, target = problem.edge_index
    return float((weights * (opinion[source] - opinion[target]) ** 2).sum() / weights.sum())


def logic_gates(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    matrix = adjacency(problem, weights).toarray()
    squares = []
    for row, wanted in enumerate(tables[settings["table"]]):
        state = np.zeros(problem.nodes)
        state[:2] = row // 2, row % 2
        for _ in range(settings["rounds"]):
            state = np.array([np.tanh(sum(state * matrix[:, node])) for node in range(problem.nodes)])
            if settings["clamp"]:
                state[:2] = row // 2, row % 2
        squares.append((state[-1] - wanted) ** 2)
    return float(np.mean(squares))


def velocity(matrix: sp.csr_array, frequency: np.ndarray, *, sine: bool, lag: float) -> Callable[..., Any]:
    """x' of states (N,) or (N, M)."""
    strength = matrix.sum(axis=1)

    def rates(x: np.ndarray) -> np.ndarray:
        own = frequency if x.ndim == 1 else frequency[:, None]
        if not sine:
            return own + matrix @ x - (strength if x.ndim == 1 else strength[:, None]) * x
        return own + (np.exp(-1j * (x + lag)) * (matrix @ np.exp(1j * x))).imag

    return rates


def kuramoto_synchrony(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    matrix, horizon = adjacency(problem, weights), settings["horizon"]
    if problem.nodes <= DENSE_NODES:
        matrix = matrix.toarray()
    rates = velocity(matrix, case["frequency"], sine=True, lag=settings["lag"])
    steady = settings["measure"] == "steady"
    mass, friction = settings["inertia"], settings["damping"]
    # An explicit method of eighth order, and an implicit one of fifth where that would take long.
    stiff = horizon * np.abs(matrix).sum(axis=1).max() > 200 and problem.nodes <= 60 and mass is None

    def field(_: float, x: np.ndarray) -> np.ndarray:
        if mass is None:
            moved: np.ndarray = rates(x)
            return moved
        phases, speeds = np.split(x, 2)
        return np.concatenate([speeds, (rates(phases) - friction * speeds) / mass])

    solved = solve_ivp(
        field,
        (0, horizon),
        case["start"] if mass is None else np.concatenate([case["start"], 0 * case["start"]]),
        method="Radau" if stiff else "DOP853",
        t_eval=np.linspace(horizon / 2 if steady else 0, horizon, settings["times"]),
        rtol=RELATIVE,
        atol=ABSOLUTE,
    )
    assert solved.success
    phases = solved.y[: problem.nodes]
    if steady and case["locked"]:
        return locked_order(rates, phases[:, -1])
    return float(np.abs(np.exp(1j * phases).mean(axis=0)).mean())


def locked_order(rates: Callable[..., Any], phases: np.ndarray) -> float:
    """r where all velocities are alike, from phases near by."""

    def unrest(x: np.ndarray) -> np.ndarray:
        speed = rates(x)
        return speed - speed.mean() + x.mean() - phases.mean()

    found = scipy.optimize.root(unrest, phases, method="hybr", tol=1e-13)
    assert np.abs(unrest(found.x)).max() < 1e-9
    return float(np.abs(np.exp(1j * found.x).mean()))


def network_reconstruction(problem: Problem, weights: np.ndarray, case: Case) -> float:
    settings = case["settings"]
    sine = settings["dynamics"] == "kuramoto"
    rates = velocity(adjacency(problem, weights), case["frequency"], sine=sine, lag=0.0)
    before, after = case["before"].T, case["after"].T
    if settings["error"] == "integral":
        return _missed_by_integrals(rates, np.column_stack([before, after[:, -1]]), settings, sine=sine)
    solved = solve_ivp(
        lambda _, x: rates(x.reshape(before.shape)).ravel(),
        (0, settings["interval"]),
        before.ravel(),
        method="DOP853",
        rtol=RELATIVE,
        atol=ABSOLUTE,
    )
    assert solved.success
    predicted = solved.y[:, -1].reshape(before.shape)
    if sine:
        return float(
            (np.abs(np.exp(1j * predicted) - np.exp(1j * after)) ** 2).sum()
            / (np.abs(np.exp(1j * before) - np.exp(1j * after)) ** 2).sum()
        )
    return float(((predicted - after) ** 2).sum() / ((before - after) ** 2).sum())


def _missed_by_integrals(
    rates: Callable[..., Any], states: np.ndarray, settings: Mapping[str, Any], *, sine: bool
) -> float:
    """What the cubic through the rates at the four samples around an interval leaves, of one trajectory."""
    slopes, h = rates(states), settings["interval"]
    samples = states.shape[1]
    change = np.diff(states, axis=1)
    if sine:
        change = np.angle(np.exp(1j * change))
    missed = 0.0
    for k in range(samples - 1):
        first = min(max(k - 1, 0), samples - 4)
        cubic = np.polynomial.polynomial.polyfit(
            np.arange(4) - (k - first), slopes[:, first : first + 4].T, 3
        )
        integral = (cubic / np.arange(1, 5)[:, None]).sum(axis=0)
        missed += ((change[:, k] - h * integral) ** 2).sum()
    return float(missed / (change**2).sum())


def function(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """tests.plugins.evenness."""
    return float((adjacency(problem, weights).sum(axis=1) ** 2).mean())


def distance_to_network(problem: Problem, weights: np.ndarray, case: Case) -> float:
    wanted = adjacency(problem, np.asarray(case["settings"]["network"]))
    return float(np.linalg.norm((adjacency(problem, weights) - wanted).toarray()) ** 2)


def sparsity(problem: Problem, weights: np.ndarray, case: Case) -> float:
    q, s = (case["settings"][name] for name in ("exponent", "softening"))
    return sum(float(np.hypot(weight, s) ** q - s**q) for weight in weights)


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
    """Share of the validation nodes told right; where two classes tied, float32 might tell the other one."""
    data = case["dataset"]
    members = data.split.members("validation")
    logits = node_logits(problem, weights, case)[members]
    best, second = np.sort(logits, axis=1)[:, -1], np.sort(logits, axis=1)[:, -2]
    assert (best - second > 1e-5 * np.abs(logits).max()).all(), "a tie: choose another seed"
    return float((logits.argmax(axis=1) == data.labels[members]).mean())


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
    """Share of the validation graphs told right; where two classes tied, float32 might tell the other one."""
    data = case["dataset"]
    members = data.split.members("validation")
    logits = graph_logits(problem, weights, case)[members]
    best, second = np.sort(logits, axis=1)[:, -1], np.sort(logits, axis=1)[:, -2]
    assert (best - second > 1e-5 * np.abs(logits).max()).all(), "a tie: choose another seed"
    return float((logits.argmax(axis=1) == data.labels[members]).mean())


def _of_terms(problem: Problem, weights: np.ndarray, case: Case) -> list[float]:
    return [
        term["weight"] * JUDGES[term["name"]](problem, weights, {**case, "settings": term})
        for term in case["settings"]["terms"]
    ]


def weighted_sum(problem: Problem, weights: np.ndarray, case: Case) -> float:
    return sum(_of_terms(problem, weights, case))


def worst(problem: Problem, weights: np.ndarray, case: Case) -> float:
    """Of terms that are maximised, on what each single lost link leaves."""
    left = [weights]
    if case["settings"]["damage"] is not None:
        left = [np.where(np.arange(len(weights)) == lost, 0.0, weights) for lost in range(len(weights))]
    return min(value for each in left for value in _of_terms(problem, each, case))


JUDGES: Mapping[str, Callable[[Problem, np.ndarray, Case], float]] = {
    judge.__name__: judge
    for judge in (
        algebraic_connectivity,
        effective_resistance,
        mixing_rate,
        spanning_trees,
        supply_dissipation,
        spectral_radius,
        quantum_capacity,
        opinion_dissonance,
        exciton_transfer,
        logic_gates,
        node_classification,
        graph_classification,
        kuramoto_synchrony,
        network_reconstruction,
        function,
        distance_to_network,
        sparsity,
        worst,
    )
} | {"sum": weighted_sum}
