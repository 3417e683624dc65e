"""One task of the benchmark: a problem, how both programs are run on it, and who judges their networks."""

from dataclasses import dataclass, field
from typing import Literal

from experiments.benchmark.judges.judge import Judge

Measured = Literal["training", "training to the library's score", "an update"]


@dataclass(frozen=True, kw_only=True)
class LibraryRun:
    """How the library is used: Adam, in one `gradnet.fit` a stage.

    Attributes:
        name: the method, of which a task may have several
        updates: of each stage
        rate: of Adam
        noise: its amplitude in each stage
        method: the way to lambda_2: "dense" (all eigenvalues), "coo" or "csr" (power iteration with products
            in that format; the library hands out COO); None where the objective has one way only
        iterations: of the power iteration
        brief: the default takes only so many updates, and their time is scaled; FULL=1 takes all
        seconds: of the clock, after which the default stops the run; FULL=1 takes every update
        known_share: score over the optimum of the whole run as it was measured elsewhere: what is to be
            reached where the default takes only the first updates
    """

    name: str = "adam"
    updates: tuple[int, ...]
    rate: float
    noise: tuple[float, ...] = (0.0,)
    method: str | None = None
    iterations: int | None = None
    brief: int | None = None
    seconds: float | None = None
    known_share: float | None = None

    @property
    def updates_whole(self) -> int:
        """Updates of the whole run."""
        return sum(self.updates)

    def options(self, full: bool) -> list[str]:
        """What the library's script is called with."""
        updates = self.updates if full or self.brief is None else (self.brief,)
        found = [] if self.method is None else ["--method", self.method]
        found += ["--updates", *map(str, updates), "--rate", str(self.rate)]
        if any(self.noise):
            found += ["--noise", *(f"{value:.4g}" for value in self.noise)]
        if self.iterations is not None:
            found += ["--iterations", str(self.iterations)]
        if self.seconds is not None and not full:
            found += ["--seconds", f"{self.seconds:g}"]
        if self.method is not None:
            found.append("--history")
        return found


@dataclass(frozen=True, kw_only=True)
class Task:
    """One problem, solved by gradnet-run and given to the library as gradnet-run has built it.

    Attributes:
        settings: what gradnet-run is called with, but for the run's directory
        brief: settings that only the default takes, to keep its time; FULL=1 leaves them away
        repeats: runs of gradnet-run
        library: runs of the library; none where it is not up to the size
        judge: what the library is given beside the mask, and how a network is judged
        measured: what is timed, of both alike
        asked: how many times as long the library must take at least, at equal quality where the judge is
            bounded, and otherwise for what is measured; None where nothing is asked
        optimum: the best score, where a formula gives it
    """

    name: str
    title: str
    settings: dict[str, object]
    judge: Judge
    brief: dict[str, object] = field(default_factory=dict)
    repeats: int = 1
    library: tuple[LibraryRun, ...] = ()
    measured: Measured = "training"
    asked: float | None = None
    optimum: float | None = None

    @property
    def raced(self) -> bool:
        """Whether times to equal quality are taken: where scores have a limit, and the library runs."""
        return self.judge.bounded and bool(self.library)

    def overrides(self, full: bool) -> list[str]:
        """What gradnet-run is called with, but for the run's directory."""
        chosen = self.settings if full else self.settings | self.brief
        return [f"{key}={value}" for key, value in chosen.items()]
