"""A run of the library beside gradnet-run on the same task: ratios and verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.benchmark.records import PRODUCT, Record
from experiments.benchmark.task import Task

RATIOS = (
    "ratio",
    "training_over_command",
    "command_ratio",
    "share_ratio",
    "memory_ratio",
    "equal_ratio",
    "percent_ratio",
)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Ratios are the library's figure over gradnet-run's: above 1, gradnet-run takes less."""

    task: Task
    product: Record
    library: Record

    @property
    def notes(self) -> list[str]:
        """What went wrong with either."""
        return [f"{each.program}: {each.note}" for each in (self.library, self.product) if each.note]

    @property
    def ratio(self) -> float | None:
        """Of what is measured, both alike."""
        return _quotient(self.library.seconds, self.product.seconds)

    @property
    def training_over_command(self) -> float | None:
        """The library's training alone over the whole command of gradnet-run."""
        training = None if self.task.measured == "an update" else self.library.seconds
        return _quotient(training, self.product.command_seconds)

    @property
    def command_ratio(self) -> float | None:
        """Of whole commands, from start to exit: imports, data, training and files."""
        return _quotient(self.library.command_seconds, self.product.command_seconds)

    @property
    def share_ratio(self) -> float | None:
        """Of scores that have the same limit, of whole runs."""
        return None if self.library.share is None else _quotient(self.library.score, self.product.score)

    @property
    def memory_ratio(self) -> float | None:
        """Of the peak memories of the processes."""
        return _quotient(self.library.peak_memory_mib, self.product.peak_memory_mib)

    @property
    def equal_ratio(self) -> float | None:
        """Of the trainings until a network was first as good as the library's final one."""
        return _quotient(self.library.seconds_to_aim, self.library.product_to_aim)

    @property
    def percent_ratio(self) -> float | None:
        """Of the trainings to within 1 % of the limit; at least so much where the library has not been."""
        library = self.library.seconds_to_percent
        library = self.library.seconds if library == math.inf else library
        return _quotient(library, self.product.seconds_to_percent)

    @property
    def idle(self) -> bool:
        """Whether the library's final network is no better than the one that it began with."""
        aim, first = self.library.aim, self.library.score_first
        return aim is not None and first is not None and aim <= first

    @property
    def judged_ratio(self) -> float | None:
        """The ratio of which something is asked."""
        if not self.task.judge.bounded:
            return self.ratio
        return None if self.idle else self.equal_ratio

    @property
    def fast(self) -> bool | None:
        """Whether the ratio reaches what is asked."""
        ratio = self.judged_ratio
        return None if ratio is None or self.task.asked is None else ratio >= self.task.asked

    @property
    def good(self) -> bool | None:
        """Whether gradnet-run's network is as good as asked, and no worse than the library's."""
        if not self.product.outcome or self.task.asked is None:
            return None
        if self.task.judge.bounded and self.library.aim is not None:  # of a run that was cut, that of all
            return self.task.judge.good(self.product.outcome, {"score": self.library.aim})
        return self.task.judge.good(self.product.outcome, self.library.outcome)

    @property
    def verdict(self) -> str:
        """Both verdicts in words; what was not measured, or not asked for, has none."""
        if self.notes or self.fast is None or self.good is None:
            return "none"
        failed = [] if self.fast else ["too slow"]
        failed += [] if self.good else ["network not as good"]
        return f"**does not hold**: {', '.join(failed)}" if failed else "**holds**"


def compare(tasks: Sequence[Task], records: Sequence[Record]) -> list[Comparison]:
    """Set each of the library's records beside gradnet-run's on the same task."""
    known = {task.name: task for task in tasks}
    products = {record.task: record for record in records if record.program == PRODUCT}
    return [
        Comparison(task=known[record.task], product=products[record.task], library=record)
        for record in records
        if record.program != PRODUCT
    ]


def _quotient(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below
