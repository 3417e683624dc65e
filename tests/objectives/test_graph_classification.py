"""Graph classification: the test from the files alone, norms told anew, no look at test labels, bad input."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import gradnet_cli as gn
from gradnet_cli.datasets import GraphData, build_dataset
from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.graph_classification import GraphClassification, Graphs, Shape
from gradnet_cli.objectives.graph_classification.wiring import Wiring
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.report.files.learned import read_learned
from gradnet_cli.report.files.metrics import read_metrics
from tests.assertions import SINGLE_ROUNDING, assert_written
from tests.datasets import made
from tests.reference.judges.learning import graph_logits
from tests.runs import composed, execute, problem_of, run, settings
from tests.training.test_resume import Killed, kill_after, resumed

SMALL = (
    *("experiment=rewiring", "layers=[4,6,5,4,6]", "data.noise=2", "data.graphs=30", "data.folds=3"),
    *("objective.batch=6", "updates=24", "checkpoint.updates=5", "checkpoint.seconds=null"),
)
CASES = {
    "gin": ("rewiring=none", "objective.keep=last"),
    "rewired": ("objective.pooling=mean",),
    "gcn": ("objective.model=gcn", "objective.perceptron=1", "rewiring=none", "objective.dropout=0.2"),
    "gine": (
        "objective.model=gine",
        "objective.batch_norm=false",
        "objective.features=kinds",
        "layers=[2,6,5]",
    ),
}


def data_of(*overrides: str) -> GraphData:
    data = build_dataset(settings(*overrides).data, seed=0)
    assert isinstance(data, GraphData)
    return data


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", CASES)
def test_all_that_is_told_follows_from_the_files(case: str, tmp_path: Path) -> None:
    overrides = (*SMALL, *CASES[case])
    result = run(tmp_path, *overrides)
    assert_written(result, tmp_path, tolerance=SINGLE_ROUNDING)
    data, problem = data_of(*overrides), result.problem
    weights = read_edges(tmp_path / "edges.csv", problem)
    read = {
        "settings": result.objective_settings,
        "learned": read_learned(tmp_path / "learned.npz"),
        "dataset": data,
    }
    logits = graph_logits(problem, weights, read)
    told = rows_of(tmp_path / "predictions.csv")
    predicted = np.array([int(row["predicted"]) for row in told])
    clear = np.ptp(logits, axis=1) > 1e-5 * np.abs(logits).max()
    np.testing.assert_array_equal(predicted[clear], logits.argmax(axis=1)[clear])
    assert clear.mean() > 0.9
    summary = json.loads((tmp_path / "summary.json").read_text())
    right = predicted == data.labels
    for name, found in (
        ("training", summary["metrics"]["accuracy_training"]),
        ("validation", summary["score"]),
        ("test", summary["metrics"]["accuracy_test"]),
    ):
        members = data.split.members(name)
        assert found == pytest.approx(right[members].mean(), abs=1e-12)
        assert {told[graph]["set"] for graph in members} == {name}
    tested = data.split.members("test")
    expected = np.zeros((2, 2), dtype=int)
    np.add.at(expected, (data.labels[tested], predicted[tested]), 1)
    counts = [[int(row[f"predicted_{k}"]) for k in range(2)] for row in rows_of(tmp_path / "confusion.csv")]
    np.testing.assert_array_equal(counts, expected)
    rows = read_metrics(tmp_path)
    np.testing.assert_array_equal(rows.step, np.append(np.arange(0, 24, data_epoch(data)), 24)[: len(rows)])
    if case == "gin":
        assert result.step == rows.step.iloc[-1]
    else:
        best = rows[rows.score == rows.score.max()].sort_values("loss_validation").iloc[0]
        assert (result.step, result.score) == (best.step, best.score)


def data_epoch(data: GraphData) -> int:
    return -(-data.split.sizes["training"] // 6)


def objective_of(*overrides: str, **changes: Any) -> GraphClassification:
    asked = {**settings(*SMALL, *overrides).objective.arguments, **changes}
    return GraphClassification(**asked, dataset=data_of(*SMALL, *overrides), seed=0)


def network_of(*overrides: str, seed: int = 1) -> Network:
    problem = problem_of(composed(*SMALL, *overrides))
    weights = torch.as_tensor(np.random.default_rng(seed).normal(size=problem.edges))
    return Network(weights=weights, topology=topology_of(problem), problem=problem)


def test_norms_remember_the_training_graphs_of_this_network_alone() -> None:
    """Means and variances over all their nodes, whatever was judged and trained on before."""
    objective, network = objective_of("rewiring=none"), network_of("rewiring=none")
    objective.prepare(network.problem)
    assert isinstance(objective.model, nn.Module)
    seen: list[Tensor] = []
    handle = objective.model.norms[0].register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    objective.eval()
    with torch.no_grad():
        objective(network, 0)
        handle.remove()
        first = objective.learned()
        trained = seen[0].double()
        np.testing.assert_allclose(first["model.norms.0.running_mean"], trained.mean(dim=0), atol=1e-5)
        variance = trained.var(dim=0, correction=0)
        np.testing.assert_allclose(first["model.norms.0.running_var"], variance, rtol=1e-4)
        objective(network_of("rewiring=none", seed=2), 0)
        objective.train()
        objective.loss(network, 3)
        objective.eval()
        again = objective(network, 0)
        for name, value in objective.learned().items():
            assert torch.equal(value, first[name]), name
        assert float(again.score) == float(objective(network, 0).score)


def test_matrices_follow_the_edges_that_a_network_has() -> None:
    """On other edges, in other orders, and whatever the numbers of the nodes: zero where there is none."""
    problem = problem_of(composed(*SMALL))
    wiring, random = Wiring(problem), np.random.default_rng(0)
    layer = problem.mask.node_data["layer"]
    like = torch.zeros((), dtype=torch.float64)
    for share in (1.0, 0.6, 0.3, 0.6):
        chosen = random.random(problem.edges) < share
        edges = torch.as_tensor(random.permutation(problem.edge_index[:, chosen], axis=1))
        topology = Topology(edge_index=edges, nodes=problem.nodes, directed=True)
        weights = torch.as_tensor(random.normal(size=topology.edges)).requires_grad_()
        network = Network(weights=weights, topology=topology, problem=problem)
        matrices = wiring.matrices(network, like=like)
        whole = network.dense
        for number, matrix in enumerate(matrices):
            block = whole[layer == number][:, layer == number + 1]
            assert torch.equal(matrix, block)
        slopes = [torch.randn_like(matrix) for matrix in matrices]
        total = sum((matrix * slope).sum() for matrix, slope in zip(matrices, slopes, strict=True))
        (found,) = torch.autograd.grad(total, weights)
        again = sum((whole[layer == k][:, layer == k + 1] * slope).sum() for k, slope in enumerate(slopes))
        (expected,) = torch.autograd.grad(again, weights)
        assert torch.equal(found, expected)


def test_an_epoch_takes_each_training_graph_once_and_validation_none() -> None:
    objective, network = objective_of("rewiring=none"), network_of("rewiring=none")
    objective.prepare(network.problem)
    data, batches = objective.data, objective._batches
    assert batches is not None
    sizes = np.diff(data.offsets)
    wanted = sorted(sizes[data.split.members("training")].tolist())
    orders = set()
    for epoch in range(12):
        steps = range(epoch * objective.epoch, (epoch + 1) * objective.epoch)
        nodes = [batches.at(step)._sizes.tolist() for step in steps]
        assert sorted(size for part in nodes for size in part) == wanted
        assert max(len(part) for part in nodes) - min(len(part) for part in nodes) <= 1
        orders.add(str(nodes))
    assert len(orders) > 6


def test_labels_of_test_graphs_change_the_test_alone() -> None:
    data = data_of(*SMALL)
    shuffled = data.labels.copy()
    tested = data.split.members("test")
    shuffled[tested] = 1 - shuffled[tested]
    found = []
    for labels in (data.labels, shuffled):
        asked = settings(*SMALL).objective.arguments
        objective = GraphClassification(**asked, dataset=replace(data, labels=labels), seed=0)
        found.append(gn.optimize("layered", objective=objective, **python()))
    one, other = found
    np.testing.assert_array_equal(one.weights, other.weights)
    for name, value in one.learned.items():
        assert torch.equal(value, other.learned[name])
    assert one.score == other.score
    assert one.metrics["accuracy_test"] + other.metrics["accuracy_test"] == pytest.approx(1)


def python(**changes: Any) -> dict[str, Any]:
    return {
        "layers": [4, 6, 5],
        "directed": True,
        "budget": "none",
        "signs.result": "any",
        "updates": 8,
        "plateau": None,
        "progress": "none",
        "dtype": "float32",
        **changes,
    }


class Counts(nn.Module):
    """A model of one's own: a linear map of the sums over graphs of what connections make of nodes."""

    def __init__(self, *, shape: Shape) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(shape.sizes[-1])
        self.readout = nn.Linear(shape.sizes[-1], shape.classes)

    def forward(self, graphs: Graphs, matrices: list[Tensor]) -> Tensor:
        state = graphs.features
        for matrix in matrices:
            state = torch.tanh(graphs.adjacency.product(state) @ matrix)
        logits: Tensor = self.readout(graphs.pool.product(self.norm(state)))
        return logits


class Wrong(Counts):
    """Gives logits of nodes."""

    def forward(self, graphs: Graphs, matrices: list[Tensor]) -> Tensor:
        return graphs.features


class Broken(Counts):
    """Takes what is not there."""

    def forward(self, graphs: Graphs, matrices: list[Tensor]) -> Tensor:
        return matrices[99]


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, f"objective.model={__name__}.Counts")
    assert_written(result, tmp_path, tolerance=SINGLE_ROUNDING)
    learned = read_learned(tmp_path / "learned.npz")
    assert learned["model.readout.weight"].shape == (2, 6)
    assert (learned["model.norm.running_var"] > 0).any()


def test_killed_and_resumed_it_ends_in_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides = (*SMALL, *CASES["rewired"], "objective.dropout=0.1")
    run(tmp_path / "whole", *overrides)
    for number, killed_at in enumerate((3, 12, 18)):
        place = tmp_path / f"killed_{number}"
        with monkeypatch.context() as patch:
            kill_after(killed_at, patch)
            with pytest.raises(Killed):
                run(place, *overrides)
        resumed(place, *overrides)
        for name in ("edges.csv", "learned.npz", "predictions.csv", "confusion.csv", "nodes.csv"):
            assert (place / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_in_python_with_files_and_figures(tmp_path: Path) -> None:
    data = {"name": "assortative", "graphs": 20, "noise": 2, "folds": 2}
    result = gn.optimize(
        "layered", objective="graph_classification", data=data, rewiring="set", **python(updates=6)
    )
    back = gn.load(result.save(tmp_path / "run"))
    for name, table in result.tables.items():
        for key, column in table.items():
            np.testing.assert_array_equal(back.tables[name][key], column)
    assert back.data == result.data == made.plain(result.data or {})
    names = {path.stem for path in (tmp_path / "run" / "figures").glob("*.png")}
    assert {"learning", "layers", "connections", "confusion", "rewiring"} <= names
    assert not names & {"network", "adjacency"}


def test_it_learns_what_can_be_learned() -> None:
    """Classes that differ a lot in how often edges join nodes of one kind."""
    data = {"name": "assortative", "graphs": 150, "noise": 0, "low": 0.25, "high": 0.75}
    result = gn.optimize(
        "layered",
        objective={"name": "graph_classification", "model": "gin"},
        data=data,
        **python(layers=[2, 8, 8], updates=80, optimizer={"name": "adam", "lr": 0.02}),
    )
    assert result.metrics["accuracy_training"] > 0.9


REFUSED = {
    "no data": ("data=none", r"data = none: must be graphs with a label each, and there is none"),
    "one graph": ("data=homophily", r"data = homophily: .*this one is a single graph"),
    "no path": ("data=mutag data.path=/nowhere", r"data\.path = /nowhere: is not there|must be given"),
    "fold": ("data.fold=9", r"data\.fold = 9: must be an integer >= 0 and <= 4"),
    "model": ("objective.model=gat", r"objective\.model = gat: must be gcn, gin or gine, or the import path"),
    "own model": ("objective.model=nowhere.Model", r"objective\.model = nowhere\.Model: cannot be imported"),
    "own logits": (
        f"objective.model={__name__}.Wrong",
        r"objective\.model = \S+Wrong: gave \(\d+, 6\), and must give logits \(\d+, 2\)",
    ),
    "own failure": (
        f"objective.model={__name__}.Broken",
        r"objective\.model = \S+Broken: failed: IndexError",
    ),
    "first layer": ("layers=[5,4]", r"layers = \[5, 4\]: must begin with 6, the features of a node"),
    "odd layers": ("objective.perceptron=2", r"layers = \[6, 10, 10, 4\]: has 3 layers of connections"),
    "signed": (
        "objective.model=gine objective.signed=[1]",
        r"objective\.signed = \[1\]: must be numbers of the 0",
    ),
    "features": ("objective.features=none", r"objective\.features = none: must be all or kinds"),
    "pooling": ("objective.pooling=max", r"objective\.pooling = max: must be sum or mean"),
    "dropout": ("objective.dropout=1", r"objective\.dropout = 1: must be a finite number >= 0 and <= 0.99"),
    "batch": ("objective.batch=0", r"objective\.batch = 0: must be an integer >= 1"),
    "keep": ("objective.keep=first", r"objective\.keep = first: must be best or last"),
    "mask": ("mask=grid", r"mask = grid: must be a network in layers"),
    "skip": ("skip=1", r"mask = layered: must join each layer with the next alone"),
    "density": ("rewiring=static rewiring.density=0.001", r"rewiring\.density = 0\.001: leaves layer 0 to 1"),
    "half life": (
        "optimizer=adam optimizer.schedule=halving optimizer.half_life=0",
        r"optimizer\.half_life = 0: must be an integer >= 1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line(case: str, tmp_path: Path) -> None:
    overrides, message = REFUSED[case]

    def go() -> None:
        config = composed("objective=graph_classification", "updates=2", *overrides.split())
        execute(config, problem_of(config), tmp_path)

    with pytest.raises(SettingError, match=message) as caught:
        go()
    assert "\n" not in str(caught.value)
