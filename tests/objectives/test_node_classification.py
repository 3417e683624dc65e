"""Node classification: the test from the files alone, no look at test labels, resume, and bad input."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.datasets import NodeData, build_dataset
from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.node_classification import NodeClassification
from gradnet_cli.report.files.arrays import read_arrays
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.report.files.learned import read_learned
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.runs.recorded import STATE_PATH
from tests.assertions import SINGLE_ROUNDING, assert_written
from tests.datasets import made
from tests.reference.judges.learning import channel_mixing, node_logits
from tests.runs import composed, execute, problem_of, run, settings
from tests.training.test_resume import Killed, kill_after, resumed

SMALL = (
    *("experiment=graff", "nodes=6", "data.size=48", "data.classes=3", "data.features=8", "data.degree=5"),
    *("updates=24", "checkpoint.updates=5", "checkpoint.seconds=null"),
)
CASES = {
    "graff": ("objective.variant=sum", "objective.layers=3"),
    "dominant": ("objective.variant=DD", "objective.time=1.3", "objective.source=false"),
    "gcn": ("objective.model=gcn", "objective.time=1", "objective.variant=sum"),
    "normed": ("objective.batch_norm=true", "objective.omega=false", "objective.variant=neg_prod"),
    "mlp": ("objective.model=mlp", "objective.variant=D"),
}


def data_of(*overrides: str) -> NodeData:
    data = build_dataset(settings(*overrides).data, seed=0)
    assert isinstance(data, NodeData)
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
    logits = node_logits(problem, weights, read)
    told = rows_of(tmp_path / "predictions.csv")
    predicted = np.array([int(row["predicted"]) for row in told])
    clear = np.ptp(np.sort(logits, axis=1)[:, -2:], axis=1) > 1e-5 * np.abs(logits).max()
    np.testing.assert_array_equal(predicted[clear], logits.argmax(axis=1)[clear])
    assert clear.mean() > 0.95
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    confidence = (shares / shares.sum(axis=1, keepdims=True)).max(axis=1)
    np.testing.assert_allclose([float(row["confidence"]) for row in told], confidence, rtol=1e-4, atol=1e-5)
    summary = json.loads((tmp_path / "summary.json").read_text())
    right = predicted == data.labels
    for name, found in (
        ("training", summary["metrics"]["accuracy_training"]),
        ("validation", summary["score"]),
        ("test", summary["metrics"]["accuracy_test"]),
    ):
        members = data.split.members(name)
        assert found == pytest.approx(right[members].mean(), abs=1e-12)
        assert {told[node]["set"] for node in members} == {name}
    counts = np.array(
        [[int(row[f"predicted_{k}"]) for k in range(3)] for row in rows_of(tmp_path / "confusion.csv")]
    )
    tested = data.split.members("test")
    expected = np.zeros((3, 3), dtype=int)
    np.add.at(expected, (data.labels[tested], predicted[tested]), 1)
    np.testing.assert_array_equal(counts, expected)
    arrays = read_arrays(tmp_path / "arrays.npz")
    spectrum = np.linalg.eigvalsh(channel_mixing(problem, weights, read))
    np.testing.assert_allclose(arrays["mixing_eigenvalues"], spectrum, atol=1e-5)
    assert summary["metrics"]["repulsive"] == (arrays["mixing_eigenvalues"] < 0).sum()
    assert arrays["times"][-1] == pytest.approx(result.objective_settings["time"])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["data"]["checksum"] == data.checksum
    assert any("tested once, on 12 nodes of homophily" in note for note in result.notes)
    assert any("no part in the score" in note for note in result.notes) is (case == "mlp")


def test_of_all_updates_the_best_on_validation_nodes_is_kept(tmp_path: Path) -> None:
    """Of several with the same accuracy the one with the lowest loss there."""
    result = run(tmp_path, *SMALL)
    rows = read_metrics(tmp_path)
    best = rows[rows.score == rows.score.max()].sort_values("loss_validation").iloc[0]
    assert (result.step, result.score) == (best.step, best.score)
    assert (rows.score == rows.score.max()).sum() > 1


def test_labels_of_test_nodes_change_the_test_alone() -> None:
    """Network and all that was learned are the same to the last bit, whatever these labels are."""
    data = data_of(*SMALL)
    shuffled = data.labels.copy()
    tested = data.split.members("test")
    shuffled[tested] = (shuffled[tested] + 1) % 3
    found = []
    for labels in (data.labels, shuffled):
        asked = settings(*SMALL).objective.arguments
        objective = NodeClassification(**asked, dataset=replace(data, labels=labels), seed=0)
        found.append(gn.optimize("complete", objective=objective, **python()))
    one, other = found
    np.testing.assert_array_equal(one.weights, other.weights)
    for name, value in one.learned.items():
        assert torch.equal(value, other.learned[name])
    assert one.score == other.score
    assert one.metrics["accuracy_test"] + other.metrics["accuracy_test"] <= 1
    assert one.metrics["accuracy_test"] != other.metrics["accuracy_test"]


def python(**changes: Any) -> dict[str, Any]:
    return {
        "nodes": 6,
        "budget": "none",
        "signs.result": "any",
        "initial": "random",
        "updates": 12,
        "plateau": None,
        "progress": "none",
        "dtype": "float32",
        **changes,
    }


@pytest.mark.parametrize("case", ["graff", "normed"])
def test_killed_and_resumed_it_ends_in_the_same_bytes(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides = (*SMALL, *CASES[case])
    run(tmp_path / "whole", *overrides)
    for number, killed_at in enumerate((2, 12, 17)):
        place = tmp_path / f"killed_{number}"
        with monkeypatch.context() as patch:
            kill_after(killed_at, patch)
            with pytest.raises(Killed):
                run(place, *overrides)
        if killed_at > 4:
            assert torch.load(place / STATE_PATH, weights_only=True)["step"] == killed_at - killed_at % 5
        resumed(place, *overrides)
        for name in ("edges.csv", "learned.npz", "predictions.csv", "confusion.csv", "nodes.csv"):
            assert (place / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
        one, other = (read_arrays(each / "arrays.npz") for each in (tmp_path / "whole", place))
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])


def test_in_python_with_files_and_figures(tmp_path: Path) -> None:
    data = {"name": "homophily", "size": 40, "features": 8, "degree": 4, "folds": 2}
    result = gn.optimize("complete", objective="node_classification", data=data, **python())
    back = gn.load(result.save(tmp_path / "run"))
    for name, table in result.tables.items():
        assert list(back.tables[name]) == list(table)
        for key, column in table.items():
            np.testing.assert_array_equal(back.tables[name][key], column)
    assert back.data == result.data == made.plain(result.data or {})
    assert read_learned(tmp_path / "run" / "learned.npz").keys() == result.learned.keys()
    names = {path.stem for path in (tmp_path / "run" / "figures").glob("*.png")}
    assert {"learning", "flow", "spectrum", "embedding", "confusion", "network"} <= names
    page = (tmp_path / "run" / "report.html").read_text()
    assert "predictions.csv" in page
    assert "learned.npz" in page


def test_what_was_learned_is_gone_on_with() -> None:
    data = data_of(*SMALL)
    objective = NodeClassification(**settings(*SMALL).objective.arguments, dataset=data)
    first = gn.optimize("complete", objective=objective, **python())
    again = gn.optimize("complete", objective=objective, **python())
    assert again.course["loss_training"][0] < first.course["loss_training"][0]


REFUSED = {
    "no data": ("data=none", r"data = none: must be a graph whose nodes have labels, and there is none"),
    "no path": ("data=texas", r"data\.path = null: must be given: texas does not come with the program"),
    "nowhere": ("data=texas data.path=/nowhere", r"data\.path = /nowhere: is not there"),
    "fold": ("data.fold=9", r"data\.fold = 9: must be an integer >= 0 and <= 3"),
    "model": ("objective.model=gat", r"objective\.model = gat: must be graff, gcn or mlp"),
    "variant": ("objective.variant=E", r"objective\.variant = E: must be D, DD, sum, prod or neg_prod"),
    "time": ("objective.time=0", r"objective\.time = 0: must be a finite number > 0"),
    "dropout": ("objective.dropout=1", r"objective\.dropout = 1: must be a finite number >= 0 and <= 0.99"),
    "layers": ("objective.layers=0", r"objective\.layers = 0: must be an integer >= 1"),
    "directed": ("directed=true", r"mask = complete: .*undirected|must be undirected"),
    "decay": (
        "optimizer=adam optimizer.weight_decay=-1",
        r"optimizer\.weight_decay = -1: must be a finite number >= 0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line(case: str, tmp_path: Path) -> None:
    overrides, message = REFUSED[case]
    config = composed("objective=node_classification", "nodes=6", "updates=2", *overrides.split())

    def go() -> None:
        execute(config, problem_of(config), tmp_path)

    with pytest.raises(SettingError, match=message) as caught:
        go()
    assert "\n" not in str(caught.value)


def test_data_without_an_objective_that_learns_from_them(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^data = homophily: has no effect: .*learns from no data"):
        run(tmp_path, "data=homophily", "rows=3", "cols=3", "updates=2")


def test_data_beside_an_objective_that_holds_its_own() -> None:
    objective = NodeClassification(**settings(*SMALL).objective.arguments, dataset=data_of(*SMALL))
    with pytest.raises(SettingError, match=r"^data = homophily: is for objectives by name"):
        gn.optimize("complete", objective=objective, data="homophily", **python())


def test_many_graphs_are_not_one(tmp_path: Path) -> None:
    folder = made.write_tu(tmp_path / "TOY", name="TOY")
    with pytest.raises(SettingError, match=r"^data = graphs|data = TOY: .*this one has many graphs"):
        run(tmp_path / "run", *SMALL[:2], "data=graphs", f"data.path={folder}", "data.folds=3", "updates=2",
            "data.validation=0.5")  # fmt: skip
