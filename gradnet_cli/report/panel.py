"""The short panel that a run ends with."""

from pathlib import Path
from typing import TYPE_CHECKING

from gradnet_cli.report.result import Result

if TYPE_CHECKING:
    from rich.console import Console

LEAST_SHARE = 1e-8
"""A gap below this share is rounding error and is shown as such."""


def show(result: Result, directory: Path, *, console: "Console | None" = None) -> None:
    """Print score, bound, gap, gain, edges, budget, time, place: a panel on a terminal, else plain lines.

    `console` is a rich console; by default one on standard output.
    """
    from rich.console import Console

    console = Console() if console is None else console
    rows = panel_rows(result, directory)
    if not console.is_terminal:
        for name, value in rows:
            console.print(
                f"{name}: {value}",
                markup=False,
                highlight=False,
                emoji=False,
                soft_wrap=True,
                overflow="ignore",
            )
        return
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(value, style="bold" if name == "score" else ""))
    colour = "green" if result.certified else "cyan"
    console.print(Panel(table, title=Text(result.objective, style="bold"), border_style=colour, expand=False))


def panel_rows(result: Result, directory: Path) -> list[tuple[str, str]]:
    """What the panel says, as pairs of name and text."""
    rows = [("score", f"{_number(result.score)} ({result.sense}d)")]
    if result.bound is not None:
        limit = "no network can exceed" if result.sense == "maximize" else "no network can go below"
        rows.append(("bound", f"{_number(result.bound)} ({limit} it)"))
    if result.gap is not None:
        proven = "proven" if result.certified else "not proven"
        rows.append(("gap", f"{_percent(result.gap)} ({proven})"))
    for reference, score in result.references.items():
        gain = result.gain_over(reference)
        if gain is not None:
            rows.append(
                (
                    "gain",
                    f"{100 * gain:+.3g} % over the {reference.replace('_', ' ')} network ({_number(score)})",
                )
            )
    rows.append(
        (
            "edges used",
            f"{result.edges_used:,} of {result.problem.edges:,}, on {result.problem.nodes:,} nodes",
        )
    )
    rows.append(("budget spent", _budget(result)))
    rows.append(("training", f"{_duration(result.seconds)}, {_updates(result)} ({result.stop_reason})"))
    rows.append(("results", f"{_place(directory)}/"))
    return rows


def _number(value: float) -> str:
    return f"{value:.7g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share >= LEAST_SHARE else f"below {100 * LEAST_SHARE:g} %"


def _budget(result: Result) -> str:
    spent, budget = result.budget_spent, result.problem.budget_total
    if budget is None:
        return f"{_number(spent)}, without a limit"
    # More digits than that would only show the rounding of a sum of many terms.
    return f"{spent:.6g} of {budget:.6g}"


def _updates(result: Result) -> str:
    return f"{result.updates:,} update{'' if result.updates == 1 else 's'}"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _place(directory: Path) -> str:
    directory, here = Path(directory).resolve(), Path.cwd()
    return str(directory.relative_to(here)) if directory.is_relative_to(here) else str(directory)
