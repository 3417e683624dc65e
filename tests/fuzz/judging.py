"""One command line run within this process, and what must hold of whatever it left."""

import contextlib
import io
import json
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from gradnet_cli.cli import command as cli
from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.problem.build import build_problem
from gradnet_cli.report.files.edges import read_edges
from gradnet_cli.settings.resolution import resolve
from gradnet_cli.settings.settings import Settings
from tests.assertions import ROUNDING, SINGLE_ROUNDING, assert_feasible
from tests.patience import at_most

LONGEST = 120  # seconds; a run takes a fraction of one
FILES = (
    "edges.csv",
    "nodes.csv",
    "network.npz",
    "network.graphml",
    "metrics.csv",
    "manifest.json",
    "run.log",
)
INPUTS = {
    "net.csv": "Source,Target,Weight,length\n0,1,1.0,2.0\n1,2,2.0,1.0\n2,3,0.5,1.5\n3,0,1.0,1.0\n",
    "nodes.csv": "Id,x,y,club\n0,0,0,a\n1,0,1,a\n2,1,1,b\n3,1,0,b\n",
    "broken.csv": "Source,Target\n0,1\n1\n1,1,1,1\n",
    "café.csv": "Source,Target\nä,ö\nö,ü\n",
    "net.graphml": '<graphml><graph edgedefault="directed"><node id="a"/><node id="b"/>'
    '<edge source="a" target="b"/></graph></graphml>',
    "net.txt": "# a list\n0 1 1.5\n1 2 2\n2 0 0.25\n",
    "matrix.csv": ",a,b,c\na,0,1,2\nb,1,0,0\nc,2,0,0\n",
    "net.mtx": "%%MatrixMarket matrix coordinate real general\n3 3 3\n1 1 1\n1 2 2\n2 3 3\n",
    "case.m": "mpc.bus = [1 3 0 0; 2 1 5 0];\nmpc.branch = [1 2 0 0.1; 2 1 0 0.2];\n",
}
PLAIN_FAILURE = re.compile(r"gradnet-run: (?!\w*(Error|Exception|Exit|Interrupt|Warning)\b)")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command answered."""

    exit_status: int
    out: str
    err: str


def judge(line: Sequence[str], directory: Path, seen: Counter[str]) -> None:
    """Run a command line in an empty directory and assert that it ended in one of the ways it may.

    Exit status 1 is left to failures that nobody can foresee from the settings: a score or gradient that is
    not finite, a network that loses all its weight, an iteration that does not converge.
    """
    for name, content in INPUTS.items():
        (directory / name).write_text(content, encoding="utf-8")
    before = set(directory.rglob("*"))
    answer = call(line, directory)
    seen[f"exit {answer.exit_status}"] += 1
    left = sorted(set(directory.rglob("*")) - before)
    assert not [path for path in left if ".part" in path.name], "a file was left half-written"
    assert "Traceback" not in answer.out + answer.err
    logged = not any("_logging" in text for text in line)
    states = [
        _judge_directory(path.parent, stood=directory, logged=logged)
        for path in left
        if path.name == "status.json"
    ]
    if answer.exit_status == 0:
        assert set(states) <= {"done"}
        assert answer.err == "" or all(text.startswith("gradnet-run: ") for text in answer.err.splitlines())
    elif answer.exit_status == 1:
        assert "failed" in states
        *before_it, failure = answer.err.splitlines(keepends=True)
        assert all(" has no effect: " in text for text in before_it), "what was told while it ran"
        assert_one_line(failure)
        assert PLAIN_FAILURE.match(failure), f"a run ended by a failure it does not know: {failure}"
        seen["numerical failures"] += 1
    else:
        assert answer.exit_status == 2, "no other exit status has a meaning here"
        assert_one_line(answer.err)
        if not _is_sweep(line):
            assert [path for path in left if path.name != _log_of(line)] == [], (
                "bad input leaves nothing behind"
            )


def _log_of(line: Sequence[str]) -> str | None:
    """The name of the log where the user asked for one elsewhere: what a refusal says stands in it."""
    named = [text.partition("filename=")[2] for text in line if ".handlers.file.filename=" in text]
    return Path(named[-1].strip('"')).name if named else None


def _is_sweep(line: Sequence[str]) -> bool:
    """Whether the jobs of a sweep were begun one by one: those that were done stay."""
    return any(
        text in ("-m", "--multirun") or "MULTIRUN" in text or "kuramoto_sweep" in text for text in line
    )


def assert_one_line(text: str) -> None:
    assert text.startswith("gradnet-run: ")
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1, "a failure is told in one line"
    assert "\x1b" not in text


def call(line: Sequence[str], directory: Path) -> Answer:
    """Call the command line; streams encode as those of a terminal do."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)
    with (
        _set_back(directory),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        at_most(LONGEST),
    ):
        sys.argv = ["gradnet-run", *line]
        try:
            exit_status = cli.main()
        except SystemExit as left:  # as Python itself understands it
            exit_status = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return Answer(exit_status=exit_status, out=texts[0], err=texts[1])


def _judge_directory(directory: Path, *, stood: Path, logged: bool) -> str:
    """A finished run is whole and keeps its promises; one that failed does not look finished.

    Arguments:
        stood: where the command was typed
        logged: Hydra's logging is as the program sets it
    """
    status = json.loads((directory / "status.json").read_text(encoding="utf-8"))
    state: str = status["state"]
    assert status["seconds"] is not None
    assert status["seconds"] >= 0
    if state != "done":
        assert state == "failed", f"a run may not stay {state}"
        assert "\n" not in status["error"]
        assert not (directory / "summary.json").exists(), "a failed run must not look finished"
        return state
    assert status["error"] is None
    missing = [name for name in FILES if not (directory / name).exists() and (logged or name != "run.log")]
    assert not missing, f"a finished run has {missing}"
    summary = json.loads((directory / "summary.json").read_text(encoding="utf-8"))
    matrix = scipy.sparse.load_npz(directory / "network.npz")
    assert matrix.shape == (summary["nodes"], summary["nodes"])
    composed = directory / ".hydra" / "config.yaml"
    if not composed.exists():
        return state
    settings = Settings.from_mapping(resolve(OmegaConf.load(composed)))  # type: ignore[arg-type]
    with contextlib.chdir(stood):
        problem = build_problem(settings)
    weights = read_edges(directory / "edges.csv", problem)
    assert int(used_edges(weights).sum()) == summary["edges_used"]
    assert matrix.nnz == np.count_nonzero(weights) * problem.multiplicity
    assert np.isfinite(summary["score"])
    tolerance = ROUNDING if settings.dtype == "float64" else SINGLE_ROUNDING
    assert_feasible(problem, weights - problem.base, tolerance=tolerance)
    return state


@contextlib.contextmanager
def _set_back(directory: Path) -> Iterator[None]:
    """Stand in a directory, and set back what a program of its own process may leave as it likes."""
    root = logging.getLogger()
    handlers, level, disabled = list(root.handlers), root.level, root.manager.disable
    argv, path, here, environment = sys.argv, list(sys.path), Path.cwd(), dict(os.environ)
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(here)
        sys.argv, sys.path[:] = argv, path
        os.environ.clear()
        os.environ.update(environment)
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:], root.level = handlers, level
        logging.disable(disabled)
        GlobalHydra.instance().clear()
