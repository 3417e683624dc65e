"""The front of a sweep over the weights of terms."""

import json
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.sweeps.figures import draw_figures
from gradnet_cli.sweeps.front import Front, pairs, plot_front, read_front
from gradnet_cli.sweeps.labels import score_label, setting_label
from gradnet_cli.sweeps.table import read_sweep

# The weight of the second term, and what is reached of both: connectivity (large), resistance (small).
JOBS = ((-1.0, 0.2, 10.0), (-0.5, 0.25, 12.0), (-0.2, 0.24, 13.0), (0.0, 0.4, 20.0))


def write_job(sweep: Path, name: str, weight: float, scores: tuple[float, float], *further: str) -> None:
    """What a job leaves."""
    place = sweep / name
    (place / ".hydra").mkdir(parents=True)
    overrides = ["objective=sum", f"objective.terms.1.weight={weight}", *further]
    (place / ".hydra" / "overrides.yaml").write_text(json.dumps(overrides))
    terms = [{"name": "algebraic_connectivity", "label": None, "weight": 1.0}]
    terms.append({"name": "effective_resistance", "label": "resistance", "weight": weight})
    (place / ".hydra" / "config.yaml").write_text(json.dumps({"objective": {"terms": terms}}))
    (place / "status.json").write_text(json.dumps({"state": "done", "seconds": 1.0, "error": None}))
    metrics = {"algebraic_connectivity": scores[0], "resistance": scores[1], "resistance.mean": 1.0}
    summary = {"objective": "sum", "sense": "maximize", "score": scores[0] + weight * scores[1]}
    summary |= {"bound": None, "gap": None, "quantity": f"sum with {weight}", "metrics": metrics}
    (place / "summary.json").write_text(json.dumps(summary))


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    for number, (weight, *scores) in enumerate(JOBS):
        write_job(tmp_path, str(number), weight, (scores[0], scores[1]))
    return tmp_path


def test_the_front_is_what_nothing_dominates(sweep: Path) -> None:
    front = read_front(read_sweep(sweep))
    assert front is not None
    assert front.labels == ("algebraic_connectivity", "resistance")
    np.testing.assert_array_equal(front.signs, [1, -1])
    np.testing.assert_array_equal(front.undominated, [True, True, False, True])
    assert front.settings == ("-1", "-0.5", "-0.2", "0")


def test_each_job_is_drawn_where_it_is_and_the_front_is_joined(sweep: Path) -> None:
    front = read_front(read_sweep(sweep))
    assert front is not None
    assert pairs(front) == [(0, 1)]
    (axes,) = plot_front(front, 0, 1).axes
    dominated, joined = axes.lines
    np.testing.assert_allclose(np.column_stack(dominated.get_data()), [[0.24, 13.0]])
    np.testing.assert_allclose(np.column_stack(joined.get_data()), [[0.2, 10.0], [0.25, 12.0], [0.4, 20.0]])
    assert joined.get_linestyle() == "-"
    assert dominated.get_alpha() < 0.5
    assert axes.get_xlabel() == "algebraic connectivity (large is good)"
    assert axes.get_ylabel() == "resistance (small is good)"
    assert [text.get_text() for text in axes.texts] == ["-1", "-0.5", "0"]


def test_other_settings_have_fronts_of_their_own(sweep: Path) -> None:
    """A richer budget dominates a poorer one, which is no news."""
    for path in sweep.iterdir():
        overrides = path / ".hydra" / "overrides.yaml"
        overrides.write_text(json.dumps([*json.loads(overrides.read_text()), "budget.value=1"]))
    write_job(sweep, "4", -1.0, (0.9, 5.0), "budget.value=2")
    front = read_front(read_sweep(sweep))
    assert front is not None
    np.testing.assert_array_equal(front.undominated, [True, True, False, True, True])
    (axes,) = plot_front(front, 0, 1).axes
    assert {"budget.value = 1", "budget.value = 2"} <= {line.get_label() for line in axes.lines}


def test_files_and_labels(sweep: Path) -> None:
    found = read_sweep(sweep)
    names = {path.name for path in draw_figures(found)}
    assert {"sweep_front_algebraic_connectivity_resistance.png"} < names
    assert (
        setting_label(found, "objective.terms.1.weight") == "weight of resistance\n(objective.terms.1.weight)"
    )
    assert score_label(found) == "sum"  # the jobs call it by their own weights
    assert {"algebraic_connectivity", "resistance"} <= set(found.columns)


def test_equal_scores_do_not_dominate_one_another() -> None:
    twice = Front(
        labels=("a", "b"), signs=np.array([1.0, 1.0]), scores=np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 1.9]]),
        settings=("1", "2", "3"), groups=("", "", ""),
    )  # fmt: skip
    np.testing.assert_array_equal(twice.undominated, [True, True, False])


def test_sweeps_without_terms_have_no_front(tmp_path: Path) -> None:
    from tests.sweeps.samples import write_job as write_plain_job

    for number in range(2):
        write_plain_job(tmp_path / str(number), overrides=[f"seed={number}"])
    assert read_front(read_sweep(tmp_path)) is None
