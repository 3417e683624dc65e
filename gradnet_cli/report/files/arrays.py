"""arrays.npz: what the objective's own figures are drawn from, so that they can be drawn again."""

from pathlib import Path

import numpy as np

from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.result.result import Result

FILE_NAME = "arrays.npz"


def write_arrays(path: Path, result: Result) -> None:
    """Write the result's arrays by name, plain numbers only; no file where there are none."""
    if result.arrays:
        with replacing(path) as beside:
            np.savez_compressed(beside, allow_pickle=False, **dict(result.arrays))


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read the arrays back by name; empty where no file was written."""
    if not Path(path).exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(file)
