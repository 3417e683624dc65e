"""Quantum networks and excitons."""

from __future__ import annotations

import networkx as nx
import numpy as np
import scipy.sparse as sp

from gradnet_cli.problem import Problem
from tests.reference.judges.matrices import Case, adjacency


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
