"""Every kind of figure, each drawn of a small sample made of formulas."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradnet_cli.result import Result


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A figure of a sample.

    Attributes:
        name: of its picture
        module: what draws it, by its import path
        draw: draws it, in the style in use
    """

    name: str
    module: str
    draw: "Callable[[], Figure]"


def of_result(name: str, module: ModuleType, build: "Callable[[], Result]") -> Kind:
    """What a module of figures draws of a result, which is made when it is drawn."""

    def draw() -> "Figure":
        result = build()
        assert module.applies(result)
        figure: Figure = module.plot(result)
        return figure

    return Kind(name=name, module=module.__name__, draw=draw)


def kinds() -> Iterator[Kind]:
    """The general ones, those of the objectives and those of sweeps."""
    from tests.pictures import general, objectives, sweeps

    yield from general.kinds()
    yield from objectives.kinds()
    yield from sweeps.kinds()
