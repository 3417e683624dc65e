"""Claims on contingency data, computed from predictions of known accuracy."""

import csv
from pathlib import Path

import numpy as np
import pytest

from experiments.rewiring.contingency_claims import NAME, contingency_claims

GRAPHS = 90  # 30 of each grid: 12 trained on, 3 listened to, 15 tested on
SETS = np.array(["training"] * 12 + ["validation"] * 3 + ["test"] * 15)


def write_sweep(folder: Path, wrong: list[tuple[int, int, int]]) -> Path:
    """Runs whose predictions are wrong for so many test graphs of each grid."""
    for run, counts in enumerate(wrong):
        (folder / str(run)).mkdir(parents=True)
        with (folder / str(run) / "predictions.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["graph", "set", "label", "predicted"])
            for graph in range(GRAPHS):
                place = graph % 30
                label = place % 2
                missed = 15 <= place < 15 + counts[graph // 30]
                rows.writerow([graph, SETS[place], label, 1 - label if missed else label])
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where a state is secure if it is odd, and thresholds are right for four in five of them."""
    monkeypatch.setenv("DATA", str(tmp_path))
    place = np.arange(GRAPHS) % 30
    loading = np.where((place % 2 == 1) ^ (place % 5 == 0), 0.5, 1.5)
    np.savez(
        tmp_path / NAME,
        grid=np.arange(GRAPHS) // 30,
        y=place % 2,
        base_loading=loading,
        estimated_loading=np.where(place % 2 == 1, 0.5, 1.5),
    )


@pytest.mark.usefixtures("data")
def test_accuracies_are_those_of_the_predictions(tmp_path: Path) -> None:
    within = write_sweep(tmp_path / "within", [(0, 1, 3), (1, 0, 3), (0, 0, 3)])
    claims = {each.claim: each for each in contingency_claims({"contingency": within})}
    reached = next(claim for name, claim in claims.items() if "mean test accuracy" in name)
    expected = np.mean([1 - 4 / 45, 1 - 4 / 45, 1 - 3 / 45])
    assert reached.ours.startswith(f"{expected:.4f} ")
    assert not reached.holds
    above = {
        name: next(claim for told, claim in claims.items() if f", {name}: better" in told)
        for name in ("case24_ieee_rts", "case39", "case30")
    }
    # Three of the fifteen tested are a multiple of five: the threshold has 0.8 of them.
    gain = np.mean([0, -1, 0]) / 15 + 0.2
    assert above["case24_ieee_rts"].ours.startswith(f"{gain:+.4f} ")
    assert above["case24_ieee_rts"].holds
    assert above["case30"].ours.startswith("+0.0000")
    assert above["case30"].verdict == "undecided"
    assert "-0.2000" in above["case30"].note


@pytest.mark.usefixtures("data")
def test_a_grid_that_was_not_trained_on_is_told_with_what_is_compared(tmp_path: Path) -> None:
    unseen = write_sweep(tmp_path / "unseen", [(2, 2, 9)])
    claim = contingency_claims({"contingency_unseen": unseen})[-1]
    assert (
        "case24_ieee_rts 0.867 (common 0.533, thresholds of the others 0.800, estimated 1.000)" in claim.ours
    )
    assert "case30 0.400" in claim.ours
    assert claim.verdict == "does not hold"


def test_without_the_file_there_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA", raising=False)
    claims = contingency_claims({})
    assert {each.verdict for each in claims[1:]} == {"no data"}
    assert claims[0].verdict in ("holds", "no PYPOWER")
