"""Looks of figures: for a paper, for slides, and on dark ground. One is in use while a figure is drawn.

Colours that tell lines apart can be told with every kind of colour blindness (tests/report/test_looks.py
computes what is seen); what they are called is what they are on paper.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

Three = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look.

    Attributes:
        size: of letters, lines and marks, in those of a paper
        paper, ink: the ground, and letters and axes
        grey, faint, base: of what is beside the point; hardly seen; of a network that was there before
        void: of a matrix where it has no entries
        blue, orange, green, red: of lines and marks
        series: of many kinds of marks, the four first
        more, less: of a change, from little to much, upwards and downwards
        weights: of weights, from next to nothing to much
        negative, positive: of weights with signs, from next to nothing to much
        nothing: between them
    """

    size: float
    paper: str
    ink: str
    grey: str
    faint: str
    base: str
    void: str
    blue: str
    orange: str
    green: str
    red: str
    series: tuple[str, ...]
    more: Three
    less: Three
    weights: tuple[str, ...]
    negative: tuple[str, ...]
    positive: tuple[str, ...]
    nothing: str


# Blue, orange, green, vermilion, purple and sky blue are those of Okabe and Ito (2008); the ramps are parts
# of YlGnBu and PuOr of Brewer (2003).
PAPER = Look(
    size=1.0,
    paper="#ffffff",
    ink="#222222",
    grey="#666666",
    faint="#dddddd",
    base="#b8b8b8",
    void="#f2f2f2",
    blue="#0072B2",
    orange="#E69F00",
    green="#009E73",
    red="#D55E00",
    series=("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222", "#882255"),
    more=("#74b3dc", "#1f78b4", "#08306b"),
    less=("#f4a582", "#d6543c", "#7f0000"),
    weights=(
        *("#d6efb3", "#abdeb7", "#73c8bd", "#40b5c4", "#2498c1"),
        *("#2072b1", "#234da0", "#1f2f87", "#081d58"),
    ),
    negative=("#d8daeb", "#b2abd2", "#8073ac", "#542788", "#2d004b"),
    positive=("#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08"),
    nothing="#f7f7f7",
)
LOOKS = {
    "paper": PAPER,
    "slides": replace(PAPER, size=1.35),
    "dark": Look(
        size=1.0,
        paper="#15181d",
        ink="#ececec",
        grey="#8f8f8f",
        faint="#3d4249",
        base="#5c626b",
        void="#1f242b",
        blue="#3D9BE0",
        orange="#F5C84B",
        green="#35D6A0",
        red="#E86A33",
        series=("#3D9BE0", "#F5C84B", "#35D6A0", "#E86A33", "#e8a7cf", "#9fd5f7", "#ececec", "#8f8f8f"),
        more=("#3573a8", "#5aaeea", "#d4ecff"),
        less=("#a84f36", "#f0825c", "#ffdccd"),
        weights=("#234da0", "#2072b2", "#2498c1", "#40b5c4", "#73c8bd", "#a9ddb7", "#d6efb3", "#f7fcc9"),
        negative=("#4a4466", "#6c61a0", "#8f82d0", "#b3a6f5"),
        positive=("#634320", "#a0651b", "#e08f2c", "#ffc04d"),
        nothing="#31353b",
    ),
}
COLOURS = tuple(field.name for field in fields(Look) if field.type in (str, Three, tuple[str, ...]))

_look: ContextVar[Look] = ContextVar("look", default=PAPER)


def look() -> Look:
    """The look in use."""
    return _look.get()


@contextmanager
def using(name: str) -> Iterator[Look]:
    """Use a look by its name."""
    token = _look.set(LOOKS[name])
    try:
        yield _look.get()
    finally:
        _look.reset(token)
