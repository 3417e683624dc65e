"""A clock that is set back while a run is under way, or between two."""

import datetime
import itertools
import json
import time
from pathlib import Path

import pandas
import pytest

from tests.bad_days.conftest import assert_told, state
from tests.cli.conftest import Command


@pytest.fixture
def clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of day goes back by a minute each time that somebody looks."""
    begin = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
    looks = itertools.count()

    class Backwards(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            moment = begin - datetime.timedelta(minutes=next(looks))
            return moment.astimezone(tz) if tz else moment.astimezone().replace(tzinfo=None)

    monkeypatch.setattr(datetime, "datetime", Backwards)
    monkeypatch.setattr(time, "time", lambda: (begin - datetime.timedelta(minutes=next(looks))).timestamp())


@pytest.mark.usefixtures("clock_goes_back")
def test_a_clock_that_goes_back(run: Command, here: Path) -> None:
    answer = run("checkpoint.seconds=0.001")
    assert (answer.exit_status, answer.err) == (0, "")
    assert state("run")["state"] == "done"
    assert state("run")["seconds"] >= 0
    assert json.loads(Path("run/summary.json").read_text())["seconds"] >= 0
    seconds = pandas.read_csv("run/metrics.csv")["seconds"]
    assert (seconds >= 0).all()
    assert seconds.is_monotonic_increasing


def test_a_moment_that_comes_twice(command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs that would have the same name: the second leaves the first one alone."""
    from hydra.core import utils

    monkeypatch.setattr(utils, "datetime", Stopped)
    small = ("rows=3", "updates=1", "figures=false")
    assert command(*small).exit_status == 0
    (first,) = Path("outputs/algebraic_connectivity_grid").iterdir()
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert "holds a run already" in assert_told(command(*small, "seed=1"), exit_status=2)
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before


class Stopped(datetime.datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return cls(2030, 1, 1, tzinfo=tz)
