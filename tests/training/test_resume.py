"""A run that died at any update and was resumed ends as one that did not, byte for byte."""

from pathlib import Path

import pytest
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.result import Result
from gradnet_cli.runs.checkpoints import Checkpoints
from gradnet_cli.runs.job import run_job
from gradnet_cli.runs.recorded import STATE_PATH, Resumption
from gradnet_cli.settings.composition import Composed
from gradnet_cli.training.module import TrainingModule
from tests.quick import slow
from tests.runs import composed, execute, problem_of, run

ENDLESS = (
    "stop.gap=null",
    "stop.plateau=null",
    "updates=24",
    "checkpoint.updates=5",
    "checkpoint.seconds=null",
)
SMALL = ("rows=5", "cols=6", "initial=random")
POINTS = (
    *("mask=random_geometric", "nodes=60", "radius=2", "cost=distance", "cost_power=3", "edges=active"),
)
COUPLED = (
    *("mask=complete", "nodes=70", "objective=kuramoto_synchrony", "objective.measure=steady"),
    *("budget.value=2", "edges=active"),
)
CASES = {
    "multiplicative": (*SMALL,),
    "expander": ("mask=random_regular", "nodes=80", "objective.solver=conjugate_gradient"),
    "adam": (*SMALL, "optimizer=adam"),
    "sgd": (*SMALL, "optimizer=sgd", "optimizer.lr=0.01"),
    "lbfgs": (*SMALL, "optimizer=lbfgs"),
    "exponentiated": (*SMALL, "optimizer=exponentiated_gradient"),
    "bundle": (*SMALL, "limits.strength=1.5"),
    "ratio": ("mask=karate", "objective=mixing_rate", "signs.result=any", "budget.rule=at_most"),
    "excitons": ("experiment=exciton_chain", "rows=3", "budget.value=4", "objective.time=3"),
    "driven": (
        *("rows=3", "cols=1", "objective=exciton_transfer", "objective.time=1"),
        "objective.learn=driving",
    ),
    "noise": (*SMALL, "optimizer=adam", "noise=gaussian"),
    "animated": (*SMALL, "animation=true"),
    "resistance": (*SMALL, "objective=effective_resistance"),
    "spanning trees": (*SMALL, "objective=spanning_trees"),
    "supply": (*SMALL, "objective=supply_dissipation", "objective.damage=links", "budget.exponent=0.5"),
    "radius": (*SMALL, "objective=spectral_radius"),
    "kuramoto": ("experiment=kuramoto_100", "nodes=12"),
    "free signs": (
        *("mask=complete", "nodes=8", "directed=true", "objective=kuramoto_synchrony", "signs.result=any"),
        "objective.frequencies=normal",
    ),
    "locked": ("experiment=kuramoto_steady", "nodes=12", "budget.value=0.4"),
    "active": (*POINTS, "edges.every=4"),
    "active and locked": (*COUPLED, "edges.every=3", "edges.drop=0.1"),
    "active by adam": (*POINTS, "edges.every=4", "optimizer=adam"),
    "rewired at random": (*POINTS, "rewiring=adaptive", "rewiring.every=3"),
    "rewired by slope": (*COUPLED, "rewiring=rigl", "rewiring.every=4"),
    "opinion": ("experiment=karate",),
    "quantum": ("experiment=quantum_50", "nodes=12"),
    "reconstruction": ("experiment=reconstruction_50", "nodes=12", "objective.degree=3"),
    "gates": ("experiment=gates_xor",),
}

# Others of the same objective and the same ways of going on are quick.
LONG = ("active and locked", "free signs", "expander")


class Killed(BaseException):
    """Ends a run as SIGKILL would: nothing is written any more."""


def kill_after(update: int, monkeypatch: pytest.MonkeyPatch) -> None:
    complete = Checkpoints.on_update

    def on_update(self: Checkpoints, module: object) -> None:
        complete(self, module)
        if module.step == update:
            raise Killed

    monkeypatch.setattr(Checkpoints, "on_update", on_update)
    monkeypatch.setattr(Checkpoints, "on_error", lambda *_: None)


def resumed(directory: Path, *overrides: str, extended: bool = False) -> Result:
    config = composed(*overrides)
    return execute(
        config, problem_of(config), directory, resumption=Resumption(command=None, extended=extended)
    )


@pytest.mark.parametrize("case", [slow(case) if case in LONG else case for case in CASES])
def test_ends_as_if_it_had_not_died(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overrides = (*CASES[case], *ENDLESS, "updates=13")
    whole = run(tmp_path / "whole", *overrides)
    assert whole.updates == 13
    with monkeypatch.context() as patch:
        kill_after(7, patch)
        with pytest.raises(Killed):
            run(tmp_path / "killed", *overrides)
    assert torch.load((tmp_path / "killed" / STATE_PATH), weights_only=True)["step"] == 5
    again = resumed(tmp_path / "killed", *overrides)
    one, two = (tmp_path / name / "edges.csv" for name in ("whole", "killed"))
    assert one.read_bytes() == two.read_bytes()
    assert (again.score, again.bound) == (whole.score, whole.bound)
    courses = [read_metrics(tmp_path / name).drop(columns="seconds") for name in ("whole", "killed")]
    assert courses[0].equals(courses[1])
    snapshots = [
        sorted(p.name for p in (tmp_path / name).glob("snapshots/*")) for name in ("whole", "killed")
    ]
    assert snapshots[0] == snapshots[1]


def test_a_run_killed_in_its_report_is_only_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overrides = (*SMALL, *ENDLESS)
    whole = run(tmp_path / "whole", *overrides)
    run(tmp_path / "killed", *overrides)
    (tmp_path / "killed" / "edges.csv").unlink()
    monkeypatch.setattr(TrainingModule, "training_step", None)  # nothing is trained
    again = resumed(tmp_path / "killed", *overrides)
    assert (again.updates, again.stop_reason) == (whole.updates, whole.stop_reason)
    assert (tmp_path / "whole" / "edges.csv").read_bytes() == (tmp_path / "killed" / "edges.csv").read_bytes()


def test_without_a_checkpoint_it_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overrides = (*SMALL, *ENDLESS)
    whole = run(tmp_path / "whole", *overrides)
    with monkeypatch.context() as patch:
        kill_after(2, patch)
        with pytest.raises(Killed):
            run(tmp_path / "killed", *overrides)
    assert not (tmp_path / "killed" / STATE_PATH).exists()
    again = resumed(tmp_path / "killed", *overrides)
    assert again.score == whole.score
    assert len(read_metrics(tmp_path / "killed")) == 25


def test_more_updates_extend_a_finished_run(tmp_path: Path) -> None:
    overrides = (*SMALL, *ENDLESS)
    first = run(tmp_path, *overrides)
    longer = resumed(tmp_path, *overrides, "updates=40", extended=True)
    assert longer.updates == 40
    assert longer.score >= first.score
    assert longer.bound <= first.bound
    assert list(read_metrics(tmp_path)["step"]) == list(range(41))


class TestRefusal:
    """A checkpoint that cannot be gone on from is named, and nothing is lost."""

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        run(tmp_path, *SMALL, *ENDLESS)
        return tmp_path

    def refused(self, directory: Path, *overrides: str) -> str:
        with pytest.raises(SettingError) as caught:
            resumed(directory, *(overrides or SMALL), *ENDLESS)
        message = str(caught.value)
        assert "\n" not in message
        return message

    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
    def test_cut_short(self, share: float, directory: Path) -> None:
        path = directory / STATE_PATH
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        assert "cut short" in self.refused(directory)
        assert str(path) in self.refused(directory)

    def test_of_another_program(self, directory: Path) -> None:
        torch.save({"weights": torch.zeros(3)}, (directory / STATE_PATH))
        assert "another program" in self.refused(directory)

    def test_that_would_run_code(self, directory: Path) -> None:
        torch.save({"format": print}, (directory / STATE_PATH))
        assert "another program" in self.refused(directory)

    def test_of_another_problem(self, directory: Path) -> None:
        assert "another problem" in self.refused(directory, "rows=5", "cols=7", "initial=random")

    def test_of_another_optimizer(self, directory: Path) -> None:
        assert "does not fit" in self.refused(directory, *SMALL, "optimizer=adam")

    def test_exit_status_and_what_is_left(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        edges = (directory / "edges.csv").read_bytes()
        (directory / STATE_PATH).write_bytes(b"")
        config = composed(*SMALL, *ENDLESS)
        resumption = Resumption(command=None, extended=False)
        checked = Composed.check(config)
        ending = run_job(checked, directory, command="gradnet-run", resumption=resumption)
        assert ending.exit_status == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert (directory / "edges.csv").read_bytes() == edges
