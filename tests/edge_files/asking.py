"""A file is written and read: what comes of it, and what is said."""

from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks.edge_list import build


def read(name: str, content: str | bytes, **settings: object) -> Mask:
    """Write a file into the current directory and read it."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    mask = build(path=name, **settings)  # type: ignore[arg-type]
    mask.check()
    return mask


def pairs(mask: Mask) -> list[tuple[str, str]]:
    """The edges by the names of their ends."""
    labels = np.arange(mask.nodes).astype(str) if mask.labels is None else mask.labels
    return [(str(labels[i]), str(labels[j])) for i, j in mask.edge_index.T]


def refusal(name: str, content: str | bytes, **settings: object) -> str:
    """The line with which a file is refused."""
    with pytest.raises(SettingError) as caught:
        read(name, content, **settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def said(told: pytest.LogCaptureFixture) -> str:
    """The one line that was told."""
    (line,) = told.messages
    assert "\n" not in line
    return line
