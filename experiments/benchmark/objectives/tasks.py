"""The tasks of other objectives than lambda_2, and the settings of both programs, those of the tutorials."""

from dataclasses import dataclass
from typing import Literal

Measured = Literal["training to the library's score", "training", "an update"]


@dataclass(frozen=True, kw_only=True)
class LibraryStudy:
    """How the library is used: Adam, in one `gradnet.fit` a stage.

    Arguments:
        updates: of each stage
        rate: of Adam
        noise: its amplitude in each stage
        seconds: of the clock, after which the default stops the run; None and FULL=1 take every update
    """

    updates: tuple[int, ...]
    rate: float
    noise: tuple[float, ...] = (0.0,)
    seconds: float | None = None

    def options(self, full: bool) -> list[str]:
        """What the library's script is called with."""
        found = ["--updates", *map(str, self.updates), "--rate", str(self.rate)]
        if any(self.noise):
            found += ["--noise", *(f"{value:.4g}" for value in self.noise)]
        if self.seconds is not None and not full:
            found += ["--seconds", f"{self.seconds:g}"]
        return found


@dataclass(frozen=True, kw_only=True)
class ObjectiveTask:
    """One problem that gradnet-run takes from an experiment of its own, and the library by a script.

    Arguments:
        experiment: of conf/experiment
        objective: which of the scripts, judges and verdicts
        measured: what is timed, of both alike
        factor: how many times as long the library must take at least
        library: how the library is used
        repeats: runs of gradnet-run
    """

    name: str
    title: str
    experiment: str
    objective: str
    measured: Measured
    factor: int
    study: LibraryStudy
    repeats: int = 3
    optimum: float | None = None

    @property
    def library(self) -> dict[str, LibraryStudy]:
        return {"study": self.study}

    def overrides(self, full: bool) -> list[str]:
        """What gradnet-run is called with, but for the run's directory: the same with and without FULL=1."""
        return [f"experiment={self.experiment}"]


OBJECTIVE_TASKS = (
    ObjectiveTask(
        name="kuramoto_100",
        title="Kuramoto, N = 100, b = 2, time-mean order at 150 times",
        experiment="kuramoto_100",
        objective="kuramoto",
        measured="training to the library's score",
        factor=20,
        study=LibraryStudy(updates=(600,), rate=1.0),
    ),
    ObjectiveTask(
        name="karate",
        title="karate club, opinions at T = 10",
        experiment="karate",
        objective="karate",
        measured="training",
        factor=5,
        study=LibraryStudy(updates=(250,), rate=0.008),
    ),
    ObjectiveTask(
        name="quantum_50",
        title="quantum network, N = 50, 100 noisy networks an update",
        experiment="quantum_50",
        objective="quantum",
        measured="an update",
        factor=50,
        study=LibraryStudy(
            updates=(100, 100, 100, 100, 200, 1000),
            rate=0.005,
            noise=(1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6),
            seconds=60,
        ),
        repeats=1,
    ),
    ObjectiveTask(
        name="reconstruction_50",
        title="reconstruction, N = 50, from one trajectory",
        experiment="reconstruction_50",
        objective="reconstruction",
        measured="training",
        factor=50,
        study=LibraryStudy(updates=(300,), rate=0.5, seconds=15),
    ),
)
