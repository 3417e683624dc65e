"""Train one network with the GradNet library; run by the interpreter of the library's own environment.

    python train.py karate PROBLEM.npz DIRECTORY --updates 250 --rate 0.008

`PROBLEM.npz` is the problem of a run of gradnet-run. The directory gets `weights.npz`, the weights (E,) of
the best network that the training evaluated and of the last one, and `summary.json` with the seconds that
`fit` took, the updates taken, and the median of the seconds of one. With `--history` it also gets
`history.npz`: the weights (K, E) of every network that was evaluated, and the seconds after which.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import gradnet
import numpy as np
import torch
from problems import PROBLEMS, Problem
from torch import Tensor


class Training:
    """The loss that `fit` calls and its callback: keeps the best network, the clock, and stops in time."""

    def __init__(self, problem: Problem, *, seconds: float | None, history: bool = False) -> None:
        self.problem = problem
        self.history: list[tuple[float, np.ndarray]] | None = [] if history else None
        self.begun = time.perf_counter()
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
        if self.history is not None:
            edges = self.problem.given["edge_index"]
            self.history.append((time.perf_counter() - self.begun, weights_of(adjacency.detach(), edges)))
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


def weights_of(adjacency: Tensor, edges: np.ndarray) -> np.ndarray:
    """Weights (E,) of an adjacency on the mask's edges (2, E), in float64."""
    if adjacency.layout == torch.strided:
        return adjacency[tuple(torch.as_tensor(edges))].double().numpy()
    adjacency = adjacency.coalesce()
    (i, j), nodes = adjacency.indices().numpy(), adjacency.shape[0]
    place = np.searchsorted(i * nodes + j, edges[0] * nodes + edges[1])  # coalesced entries are sorted
    return adjacency.values().double().numpy()[place]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("objective", choices=PROBLEMS)
    parser.add_argument("problem", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--updates", type=int, nargs="+", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0])
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--method", choices=("dense", "coo", "csr"))
    parser.add_argument("--iterations", type=int)
    parser.add_argument("--history", action="store_true")
    options = parser.parse_args()

    # A second thread never made the library faster at these sizes, and far slower on cores that others use.
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with np.load(options.problem) as stored:
        given = dict(stored)
    problem = PROBLEMS[options.objective](given=given, method=options.method, iterations=options.iterations)
    network = problem.network()
    training = Training(problem, seconds=options.seconds, history=options.history)
    begun = training.begun = time.perf_counter()
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
    found = {name: weights_of(adjacency, given["edge_index"]) for name, adjacency in networks.items()}
    np.savez(options.directory / "weights.npz", **found)
    if training.history is not None:
        times, weights = zip(*training.history, strict=True)
        np.savez(options.directory / "history.npz", seconds=np.array(times), weights=np.array(weights))
    summary = {
        "seconds": seconds,
        "updates": len(training.durations),
        "update_seconds": statistics.median(training.durations),
        "lowest_loss": training.lowest,
        "dtype": str(network.dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
    }
    (options.directory / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
