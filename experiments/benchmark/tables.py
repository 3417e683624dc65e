"""results.md and results.csv: the records as tables, with the ratios between the two programs."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.benchmark.records import LIBRARY, PRODUCT, Record, exponent
from experiments.benchmark.tasks import SCALING, TASKS, Task


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """Figures of one way of the library on one task that no run of this benchmark gave."""

    seconds: float
    share: float
    source: str


QUOTED = {
    ("grid_70", "coo"): Quoted(
        seconds=3501,
        share=0.97488,
        source="gradnet 0.5.0, all 100 updates with COO products, measured once on 2 shared cores",
    )
}

METHODS = {
    "dense": "dense `eigvalsh`",
    "coo": "power iteration, COO products",
    "csr": "power iteration, CSR products",
}

RATIOS = ("training_ratio", "command_ratio", "share_ratio", "memory_ratio")


def ratios(library: Record, product: Record) -> dict[str, float | None]:
    """Return library / gradnet-run of one task: > 1 says that gradnet-run takes less.

    training_ratio compares training with training, command_ratio the library's training alone with the whole
    command of gradnet-run, share_ratio the scores, memory_ratio the peak memories of the processes.
    """

    def quotient(above: float | None, below: float | None) -> float | None:
        return None if above is None or not below else above / below

    return {
        "training_ratio": quotient(library.training_seconds, product.training_seconds),
        "command_ratio": quotient(library.training_seconds, product.command_seconds),
        "share_ratio": quotient(library.score, product.score),
        "memory_ratio": quotient(library.peak_memory_mib, product.peak_memory_mib),
    }


def csv_text(records: Sequence[Record]) -> str:
    """Return all records with all their numbers, one a row; the library's carry the ratios."""
    products = {record.task: record for record in records if record.program == PRODUCT}
    names = [field.name for field in dataclasses.fields(Record)]
    output = io.StringIO()
    writer = csv.DictWriter(output, [*names, "scaled", "share", *RATIOS], lineterminator="\n")
    writer.writeheader()
    for record in records:
        row = dataclasses.asdict(record) | {"scaled": record.scaled, "share": record.share}
        if record.program == LIBRARY:
            row |= ratios(record, products[record.task])
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return output.getvalue()


def comparison_table(records: Sequence[Record]) -> str:
    """Return the table of the library against gradnet-run."""
    head = ["task", "library's way to lambda_2", "library, training", "gradnet-run, training", "ratio"]
    head += ["gradnet-run, whole command", "ratio", "library, score", "gradnet-run, score", "memory, ratio"]
    products = {record.task: record for record in records if record.program == PRODUCT}
    rows = []
    for record in records:
        if record.program != LIBRARY:
            continue
        product = products[record.task]
        ratio = ratios(record, product)
        if record.training_seconds is None:
            rows.append([_title(record), METHODS[record.method], record.note, *[""] * 7])
            continue
        time = seconds_text(record.training_seconds)
        if record.scaled:
            time += f" *(scaled from {record.updates} of {record.updates_whole} updates)*"
        rows.append(
            [
                _title(record),
                METHODS[record.method],
                time,
                seconds_text(product.training_seconds) or product.note,
                ratio_text(ratio["training_ratio"]),
                seconds_text(product.command_seconds),
                ratio_text(ratio["command_ratio"]),
                "*not measured*" if record.scaled else _share(record),
                _share(product),
                _memory(record, product, ratio["memory_ratio"]),
            ]
        )
        quoted = QUOTED.get((record.task, record.method))
        if quoted and record.scaled:
            stand_in = dataclasses.replace(record, training_seconds=quoted.seconds)
            ratio = ratios(stand_in, product)
            row = [_title(record), "the same, *quoted* (1)", seconds_text(quoted.seconds)]
            row += [seconds_text(product.training_seconds), ratio_text(ratio["training_ratio"])]
            row += [seconds_text(product.command_seconds), ratio_text(ratio["command_ratio"])]
            rows.append([*row, f"{quoted.share:.5f}", _share(product), ""])
    text = table(head, rows)
    notes = [QUOTED[r.task, r.method].source for r in records if r.scaled and (r.task, r.method) in QUOTED]
    if notes:
        text += f"\n(1) {notes[0]}; not a run of this benchmark.\n"
    return text


def product_table(records: Sequence[Record]) -> str:
    """Return the table of gradnet-run's own runs."""
    head = ["task", "nodes", "edges", "updates", "training", "whole command", "score", "proven gap", "memory"]
    rows = [
        [
            _title(record),
            f"{record.nodes:,}",
            f"{record.edges:,}",
            str(record.updates),
            seconds_text(record.training_seconds),
            seconds_text(record.command_seconds),
            _share(record),
            "" if record.gap is None else f"{record.gap:.3g}",
            f"{record.peak_memory_mib:,.0f} MiB",
        ]
        if record.training_seconds is not None
        else [_title(record), *[""] * 3, record.note, *[""] * 4]
        for record in records
        if record.program == PRODUCT
    ]
    return table(head, rows)


def scaling_text(records: Sequence[Record]) -> str:
    """Return the fitted exponents in N of gradnet-run's time on grids."""
    grids = [r for r in records if r.program == PRODUCT and r.task in SCALING and r.nodes]
    training, command = (exponent(grids, key) for key in ("training_seconds", "command_seconds"))
    if training is None or command is None:
        return "Too few grids were run to fit an exponent.\n"
    sizes = ", ".join(f"{record.nodes:,}" for record in grids)
    return (
        f"Time grows as N^{training:.2f} in training and as N^{command:.2f} for the whole command, "
        f"fitted over grids of {sizes} nodes.\n"
    )


def _title(record: Record) -> str:
    known: dict[str, Task] = {task.name: task for task in TASKS}
    return known[record.task].title if record.task in known else record.task


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


def _share(record: Record) -> str:
    """Score over the optimum; over a bound it is at least so much."""
    if record.share is None:
        return ""
    return f"{'≥ ' if record.limit_kind == 'bound' else ''}{record.share:.5f}"


def _memory(library: Record, product: Record, ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{library.peak_memory_mib:,.0f} / {product.peak_memory_mib:,.0f} MiB = {ratio:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |\n" for row in cells)
