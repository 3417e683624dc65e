"""What a sweep adds up to: `sweep.csv`, figures and `report.html`, at will and at the end of each sweep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from gradnet_cli.errors import SettingError
from gradnet_cli.sweeps.table import Sweep, read_sweep, write_table

log = logging.getLogger(__name__)


def summarize(directory: str | Path, *, report: bool = True) -> Sweep:
    """Write table, figures and report of the sweep in a directory from its jobs' files, and return it.

    The figures are drawn whatever its jobs were told: theirs are many, and these are few.

    Raises:
        SettingError: there is no such directory, or no job in it
    """
    given, directory = directory, Path(directory).absolute()
    if not directory.is_dir():
        raise SettingError(
            setting="summarize", value=given, allowed="must be the directory of a sweep, and there is none"
        )
    sweep = read_sweep(directory)
    if not sweep.rows:
        raise SettingError(setting="summarize", value=given, allowed="holds no runs")
    write_table(sweep)
    from gradnet_cli.sweeps.figures import draw_figures

    _try("figures", draw_figures, sweep)
    if report:
        from gradnet_cli.sweeps.page import write_sweep_report

        _try("report", write_sweep_report, sweep)
    return sweep


def summarize_again(directory: str, *, others: int) -> int:
    """`gradnet-run summarize=DIRECTORY`: sum up, show the table, and return the exit status.

    Args:
        others: how many settings and flags were given beside

    Raises:
        SettingError: there is no sweep, or other settings were given
    """
    from gradnet_cli.sweeps.terminal import show_sweep

    if others:
        raise SettingError(
            setting="summarize", value=directory, allowed="goes without other settings or flags"
        )
    show_sweep(summarize(directory))
    return 0


def _try(name: str, write: Callable[[Sweep], object], sweep: Sweep) -> None:
    """What is for people to look at: where it fails it is logged and left out, for the table is there."""
    try:
        write(sweep)
    except Exception:
        log.exception("The %s of the sweep could not be written; the table is there.", name)
