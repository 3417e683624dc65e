"""Problems as they are put to the GradNet library: the network to begin with, and its loss.

The losses are those of the library's tutorials. Power iteration is the user's own code in the library's way.
"""

from collections.abc import Mapping

import gradnet
import numpy as np
import torch
from gradnet.ode import integrate_ode
from torch import Tensor

KARATE_BUDGET = 100  # of the tutorial, to be used as far as it helps
QUANTUM_SAMPLES = 100


class Problem:
    """What one objective adds: the network to begin with, its loss, and a loss to judge networks by.

    `given` is what `experiments.benchmark.problem` has made of gradnet-run's own run; `method` and
    `iterations` choose the way to lambda_2.
    """

    def __init__(
        self, *, given: Mapping[str, np.ndarray], method: str | None = None, iterations: int | None = None
    ) -> None:
        self.given = given
        self.method = method
        self.iterations = iterations
        self.nodes = int(given["nodes"])
        self.edges = torch.as_tensor(given["edge_index"])
        self.setup()

    def setup(self) -> None:
        """Take what the objective needs from `given`."""

    def matrix(self, values: np.ndarray) -> Tensor:
        """The symmetric matrix of values (E,) on the edges."""
        found = torch.zeros(self.nodes, self.nodes, dtype=torch.float64)
        found[tuple(self.edges)] = torch.as_tensor(values, dtype=torch.float64)
        return found + found.T

    def tensor(self, name: str) -> Tensor:
        return torch.as_tensor(self.given[name], dtype=torch.get_default_dtype())

    def network(self) -> gradnet.GradNet:
        return gradnet.GradNet(
            num_nodes=self.nodes, budget=float(self.given["budget"]), rand_init_weights=False
        )

    def loss(self, adjacency: Tensor) -> Tensor:
        raise NotImplementedError

    def noisy_loss(self, network: gradnet.GradNet, noise: float) -> Tensor | None:
        """What to descend instead of the loss, which then only judges."""
        return None

    def factor(self, update: int, updates: int) -> float:
        """Factor of the rate."""
        return 1.0


class Connectivity(Problem):
    """Minus lambda_2 of the Laplacian.

    Power iteration runs on shift - L, orthogonal to the constant vector, with shift = twice the largest
    strength, which no eigenvalue of L exceeds. It starts anew, from a random vector, in every update. Its
    vector is held fixed in the gradient: that of a simple eigenvalue is the Rayleigh quotient's.
    """

    def network(self) -> gradnet.GradNet:
        cost = self.given["cost"]
        return gradnet.GradNet(
            num_nodes=self.nodes,
            budget=float(self.given["budget"]),
            mask=self._in_layout(np.ones_like(cost)),
            cost_matrix=None if np.all(cost == 1) else self._in_layout(cost),
            rand_init_weights=False,
        )

    def _in_layout(self, values: np.ndarray) -> Tensor:
        """The symmetric matrix of values (E,), dense or in COO as the method wants it."""
        entries = torch.cat([self.edges, self.edges.flip(0)], dim=1)
        both = torch.as_tensor(np.concatenate([values, values]), dtype=torch.get_default_dtype())
        shape = (self.nodes, self.nodes)
        sparse = torch.sparse_coo_tensor(entries, both, shape, check_invariants=True).coalesce()
        return sparse.to_dense() if self.method == "dense" else sparse

    def loss(self, adjacency: Tensor) -> Tensor:
        if self.method == "dense":
            return -torch.linalg.eigvalsh(gradnet.utils.laplacian(adjacency))[1]
        (i, j), weights = adjacency.indices(), adjacency.values()
        with torch.no_grad():
            strength = torch.zeros(self.nodes, dtype=weights.dtype).index_add_(0, i, weights)
            diagonal = 2 * strength.max() - strength
            product = adjacency.detach()
            if self.method == "csr":
                product = product.to_sparse_csr()
            vector = torch.randn_like(strength)
            for _ in range(self.iterations):
                vector = diagonal * vector + product @ vector
                vector = vector - vector.mean()
                vector = vector / vector.norm()
        return -(weights * (vector[i] - vector[j]).square()).sum() / 2


def kuramoto_rate(time: Tensor, phases: Tensor, adjacency: Tensor, frequencies: Tensor) -> Tensor:
    sine, cosine = phases.sin(), phases.cos()
    return frequencies + cosine * (adjacency @ sine) - sine * (adjacency @ cosine)


class Kuramoto(Problem):
    """1 - time-mean order parameter, from equal phases."""

    def setup(self) -> None:
        self.frequencies = self.tensor("frequency")
        self.times = torch.linspace(0, float(self.given["horizon"]), int(self.given["times"]))

    def loss(self, adjacency: Tensor) -> Tensor:
        start = torch.zeros(self.nodes)
        known = {"frequencies": self.frequencies}
        _, phases = integrate_ode(adjacency, kuramoto_rate, x0=start, tt=self.times, f_kwargs=known)
        return 1 - torch.exp(1j * phases).mean(dim=1).abs().mean()


class Karate(Problem):
    """Weighted mean of squared disagreements at the end of the time; weights are only taken away."""

    def setup(self) -> None:
        self.leaders = [int(leader) for leader in self.given["leaders"]]
        self.times = torch.linspace(0, float(self.given["time"]), 50, dtype=torch.float64)
        self.start = torch.zeros(self.nodes, dtype=torch.float64)
        self.start[self.leaders] = torch.as_tensor(self.given["opinions"], dtype=torch.float64)

    def network(self) -> gradnet.GradNet:
        base = self.matrix(self.given["base"])
        return gradnet.GradNet(
            num_nodes=self.nodes,
            budget=KARATE_BUDGET,
            adj0=base,
            mask=(base > 0).double(),
            delta_sign="nonpositive",
            final_sign="nonnegative",
            rand_init_weights=1e-4,
            strict_budget=False,
        )

    def _rate(self, time: Tensor, opinions: Tensor, adjacency: Tensor) -> Tensor:
        change = -gradnet.utils.laplacian(adjacency) @ opinions
        free = torch.ones_like(change)
        free[self.leaders] = 0
        return change * free

    def loss(self, adjacency: Tensor) -> Tensor:
        _, opinions = integrate_ode(adjacency, self._rate, x0=self.start, tt=self.times)
        last = opinions[-1]
        return (adjacency * (last[:, None] - last[None]).square()).sum() / adjacency.sum()


class Quantum(Problem):
    """Minus the mean capacity of best paths, by the closure of Floyd and Warshall in (max, min)."""

    def network(self) -> gradnet.GradNet:
        return gradnet.GradNet(
            num_nodes=self.nodes,
            budget=float(self.given["budget"]),
            cost_matrix=self.matrix(self.given["cost"]).to(torch.get_default_dtype()),
            rand_init_weights=False,
        )

    def loss(self, adjacency: Tensor) -> Tensor:
        best = adjacency.tanh()
        for node in range(self.nodes):
            best = torch.maximum(best, torch.minimum(best[:, node, None], best[None, node]))
        capacity = -torch.log2(1 - best.clamp(max=1 - 1e-12))
        return -capacity[~torch.eye(self.nodes, dtype=torch.bool)].mean()

    def noisy_loss(self, network: gradnet.GradNet, noise: float) -> Tensor:
        return torch.stack([self.loss(network(noise_amplitude=noise)) for _ in range(QUANTUM_SAMPLES)]).mean()


class Reconstruction(Problem):
    """Error in (sin, cos) of predictions from each time to the next, a solution of its own for each."""

    def setup(self) -> None:
        self.frequencies = self.tensor("frequency")
        self.before, self.after = self.tensor("before"), self.tensor("after")
        self.span = torch.tensor([0.0, float(self.given["interval"])])

    def loss(self, adjacency: Tensor) -> Tensor:
        known = {"frequencies": self.frequencies}
        total = adjacency.new_zeros(())
        for before, after in zip(self.before, self.after, strict=True):
            _, phases = integrate_ode(adjacency, kuramoto_rate, x0=before, tt=self.span, f_kwargs=known)
            error = (phases[-1].sin() - after.sin()).square() + (phases[-1].cos() - after.cos()).square()
            total = total + error.mean()
        return total / len(self.before)

    def factor(self, update: int, updates: int) -> float:
        return 1.0 if update < 0.2 * updates else 0.2 if update < 0.8 * updates else 0.02


PROBLEMS: dict[str, type[Problem]] = {
    "connectivity": Connectivity,
    "kuramoto": Kuramoto,
    "karate": Karate,
    "quantum": Quantum,
    "reconstruction": Reconstruction,
}
