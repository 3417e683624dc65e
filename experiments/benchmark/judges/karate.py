"""Who ends in whose part of the karate club, by networkx and SciPy."""

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from scipy.integrate import solve_ivp

from experiments.benchmark.judges.judge import Arrays, Judge, Outcome, adjacency
from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.problem import Problem

RELATIVE, ABSOLUTE = 1e-10, 1e-14


class Karate(Judge):
    """Parts of the edges in use, and members in a part without the leader that the record says.

    The dissonance is that at the end of the time, and the score minus that.
    """

    name = "karate"

    def given(self, settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
        chosen = {name: np.array(settings[name]) for name in ("leaders", "opinions", "time")}
        record = np.unique(problem.mask.node_data[settings["record"]], return_inverse=True)[1]
        return {**chosen, "record": record}

    def outcome(self, problem: Arrays, weights: np.ndarray) -> Outcome:
        graph: nx.Graph = nx.empty_graph(int(problem["nodes"]))
        graph.add_edges_from(problem["edge_index"][:, used_edges(weights)].T.tolist())
        parts = list(nx.connected_components(graph))
        record, leaders = problem["record"], problem["leaders"].tolist()
        home = {record[leader]: next(part for part in parts if leader in part) for leader in leaders}
        misplaced = sum(member not in home[record[member]] for member in graph)
        dissonance = _dissonance(problem, weights)
        return {"score": -dissonance, "parts": len(parts), "misplaced": misplaced, "dissonance": dissonance}

    def good(self, ours: Outcome, library: Outcome) -> bool:
        return ours["parts"] == 2 and ours["misplaced"] <= 1

    def told(self, outcome: Outcome) -> str:
        return f"{outcome['parts']:.0f} parts, {outcome['misplaced']:.0f} misplaced"


def _dissonance(problem: Arrays, weights: np.ndarray) -> float:
    ties, leaders = adjacency(problem, weights), problem["leaders"]
    laplacian = np.diag(ties.sum(axis=1)) - ties
    laplacian[leaders] = 0
    opinions = np.zeros(len(ties))
    opinions[leaders] = problem["opinions"]
    solved = solve_ivp(
        lambda _, held: -laplacian @ held,
        (0, float(problem["time"])),
        opinions,
        method="DOP853",
        rtol=RELATIVE,
        atol=ABSOLUTE,
    )
    i, j = problem["edge_index"]
    last = solved.y[:, -1]
    return float((weights * (last[i] - last[j]) ** 2).sum() / weights.sum())
