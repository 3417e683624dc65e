"""The numbers of earlier commits, and the one that is held against them."""

import csv
import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

HISTORY = Path(__file__).with_name("history.csv")
SLOWER = 1.2
"""Times as much as before that is told as slower."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number that was measured once.

    Attributes:
        value: seconds of the processor as a multiple of those of the reference, or mebibytes
        seconds: of the processor, the least of the rounds; None where memory was measured
    """

    name: str
    value: float
    seconds: float | None = None
    reference: float | None = None

    def lower(self, other: "Number | None") -> "Number":
        """The lower one of two measurements of a number: what disturbs only adds."""
        return self if other is None or self.value <= other.value else other


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Where and of what numbers were measured."""

    commit: str
    moment: str
    machine: str
    versions: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A number beside the one of before."""

    now: Number
    before: Number | None

    @property
    def factor(self) -> float | None:
        return None if self.before is None else self.now.value / self.before.value

    @property
    def slower(self) -> bool:
        return self.factor is not None and self.factor > SLOWER


Record = tuple[Circumstances, dict[str, Number]]


def read(path: Path = HISTORY) -> list[Record]:
    """All records, the oldest first."""
    if not path.exists():
        return []
    found: dict[Circumstances, dict[str, Number]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            where = Circumstances(**{each.name: row[each.name] for each in dataclasses.fields(Circumstances)})
            number = Number(
                name=row["name"],
                value=float(row["value"]),
                seconds=float(row["seconds"]) if row["seconds"] else None,
                reference=float(row["reference"]) if row["reference"] else None,
            )
            found.setdefault(where, {})[number.name] = number
    return list(found.items())


def add(where: Circumstances, numbers: Iterable[Number], path: Path = HISTORY) -> None:
    """Add a record at the end."""
    kinds = [each.name for kind in (Circumstances, Number) for each in dataclasses.fields(kind)]
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, kinds, lineterminator="\n")
        if fresh:
            writer.writeheader()
        for number in numbers:
            told = {
                name: f"{value:.4g}" if isinstance(value, float) else value
                for name, value in dataclasses.asdict(number).items()
            }
            writer.writerow(dataclasses.asdict(where) | told)


def latest(records: Iterable[Record], where: Circumstances) -> Record | None:
    """The last record of such a machine with such versions; failing that, the last one of all."""
    found = list(records)
    alike = [each for each in found if (each[0].machine, each[0].versions) == (where.machine, where.versions)]
    return (alike or found or [None])[-1]


def compare(now: Mapping[str, Number], before: Mapping[str, Number]) -> list[Change]:
    """Every number beside the one of before."""
    return [Change(now=number, before=before.get(name)) for name, number in now.items()]
