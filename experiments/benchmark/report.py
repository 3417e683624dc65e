"""The text of results.md around its tables."""

from collections.abc import Sequence
from typing import Any

from experiments.benchmark.records import LIBRARY, PRODUCT, Record
from experiments.benchmark.tables import comparison_table, product_table, scaling_text

EXPLANATION = """\
A ratio is the library's figure over gradnet-run's. The second ratio sets the training of the library alone,
without imports, against the whole command of gradnet-run, with imports, mask, export and figures. A score is
given over the optimum, or, with ≥, over the bound that gradnet-run proved. The times are those to the scores
beside them, not to the same score.
"""


def results_text(records: Sequence[Record], about: dict[str, Any]) -> str:
    """Return results.md: machine, both tables, scaling, and the commands that were run.

    `about` is the content of machine.json: machine, versions, full, begun, ended, minutes.
    """
    failures = [
        f"- {r.task}, {r.program}{' ' + r.method if r.method else ''}: {r.note}" for r in records if r.note
    ]
    parts = [
        "# Results of the benchmark\n",
        machine_text(about),
        f"## gradnet-run against the library\n\n{comparison_table(records)}",
        EXPLANATION,
        f"## gradnet-run on its own\n\n{product_table(records)}",
        scaling_text(records),
        *(["## Failures\n\n" + "\n".join(failures) + "\n"] if failures else []),
        "## Commands\n\n```bash\n" + "".join(f"{r.command}\n" for r in records if r.command) + "```\n",
    ]
    return "\n".join(parts)


def machine_text(about: dict[str, Any]) -> str:
    """Return when and on what a benchmark was run."""
    machine, versions = about["machine"], about["versions"]
    begun, ended = about["begun"], about["ended"]
    packages = [
        f"{program}: " + ", ".join(f"{name} {version}" for name, version in versions[program].items())
        for program in (PRODUCT, LIBRARY)
    ]
    return (
        f"Written by `make bench{' FULL=1' if about['full'] else ''}`, not by hand. "
        f"{begun['time']}, {about['minutes']} minutes; load {begun['load']} when it began, {ended['load']} "
        f"when it ended, its own included.\n\n"
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gib']} GiB, "
        f"{machine['system']}. "
        f"Environments: {'; '.join(packages)}.\n"
    )
