"""`gradnet_cli.load_sweep`: the jobs of a sweep as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gradnet_cli.errors import SettingError
from gradnet_cli.sweeps.table import read_sweep

if TYPE_CHECKING:
    import pandas


def load_sweep(directory: str | Path) -> pandas.DataFrame:
    """Read what the jobs of a sweep have come to, also while they run.

    Returns:
        a row a job with the columns of sweep.csv: job, what was swept, state, score, bound, gap, edges_used
        and all metrics, seconds, error; and the directory of each, which gradnet_cli.load takes

    Raises:
        SettingError: there is no such directory, or no run in it
    """
    import pandas

    place = Path(directory)
    if not place.is_dir():
        raise SettingError(setting="load_sweep", value=directory, allowed="must be the directory of a sweep")
    sweep = read_sweep(place.absolute())
    if not sweep.rows:
        raise SettingError(setting="load_sweep", value=directory, allowed="holds no runs")
    table = pandas.DataFrame(sweep.rows, columns=list(sweep.columns))
    table["directory"] = [str(place / each) for each in table["directory"]]
    return table
