"""The tables of a benchmark in Markdown: a column is a heading and what it says of a comparison."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from experiments.benchmark.comparison import Comparison
from experiments.benchmark.records import PRODUCT, Record, exponent
from experiments.benchmark.task import Task

Column = tuple[str, Callable[[Comparison], str]]


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """Figures of the library's whole run that no run of this benchmark gave; shown where a run was cut.

    Attributes:
        source: the note below the table
        seconds: of training, for a row of their own
        share: the score over the optimum, for that row
    """

    source: str
    seconds: float | None = None
    share: float | None = None


QUOTED = {
    ("grid_70", "coo"): Quoted(
        seconds=3501,
        share=0.97488,
        source="gradnet 0.5.0, all 100 updates with COO products, measured once on 2 shared cores; "
        "not a run of this benchmark.",
    ),
    ("quantum_50", "adam"): Quoted(
        source="What this many updates give. All 1,600 of them were measured once elsewhere: 1,349 s on one "
        "thread and\n0.91210 bit at the end.",
    ),
}

WAYS = {
    "dense": "dense `eigvalsh`",
    "coo": "power iteration, COO products",
    "csr": "power iteration, CSR products",
}


def comparison_table(
    columns: Sequence[Column], comparisons: Sequence[Comparison], *, quotations: bool = True
) -> str:
    """Return the table of the library against gradnet-run; the first two columns say what is compared.

    Args:
        quotations: whether figures that were measured elsewhere have rows of their own
    """
    rows, sources = [], []
    for each in comparisons:
        if each.library.seconds is None or each.product.seconds is None:
            cells = [cell(each) for _, cell in columns[:2]]
            rows.append([*cells, "; ".join(each.notes), *[""] * (len(columns) - 3)])
            continue
        rows.append([cell(each) for _, cell in columns])
        if not quotations or (quoted := _quoted(each)) is None:
            continue
        sources.append(quoted.source)
        if quoted.seconds is not None:
            rows.append(_quoted_row(columns, each, quoted))
    text = table([head for head, _ in columns], rows)
    return text + "".join(f"\n(1) {source}\n" for source in sources)


def _quoted(comparison: Comparison) -> Quoted | None:
    library = comparison.library
    return QUOTED.get((library.task, library.method)) if library.cut else None


def _quoted_row(columns: Sequence[Column], comparison: Comparison, quoted: Quoted) -> list[str]:
    library = comparison.library
    whole = replace(library, seconds=quoted.seconds, updates=library.updates_whole, peak_memory_mib=None)
    stand_in = replace(comparison, library=whole)
    said = {"library's way to lambda_2": "the same, *quoted* (1)", "library, score": f"{quoted.share:.5f}"}
    return [said.get(head) or cell(stand_in) for head, cell in columns]


def product_table(tasks: Sequence[Task], records: Sequence[Record]) -> str:
    """Return the table of gradnet-run's own runs."""
    head = ["task", "nodes", "edges", "updates", "training", "whole command", "score", "proven gap", "memory"]
    titles = {task.name: task.title for task in tasks}
    rows = [
        [
            titles[record.task],
            f"{record.nodes:,}",
            f"{record.edges:,}",
            str(record.updates),
            seconds_text(record.seconds),
            seconds_text(record.command_seconds),
            share_text(record),
            "" if record.gap is None else f"{record.gap:.3g}",
            f"{record.peak_memory_mib:,.0f} MiB",
        ]
        if record.seconds is not None
        else [titles[record.task], *[""] * 3, record.note, *[""] * 4]
        for record in records
        if record.program == PRODUCT
    ]
    return table(head, rows)


def scaling_text(names: Sequence[str], records: Sequence[Record]) -> str:
    """Return the exponents in N of gradnet-run's time, fitted over the tasks of these names."""
    grids = [r for r in records if r.program == PRODUCT and r.task in names and r.nodes]
    training, command = (exponent(grids, key) for key in ("seconds", "command_seconds"))
    if training is None or command is None:
        return "Too few grids were run to fit an exponent.\n"
    sizes = ", ".join(f"{record.nodes:,}" for record in grids)
    return (
        f"Time grows as N^{training:.2f} in training and as N^{command:.2f} for the whole command, "
        f"fitted over grids of {sizes} nodes.\n"
    )


def seconds_text(value: float | None) -> str:
    if value is None:
        return ""
    return (
        f"{1000 * value:.0f} ms"
        if value < 0.9995
        else f"{value:,.0f} s"
        if value >= 100
        else f"{value:.3g} s"
    )


def ratio_text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def share_text(record: Record) -> str:
    """Score over the optimum; over a bound it is at least so much."""
    if record.share is None:
        return ""
    return f"{'≥ ' if record.limit_kind == 'bound' else ''}{record.share:.5f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |\n" for row in cells)


def _library_seconds(each: Comparison) -> str:
    scaled = f" *(scaled from {_taken(each.library)})*" if each.library.scaled else ""
    return seconds_text(each.library.seconds) + scaled


def _taken(record: Record) -> str:
    return f"{record.updates:,} of {record.updates_whole:,} updates"


def _library_share(each: Comparison) -> str:
    return "*not measured*" if each.library.cut else share_text(each.library)


def _aim_share(each: Comparison) -> str:
    """The library's final score over the limit; of a run that was cut it is quoted, or unknown."""
    library = each.library
    if library.aim is None or not library.limit:
        return "*not measured*"
    said = f"{'≥ ' if library.limit_kind == 'bound' else ''}{library.aim / library.limit:.5f}"
    return f"{said} *(quoted)*" if library.cut else said


def _reached(seconds: float | None) -> str:
    return (
        "*not measured*"
        if seconds is None
        else "not reached"
        if math.isinf(seconds)
        else seconds_text(seconds)
    )


def _library_to_aim(each: Comparison) -> str:
    library = each.library
    return _reached(library.seconds_to_aim) + (
        " *(scaled)*" if library.cut and library.aim is not None else ""
    )


def _library_to_percent(each: Comparison) -> str:
    """Where it never came there, after the whole of its training."""
    library = each.library
    if library.seconds_to_percent is not None and math.isinf(library.seconds_to_percent):
        return f"not reached in {seconds_text(library.seconds)}" + (" *(scaled)*" if library.cut else "")
    return _reached(library.seconds_to_percent)


def _percent_ratio(each: Comparison) -> str:
    found = ratio_text(each.percent_ratio)
    never = each.library.seconds_to_percent == math.inf
    return f"≥ {found}" if found and never else found


def _equal_verdict(each: Comparison) -> str:
    return "none: the library ends no better than it begins" if each.idle else each.verdict


def _memory(each: Comparison) -> str:
    if each.memory_ratio is None:
        return ""
    library, product = each.library.peak_memory_mib, each.product.peak_memory_mib
    return f"{library:,.0f} / {product:,.0f} MiB = {each.memory_ratio:.2f}"


def _commands(each: Comparison) -> str:
    if each.command_ratio is None:
        return ""
    library, product = (seconds_text(record.command_seconds) for record in (each.library, each.product))
    return f"{'scaled ' if each.library.cut else ''}{library} / {product} = {ratio_text(each.command_ratio)}"


def _library_network(each: Comparison) -> str:
    """What the library found; a scaled run has ended too early to say."""
    if not each.library.outcome or each.library.scaled:
        return "*not measured*"
    text = each.task.judge.told(each.library.outcome)
    return f"{text} *after {_taken(each.library)}* (1)" if each.library.cut else text


def _network(each: Comparison) -> str:
    return each.task.judge.told(each.product.outcome) if each.product.outcome else ""


LAMBDA_2_COLUMNS: tuple[Column, ...] = (
    ("task", lambda each: each.task.title),
    ("library's way to lambda_2", lambda each: WAYS[each.library.method]),
    ("library, training", _library_seconds),
    ("gradnet-run, training", lambda each: seconds_text(each.product.seconds)),
    ("ratio", lambda each: ratio_text(each.ratio)),
    ("gradnet-run, whole command", lambda each: seconds_text(each.product.command_seconds)),
    ("ratio", lambda each: ratio_text(each.training_over_command)),
    ("library, score", _library_share),
    ("gradnet-run, score", lambda each: share_text(each.product)),
    ("memory, ratio", _memory),
)

EQUAL_COLUMNS: tuple[Column, ...] = (
    ("task", lambda each: each.task.title),
    ("library's way to lambda_2", lambda each: WAYS[each.library.method]),
    ("library's final score", _aim_share),
    ("library, to that score", _library_to_aim),
    ("gradnet-run, to that score", lambda each: _reached(each.library.product_to_aim)),
    ("ratio", lambda each: ratio_text(each.equal_ratio)),
    ("asked", lambda each: f">= {each.task.asked:g}"),
    ("verdict", _equal_verdict),
    ("library, to within 1 %", _library_to_percent),
    ("gradnet-run, to within 1 %", lambda each: _reached(each.product.seconds_to_percent)),
    ("ratio", _percent_ratio),
)

OBJECTIVE_COLUMNS: tuple[Column, ...] = (
    ("task", lambda each: each.task.title),
    ("measured", lambda each: each.task.measured),
    ("library", _library_seconds),
    ("gradnet-run", lambda each: seconds_text(each.product.seconds)),
    ("ratio", lambda each: ratio_text(each.ratio)),
    ("asked", lambda each: f">= {each.task.asked:g}"),
    ("verdict", lambda each: each.verdict),
    ("whole commands", _commands),
    ("library's network", _library_network),
    ("gradnet-run's network", _network),
)
