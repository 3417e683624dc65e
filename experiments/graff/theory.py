"""What the theory of gradient flows on graphs says, on random graphs and mixings: no data are needed."""

from __future__ import annotations

import networkx
import numpy as np
import torch
from torch import Tensor

from experiments.claims import Claim
from gradnet_cli.numerics.dynamics.gradient_flow import (
    as_rows,
    dirichlet_energy,
    energy,
    flow,
    normalized_adjacency,
    spread,
)
from gradnet_cli.numerics.sparse_rows import SparseRows

GRAPHS = 8
NODES, CHANNELS = 30, 6
STEPS = 40
LONG = 1500  # steps after which the slowest of these graphs has come to its limit
CLOSE = 1e-3  # to a limit of the Dirichlet energy, which is of the order of one
SOURCE = "Di Giovanni et al. (2022)"


def theory_claims() -> list[Claim]:
    """All of them, on one thread: small products gain nothing by a second one, and lose by its waiting."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [energy_claim(), *frequency_claims()]
    finally:
        torch.set_num_threads(threads)


def random_graph(seed: int) -> tuple[SparseRows, float]:
    """Abar of a connected graph that is not bipartite, and the largest eigenvalue of 1 - Abar."""
    made = networkx.connected_watts_strogatz_graph(NODES, 4, 0.3, seed=seed)
    made.add_edges_from([(0, 1), (1, 2), (0, 2)])
    matrix = normalized_adjacency(np.array(made.edges).T, nodes=NODES)
    return as_rows(matrix).to(torch.zeros((), dtype=torch.float64)), 1 - float(
        np.linalg.eigvalsh(matrix.toarray())[0]
    )


def random_mixing(random: np.random.Generator, values: np.ndarray) -> Tensor:
    """Symmetric, with these eigenvalues."""
    directions, _ = np.linalg.qr(random.normal(size=(len(values), len(values))))
    return torch.as_tensor(directions @ np.diag(values) @ directions.T)


def energy_claim() -> Claim:
    """The energy never rises along the flow, with steps up to twice the inverse of the largest curvature."""
    rises, falls = 0, []
    for seed in range(GRAPHS):
        random = np.random.default_rng([seed, 0])
        adjacency, _ = random_graph(seed)
        values, omega = random.uniform(-2, 2, CHANNELS), torch.as_tensor(random.uniform(-1, 1, CHANNELS))
        state = torch.as_tensor(random.normal(size=(NODES, CHANNELS)))
        mixing, pull = random_mixing(random, values), 0.3 * state
        length = 1.99 / (float(omega.max()) + float(np.abs(values).max()))
        states = [
            state,
            *flow(
                state, mixing=mixing, adjacency=adjacency, omega=omega, source=pull, lengths=[length] * STEPS
            ),
        ]
        course = np.array(
            [energy(each, mixing=mixing, adjacency=adjacency, omega=omega, source=pull) for each in states]
        )
        rises += int((np.diff(course) > 1e-9 * np.abs(course[1:])).sum())
        falls.append(course[0] - course[-1])
    return Claim(
        claim="the energy of the flow never rises, for a symmetric W and small steps",
        source=SOURCE,
        expected=f"0 of {GRAPHS * STEPS} steps",
        ours=f"{rises} rise; it falls on {int((np.array(falls) > 0).sum())} of {GRAPHS} graphs",
        holds=rises == 0 and min(falls) > 0,
        note=f"{GRAPHS} random graphs of {NODES} nodes, with damping and source",
    )


def frequency_claims() -> list[Claim]:
    """Where features end: in the highest frequency with a residual and repulsion, in the lowest without."""
    highest, lowest = [], []
    for seed in range(GRAPHS):
        random = np.random.default_rng([seed, 1])
        adjacency, rho = random_graph(seed)
        length, attraction = 0.2, 0.5
        repulsion = 2 * attraction / (rho - 1)
        assert repulsion < 2 / (length * (2 - rho))
        inner = random.uniform(-0.5 * repulsion, 0.5 * attraction, CHANNELS - 2)
        mixing = random_mixing(random, np.array([-repulsion, *inner, attraction]))
        highest.append(abs(_limit(adjacency, mixing, length) - rho / 2))
        lowest.append(_limit(adjacency, mixing, None))
    return [
        Claim(
            claim="repulsion that is strong enough leads to the highest frequency",
            source=f"{SOURCE}: lambda_+ / (rho - 1) < |lambda_-| < 2 / (tau (2 - rho))",
            expected="Dirichlet energy of F / |F| = rho / 2",
            ours=f"within {max(highest):.1g} on {GRAPHS} of {GRAPHS} graphs",
            holds=max(highest) < CLOSE,
        ),
        Claim(
            claim="without a residual the same mixing leads to the lowest frequency",
            source=SOURCE,
            expected="Dirichlet energy of F / |F| = 0",
            ours=f"at most {max(lowest):.1g} on {GRAPHS} graphs",
            holds=max(lowest) < CLOSE,
        ),
    ]


def _limit(adjacency: SparseRows, mixing: Tensor, length: float | None) -> float:
    """The Dirichlet energy of F / |F| in the end; without a residual where no length of steps is given."""
    state = torch.as_tensor(np.random.default_rng(2).normal(size=(NODES, CHANNELS)))
    for _ in range(LONG):
        if length is None:
            state = spread(state, mixing, adjacency)
        else:
            (state,) = flow(
                state, mixing=mixing, adjacency=adjacency, omega=0.0, source=0.0, lengths=[length]
            )
        state = state / state.norm()
    return dirichlet_energy(state, adjacency)
