"""YAML files of plain values."""

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where it was built
UNREADABLE = (OSError, ValueError, yaml.YAMLError, RecursionError)


def load_yaml(path: Path) -> Any:
    """What a file holds; one of UNREADABLE where it cannot be read."""
    return yaml.load(Path(path).read_bytes(), Loader=_LOADER)


def read_yaml(path: Path) -> Any:
    """What a file holds; None where it is missing or cannot be read."""
    try:
        return load_yaml(path)
    except UNREADABLE:
        return None
