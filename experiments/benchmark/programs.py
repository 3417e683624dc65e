"""The two programs: each run once on a task, and their networks judged alike."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.benchmark.courses import HISTORY
from experiments.benchmark.judges.judge import Arrays, Judge, Outcome
from experiments.benchmark.machine import versions
from experiments.benchmark.measure import measure
from experiments.benchmark.problem import problem_arrays
from experiments.benchmark.records import LIBRARY, OUTCOME, PRODUCT, RUN, product_runs
from experiments.benchmark.task import LibraryRun, Task
from experiments.runs import problem_of, weights_of

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-benchmark"
SCRIPT = Path(__file__).resolve().parent / "library" / "train.py"
LIBRARY_VERSION = "0.5.0"
LIMIT, LIMIT_FULL = 360, 3 * 3600  # longest time of one command [s]


def install_library() -> Path:
    """Make the library's own environment unless it is there; return its interpreter."""
    python = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if python.is_file() and versions(python).get(LIBRARY) == LIBRARY_VERSION:
        return python
    print(f"installing {LIBRARY} {LIBRARY_VERSION} in {ENVIRONMENT.name}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    wanted = ["--constraint", str(ROOT / "constraints.txt"), f"{LIBRARY}=={LIBRARY_VERSION}"]
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def find_product() -> Path:
    """Find the command gradnet-run of the environment that this program runs in."""
    found = Path(sys.executable).with_name(PRODUCT)
    if not found.exists():
        raise SystemExit(f"{PRODUCT} is not installed beside {Path(sys.executable).name}: use `make bench`")
    return found


def run_product(task: Task, repeat: int, directory: Path, *, full: bool) -> None:
    """Run gradnet-run once, and judge its network where the library's is judged too."""
    place = directory / task.name / f"{PRODUCT}-{repeat}"
    overrides = task.overrides(full)
    measure(
        [str(find_product()), *overrides, f"hydra.run.dir={place / RUN}"],
        shown=" ".join([PRODUCT, *overrides]),
        directory=place,
        limit=LIMIT_FULL if full else LIMIT,
    )
    run = place / RUN
    if task.library and (run / "edges.csv").exists():
        given = problem_arrays(task.judge, run)
        _write(place, {"last": task.judge.outcome(given, weights_of(run, problem_of(run)))})


def run_library(task: Task, planned: LibraryRun, directory: Path, *, python: Path, full: bool) -> None:
    """Run the library once on the problem of gradnet-run's last run, and judge its networks.

    Raises:
        FileNotFoundError: gradnet-run has left no network, so that there is no problem to solve
    """
    place = directory / task.name
    runs = [path.parent for path in sorted(place.glob(f"{PRODUCT}-*/{RUN}/edges.csv"))]
    if not runs:
        raise FileNotFoundError(f"no run of {PRODUCT}")
    problem = problem_arrays(task.judge, runs[-1])
    library = place / f"{LIBRARY}-{planned.name}"
    library.mkdir()
    stored = library / "problem.npz"
    np.savez(stored, **problem)
    options = [task.judge.name, str(stored), str(library), *planned.options(full)]
    shown = [task.judge.name, "problem.npz", ".", *planned.options(full)]
    record = measure(
        [str(python), str(SCRIPT), *options],
        shown=" ".join(["python", SCRIPT.relative_to(ROOT).as_posix(), *shown]),
        directory=library,
        limit=LIMIT_FULL if full else LIMIT,
    )
    if record["status"] == 0:
        with np.load(library / "weights.npz") as found:
            _write(library, {name: task.judge.outcome(problem, found[name]) for name in found})
        _judge_history(task.judge, problem, library)


def run_replay(scores: Sequence[float], directory: Path, task: Task) -> None:
    """Find the update at which gradnet-run's first run on a task was as good as each of some scores.

    Raises:
        CalledProcessError: it failed
    """
    run = product_runs(directory / task.name)[0]
    command = [sys.executable, "-m", "experiments.benchmark.replay", str(run), *map(repr, scores)]
    subprocess.run(command, check=True, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True)


def _judge_history(judge: Judge, problem: Arrays, place: Path) -> None:
    """Judge every network that the library has evaluated, if it has kept them, and keep scores alone."""
    stored = place / "history.npz"
    if not stored.exists():
        return
    with np.load(stored) as found:
        scores = [judge.outcome(problem, weights)["score"] for weights in found["weights"]]
        course = {"seconds": found["seconds"].tolist(), "score": scores}
    (place / HISTORY).write_text(json.dumps(course) + "\n")
    stored.unlink()


def _write(place: Path, outcomes: dict[str, Outcome]) -> None:
    (place / OUTCOME).write_text(json.dumps(outcomes, indent=2) + "\n")
