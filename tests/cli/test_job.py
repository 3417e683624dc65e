"""A run's end: exit status, status.json, one line, what stays on disk. A function stands for training."""

import json
import logging
import os
import signal
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from gradnet_cli.errors import NumericalError, SettingError

RUN = ("rows=3", "hydra.run.dir=run")
SWEEP = ("-m", "rows=3", "hydra.sweep.dir=sweep")
SUMMARY = {
    "objective": "thing",
    "sense": "maximize",
    "bound": None,
    "gap": None,
    "certified": False,
    "nodes": 9,
    "edges": 12,
    "edges_used": 12,
    "budget": 9.0,
    "budget_spent": 9.0,
    "updates": 1,
    "seconds": 0.1,
    "peak_memory_mib": 1.0,
    "metrics": {},
}


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable], None]:
    """Replace what is done in a run's directory by a function (settings, problem, directory) -> score."""

    def replace(function: Callable) -> None:
        def run_in(directory: Path, problem: object, settings: object, **_: object) -> types.SimpleNamespace:
            score = function(settings, problem, directory)
            (directory / "summary.json").write_text(json.dumps({**SUMMARY, "score": score}))
            return types.SimpleNamespace(score=score)

        module = types.ModuleType("gradnet_cli.runs.run")
        module.run_in = run_in
        monkeypatch.setitem(sys.modules, "gradnet_cli.runs.run", module)

    return replace


def state(directory: str) -> dict:
    return json.loads(Path(directory, "status.json").read_text())


def test_done(command, training) -> None:
    seen = []
    training(
        lambda config, problem, directory: (
            seen.append((config.mask.arguments["rows"], problem.nodes, directory)) or 1.0
        )
    )
    answer = command(*RUN)
    assert (answer.exit_status, answer.err) == (0, "")
    assert seen == [(3, 9, Path("run").absolute())]
    assert state("run")["state"] == "done"
    assert Path("run/.hydra/overrides.yaml").read_text() == "- rows=3\n"


def test_runs_get_directories_of_their_own(command, training) -> None:
    training(lambda *_: 1.0)
    for _ in range(2):
        assert command("rows=3").exit_status == 0
    assert len(list(Path("outputs/algebraic_connectivity_grid").iterdir())) == 2


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RuntimeError("no memory\nleft"), "RuntimeError: no memory left"),
        (NumericalError("the score is NaN"), "the score is NaN"),
        (SystemExit(0), "SystemExit: 0"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_failed(command, training, error: BaseException, line: str) -> None:
    def fail(*_):
        logging.getLogger("gradnet_cli").info("under way")
        raise error

    training(fail)
    answer = command(*RUN)
    assert answer.exit_status == 1
    assert answer.err == f"gradnet-run: {line} (see {Path('run').absolute() / 'run.log'})\n"
    assert (state("run")["state"], state("run")["error"]) == ("failed", line)
    log = Path("run/run.log").read_text()
    assert "under way" in log
    assert "Traceback" in log


def test_bad_input_found_while_running_leaves_nothing(command, training, here) -> None:
    def refuse(*_):
        raise SettingError(setting="trainer.accelerator", value="gpu", allowed="there is no GPU here")

    training(refuse)
    for arguments in (("rows=3",), RUN, ("rows=3", "hydra.run.dir=deep/down/run")):
        answer = command(*arguments)
        assert answer.exit_status == 2
        assert answer.err == "gradnet-run: trainer.accelerator = gpu: there is no GPU here\n"
        assert list(here.iterdir()) == []


def test_bad_input_leaves_a_directory_that_was_there(command, here) -> None:
    (here / "run").mkdir()
    (here / "run" / "precious.txt").write_text("mine")
    assert command("rows=1", "hydra.run.dir=run").exit_status == 2
    assert (here / "run" / "precious.txt").read_text() == "mine"
    assert state("run")["state"] == "failed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(command, training, number: signal.Signals) -> None:
    handler = signal.getsignal(number)
    training(lambda *_: os.kill(os.getpid(), number) or 1.0)
    answer = command(*RUN)
    assert answer.exit_status == 130
    assert answer.err.count("\n") == 1
    assert number.name in answer.err
    assert state("run")["state"] == "interrupted"
    assert signal.getsignal(number) is handler


def test_under_nohup_the_terminal_may_go(command, training) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        training(lambda *_: os.kill(os.getpid(), signal.SIGHUP) or 1.0)
        assert command(*RUN).exit_status == 0
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert state("run")["state"] == "done"


def test_the_seconds_of_a_run_leave_out_the_loading_of_libraries(command, here, monkeypatch) -> None:
    loading = 1e6  # seconds by a clock that jumps when the training's module is looked for

    class Clock:
        late = 0.0

        def find_spec(self, name: str, *_: object) -> None:
            self.late += loading if name == "gradnet_cli.runs.run" else 0.0

    clock, monotonic = Clock(), time.monotonic
    monkeypatch.delitem(sys.modules, "gradnet_cli.runs.run", raising=False)
    monkeypatch.setattr(sys, "meta_path", [clock, *sys.meta_path])
    monkeypatch.setattr("time.monotonic", lambda: monotonic() + clock.late)
    assert command(*RUN, "updates=1", "figures=false", "report=false").exit_status == 0
    assert clock.late == loading
    assert 0 < state("run")["seconds"] < loading


def test_a_directory_with_a_run_is_refused(command, training) -> None:
    training(lambda *_: 1.0)
    assert command(*RUN).exit_status == 0
    before = {path: path.read_bytes() for path in Path("run").rglob("*") if path.is_file()}
    answer = command(*RUN, "seed=1")
    assert answer.exit_status == 2
    assert "holds a run already" in answer.err
    assert {path: path.read_bytes() for path in Path("run").rglob("*") if path.is_file()} == before


def test_a_directory_that_cannot_be_made(command, training, here) -> None:
    training(lambda *_: 1.0)
    (here / "file").write_text("")
    answer = command("rows=3", "hydra.run.dir=file/run")
    assert answer.exit_status == 1
    assert answer.err.count("\n") == 1


def test_sweep_goes_on_after_a_failure(command, training) -> None:
    def fail_once(config, *_):
        if config.seed == 1:
            raise RuntimeError("unlucky")
        return 1.0

    training(fail_once)
    answer = command(*SWEEP, "seed=0,1,2")
    assert answer.exit_status == 1
    assert [state(f"sweep/{number}")["state"] for number in range(3)] == ["done", "failed", "done"]
    assert "unlucky" in Path("sweep/1/run.log").read_text()
    said = answer.out.splitlines()
    assert [line for line in said if line.startswith("[")] == [f"[{n}] rows=3 seed={n}" for n in range(3)]
    assert "failed: 1 (seed=1) RuntimeError: unlucky" in said
    assert Path("sweep/sweep.csv").read_text().splitlines()[2].startswith("1,1,failed,")


def test_interrupted_sweep_stops(command, training) -> None:
    training(lambda config, *_: os.kill(os.getpid(), signal.SIGINT) if config.seed else 1.0)
    answer = command(*SWEEP, "seed=0,1,2")
    assert answer.exit_status == 130
    assert [state(f"sweep/{number}")["state"] for number in range(2)] == ["done", "interrupted"]
    assert not Path("sweep/2").exists()
    assert Path("sweep/sweep.csv").read_text().splitlines()[3].startswith("2,2,missing,")


def test_bad_input_in_a_sweep_is_recorded(command, training) -> None:
    training(lambda *_: 1.0)
    answer = command("-m", "hydra.sweep.dir=sweep", "rows=3,1")
    assert answer.exit_status == 1  # something was run
    assert [state(f"sweep/{number}")["state"] for number in range(2)] == ["done", "failed"]
    assert "rows = 1" in state("sweep/1")["error"]


def test_a_sweep_of_bad_input_alone(command, training) -> None:
    training(lambda *_: 1.0)
    assert command("-m", "hydra.sweep.dir=sweep", "rows=1", "seed=0,1").exit_status == 2


def test_sweep_of_an_experiment_without_the_flag(command, training, here) -> None:
    (here / "mine" / "experiment").mkdir(parents=True)
    (here / "mine" / "experiment" / "seeds.yaml").write_text(
        "# @package _global_\n# Two seeds.\n# gradnet-run experiment=seeds\n"
        "rows: 3  # rows\nhydra:\n  mode: MULTIRUN\n  sweeper:\n    params:\n      seed: 4,5\n"
    )
    seeds = []
    training(lambda config, *_: seeds.append(config.seed) or 1.0)
    answer = command("--config-dir", "mine", "experiment=seeds", "hydra.sweep.dir=sweep")
    assert (answer.exit_status, answer.err, seeds) == (0, "", [4, 5])


def test_a_mask_of_the_users_own_from_where_they_stand(command, training, here) -> None:
    (here / "mine" / "mask").mkdir(parents=True)
    (here / "mine" / "mask" / "star.yaml").write_text(
        "# @package _global_\n# A star.\n"
        "mask:\n  _target_: my_masks_for_a_test.star\n  settings: [leaves]\nleaves: 5  # number of leaves\n"
    )
    (here / "my_masks_for_a_test.py").write_text(
        "import numpy as np\n"
        "from gradnet_cli.problem import Mask\n"
        "def star(*, leaves):\n"
        "    ends = np.arange(1, leaves + 1)\n"
        "    edge_index = np.stack([np.zeros_like(ends), ends])\n"
        "    return Mask(name='star', nodes=leaves + 1, edge_index=edge_index,\n"
        "                cost=np.ones(leaves), base=np.zeros(leaves))\n"
    )
    nodes = []
    training(lambda config, problem, directory: nodes.append(problem.nodes) or 1.0)
    answer = command("--config-dir", "mine", "mask=star", "leaves=7")
    assert (answer.exit_status, answer.err, nodes) == (0, "", [8])
    sys.modules.pop("my_masks_for_a_test")
