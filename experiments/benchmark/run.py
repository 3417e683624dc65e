"""Run the GradNet library and gradnet-run in turn on the same tasks, and write the tables of ratios.

python -m experiments.benchmark.run [--full] [--tasks NAME ...] [--table DIRECTORY]
"""

import argparse
import datetime
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import gradnet_cli
from experiments.benchmark.comparison import compare
from experiments.benchmark.machine import FILE_NAME as MACHINE
from experiments.benchmark.machine import machine, moment, versions
from experiments.benchmark.programs import (
    ROOT,
    find_product,
    install_library,
    run_library,
    run_product,
    run_replay,
)
from experiments.benchmark.records import LIBRARY, NEAR, PRODUCT, Record, read_task
from experiments.benchmark.report import write_tables
from experiments.benchmark.tables import ratio_text
from experiments.benchmark.task import Task
from experiments.benchmark.tasks import TASKS
from gradnet_cli.runs.manifest import source_commit

Step = tuple[str, Callable[[], None], Callable[[], str]]


def steps(task: Task, directory: Path, *, python: Path, full: bool) -> Iterator[Step]:
    """What is run on a task: in words, the run itself, and what is told of it afterwards."""
    for repeat in range(1, task.repeats + 1):
        yield (
            f"{task.title}: {PRODUCT}",
            lambda repeat=repeat: run_product(task, repeat, directory, full=full),
            lambda: told(task, read_task(task, directory)[:1]),
        )
    for number, planned in enumerate(task.library, start=1):
        yield (
            f"{task.title}: {LIBRARY}, {planned.name}",
            lambda planned=planned: run_library(task, planned, directory, python=python, full=full),
            lambda number=number: told(task, [read_task(task, directory)[k] for k in (0, number)]),
        )
    if task.raced:
        yield (
            f"{task.title}: {PRODUCT}, judged on its way",
            lambda: replay(task, directory),
            lambda: told_of_race(task, read_task(task, directory)),
        )


def replay(task: Task, directory: Path) -> None:
    """Judge gradnet-run's networks on the way, where the library has given a score to reach."""
    product, *library = read_task(task, directory)
    if product.limit is None or not library:
        return
    scores = [each.aim for each in library if each.aim is not None]
    run_replay([*scores, NEAR * product.limit], directory, task)


def run_all(tasks: Sequence[Task], directory: Path, *, full: bool) -> None:
    """Take the tasks one by one, a line for each run; a run that fails does not stop the next."""
    find_product()
    python = install_library()
    about = {"machine": machine(), "full": full, "begun": moment()}
    about["commit"] = source_commit(Path(gradnet_cli.__file__).parent)
    about["versions"] = {PRODUCT: versions(sys.executable), LIBRARY: versions(python)}
    begun = time.monotonic()
    total = sum(task.repeats + len(task.library) + task.raced for task in tasks)
    done = 0
    for task in tasks:
        for what, run, read in steps(task, directory, python=python, full=full):
            done += 1
            print(f"[{done:2d}/{total}] {what} ... ", end="", flush=True)
            try:
                run()
                print(read(), flush=True)
            except Exception as error:
                print(f"failed: {error!r}", flush=True)
        # Kept up to date, so that `--table` can read a benchmark that was broken off.
        about |= {"ended": moment(), "minutes": round((time.monotonic() - begun) / 60, 1)}
        (directory / MACHINE).write_text(json.dumps(about, indent=2) + "\n")


def told(task: Task, records: Sequence[Record]) -> str:
    """One line on the last of a task's records: its time and score, and the ratio if it is the library's."""
    record = records[-1]
    if record.note or record.seconds is None:
        return record.note or "nothing to compare yet"
    words = [f"{record.measured} {record.seconds:.3g} s"]
    words += [f"scaled from {record.updates} updates"] if record.scaled else []
    words += [] if record.command_seconds is None else [f"{record.command_seconds:.1f} s in all"]
    words += [task.judge.told(record.outcome)] if record.outcome else []
    words += [] if record.share is None else [f"{record.share:.5f} of the {record.limit_kind}"]
    for comparison in compare([task], records):
        words += [] if comparison.ratio is None else [f"ratio {comparison.ratio:.3g}"]
        words += [] if task.asked is None or task.raced else [comparison.verdict.replace("*", "")]
    return ", ".join(words)


def told_of_race(task: Task, records: Sequence[Record]) -> str:
    """One line on the times to equal quality, and the verdicts."""
    told = [
        f"{each.library.method}: at equal quality {ratio_text(each.equal_ratio) or 'none'}, {each.verdict}"
        for each in compare([task], records)
    ]
    return "; ".join(told).replace("*", "")


def main() -> int:
    known = {task.name: task for task in TASKS}
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
    failed = write_tables(tasks, directory)
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
