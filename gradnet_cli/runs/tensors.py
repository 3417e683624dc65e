"""Files of tensors that appear whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import torch

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
