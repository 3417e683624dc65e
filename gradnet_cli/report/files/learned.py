"""learned.npz: what an objective has learned beside the network, as plain arrays by name."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gradnet_cli.report.files.atomic import replacing


def write_learned(path: Path, learned: Mapping[str, np.ndarray]) -> None:
    """Write parameters and buffers by name, whole or not at all."""
    with replacing(path) as beside:
        np.savez(beside, allow_pickle=False, **dict(learned))


def read_learned(path: Path) -> dict[str, np.ndarray]:
    """Read them back by name."""
    with np.load(path, allow_pickle=False) as file:
        return dict(file)
