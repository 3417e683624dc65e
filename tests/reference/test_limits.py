"""Networks with limited weights and strengths, against convex programs: score, bound, and limits."""

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.problem import Problem
from tests.assertions import assert_feasible
from tests.reference.semidefinite import BEST

AGREE = 1e-3
KINDS = ("weight", "weight and least", "strength", "weight and strength", "existing", "fixed")
PROBLEMS = [(objective, kind, seed) for seed in (0, 1, 2) for objective in BEST for kind in KINDS]
LONG = {
    *(("mixing_rate", kind) for kind in KINDS if kind not in ("weight", "strength")),
    *(("algebraic_connectivity", kind) for kind in ("strength", "weight and strength")),
    ("spectral_radius", "strength"),
}
SLOW = [
    pytest.param(*case, marks=() if case[2] == 0 and case[:2] not in LONG else pytest.mark.slow)
    for case in PROBLEMS
]


def problem_of(objective: str, kind: str, seed: int) -> Problem:
    """A random problem in which some of the limits hold the best network back."""
    generator = np.random.default_rng([seed, KINDS.index(kind), len(objective)])
    nodes = int(generator.integers(8, 14))
    graph = nx.connected_watts_strogatz_graph(nodes, 4, 0.3, seed=seed)
    edges = np.array(graph.edges()).T
    count = edges.shape[1]
    on_base = kind in ("existing", "fixed")
    mask = gn.Mask.from_edges(
        name="small",
        nodes=nodes,
        edges=edges,
        cost=generator.uniform(0.5, 1.5, count),
        base=generator.uniform(0.2, 0.5, count) if on_base else None,
        edge_data={
            "largest": generator.uniform(0.6, 1.5, count),
            "smallest": np.where(generator.random(count) < 0.3, 0.1, 0.0),
            "kept": generator.random(count) < 0.3,
        },
        node_data={"most": generator.uniform(1.5, 3.0, nodes)},
    )
    limits = {
        "weight": gn.Limits(weight="largest"),
        "weight and least": gn.Limits(weight=0.8, least="smallest"),
        "strength": gn.Limits(strength="most"),
        "weight and strength": gn.Limits(weight="largest", strength=2.5),
        "existing": gn.Limits(weight="largest"),
        "fixed": gn.Limits(fixed="kept", strength=6.0),
    }[kind]
    rule = "at_most" if "strength" in kind or kind == "fixed" else "exact"
    budget = {"kind": "relative", "value": 0.4} if on_base else {"kind": "per_node", "value": 1.2}
    change = "any"
    if objective == "spectral_radius":  # which wants no weight at all
        change = "decrease" if on_base else "increase"
        rule = "exact"
        budget["value"] = 0.3 if on_base else 1.0
    if objective == "mixing_rate" and on_base:  # which neither grows nor falls with weight
        change = "increase"
    return Problem.build(mask=mask, budget={**budget, "rule": rule}, signs={"change": change}, limits=limits)


@pytest.mark.parametrize(("objective", "kind", "seed"), SLOW)
def test_score_and_bound_agree_with_the_optimum(objective: str, kind: str, seed: int) -> None:
    problem = problem_of(objective, kind, seed)
    result = gn.optimize(problem, objective=objective, progress="none", stop={"gap": 2e-4, "plateau": 300})
    assert_feasible(problem, result.delta)
    best = BEST[objective](problem)
    better = 1 if result.sense == "maximize" else -1
    rounding = 1e-5 * abs(best)  # of the solver of the convex program
    assert better * (best - result.score) >= -rounding
    assert better * (result.bound - best) >= -rounding
    assert result.score == pytest.approx(best, rel=AGREE)
    assert result.bound == pytest.approx(best, rel=AGREE)


def fastest_mixing(network: gn.Network):
    """max(lambda_2, -lambda_N) of I - L: the slowest mode of the chain that walks along the weights."""
    import torch

    values = torch.linalg.eigvalsh(torch.diag_embed(network.strengths) - network.dense)
    return torch.maximum(1 - values[1], values[-1] - 1)


@pytest.mark.parametrize(
    ("graph", "best"),
    [  # Boyd, Diaconis and Xiao 2004; Xiao and Boyd 2004
        (nx.path_graph(6), np.cos(np.pi / 6)),
        (nx.cycle_graph(10), 0.8256645),
        (nx.star_graph(7), 1 - 1 / 7),
        (nx.petersen_graph(), 3 / 7),
        (nx.complete_bipartite_graph(3, 3), 1 / 3),
        (nx.hypercube_graph(3), 2 / 4),
        (nx.grid_2d_graph(4, 4), 0.8243886),
        pytest.param(nx.dodecahedral_graph(), 0.7453560, marks=pytest.mark.slow),
        pytest.param(nx.grid_2d_graph(5, 5), 0.8867093, marks=pytest.mark.slow),
        pytest.param(nx.karate_club_graph(), 0.9535523, marks=pytest.mark.slow),
    ],
    ids=lambda value: value if isinstance(value, float) else f"{len(value)}_nodes",
)
def test_fastest_mixing_chains(graph: nx.Graph, best: float) -> None:
    result = gn.optimize(
        graph,
        budget="none",
        objective=fastest_mixing,
        sense="minimize",
        concave=True,
        limits={"strength": 1},
        stop={"gap": 1e-5, "plateau": 300},
        progress="none",
    )
    assert result.score == pytest.approx(best, abs=1e-5)
    assert result.bound <= best + 1e-7
    assert result.gap <= 2e-5
    assert_feasible(result.problem, result.delta)
