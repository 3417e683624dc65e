"""Zachary's karate club: the split that follows from two leaders who disagree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import networkx as nx
import numpy as np

from experiments.claims import Claim, Run
from experiments.runs import problem_of, summary, weights_of
from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.problem import Problem

RUNS = {
    "karate": Run("experiment=karate", seconds=8),
    "karate_steady": Run("experiment=karate objective.state=steady", seconds=8),
}

TUTORIAL = "GradNet's tutorial, and Zachary 1977"
INSTRUCTOR, PRESIDENT = 0, 33


def parts(problem: Problem, weights: np.ndarray) -> list[set[int]]:
    """The components of the edges in use."""
    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(range(problem.nodes))
    graph.add_edges_from(problem.edge_index[:, used_edges(weights)].T.tolist())
    return sorted(nx.connected_components(graph), key=min)


def misplaced(problem: Problem, components: list[set[int]]) -> list[int]:
    """Members in a component with neither or with the other leader than the record says."""
    club = problem.mask.node_data["club"]
    sides = {club[leader]: next(part for part in components if leader in part) for leader in (0, 33)}
    return [member for member in range(problem.nodes) if member not in sides[club[member]]]


def claims(runs: Mapping[str, Path]) -> list[Claim]:
    found = []
    for name, directory in runs.items():
        problem, result = problem_of(directory), summary(directory)
        weights = weights_of(directory, problem)
        components = parts(problem, weights)
        wrong = misplaced(problem, components)
        state = "at rest" if name.endswith("steady") else "at T = 10"
        found += [
            Claim(
                claim=f"karate club, opinions {state}: the club falls into two",
                source=TUTORIAL,
                expected="two components, a leader in each",
                ours=" and ".join(f"{len(part)}" for part in components) + " members",
                holds=len(components) == 2
                and not any({INSTRUCTOR, PRESIDENT} <= part for part in components),
                figure=directory / "figures" / "factions.png",
            ),
            Claim(
                claim=f"karate club, opinions {state}: members misplaced against the recorded split",
                source=TUTORIAL,
                expected="<= 1",
                ours=f"{len(wrong)}" + (f" (member {', '.join(map(str, wrong))})" if wrong else ""),
                holds=len(wrong) <= 1,
            ),
            Claim(
                claim=f"karate club, opinions {state}: ties are removed, never added, and none is negative",
                source="the task",
                expected="0 <= A <= A0",
                ours=f"least {weights.min():.3g}, largest rise {(weights - problem.base).max():.3g}",
                holds=bool((weights >= 0).all() and (weights <= problem.base).all()),
                note=f"{result['metrics']['weight_kept']:.0%} of the weight stays",
            ),
        ]
    return found
