"""objectives.md and objectives.csv: the comparisons as tables, with ratios and verdicts."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from experiments.benchmark.objectives.judge import Outcome
from experiments.benchmark.objectives.records import Comparison
from experiments.benchmark.report import machine_text
from experiments.benchmark.tables import ratio_text, seconds_text, table

HEAD = ("task", "measured", "library", "gradnet-run", "ratio", "asked", "verdict")
HEAD += ("whole commands", "library's network", "gradnet-run's network")
COLUMNS = ("task", "measured", "repeats", "seconds", "library_seconds", "ratio", "factor", "fast", "good")
COLUMNS += ("command_seconds", "library_command_seconds", "command_ratio")
COLUMNS += ("updates", "updates_whole", "scaled")

EXPLANATION = """\
A ratio is the library's time over gradnet-run's. The verdict says whether it reaches what is asked, and
whether gradnet-run's network is as good as asked and no worse than the library's. Both are judged alike, from
their weights. *Training to the library's score* is the library's whole training against the seconds after
which gradnet-run's network was as good as the library's. Whole commands are from start to exit of the
processes: imports, data, training and files, with the figures of gradnet-run; nothing is asked of them.
"""

QUOTED = """\
(1) What this many updates give. All 1,600 of them were measured once elsewhere: 1,349 s on one thread and
0.91210 bit at the end.
"""

_TEXTS: dict[str, Callable[[Outcome], str]] = {
    "kuramoto": lambda found: f"r = {found['score']:.8f}",
    "karate": lambda found: f"{found['parts']:.0f} parts, {found['misplaced']:.0f} misplaced",
    "quantum": lambda found: f"{found['score']:.5f} bit",
    "reconstruction": lambda found: f"F1 = {found['f1']:.4g}",
}


def verdict(comparison: Comparison) -> str:
    """Both verdicts in words; what was not measured has none."""
    if comparison.fast is None or comparison.good is None:
        return "none"
    if comparison.fast and comparison.good:
        return "**holds**"
    failed = [] if comparison.fast else ["too slow"]
    failed += [] if comparison.good else ["network not as good"]
    return "**does not hold**: " + ", ".join(failed)


def objectives_table(comparisons: Sequence[Comparison]) -> str:
    """Return the table of ratios and verdicts."""
    rows = []
    for each in comparisons:
        task = each.task
        if each.notes:
            rows.append([task.title, task.measured, "; ".join(each.notes), *[""] * 7])
            continue
        taken = f"{each.updates:,} of {each.updates_whole:,} updates"
        rows.append(
            [
                task.title,
                task.measured,
                seconds_text(each.library_seconds) + (f" *(scaled from {taken})*" if each.scaled else ""),
                seconds_text(each.seconds),
                ratio_text(each.ratio),
                f">= {task.factor}",
                verdict(each),
                _commands(each),
                _library_network(each, taken),
                "" if each.outcome is None else _TEXTS[task.objective](each.outcome),
            ]
        )
    text = table(HEAD, rows)
    return text + (f"\n{QUOTED}" if any("(1)" in row[8] for row in rows) else "")


def objectives_csv(comparisons: Sequence[Comparison]) -> str:
    """Return all numbers unrounded, one task a row; outcomes as NAME and library_NAME."""
    rows = []
    for each in comparisons:
        row: dict[str, Any] = {name: getattr(each, name, None) for name in COLUMNS}
        row |= {"task": each.task.name, "measured": each.task.measured, "factor": each.task.factor}
        row |= each.outcome or {}
        row |= {f"library_{name}": value for name, value in (each.library_outcome or {}).items()}
        rows.append(row)
    output = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(output, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return output.getvalue()


def objectives_text(comparisons: Sequence[Comparison], about: dict[str, Any]) -> str:
    """Return objectives.md: machine, table, failures and commands."""
    failures = [f"- {each.task.name}, {note}" for each in comparisons for note in each.notes]
    parts = [
        "# Results of the benchmark: other objectives\n",
        machine_text(about),
        objectives_table(comparisons),
        EXPLANATION,
        *(["## Failures\n\n" + "\n".join(failures) + "\n"] if failures else []),
        "## Commands\n\n```bash\n"
        + "".join(f"{line}\n" for each in comparisons for line in each.commands)
        + "```\n",
    ]
    return "\n".join(parts)


def _commands(comparison: Comparison) -> str:
    if comparison.command_ratio is None:
        return ""
    scaled = "scaled " if comparison.cut else ""
    return (
        f"{scaled}{seconds_text(comparison.library_command_seconds)} / "
        f"{seconds_text(comparison.command_seconds)} = {ratio_text(comparison.command_ratio)}"
    )


def _library_network(comparison: Comparison, taken: str) -> str:
    """What the library found; a scaled run has ended too early to say."""
    found = comparison.library_outcome
    if found is None or comparison.scaled:
        return "*not measured*"
    text = _TEXTS[comparison.task.objective](found)
    return f"{text} *after {taken}* (1)" if comparison.cut else text
