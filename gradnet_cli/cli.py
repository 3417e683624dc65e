"""The ``gradnet-run`` entry: compose, check, hand over. Imports neither torch nor Hydra at module level."""

from __future__ import annotations


def main() -> None:
    """Entry of the console script."""
