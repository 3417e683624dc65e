"""What a sweep adds up to: `sweep.csv`, figures and `report.html`, at will and at the end of each sweep."""

from __future__ import annotations

import logging
from pathlib import Path

from gradnet_cli.errors import SettingError
from gradnet_cli.sweeps.table import Sweep, read_sweep, write_table

log = logging.getLogger(__name__)


def summarize(directory: str | Path, *, figures: bool = True) -> Sweep:
    """Write table, figures and report of the sweep in a directory from its jobs' files, and return it.

    Errors:
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
    if figures:
        _draw(sweep)
    return sweep


def _draw(sweep: Sweep) -> None:
    """The figures; one that fails is logged and left out, for the table is there already."""
    from gradnet_cli.sweeps.figures import draw_figures

    try:
        draw_figures(sweep)
    except Exception:
        log.exception("The figures of the sweep could not be drawn; the table is written.")
