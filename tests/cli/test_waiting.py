"""A terminal is never still for long: what is waited for stands there until something is told."""

import re
import sys

import pytest

from gradnet_cli.runs.waiting import Waiting

WAITS = r"(loading PyTorch|scoring the network|choosing whole edges|writing [a-z. ]+) \.\.\."


def screen(text: str) -> list[str]:
    """The lines that a terminal shows in the end of what was written to it."""
    shown = []
    for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n").split("\n"):
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        shown.append("".join(cells).rstrip())
    return shown


@pytest.mark.parametrize("changes", [(), ("select=edges", "select.count=5", "select.exchanges=3")])
def test_a_terminal_shows_what_is_waited_for(command, monkeypatch, changes: tuple[str, ...]) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    answer = command("mask=complete", "nodes=4", "figures=false", "hydra.run.dir=run", *changes)
    assert (answer.exit_status, answer.err) == (0, "")
    third = "choosing whole edges" if changes else "scoring the network"
    asked = re.findall(WAITS, answer.out)
    assert list(dict.fromkeys(asked)) == ["loading PyTorch", third, "writing files", "writing report.html"]
    left = screen(answer.out)
    assert not [line for line in left if re.search(WAITS, line)]
    assert any("algebraic_connectivity of 4 nodes and 6 edges" in line for line in left)


@pytest.mark.parametrize("kind", ["lines", "none"])
def test_nothing_is_shown_where_no_bar_was_asked_for(capsys, monkeypatch, kind: str) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with Waiting(kind) as line:
        line.say("loading")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("kind", ["auto", "bar"])
def test_nothing_is_written_to_a_file(capsys, kind: str) -> None:
    with Waiting(kind) as line:
        line.say("loading")
    assert capsys.readouterr().out == ""


def test_the_line_is_gone_after_an_error(capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    def fail() -> None:
        with Waiting("auto") as line:
            line.say("scoring the network")
            line.say("writing")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert screen(capsys.readouterr().out) == [""]
