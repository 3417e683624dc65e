import datetime
import json

import pytest

from gradnet_cli.runs.status import Status

KEYS = ["state", "started", "finished", "seconds", "error", "process"]


def read(directory):
    return json.loads((directory / "status.json").read_text())


def test_a_run_is_running_then_done(tmp_path):
    status = Status(directory=tmp_path)
    status.begin()
    running = read(tmp_path)
    assert list(running) == KEYS
    assert running["state"] == "running"
    assert running["finished"] is None
    status.finish(state="done")
    done = read(tmp_path)
    assert list(done) == KEYS
    assert done["state"] == "done"
    assert done["started"] == running["started"]
    assert done["seconds"] >= 0
    assert done["error"] is None
    assert datetime.datetime.fromisoformat(done["finished"]).tzinfo is not None


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("went\n  wrong", "went wrong"),
        ("\x1b[31mred", "\\x1b[31mred"),
        (None, None),
    ],
)
def test_an_error_is_told_in_one_line(tmp_path, error, line):
    status = Status(directory=tmp_path)
    status.begin()
    status.finish(state="failed", error=error)
    assert read(tmp_path)["error"] == line
    assert read(tmp_path)["state"] == "failed"


def test_states_are_checked(tmp_path):
    status = Status(directory=tmp_path)
    with pytest.raises(RuntimeError):
        status.finish(state="done")
    status.begin()
    with pytest.raises(ValueError, match="interrupted"):
        status.finish(state="finished")
    assert read(tmp_path)["state"] == "running"
