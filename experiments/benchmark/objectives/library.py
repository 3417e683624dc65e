"""Train one network with the GradNet library; run by the interpreter of the library's own environment.

    python library.py karate PROBLEM.npz DIRECTORY --updates 250 --rate 0.008

`PROBLEM.npz` is what `inputs.py` made of gradnet-run's own run. The directory gets `weights.npz`, the weights
(E,) of the best network that the training evaluated and of the last one, and `summary.json` with the seconds
that `fit` took, the updates taken, and the median of the seconds of one.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import gradnet
import numpy as np
import torch
from gradnet.ode import integrate_ode
from torch import Tensor

Loss = Callable[[gradnet.GradNet], Tensor]
KARATE_BUDGET = 100  # of the tutorial, to be used as far as it helps
QUANTUM_SAMPLES = 100


class Problem:
    """What one objective adds: the network to begin with, its loss, and a loss to judge networks by."""

    def __init__(self, given: Mapping[str, np.ndarray]) -> None:
        self.given = given
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
    "kuramoto": Kuramoto,
    "karate": Karate,
    "quantum": Quantum,
    "reconstruction": Reconstruction,
}


class Training:
    """The loss that `fit` calls and its callback: keeps the best network, the clock, and stops in time."""

    def __init__(self, problem: Problem, *, seconds: float | None) -> None:
        self.problem = problem
        self.noise = 0.0
        self.lowest = float("inf")
        self.best: Tensor | None = None
        self.durations: list[float] = []
        self.deadline = None if seconds is None else time.perf_counter() + seconds
        self._last = time.perf_counter()

    @property
    def over(self) -> bool:
        return self.deadline is not None and time.perf_counter() >= self.deadline

    def __call__(self, network: gradnet.GradNet) -> Tensor:
        noisy = self.problem.noisy_loss(network, self.noise)
        with torch.set_grad_enabled(noisy is None):
            adjacency = network()
            plain = self.problem.loss(adjacency)
        if (value := float(plain.detach())) < self.lowest:
            self.lowest, self.best = value, adjacency.detach().clone()
        return plain if noisy is None else noisy

    def on_fit_start(self, trainer: object) -> None:
        self._last = time.perf_counter()

    def on_step_end(self, trainer: object, step: int, loss: float, metrics: object) -> None:
        now = time.perf_counter()
        self.durations.append(now - self._last)
        self._last = now
        if self.over:
            trainer.request_stop("time")

    def on_fit_end(self, trainer: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("objective", choices=PROBLEMS)
    parser.add_argument("problem", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--updates", type=int, nargs="+", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0])
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()

    torch.set_num_threads(1)  # see ../library.py
    torch.manual_seed(0)
    with np.load(options.problem) as stored:
        problem = PROBLEMS[options.objective](dict(stored))
    network = problem.network()
    training = Training(problem, seconds=options.seconds)
    begun = time.perf_counter()
    for updates, noise in zip(options.updates, options.noise, strict=True):
        training.noise = noise
        if training.over:
            break
        gradnet.fit(
            gn=network,
            loss_fn=training,
            num_updates=updates,
            optim_kwargs={"lr": options.rate},
            sched_cls=torch.optim.lr_scheduler.LambdaLR,
            sched_kwargs={"lr_lambda": lambda update, updates=updates: problem.factor(update, updates)},
            callbacks=[training],
            device="cpu",
            verbose=False,
        )
    seconds = time.perf_counter() - begun

    options.directory.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        networks = {"best": training.best, "last": network()}
    i, j = problem.edges
    found = {name: adjacency[i, j].double().numpy() for name, adjacency in networks.items()}
    np.savez(options.directory / "weights.npz", **found)
    summary = {
        "seconds": seconds,
        "updates": len(training.durations),
        "updates_whole": sum(options.updates),
        "update_seconds": statistics.median(training.durations),
        "reported": training.lowest,
        "dtype": str(network.dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
    }
    (options.directory / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
