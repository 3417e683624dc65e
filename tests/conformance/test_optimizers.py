"""Every YAML of conf/optimizer, found by globbing: constraints after every update, progress, no explosion."""

from collections.abc import Callable, Collection
from inspect import signature
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.result import Result
from gradnet_cli.settings.plugins import load_target
from tests.assertions import SINGLE_ROUNDING, assert_feasible, assert_written
from tests.quick import slow
from tests.runs import choices, composed, run

START = ("initial=random", "seed=3", "stop.gap=null", "stop.plateau=null")
SPECIAL_TASK = ("rows=3", "cols=4", "updates=3", *START)
SIMPLEX = ("mask=random_geometric", "nodes=30", "cost=distance", *START)
SIMPLEX_METHODS = ("multiplicative", "exponentiated_gradient", "quasi_newton")
# Other feasible sets than a simplex; an optimizer may refuse these, saying so.
OTHERS = {
    "p = 2": (*SIMPLEX, "budget.p=2"),
    "exponent": (*SIMPLEX, "budget.exponent=0.6"),
    "at most": (*SIMPLEX, "budget.rule=at_most"),
    "base": ("mask=karate", "base=weights", "budget.value=0.5", *START),
    "increase": ("mask=karate", "base=weights", "budget.value=0.5", "signs.change=increase", *START),
    "decrease": ("mask=karate", "base=weights", "budget.value=0.5", "signs.change=decrease", *START),
}


def arguments_of(stem: str) -> Collection[str]:
    """What the optimizer's constructor takes; nothing where one is chosen later."""
    path = composed(f"optimizer={stem}").optimizer.get("_target_")
    return () if path is None else signature(load_target(setting="optimizer", path=path)).parameters


REFUSED = [("quasi_newton", "decrease"), ("bundle", "p = 2"), ("adam", "exponent")]
Checked = Callable[[float], list[int]]


GENERAL, SPECIAL = [], []
for name in choices("optimizer"):
    # Those that ask for more than parameters and constraints are for objectives that offer it.
    special = set(arguments_of(name)) & {"residuals", "fraction", "curvature"}
    (SPECIAL if special else GENERAL).append(name)


@pytest.fixture(params=GENERAL)
def stem(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Checked:
    """Check the constraints after each update; the list that it returns grows with every check."""

    def install(tolerance: float = 1e-9) -> list[int]:
        updates: list[int] = []
        project = ConstrainedWeights.project

        def project_and_check(model: ConstrainedWeights) -> None:
            project(model)
            problem = model.feasible.problem
            assert_feasible(problem, model.delta.detach().numpy(), tolerance=tolerance)
            updates.append(len(updates))

        monkeypatch.setattr(ConstrainedWeights, "project", project_and_check)
        return updates

    return install


def scores(result: Result, directory: Path) -> np.ndarray:
    course = read_metrics(directory)
    assert list(course["step"]) == list(range(result.updates + 1))
    values = course["score"].to_numpy()
    assert np.isfinite(values).all()
    return values


def test_improves_and_keeps_the_constraints(stem: str, checked: Checked, tmp_path: Path) -> None:
    updates = checked()
    result = run(tmp_path, *SIMPLEX, f"optimizer={stem}", "updates=40")
    assert len(updates) == result.updates == 40
    assert_written(result, tmp_path)
    start, *_ = scores(result, tmp_path)
    # A random start is far from the optimum, and from the uniform network too.
    assert result.score > start * 1.2
    assert result.bound >= result.score * (1 - 1e-12)


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        # A third of the updates is enough, but where the course swings for long.
        *((name, 300 if name == "sgd" else 100) for name in GENERAL),
        *(slow((name, 300)) for name in GENERAL if name != "sgd"),
    ],
)
def test_does_not_blow_up(stem: str, number: int, checked: Checked, tmp_path: Path) -> None:
    updates = checked()
    result = run(tmp_path, *SIMPLEX, f"optimizer={stem}", f"updates={number}")
    assert len(updates) == number
    course = scores(result, tmp_path)
    late = course[-(number // 6) :]
    assert late.min() >= course[0]
    assert late.mean() >= 0.9 * course.max()


@pytest.mark.parametrize(
    ("stem", "case"),
    [
        (name, case) if (place + number) % 3 == 0 or (name, case) in REFUSED else slow((name, case))
        for number, name in enumerate(GENERAL)
        for place, case in enumerate(OTHERS)
    ],
)
def test_other_constraints(stem: str, case: str, checked: Checked, tmp_path: Path) -> None:
    updates = checked()
    arguments = (*OTHERS[case], f"optimizer={stem}", "updates=25")
    if stem == "quasi_newton" and case == "decrease":  # it knows no limits
        with pytest.raises(
            SettingError, match=r"^optimizer = .*Did you mean optimizer=exponentiated_gradient"
        ):
            run(tmp_path, *arguments)
        return
    if stem == "bundle" and case == "p = 2":  # its sets have linear sides
        with pytest.raises(
            SettingError, match=r"^optimizer = bundle: needs a convex set of networks: budget.p=1"
        ):
            run(tmp_path, *arguments)
        return
    if case == "exponent" and stem not in (*SIMPLEX_METHODS, "auto"):
        with pytest.raises(SettingError, match=r"^optimizer = .*: must be multiplicative, .*exponent < 1"):
            run(tmp_path, *arguments)
        return
    result = run(tmp_path, *arguments)
    assert len(updates) == result.updates
    assert_written(result, tmp_path)
    assert result.score >= scores(result, tmp_path)[0] * (1 - 1e-3)
    if case == "exponent":
        assert result.bound is None
        assert "budget.exponent=0.6" in result.no_bound
    else:
        assert result.bound >= result.score * (1 - 1e-12)


def test_minimises_too(stem: str, checked: Checked, tmp_path: Path) -> None:
    """The sign flips in the right place: sum (A - 1)^2, whose optimum at unit cost is uniform."""
    updates = checked()
    result = run(
        tmp_path,
        *("rows=4", "cols=4", f"optimizer={stem}", "updates=60", *START),
        objective={"_target_": "tests.plugins.Distance"},
    )
    assert len(updates) == 60
    assert_written(result, tmp_path)
    optimum = 24 * (1 - 8 / 24) ** 2  # a budget of 8 on 24 edges
    assert result.score < scores(result, tmp_path)[0]
    assert result.score == pytest.approx(optimum, rel=2e-2)
    assert result.bound <= optimum * (1 + 1e-12)


def test_single_precision(stem: str, checked: Checked, tmp_path: Path) -> None:
    updates = checked(SINGLE_ROUNDING)
    result = run(tmp_path, *SIMPLEX, f"optimizer={stem}", "updates=10", "dtype=float32")
    assert len(updates) == 10
    assert_written(result, tmp_path, tolerance=SINGLE_ROUNDING)
    assert result.score > scores(result, tmp_path)[0]


@pytest.mark.parametrize("lr", ["1e-12", "1e12"])
def test_absurd_learning_rates_end_well(stem: str, lr: str, checked: Checked, tmp_path: Path) -> None:
    """They lead nowhere, but the result is a feasible network with a true score."""
    if "lr" not in composed(f"optimizer={stem}").optimizer:
        pytest.skip("has no learning rate")
    checked()
    result = run(
        tmp_path,
        *(*SIMPLEX, f"optimizer={stem}", "updates=5", f"optimizer.lr={lr}"),
        objective={"_target_": "tests.plugins.Distance"},
    )
    assert_written(result, tmp_path)
    assert result.score <= scores(result, tmp_path)[0]


@pytest.mark.parametrize("special", SPECIAL)
def test_special_ones_run_on_an_objective_that_they_are_for(
    special: str, checked: Checked, tmp_path: Path
) -> None:
    updates = checked()
    refused = []
    for objective in choices("objective"):
        try:
            result = run(
                tmp_path / objective, f"objective={objective}", f"optimizer={special}", *SPECIAL_TASK
            )
        except SettingError as error:
            refused.append(str(error))
            continue
        assert len(updates) == result.updates
        assert_written(result, tmp_path / objective)
        start = scores(result, tmp_path / objective)[0]
        assert result.score <= start if result.sense == "minimize" else result.score >= start
        return
    pytest.fail("; ".join(refused))
