"""Every YAML of conf/noise, conf/trainer, conf/budget and conf/experiment, found by globbing and run."""

from pathlib import Path

import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.metrics import read_metrics
from tests.assertions import assert_feasible, assert_written
from tests.runs import choices, composed, execute, problem_of, run

SMALL = ("rows=4", "cols=5")
# Sizes that make any experiment a matter of a moment, where it has them.
SIZES = {"rows": 4, "cols": 5, "further": [], "nodes": 12, "left": 3, "right": 4}
LARGEST = 200_000  # nodes of a problem that is built in a moment


@pytest.mark.parametrize("stem", choices("noise"))
def test_noise(stem: str, tmp_path: Path) -> None:
    result = run(tmp_path, *SMALL, f"noise={stem}", "updates=12", "stop.gap=null", "optimizer=adam")
    assert_written(result, tmp_path)
    assert result.bound is None or result.bound >= result.score * (1 - 1e-12)
    amplitude = composed(f"noise={stem}").noise
    course = read_metrics(tmp_path)["bound"]
    if amplitude.additive or amplitude.multiplicative:
        assert course.iloc[:-1].isna().all()  # no proof from disturbed gradients
    else:
        assert course.notna().all()


@pytest.mark.parametrize("stem", choices("trainer"))
def test_trainer(stem: str, tmp_path: Path) -> None:
    settings = composed(f"trainer={stem}").trainer
    if settings.accelerator == "gpu" and not torch.cuda.is_available():
        with pytest.raises(SettingError, match=r"trainer\.accelerator = gpu: .*Did you mean trainer=cpu"):
            run(tmp_path, *SMALL, f"trainer={stem}")
        assert list(tmp_path.iterdir()) == []
        return
    result = run(tmp_path, *SMALL, f"trainer={stem}", "updates=5", "stop.gap=null")
    assert_written(result, tmp_path)
    limit = settings.limit_updates
    assert result.updates == (5 if limit is None else min(5, limit))


@pytest.mark.parametrize("stem", choices("budget"))
def test_budget(stem: str, tmp_path: Path) -> None:
    """With an objective that is bounded also without a budget: sum (A - 1)^2."""
    club = ("mask=karate", "base=weights", "signs.change=increase")  # 231 units of weight on 78 edges
    problem = club if stem == "relative" else SMALL
    distance = {"_target_": "tests.plugins.Distance"}
    result = run(tmp_path, *problem, f"budget={stem}", "updates=60", objective=distance)
    assert_written(result, tmp_path)
    totals = {"none": None, "per_node": 20.0, "total": 100.0, "relative": 0.2 * 2 * 231}
    assert stem in totals, "a new kind of budget: say here what it amounts to"
    total = totals[stem]
    assert result.problem.budget_total == pytest.approx(total)
    if total is None:
        assert result.score == pytest.approx(0.0, abs=1e-2)
    elif stem != "relative":
        assert result.score == pytest.approx(31 * (total / 62 - 1) ** 2, rel=1e-2)


@pytest.mark.parametrize("stem", choices("experiment"))
class TestExperiment:
    def test_its_problem_is_built(self, stem: str) -> None:
        config = composed(f"experiment={stem}")
        nodes = config.get("nodes", config.get("rows", 1) * config.get("cols", 1))
        if nodes > LARGEST:
            pytest.skip("large: its problem is built by the slow tests")
        problem = problem_of(config)
        assert problem.edges > 0

    @pytest.mark.slow
    def test_it_runs_small(self, stem: str, tmp_path: Path) -> None:
        """Quick tests run each of them in tests/reference/test_final_scores.py."""
        config = composed(f"experiment={stem}", "updates=3")
        for name, size in SIZES.items():
            if name in config:
                config[name] = min(size, config[name]) if isinstance(config[name], int) else size
        result = execute(config, problem_of(config), tmp_path)
        assert_written(result, tmp_path)
        assert_feasible(result.problem, result.delta)
        assert result.updates <= 3
