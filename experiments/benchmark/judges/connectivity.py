"""lambda_2 of the Laplacian, by SciPy."""

import numpy as np
from scipy.sparse import coo_array, csc_array, csgraph
from scipy.sparse.linalg import LinearOperator, eigsh, splu

from experiments.benchmark.judges.judge import Arrays, Judge, Outcome


class Connectivity(Judge):
    """The algebraic connectivity of the network."""

    name = "connectivity"
    bounded = True

    def outcome(self, problem: Arrays, weights: np.ndarray) -> Outcome:
        found = algebraic_connectivity(problem["edge_index"], weights, nodes=int(problem["nodes"]))
        return {"score": found}

    def told(self, outcome: Outcome) -> str:
        return f"lambda_2 = {outcome['score']:.6g}"


def algebraic_connectivity(edge_index: np.ndarray, weights: np.ndarray, *, nodes: int) -> float:
    """Return lambda_2 of L = D - A in float64; edge_index (2, E) lists each undirected edge once.

    Shift-invert Lanczos of the inverse of L on the vectors orthogonal to the constant one: one node is
    grounded, which makes L invertible, and the solution centred. 0 where the network is disconnected.
    """
    adjacency = coo_array((weights, edge_index), shape=(nodes, nodes)).tocsr()
    adjacency = adjacency + adjacency.T
    if csgraph.connected_components(adjacency, directed=False)[0] > 1:
        return 0.0
    laplacian = csc_array(csgraph.laplacian(adjacency))
    grounded = splu(laplacian[1:, 1:], permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})

    def solve(right: np.ndarray) -> np.ndarray:
        right = right.ravel() - right.mean()
        solution = np.concatenate([[0.0], grounded.solve(right[1:])])
        return solution - solution.mean()

    inverse = LinearOperator((nodes, nodes), matvec=solve, dtype=np.float64)
    start = np.random.default_rng(0).standard_normal(nodes)
    largest = eigsh(inverse, k=1, which="LA", v0=start - start.mean(), tol=1e-10, return_eigenvectors=False)
    return float(1 / largest[0])
