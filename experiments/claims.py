"""What a study claims, as numbers computed from the files of its runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One command of a study: the overrides behind `gradnet-run`, separated by blanks.

    Attributes:
        overrides: `experiment=grid_70 seed=1`; quote as in a shell where a value holds blanks
        seconds: about how long it takes on two cores, to order the work and to tell how much is left
        sweep: whether it is one without saying -m: its experiment does
    """

    overrides: str
    seconds: float = 10.0
    sweep: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One line of the report: a claim of a source beside what a run gave.

    Attributes:
        claim: what is claimed, in words
        source: where: author and year, or "derived"
        expected: the source's value, as text with its relation: ">= 0.99859"
        ours: the value that was computed from the run's files
        holds: the verdict, computed by comparing the two
        figure: a picture of the run, where one shows it
        note: why it does not hold, or how to read it
        open: why there is no verdict, ``undecided`` or ``no data``; such a claim neither holds nor fails
    """

    claim: str
    source: str
    expected: str
    ours: str
    holds: bool
    figure: Path | None = None
    note: str = field(default="")
    open: str = ""

    def __post_init__(self) -> None:
        if self.open and self.holds:
            raise ValueError(f"a claim that is {self.open} does not hold")

    @property
    def verdict(self) -> str:
        """In words."""
        return self.open or ("holds" if self.holds else "does not hold")
