"""Run the GradNet library and gradnet-run in turn on the same tasks, and write the table of ratios.

python -m experiments.benchmark.run [--full] [--tasks NAME ...] [--table DIRECTORY]
"""

import argparse
import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from experiments.benchmark.judge import algebraic_connectivity
from experiments.benchmark.machine import machine, moment, versions
from experiments.benchmark.measure import measure
from experiments.benchmark.objectives import run as objectives
from experiments.benchmark.objectives.records import read_comparisons
from experiments.benchmark.objectives.tables import objectives_csv, objectives_text
from experiments.benchmark.objectives.tasks import OBJECTIVE_TASKS, ObjectiveTask
from experiments.benchmark.records import (
    LIBRARY,
    PRODUCT,
    RUN,
    SCORE,
    Record,
    library_record,
    product_record,
    read_records,
)
from experiments.benchmark.report import results_text
from experiments.benchmark.tables import csv_text
from experiments.benchmark.tasks import TASKS, Task

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = ROOT / ".venv-benchmark"
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


def _program() -> Path:
    """Find the command gradnet-run of the environment that this script runs in."""
    found = Path(sys.executable).with_name(PRODUCT)
    if not found.exists():
        raise SystemExit(f"{PRODUCT} is not installed beside {Path(sys.executable).name}: use `make bench`")
    return found


def run_product(task: Task | ObjectiveTask, repeat: int, directory: Path, *, full: bool) -> None:
    """Run gradnet-run once."""
    place = directory / task.name / f"{PRODUCT}-{repeat}"
    overrides = task.overrides(full)
    measure(
        [str(_program()), *overrides, f"hydra.run.dir={place / RUN}"],
        shown=" ".join([PRODUCT, *overrides]),
        directory=place,
        limit=LIMIT_FULL if full else LIMIT,
    )


def run_library(task: Task, name: str, directory: Path, *, python: Path, full: bool) -> None:
    """Run the library once on the same mask, and let the judge score its networks."""
    planned = task.library[name]
    place = directory / task.name / f"{LIBRARY}-{name}"
    place.mkdir(parents=True)
    mask = task.mask()
    stored = place / "mask.npz"
    np.savez(stored, nodes=mask.nodes, edge_index=mask.edge_index, cost=mask.cost)
    options = ["--method", planned.method, "--updates", str(planned.updates_taken(full))]
    options += ["--rate", str(planned.rate)]
    if planned.iterations is not None:
        options += ["--iterations", str(planned.iterations)]
    record = measure(
        [str(python), str(HERE / "library.py"), str(stored), str(place), *options],
        shown=" ".join(["python experiments/benchmark/library.py mask.npz .", *options]),
        directory=place,
        limit=LIMIT_FULL if full else LIMIT,
    )
    if record["status"] == 0:
        with np.load(place / "weights.npz") as found:
            scores = {
                name: algebraic_connectivity(mask.edge_index, weights, nodes=mask.nodes)
                for name, weights in found.items()
            }
        (place / SCORE).write_text(json.dumps(scores) + "\n")


def run_all(tasks: Sequence[Task | ObjectiveTask], directory: Path, *, full: bool) -> None:
    """Take the tasks one by one, a line for each run; a run that fails does not stop the next."""
    _program()
    python = install_library()
    about = {"machine": machine(), "full": full, "begun": moment()}
    about["versions"] = {PRODUCT: versions(sys.executable), LIBRARY: versions(python)}
    begun = time.monotonic()
    total = sum(task.repeats + len(task.library) for task in tasks)
    done = 0

    def step(what: str, run: Callable[[], None], read: Callable[[], str]) -> None:
        nonlocal done
        done += 1
        print(f"[{done:2d}/{total}] {what} ... ", end="", flush=True)
        try:
            run()
            print(read(), flush=True)
        except Exception as error:
            print(f"failed: {error!r}", flush=True)

    for task in tasks:
        for repeat in range(1, task.repeats + 1):
            step(
                f"{task.title}: {PRODUCT}",
                lambda task=task, repeat=repeat: run_product(task, repeat, directory, full=full),
                lambda task=task: _said(product_record(task, directory)),
            )
        if isinstance(task, ObjectiveTask):
            step(
                f"{task.title}: {LIBRARY}",
                lambda task=task: objectives.run_library(
                    task, directory, python=python, full=full, limit=LIMIT_FULL if full else LIMIT
                ),
                lambda task=task: objectives.read_said(task, directory),
            )
        else:
            product = product_record(task, directory)
            for name in task.library:
                step(
                    f"{task.title}: {LIBRARY}, {name}",
                    lambda task=task, name=name: run_library(task, name, directory, python=python, full=full),
                    lambda task=task, name=name, product=product: _said(
                        library_record(task, name, directory, product=product)
                    ),
                )
        # Kept up to date, so that `--table` can read a benchmark that was broken off.
        about |= {"ended": moment(), "minutes": round((time.monotonic() - begun) / 60, 1)}
        (directory / "machine.json").write_text(json.dumps(about, indent=2) + "\n")


def write_results(tasks: Sequence[Task | ObjectiveTask], directory: Path) -> list[str]:
    """Write results.md and objectives.md, each with its CSV file, from what the runs in `directory` left.

    A table takes the place of the last one only if all its tasks were chosen: the table of a few is a
    try-out and stays beside its runs. Returns what failed.
    """
    about = json.loads((directory / "machine.json").read_text())
    failed: list[str] = []

    def write(
        name: str, chosen: Sequence[object], all_tasks: Sequence[object], markdown: str, rows: str
    ) -> None:
        target = directory if len(chosen) < len(all_tasks) else HERE
        (target / f"{name}.md").write_text(markdown, encoding="utf-8")
        (target / f"{name}.csv").write_text(rows, encoding="utf-8")
        print(f"{name}: {_near(target / name)}.md and {name}.csv")

    if spectral := [task for task in tasks if isinstance(task, Task)]:
        records = read_records(spectral, directory)
        write("results", spectral, TASKS, results_text(records, about), csv_text(records))
        failed += [f"{r.task}, {r.program} {r.method}: {r.note}" for r in records if r.note]
    if others := [task for task in tasks if isinstance(task, ObjectiveTask)]:
        comparisons = read_comparisons(others, directory)
        text = objectives_text(comparisons, about)
        write("objectives", others, OBJECTIVE_TASKS, text, objectives_csv(comparisons))
        failed += [f"{each.task.name}, {note}" for each in comparisons for note in each.notes]
    return failed


def main() -> int:
    known = {task.name: task for task in (*TASKS, *OBJECTIVE_TASKS)}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="all updates of the library, no limits of time")
    parser.add_argument(
        "--tasks", nargs="+", choices=list(known), metavar="NAME", help="only these: " + ", ".join(known)
    )
    parser.add_argument("--table", type=Path, metavar="DIRECTORY", help="no runs: the table of earlier ones")
    options = parser.parse_args()
    tasks = [known[name] for name in dict.fromkeys(options.tasks or known)]
    if options.table is not None:
        directory = options.table
        tasks = [task for task in tasks if (directory / task.name).is_dir()]
    else:
        directory = ROOT / "outputs" / "benchmark" / f"{datetime.datetime.now():%Y-%m-%d_%H-%M-%S}"
        directory.mkdir(parents=True)
        run_all(tasks, directory, full=options.full)
    failed = write_results(tasks, directory)
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


def _said(record: Record) -> str:
    if record.training_seconds is None or record.note:
        return record.note
    whole = "" if record.command_seconds is None else f", {record.command_seconds:.1f} s in all"
    scaled = f", scaled from {record.updates} updates" if record.scaled else ""
    share = "" if record.share is None else f", {record.share:.5f} of the {record.limit_kind}"
    return f"{record.training_seconds:.3g} s of training{scaled}{whole}{share}"


def _near(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
