"""The short panel that a run ends with."""

from pathlib import Path
from typing import TYPE_CHECKING

from gradnet_cli.report.compared import gain_sentence, wording
from gradnet_cli.report.files.names import PRUNED
from gradnet_cli.report.wording import duration, number, percent, updates
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from rich.console import Console


def show(result: Result, directory: Path, *, console: "Console | None" = None) -> None:
    """Print score, bound, gap, gain, edges, budget, time, place: a panel on a terminal, else plain lines.

    `console` is a rich console; by default one on standard output.
    """
    from rich.console import Console

    console = Console() if console is None else console
    rows = panel_rows(result, directory)
    if not console.is_terminal:
        for name, value in rows:
            _print_plainly(console, name, value)
        return
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows[:-1]:
        table.add_row(name, Text(value, style="bold" if name == "score" else ""))
    colour = "green" if result.certified else "cyan"
    console.print(Panel(table, title=Text(result.objective, style="bold"), border_style=colour, expand=False))
    # Outside of the frame, which would break it into pieces that cannot be copied.
    _print_plainly(console, *rows[-1])


def _print_plainly(console: "Console", name: str, value: str) -> None:
    """One line, whatever the width of the terminal."""
    console.print(
        f"{name}: {value}", markup=False, highlight=False, emoji=False, soft_wrap=True, overflow="ignore"
    )


def panel_rows(result: Result, directory: Path | None) -> list[tuple[str, str]]:
    """What the panel says, as pairs of name and text; without the last where there is no directory."""
    rows = [("score", f"{number(result.score)} ({result.sense}d)")]
    rows += [("note", note) for note in result.notes]
    if result.bound is not None:
        of = f" {result.bound_scope}" if result.bound_scope else ""
        limit = f"no network{of} can " + ("exceed" if result.sense == "maximize" else "go below")
        rows.append(("bound", f"{number(result.bound)} ({limit} it)"))
    elif result.no_bound:
        rows.append(("bound", f"none: {result.no_bound}"))
    if result.gap is not None:
        proven = "proven" if result.certified else "not proven"
        short = f" of what the bound falls short of {result.ideal:g}" if result.ideal else ""
        rows.append(("gap", f"{percent(result.gap)}{short} ({proven})"))
    on_base = bool(result.problem.base.any())
    for reference, score in result.references.items():
        name = wording(reference, on_base=on_base).name
        told = gain_sentence(result.score, score, sense=result.sense, name=name)
        if told:
            rows.append(("gain", told))
    rows.append(
        (
            "edges used",
            f"{result.edges_used:,} of {result.problem.mask.candidates:,}, on {result.problem.nodes:,} nodes",
        )
    )
    if "edges_explored" in result.metrics:
        held, explored = result.metrics["edges_held"], result.metrics["edges_explored"]
        rows.append(("edges held", f"{held:,.0f} at a time, {explored:.1%} of the mask in all"))
    rows.append(("budget spent", _budget(result)))
    limited = [
        f"{result.metrics[name]:,.0f} {what}"
        for name, what in (
            ("edges_at_largest_weight", "edges at their largest weight"),
            ("nodes_at_largest_strength", "nodes at their largest strength"),
        )
        if name in result.metrics
    ]
    if limited:
        rows.append(("limits", ", ".join(limited)))
    if "edges_chosen" in result.metrics:
        chosen, relaxed = result.metrics["edges_chosen"], result.metrics["score_relaxed"]
        rows.append(("chosen", f"{chosen:,.0f} whole edges; with weights of any size {number(relaxed)}"))
    if result.pruned is not None:
        kept, score = result.metrics["pruned_edges"], result.metrics["score_pruned"]
        what = "changes of the base network" if on_base else "edges"
        rows.append(("pruned", f"{number(score)} with {kept:,.0f} {what}: {PRUNED}"))
    rows.append(("training", f"{duration(result.seconds)}, {updates(result.updates)} ({result.stop_reason})"))
    if directory is not None:
        rows.append(("results", f"{_place(directory)}/"))
    return rows


def _budget(result: Result) -> str:
    spent, budget = result.budget_spent, result.problem.budget_total
    if budget is None:
        return f"{number(spent)}, without a limit"
    # More digits than that would only show the rounding of a sum of many terms.
    return f"{spent:.6g} of {budget:.6g}"


def _place(directory: Path) -> str:
    directory, here = Path(directory).resolve(), Path.cwd()
    return str(directory.relative_to(here)) if directory.is_relative_to(here) else str(directory)
