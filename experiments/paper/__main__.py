"""`python -m experiments.paper [--full] [STUDY ...]`: run the studies and write outputs/reproduce-paper/."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from experiments.paper.execute import execute
from experiments.paper.judge import Judged, judge
from experiments.paper.report import headline, write_report
from experiments.paper.studies import find_studies

DIRECTORY = Path("outputs/reproduce-paper")


def main() -> int:
    """Run every study, go on after failures, and return 0 only if every claim was computed and holds."""
    parser = argparse.ArgumentParser(prog="python -m experiments.paper", description=main.__doc__)
    parser.add_argument("--full", action="store_true", help="the large sizes too")
    parser.add_argument("studies", nargs="*", help="names of folders in experiments/; all if none is named")
    arguments = parser.parse_args()
    studies = find_studies(full=arguments.full)
    unknown = set(arguments.studies) - {study.name for study in studies}
    if unknown:
        parser.error(f"no study {', '.join(sorted(unknown))}: there are {', '.join(s.name for s in studies)}")
    if arguments.studies:
        studies = [study for study in studies if study.name in arguments.studies]
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    began = time.perf_counter()
    judged: list[Judged] = []
    for study in studies:
        executed = []
        for name, run in study.runs.items():
            print(f"{study.name}: gradnet-run {run.overrides}", flush=True)
            executed.append(execute(study, name, run, into=DIRECTORY / "runs"))
            failure = executed[-1].failure
            print(
                f"    {executed[-1].seconds:.1f} s" + (f", failed: {failure}" if failure else ""), flush=True
            )
        judged.append(judge(study, executed))
        # After every study, so that a report is there however the next one ends.
        write_report(judged, DIRECTORY, seconds=time.perf_counter() - began)
    print(f"{headline(judged, time.perf_counter() - began)}: see {DIRECTORY / 'index.html'}")
    return 0 if all(study.holds for study in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
