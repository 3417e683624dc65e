"""Whole runs of the installed command, and of every experiment for two updates."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradnet_cli.settings.catalog import config_directory
from tests.runs import data_overrides

SLOW = {"grid_316", "grid_1000", "kuramoto_large", "quantum_1000"}  # their size; small ones are run elsewhere
EXPERIMENTS = [
    pytest.param(path.stem, marks=pytest.mark.slow if path.stem in SLOW else ())
    for path in sorted((config_directory() / "experiment").glob("*.yaml"))
]
FILES = {
    ".hydra/config.yaml",
    ".hydra/overrides.yaml",
    "checkpoints/best.pt",
    "checkpoints/last.pt",
    "edges.csv",
    "manifest.json",
    "metrics.csv",
    "network.graphml",
    "network.npz",
    "nodes.csv",
    "run.log",
    "status.json",
    "summary.json",
}


def read(name: str) -> dict:
    return json.loads(Path("run", name).read_text())


def test_a_run_leaves_everything(installed) -> None:
    answer = installed("rows=6", "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (0, "")
    assert "gap" in answer.out
    left = {str(path.relative_to("run")) for path in Path("run").rglob("*") if path.is_file()}
    assert left >= FILES
    assert any(name.startswith("figures/") and name.endswith(".svg") for name in left)
    assert read("status.json")["state"] == "done"
    summary = read("summary.json")
    assert summary["score"] == pytest.approx(3 / 35, rel=1e-3)  # 3 b / (n^2 - 1), truly optimal on n x n
    assert summary["bound"] >= 3 / 35
    assert summary["gap"] <= 1e-3
    assert summary["budget_spent"] == pytest.approx(36, rel=1e-9)


def test_the_same_seed_gives_the_same_network(command, forked) -> None:
    for call, name in ((command, "one"), (forked, "two")):  # Python's hashes differ between the two
        options = ("initial=random", "seed=7", "figures=false", "trainer=debug")
        assert call("rows=5", *options, f"hydra.run.dir={name}").exit_status == 0
    assert Path("one/edges.csv").read_bytes() == Path("two/edges.csv").read_bytes()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_runs(forked, name: str) -> None:
    # A study that sweeps by itself is run once here; without a sweep the option changes nothing.
    options = ("trainer=debug", "hydra.mode=RUN", "hydra.run.dir=run", *data_overrides(f"experiment={name}"))
    answer = forked(f"experiment={name}", *options, timeout=600)
    assert (answer.exit_status, answer.err) == (0, "")
    assert read("summary.json")["updates"] <= 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_process_says_so(here, fork_server, number: signal.Signals) -> None:
    endless = ["rows=30", "updates=1000000000", "stop.gap=null", "stop.plateau=null", "hydra.run.dir=run"]
    with fork_server.start(*endless) as process:
        deadline = time.monotonic() + 120
        metrics = Path("run/metrics.csv")
        while not (metrics.exists() and metrics.read_text().count("\n") > 2) and time.monotonic() < deadline:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"interrupted by {number.name}" in err
    assert err.count("\n") == 1
    assert read("status.json")["state"] == "interrupted"


def test_a_gpu_that_is_not_there(command, here) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    answer = command("rows=4", "trainer=gpu")
    assert answer.exit_status == 2
    assert answer.err.startswith("gradnet-run: trainer.accelerator = gpu: ")
    assert answer.err.count("\n") == 1
    assert list(here.iterdir()) == []


def test_the_end_of_the_process_looks_for_no_cycles(here) -> None:
    """What is registered before runs after, last of all."""
    code = (
        "import atexit, gc, sys; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); "
        "from gradnet_cli.cli.command import main; sys.argv = ['gradnet-run', '--version']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"
