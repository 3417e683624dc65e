"""Files of tensors that appear whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.report.files.atomic import replacing


def save_tensors(path: Path, content: Any) -> None:
    """Write tensors, numbers, lists and dicts into a folder that is there, or is made in one that is.

    Raises:
        OSError: the disk is full, say, or the run's directory is gone, which is not brought back
    """
    path.parent.mkdir(exist_ok=True)
    with replacing(path) as beside:
        try:
            torch.save(content, beside)
        except RuntimeError as error:  # torch tells of a full disk in words of its own
            raise OSError(errno.EIO, "cannot be written, the disk may be full", str(path)) from error


def arrays_of(tensors: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    """Tensors as NumPy's arrays; kinds of floats that it does not know as float32, which holds them."""
    known = (torch.float16, torch.float32, torch.float64)
    return {
        name: (value.float() if value.is_floating_point() and value.dtype not in known else value)
        .cpu()
        .numpy()
        for name, value in tensors.items()
    }


def tensors_of(arrays: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """Arrays as tensors."""
    return {name: torch.from_numpy(value) for name, value in arrays.items()}
