"""The page of Python's names: every public name of the package, described by its docstring."""

from __future__ import annotations

import gradnet_cli

PAGE = "reference/api.md"
ORDER = ("optimize", "load", "load_sweep", "settings_from")
"""What one begins with; the rest follows by the alphabet."""


def page() -> str:
    """The Markdown of the page."""
    names = [*ORDER, *(name for name in gradnet_cli.__all__ if name not in ORDER)]
    lines = [
        "# Python, name by name\n",
        "`import gradnet_cli as gn` offers these names. [Python](python.md) shows how they go together.\n",
    ]
    return "\n".join([*lines, *(f"::: {home(name)}\n" for name in names)])


def home(name: str) -> str:
    """The full name of a public name: of the module that defines it."""
    value = getattr(gradnet_cli, name)
    return f"{value.__module__}.{value.__qualname__}"
