"""Edges that are exchanged while training: what is found, what is proved, and what is kept."""

import json
from pathlib import Path

import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import components
from gradnet_cli.optimizers import rewiring_build
from gradnet_cli.result import Result
from gradnet_cli.runs.optimize import optimize
from gradnet_cli.training import Callback, TrainingModule
from tests.assertions import assert_feasible, assert_found, assert_written
from tests.quick import quick
from tests.runs import run

QUIET = {"progress": "none"}
STEADY = {"name": "kuramoto_synchrony", "measure": "steady", "frequencies": "quantiles", "low": -1, "high": 1}
POINTS = {"nodes": 50, "radius": 2, "cost": "distance", "cost_power": 3}


class Watch(Callback):
    """Looks at every network after its update: constraints, connectedness, and the parts of an exchange."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.bounds: list[float] = []

    def on_record(self, module: TrainingModule) -> None:
        if module.record.bound is not None:
            self.bounds.append(module.record.bound)

    def on_update(self, module: TrainingModule) -> None:
        model, record = module.model, module.record
        problem = model.feasible.problem
        problem.mask.check()
        assert_feasible(problem, model.delta.detach().numpy())
        assert model.parameter in module.optimization.optimizer.param_groups[0]["params"]
        if "connected" in module.objective.requires:
            assert not components(problem.edge_index, nodes=problem.nodes).any()
        edges = problem.edges if record.best_edges is None else record.best_edges.shape[1]
        assert record.best_delta is not None
        assert len(record.best_delta) == edges
        self.counts.append(problem.edges)


@pytest.fixture
def few_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems begin with few of the candidates too."""
    monkeypatch.setattr(rewiring_build, "FEW", 0)


def both(mask: str, objective: object, **settings: object) -> tuple[Result, Result, Watch]:
    """All candidates held, and few of them."""
    watch = Watch()
    asked = {
        "objective": objective,
        "budget": 1.0,
        "stop": {"gap": 1e-3, "plateau": 100},
        **QUIET,
        **settings,
    }
    whole = optimize(mask, **asked)
    found = optimize(mask, edges="active", callbacks=[watch], **asked)
    return whole, found, watch


@pytest.mark.usefixtures("few_held")
@pytest.mark.parametrize(
    ("mask", "settings"),
    [
        ("random_geometric", POINTS),
        pytest.param(
            *("random_geometric", {"nodes": 50, "radius": 0.4, "cost": "distance", "cost_power": 2}),
            marks=pytest.mark.slow,
        ),
    ],
)
@pytest.mark.parametrize("objective", ["algebraic_connectivity", "effective_resistance", "spectral_radius"])
def test_it_is_as_good_as_with_all_held_and_proves_it(objective: str, mask: str, settings: dict) -> None:
    whole, found, watch = both(mask, objective, updates=400, **settings)
    sign = 1.0 if whole.sense == "maximize" else -1.0
    assert found.score == pytest.approx(whole.score, rel=2e-3)
    assert whole.bound is not None
    assert found.bound is not None
    # A bound speaks of all candidates: none is below what either run has reached.
    best = max(sign * whole.score, sign * found.score)
    assert all(sign * bound >= best - 1e-9 * abs(best) for bound in watch.bounds)
    assert sign * whole.bound >= sign * found.score - 1e-9 * abs(best)
    assert found.gap is not None
    assert found.gap < 1e-2
    if settings == POINTS:  # which is best on few edges
        assert max(watch.counts) < 0.3 * found.problem.mask.candidates
        assert len(set(watch.counts)) > 1
    assert found.problem.mask.candidates == whole.problem.edges
    assert_found(found)


@pytest.mark.usefixtures("few_held")
@pytest.mark.parametrize(
    ("mask", "sizes", "objective"),
    quick(
        [
            ("complete", {"nodes": 16}, "spectral_radius"),
            ("bipartite", {"left": 7, "right": 9}, "effective_resistance"),
            ("complete", {"nodes": 16}, "effective_resistance"),
            ("bipartite", {"left": 7, "right": 9}, "spectral_radius"),
        ],
        *(0, 1),
    ),
)
def test_dense_optima_are_found_too(mask: str, sizes: dict, objective: str) -> None:
    whole, found, _ = both(mask, objective, updates=300, **sizes)
    assert found.score == pytest.approx(whole.score, rel=1e-3)
    assert found.gap is not None
    assert found.gap < 2e-3


def test_few_candidates_are_all_held() -> None:
    found = gn.optimize("complete", nodes=20, edges="active", objective="algebraic_connectivity", **QUIET)
    assert found.score == pytest.approx(20 / 19)
    assert found.problem.edges == 190
    assert found.gap == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
def test_oscillators_come_to_the_theory() -> None:
    watch = Watch()
    settings = {"objective": STEADY, "updates": 150, "stop": {"gap": None}, "callbacks": [watch], **QUIET}
    found = optimize("complete", nodes=70, budget=1.0, edges="active", **settings)
    assert found.score == pytest.approx(0.9744, abs=3e-4)  # uniform frequencies, b / W = 1
    assert found.bound is not None
    assert found.score < found.bound < 0.9768  # of all pairs, known before training
    assert max(watch.counts) < 0.5 * found.problem.mask.candidates


@pytest.mark.parametrize("count", [None, 400])
@pytest.mark.parametrize("kind", ["decaying", "rigl"])
def test_rewiring_keeps_the_number_of_edges(kind: str, count: int | None) -> None:
    watch = Watch()
    held: set[bytes] = set()

    class Seen(Callback):
        def on_update(self, module: TrainingModule) -> None:
            held.add(module.model.feasible.problem.edge_index.tobytes())

    found = optimize(
        "random_geometric",
        objective="algebraic_connectivity",
        edges="active",
        rewiring={"name": kind, "count": count, "every": 5},
        updates=60,
        stop={"gap": None, "plateau": None},
        callbacks=[watch, Seen()],
        **POINTS,
        **QUIET,
    )
    assert len(set(watch.counts)) == 1
    assert watch.counts[0] == (count or watch.counts[0])
    assert len(held) == 1 + 45 // 5 - 1  # none at the start, and none after 3/4 of the updates
    assert_found(found)


def test_random_rewiring_needs_no_slopes_and_proves_nothing() -> None:
    def heaviest(network: torch.nn.Module) -> torch.Tensor:
        return network.weights.square().sum()

    found = optimize(
        "complete",
        nodes=30,
        objective=heaviest,
        sense="minimize",
        edges="active",
        rewiring={"name": "decaying", "every": 3},
        optimizer="exponentiated_gradient",
        updates=30,
        stop={"plateau": None},
        **QUIET,
    )
    assert found.bound is None
    assert_found(found)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"objective": "quantum_capacity"}, "quantum_capacity tells none; algebraic_connectivity"),
        ({"objective": "kuramoto_synchrony"}, "kuramoto_synchrony tells none"),
        ({"objective": {**STEADY, "lag": 0.1}}, "kuramoto_synchrony tells none"),
        ({"noise": "gaussian"}, "cannot be combined with noise"),
        ({"limits": {"weight": 1}}, "cannot be combined with limits"),
        ({"select": {"name": "edges", "count": 90}}, "cannot be combined with"),
        ({"prune": {"to": 50}}, "cannot be combined with prune"),
        ({"starts": 3}, "cannot be combined with starts"),
        ({"signs": {"result": "any"}}, "cannot be combined with signs.result"),
        ({"budget": {"name": "per_node", "value": 1, "p": 2}}, "cannot be combined with budget.p"),
        ({"budget": "none"}, "must be exact"),
        ({"objective": STEADY, "budget": {"name": "per_node", "rule": "at_most"}}, "must be exact"),
        ({"optimizer": "lbfgs"}, "cannot go on with other edges, as edges=active asks"),
        ({"optimizer": "bundle"}, "cannot go on with other edges, as edges=active asks"),
        ({"rewiring": {"name": "decaying", "count": 10}}, "must be from"),
    ],
)
def test_what_cannot_be_combined_is_told_in_one_line(settings: dict, line: str) -> None:
    asked = {"objective": "algebraic_connectivity", **settings}
    with pytest.raises(SettingError, match=line):
        optimize("complete", nodes=70, edges="active", updates=1, **asked, **QUIET)


@pytest.mark.slow
@pytest.mark.usefixtures("few_held")
def test_optimizers_that_know_no_constraints_go_on_with_other_edges() -> None:
    whole, found, watch = both(
        "random_geometric", "effective_resistance", updates=300, optimizer="adam", **POINTS
    )
    assert found.score <= 1.02 * whole.score  # which as many updates have not brought to rest
    assert found.bound is not None
    assert found.bound <= found.score
    assert len(set(watch.counts)) > 1
    assert_found(found)


POINTS_TYPED = ("mask=random_geometric", "nodes=80", "radius=2", "cost=distance", "cost_power=3")


def test_what_is_written_is_the_network_of_the_full_mask(tmp_path: Path) -> None:
    result = run(tmp_path / "run", *POINTS_TYPED, "edges=active", "updates=40", "stop.gap=null")
    assert_written(result, tmp_path / "run")
    best = torch.load(tmp_path / "run" / "checkpoints" / "best.pt", weights_only=True)
    assert best["edge_index"].shape[1] == len(best["weights"])
    told = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert told["edges"] == 80 * 79 // 2
    assert result.problem.edges <= told["metrics"]["edges_held"] < 400
