"""Networks with the most spanning trees: the karate club, a large grid, and what the optimum means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from experiments.claims import Claim, Run
from experiments.runs import problem_of, summary, weights_of
from gradnet_cli.report.files.arrays import read_arrays

RUNS = {
    "karate": Run("experiment=spanning_trees", seconds=5),
    "grid": Run("objective=spanning_trees mask=grid rows=100 stop.gap=1e-3 figures=false", seconds=10),
    "complete": Run(
        "objective=spanning_trees mask=complete nodes=20 budget=total budget.value=380 initial=random "
        "stop.gap=1e-6 figures=false",
        seconds=4,
    ),
}

KARATE, UNIFORM, USED = 38.66328, 36.16625, 71


def claims(runs: Mapping[str, Path]) -> list[Claim]:
    karate, grid, complete = (summary(runs[name]) for name in ("karate", "grid", "complete"))
    off = max(abs(karate[name] - KARATE) for name in ("score", "bound"))
    cayley = 18 * math.log(20)
    return [
        Claim(
            claim="karate club, 78 units on its edges: log of the number of spanning trees",
            source="derived: a convex program, computed to 7 digits",
            expected=f"{KARATE} within 1e-5, {USED} edges used (uniform weights {UNIFORM})",
            ours=f"{karate['score']:.6f}, bound {karate['bound']:.6f}, {karate['edges_used']} edges used "
            f"(uniform {karate['metrics']['score_uniform']:.5f})",
            holds=off <= 1e-5 and karate["edges_used"] == USED,
            figure=runs["karate"] / "figures" / "network.png",
        ),
        _shares(runs["karate"]),
        Claim(
            claim="grid 100 x 100: proven gap",
            source="log tau' <= log tau + (N - 1) log(<R, w'> / (N - 1)), for every network",
            expected="<= 0.001",
            ours=f"{grid['gap']:.5f} after {grid['updates']} updates, {grid['seconds']:.1f} s",
            holds=grid["gap"] <= 1e-3,
        ),
        Claim(
            claim="all pairs of 20 nodes, from random weights: the uniform network, with N^(N - 2) trees",
            source="Cayley 1889; by symmetry no other network is better",
            expected=f"{cayley:.6f}",
            ours=f"{complete['score']:.6f}",
            holds=abs(complete["score"] - cayley) <= 1e-4,
        ),
    ]


def _shares(directory: Path) -> Claim:
    """At the optimum an edge is paid for being in a random spanning tree."""
    problem = problem_of(directory)
    spent = problem.cost * weights_of(directory, problem)
    use = read_arrays(directory / "arrays.npz")["tree_probability"]
    apart = float(np.abs(spent / spent.sum() - use / (problem.nodes - 1)).max())
    return Claim(
        claim="karate club: an edge's share of the budget is its share of random spanning trees",
        source="Kirchhoff 1847 (probability w R) and Kiefer and Wolfowitz 1960 (equal slopes per cost)",
        expected="within 1e-4",
        ours=f"within {apart:.1e}",
        holds=apart <= 1e-4,
        figure=directory / "figures" / "edge_values.png",
    )
