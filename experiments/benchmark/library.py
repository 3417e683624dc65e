"""Train one network with the GradNet library; run by the interpreter of the library's own environment.

    python library.py MASK.npz DIRECTORY --method csr --updates 100 --rate 0.01 --iterations 50000

`MASK.npz` holds `nodes`, `edge_index` (2, E) and `cost` (E,). The directory gets `weights.npz`, the weights
(E,) of the best network that the training evaluated and of the last one, and `summary.json` with the seconds
that `fit` took.
"""

import argparse
import json
import time
from pathlib import Path

import gradnet
import numpy as np
import torch


class Evaluation:
    """lambda_2 of the network as a loss for `gradnet.fit`; keeps the best network that it has seen.

    Power iteration runs on shift - L, orthogonal to the constant vector, with shift = twice the largest
    strength, which no eigenvalue of L exceeds. It starts anew, from a random vector, in every update. Its
    vector is held fixed in the gradient: that of a simple eigenvalue is the Rayleigh quotient's.
    """

    def __init__(self, *, method: str, iterations: int | None) -> None:
        self.method = method
        self.iterations = iterations
        self.best = -float("inf")
        self.network: torch.Tensor | None = None

    def __call__(self, network: gradnet.GradNet) -> torch.Tensor:
        adjacency = network()
        score = self.dense(adjacency) if self.method == "dense" else self.power(adjacency)
        if float(score) > self.best:
            self.best, self.network = float(score), adjacency.detach().clone()
        return -score

    def dense(self, adjacency: torch.Tensor) -> torch.Tensor:
        return torch.linalg.eigvalsh(gradnet.utils.laplacian(adjacency))[1]

    def power(self, adjacency: torch.Tensor) -> torch.Tensor:
        (i, j), weights = adjacency.indices(), adjacency.values()
        with torch.no_grad():
            strength = torch.zeros(adjacency.shape[0], dtype=weights.dtype).index_add_(0, i, weights)
            diagonal = 2 * strength.max() - strength
            product = adjacency.detach()
            if self.method == "csr":
                product = product.to_sparse_csr()
            vector = torch.randn_like(strength)
            for _ in range(self.iterations):
                vector = diagonal * vector + product @ vector
                vector = vector - vector.mean()
                vector = vector / vector.norm()
        return (weights * (vector[i] - vector[j]).square()).sum() / 2


def weights_of(adjacency: torch.Tensor, edges: np.ndarray) -> np.ndarray:
    """Weights (E,) of an adjacency on the mask's edges (2, E), in float64."""
    if adjacency.layout == torch.strided:
        return adjacency[tuple(torch.as_tensor(edges))].double().numpy()
    adjacency = adjacency.coalesce()
    (i, j), nodes = adjacency.indices().numpy(), adjacency.shape[0]
    place = np.searchsorted(i * nodes + j, edges[0] * nodes + edges[1])  # coalesced entries are sorted
    return adjacency.values().double().numpy()[place]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("mask", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--method", choices=("dense", "coo", "csr"), required=True)
    parser.add_argument("--updates", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--iterations", type=int)
    options = parser.parse_args()

    # A second thread never made the library faster at these sizes, and far slower on cores that others use.
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with np.load(options.mask) as stored:
        nodes, edges, cost = int(stored["nodes"]), stored["edge_index"], stored["cost"]
    entries = torch.as_tensor(np.concatenate([edges, edges[::-1]], axis=1))
    shape = (nodes, nodes)

    def matrix(values: np.ndarray) -> torch.Tensor:
        both = torch.as_tensor(np.concatenate([values, values]), dtype=torch.get_default_dtype())
        sparse = torch.sparse_coo_tensor(entries, both, shape, check_invariants=True).coalesce()
        return sparse.to_dense() if options.method == "dense" else sparse

    network = gradnet.GradNet(
        num_nodes=nodes,
        budget=float(nodes),
        mask=matrix(np.ones(len(cost))),
        cost_matrix=None if np.all(cost == 1) else matrix(cost),
        rand_init_weights=False,
    )
    evaluation = Evaluation(method=options.method, iterations=options.iterations)
    begun = time.perf_counter()
    gradnet.fit(
        gn=network,
        loss_fn=evaluation,
        num_updates=options.updates,
        optim_kwargs={"lr": options.rate},
        device="cpu",
        verbose=False,
    )
    seconds = time.perf_counter() - begun

    options.directory.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        networks = {"best": evaluation.network, "last": network()}
    np.savez(options.directory / "weights.npz", **{k: weights_of(v, edges) for k, v in networks.items()})
    summary = {
        "seconds": seconds,
        "updates": options.updates,
        "reported": evaluation.best,
        "dtype": str(network.dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
    }
    (options.directory / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
