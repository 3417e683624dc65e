"""Measure the watched numbers, and show what has become slower: `make bench-watch`, RECORD=1 to keep them.

What seems slower is measured again, twice at most, and the least of all counts: what disturbs only adds. The
exit status is 1 where a number is by more than a fifth above that of the last record.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from experiments.benchmark.machine import machine, moment, versions
from experiments.benchmark.programs import ROOT
from experiments.benchmark.watch.clock import TIMER
from experiments.benchmark.watch.history import (
    HISTORY,
    SLOWER,
    Change,
    Circumstances,
    Number,
    add,
    compare,
    latest,
    read,
)

WATCHED = Path(__file__).with_name("watched.py")
AGAIN = 2


def measure(watched: Path, *, timer: str, only: Collection[str] = ()) -> dict[str, Number]:
    """Run the file of measurements, or some of them.

    Raises:
        subprocess.CalledProcessError: one of them fails; pytest has said how
    """
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "found.json"
        command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml")]
        command += ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "experiments.benchmark.watch.fixture"]
        command += ["--benchmark-disable-gc", f"--benchmark-json={written}", f"--benchmark-timer={timer}"]
        command += [f"{watched}::{name}" for name in only] or [str(watched)]
        # Of a pytest around this one nothing is taken over: on its workers nothing would be measured.
        around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        alone = {**around, "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}
        subprocess.run(command, cwd=ROOT, env=alone, check=True, stdout=sys.stderr)
        found = json.loads(written.read_text(encoding="utf-8"))
    return {number.name: number for number in map(_number, found["benchmarks"])}


def _number(found: dict) -> Number:
    if "mebibytes" in found["extra_info"]:
        return Number(name=found["name"], value=found["extra_info"]["mebibytes"])
    seconds, reference = found["stats"]["min"], found["extra_info"]["reference"]
    return Number(name=found["name"], value=seconds / reference, seconds=seconds, reference=reference)


def judge(
    watched: Path, before: dict[str, Number], *, timer: str, only: Collection[str] = ()
) -> list[Change]:
    """All numbers, or some, beside those of before; what seems slower is measured again."""
    now = measure(watched, timer=timer, only=only)
    for _ in range(AGAIN):
        slower = [change.now.name for change in compare(now, before) if change.slower]
        if not slower:
            break
        print(f"again: {', '.join(slower)}", file=sys.stderr)
        again = measure(watched, timer=timer, only=slower)
        now = {name: number.lower(again.get(name)) for name, number in now.items()}
    return compare(now, before)


def circumstances() -> Circumstances:
    """Of this moment."""
    git = ["git", "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
    found = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    about = machine()
    told = versions(sys.executable)
    return Circumstances(
        commit=found.stdout.strip() or "unknown",
        moment=str(moment()["time"]),
        machine=f"{about['cores']} x {about['processor']}, {about['memory_gib']} GiB, {about['system']}",
        versions=", ".join(f"{name} {told[name]}" for name in ("python", "torch", "numpy", "scipy")),
    )


def table(changes: list[Change]) -> str:
    """The numbers as text: multiples of the reference, or mebibytes."""
    wide = max(len(change.now.name) for change in changes)
    lines = [f"{'number':{wide}}  {'before':>9}  {'now':>9}  change"]
    for change in changes:
        before = "-" if change.before is None else f"{change.before.value:.4g}"
        told = "" if change.factor is None else f"{change.factor - 1:+.0%}"
        verdict = "  SLOWER" if change.slower else ""
        lines.append(f"{change.now.name:{wide}}  {before:>9}  {change.now.value:>9.4g}  {told:>6}{verdict}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--record", action="store_true", help="add the numbers to the history")
    parser.add_argument("--watched", type=Path, default=WATCHED, help="the file of measurements")
    parser.add_argument("--history", type=Path, default=HISTORY, help="the file of earlier numbers")
    parser.add_argument("--timer", default=TIMER, help="what measures, as module.function")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="measure these numbers alone")
    options = parser.parse_args(arguments)
    if options.record and options.only:
        parser.error("a record holds all numbers: --record and --only do not go together")
    where = circumstances()
    found = latest(read(options.history), where)
    changes = judge(
        options.watched, {} if found is None else found[1], timer=options.timer, only=options.only
    )
    print(table(changes))
    if found is not None:
        kept = found[0]
        print(f"before: {kept.commit}, {kept.moment}, {kept.machine}, {kept.versions}")
        if (kept.machine, kept.versions) != (where.machine, where.versions):
            print("That was another machine, or other versions: small changes say nothing.")
    print(f"now:    {where.commit}, {where.moment}, {where.machine}, {where.versions}")
    if options.record:
        add(where, [change.now for change in changes], options.history)
    slower = [change.now.name for change in changes if change.slower]
    print(f"{len(slower)} of {len(changes)} slower by more than {SLOWER - 1:.0%}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
