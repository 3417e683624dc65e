"""Figures of a finished run, PNG and SVG each.

A figure is a module of this folder that exposes `applies(result) -> bool` and
`draw(result, metrics, directory) -> list[Path]`; it is found by being there. `metrics` is the table of
`metrics.csv`.
"""

import importlib
import logging
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    import pandas

log = logging.getLogger(__name__)


def figure_modules() -> list[ModuleType]:
    """All modules of this folder that draw a figure, by name."""
    found = [importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__)]
    return [module for module in found if hasattr(module, "applies") and hasattr(module, "draw")]


def draw_all(
    result: Result, metrics: "pandas.DataFrame", directory: Path, *, strict: bool = False
) -> list[Path]:
    """Draw every figure that applies into `directory` and return the files.

    A figure that fails is logged with its traceback and left out: hours of training are not lost to a
    drawing. `strict` raises instead.
    """
    from gradnet_cli.report.figures.style import paper

    paths: list[Path] = []
    with paper():
        for module in figure_modules():
            try:
                if module.applies(result):
                    paths += module.draw(result, metrics, directory)
            except Exception:
                if strict:
                    raise
                log.exception(
                    "The figure %r could not be drawn; all else is written.", module.__name__.split(".")[-1]
                )
    return paths
