import json
import sys

from experiments.benchmark.measure import measure


def test_time_memory_and_status_of_a_command(tmp_path):
    run = measure([sys.executable, "-c", "print('hello')"], shown="python", directory=tmp_path, limit=60)
    assert (run["command"], run["status"], run["error"]) == ("python", 0, None)
    assert run["seconds"] > 0
    assert 1 < run["peak_memory_mib"] < 1000
    assert json.loads((tmp_path / "command.json").read_text()) == run
    assert (tmp_path / "output.log").read_text() == "hello\n"


def test_a_failure_is_told_by_its_last_line(tmp_path):
    run = measure([sys.executable, "-c", "exit('no\\nway')"], shown="python", directory=tmp_path, limit=60)
    assert (run["status"], run["error"]) == (1, "way")


def test_a_command_that_does_not_end_is_stopped(tmp_path):
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    run = measure(command, shown="python", directory=tmp_path, limit=0.3)
    assert run["status"] != 0
    assert run["error"].startswith("not over after")
