"""Figures of a finished run, in the style and as the files that its settings ask for.

A figure is a module with `applies(result) -> bool` and `plot(result) -> Figure`; it is found by being there.
Its files are called after the module. Its caption is the first paragraph of its docstring, or what a function
`caption(result)` says. Those of this folder are drawn whatever the objective is. An objective brings further
ones, in a package of its own or otherwise (`gradnet_cli.objectives.Objective.figures`), and a module of these
names in `REPLACES` what is then left out here.
"""

import contextlib
import importlib
import logging
import pkgutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from gradnet_cli.result.result import Result
from gradnet_cli.settings.figures import FigureSettings

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing

log = logging.getLogger(__name__)


def draw_all(result: Result, directory: Path) -> list[Path]:
    """Draw every figure that applies into `directory` and return the files.

    The objective's own come first, and take the place of general ones of the same name. A figure that fails
    is logged with its traceback and left out: hours of training are not lost to a drawing.
    """
    saved: dict[str, list[Path]] = {}
    film: list[Path] = []
    with _left_out_if_it_fails("figures"):
        from gradnet_cli.report.figures import animation
        from gradnet_cli.report.figures.style import styled

        settings = settings_of(result)
        formats = settings.format
        with styled(settings.style):
            replaced: dict[str, Sequence[str]] = {}
            saved |= _save_each(_noted(_own_drawings(result), replaced), directory, formats)
            without = {*saved, *(other for name in saved for other in replaced[name])}
            saved |= _save_each(drawings_of(__name__, result, without=without), directory, formats)
            with _left_out_if_it_fails("animation"):
                film = animation.save(result, directory)
    return [*(path for paths in saved.values() for path in paths), *film]


def drawings_of(package: str, result: Result, *, without: Collection[str] = ()) -> Iterator["Drawing"]:
    """The figures of a package that apply, drawn one after another; one that fails is logged and left out.

    Args:
        package: its name, as the package itself knows it by `__name__`
        result: what is drawn
        without: modules that are left out, by name
    """
    from gradnet_cli.objectives.drawing import Drawing  # torch comes with it

    for module in figure_modules(package):
        name = module.__name__.rpartition(".")[2]
        if name in without:
            continue
        drawing = None
        with _left_out_if_it_fails(f"figure {name!r}"):
            if module.applies(result):
                drawing = Drawing(
                    name=name,
                    caption=caption_of(module, result),
                    figure=module.plot(result),
                    replaces=getattr(module, "REPLACES", ()),
                )
        if drawing is not None:
            yield drawing


def all_drawings(result: Result, *, style: str | None = None) -> Iterator["Drawing"]:
    """Every figure that applies, the objective's own first, in a style or that of the result's settings."""
    from gradnet_cli.report.figures.style import styled

    with styled(style or settings_of(result).style):
        replaced: dict[str, Sequence[str]] = {}
        yield from _noted(_own_drawings(result), replaced)
        without = {*replaced, *(other for others in replaced.values() for other in others)}
        yield from drawings_of(__name__, result, without=without)


def picture(result: Result, name: str) -> str | None:
    """One of the general figures as a data address for a page; None where it does not apply."""
    from gradnet_cli.report.figures.style import data_address, styled

    module = importlib.import_module(f"{__name__}.{name}")
    with styled(settings_of(result).style):
        return data_address(module.plot(result)) if module.applies(result) else None


def settings_of(result: Result) -> FigureSettings:
    """How the figures of a result are drawn; as by default where it was not asked for by settings."""
    return FigureSettings() if result.settings is None else result.settings.figures


def figure_modules(package: str = __name__) -> list[ModuleType]:
    """All modules of a package that draw a figure, by name."""
    found = [
        importlib.import_module(f"{package}.{entry.name}")
        for entry in pkgutil.iter_modules(importlib.import_module(package).__path__)
    ]
    return [module for module in found if hasattr(module, "applies") and hasattr(module, "plot")]


def caption_of(module: ModuleType, result: Result) -> str:
    """What a module says of its figure of this result, else the first paragraph of its docstring."""
    if hasattr(module, "caption"):
        return str(module.caption(result))
    return " ".join((module.__doc__ or "").split("\n\n")[0].split())


def _own_drawings(result: Result) -> Iterator["Drawing"]:
    if result.objective_class is not None:
        yield from result.objective_class.figures(result)


def _noted(drawings: Iterable["Drawing"], replaced: dict[str, Sequence[str]]) -> Iterator["Drawing"]:
    """The drawings, and in `replaced` by their names the general figures that are left out for them."""
    for drawing in drawings:
        yield drawing
        replaced[drawing.name] = drawing.replaces  # afterwards, when it has been seen to be a drawing


def _save_each(
    drawings: Iterable["Drawing"], directory: Path, formats: Sequence[str]
) -> dict[str, list[Path]]:
    """The files of each drawing, by its name."""
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.report.figures.style import save

    saved: dict[str, list[Path]] = {}
    with _left_out_if_it_fails("rest of the figures"):
        for drawing in drawings:
            if not isinstance(drawing, Drawing):  # objectives of other people come by import path
                raise TypeError(f"figures() yields a {type(drawing).__name__}, and must yield Drawings")
            with _left_out_if_it_fails(f"figure {drawing.name!r}"):
                if drawing.name in saved:
                    raise ValueError(f"two drawings are called {drawing.name!r}")
                saved[drawing.name] = save(
                    drawing.figure, directory, drawing.name, caption=drawing.caption, formats=formats
                )
    return saved


@contextlib.contextmanager
def _left_out_if_it_fails(what: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception("The %s could not be drawn; all else is written.", what)
