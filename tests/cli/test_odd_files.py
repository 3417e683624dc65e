"""Odd names of files and directories, and odd encodings of YAML files: read rightly, or told in a line."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gradnet_cli.report.files.documents import load_yaml
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composer
from gradnet_cli.settings.spelling import quoted
from gradnet_cli.sweeps.table import read_sweep
from tests.quick import quick

TINY = ("rows=3", "updates=1", "figures=false", "report=false", "trainer.progress=none")
MASK = (
    "# @package _global_\n# A mäsk.\nmask:\n  _target_: gradnet_cli.problem.masks.complete.build\n"
    "  settings: [nodes, directed]\nnodes: 4  # number of nodes\ndirected: false  # true or false\n"
)
CONTENTS = {
    "Latin-1": (MASK.encode("latin-1"), "line 2 is not UTF-8 text; save the file as UTF-8"),
    "UTF-16": (MASK.encode("utf-16"), "line 1 is not UTF-8 text; save the file as UTF-8"),
    "byte-order mark": (
        MASK.encode("utf-8-sig"),
        "it begins with a byte-order mark; save the file as UTF-8 without one",
    ),
    "malformed": (b"# @package _global_\n# A mask.\nmask:\n\tnodes: 4\n", "line 4: found character"),
}


@pytest.fixture(params=CONTENTS)
def odd(request: pytest.FixtureRequest, here: Path) -> tuple[Path, str]:
    """A YAML file that cannot be used, and what is said of it."""
    content, says = CONTENTS[request.param]
    path = here / "mine" / "mask" / "odd.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path, says


def test_the_file_and_its_line_are_named(command, odd: tuple[Path, str]) -> None:
    path, says = odd
    answer = command("--config-dir", "mine", "mask=odd")
    assert (answer.exit_status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith(f"gradnet-run: mask = odd: {path} cannot be read: {says}")


def test_an_experiment_that_takes_it_is_told_too(command, odd: tuple[Path, str]) -> None:
    path, says = odd
    study = path.parents[1] / "experiment" / "study.yaml"
    study.parent.mkdir()
    study.write_text("# @package _global_\n# A study.\ndefaults:\n  - override /mask: odd\n")
    answer = command("--config-dir", "mine", "experiment=study")
    assert (answer.exit_status, answer.err.count("\n")) == (2, 1)
    assert f"{path} cannot be read: {says}" in answer.err


def test_the_help_says_so_and_shows_all_others(command, odd: tuple[Path, str]) -> None:
    answer = command("--config-dir", "mine", "--help")
    assert (answer.exit_status, answer.err) == (0, "")
    assert "cannot be read:" in answer.out
    assert "number of rows" in answer.out
    assert odd[1] in " ".join(command("--config-dir", "mine", "mask=odd", "--help").out.split())


def test_other_runs_are_not_kept_from_running(command, odd: tuple[Path, str]) -> None:
    assert odd[0].is_file()
    assert command("--config-dir", "mine", *TINY).exit_status == 0


@pytest.mark.parametrize(
    "name",
    quick(['a"b', "a'b", "a,b", "a(b)", "{a}", "a=b", "[a]", "ä", 'a\\b"c', "#a"], *range(0, 10, 2), 1),
)
def test_the_advice_on_quotes_can_be_followed(command, here: Path, name: str) -> None:
    (here / f"{name}.csv").write_text("Source,Target\n0,1\n1,2\n2,0\n")
    line = ("mask=edge_list", "updates=1", "figures=false", "report=false", "trainer.progress=none")
    refused = command(*line, f"path={name}.csv")
    assert (refused.exit_status, refused.err.count("\n")) == (2, 1)
    _, _, advice = refused.err.rstrip("\n").rpartition(
        " is written " if "is written" in refused.err else " as "
    )
    (argument,) = shlex.split(advice)
    answer = command(*line, argument, "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (0, "")


@pytest.mark.parametrize(
    "name", ["a", "a'b", "a\\b", "a\\", "a\\'b", "a\\\\'", "${a}", "a b", '"', "a,b", "ä=[x]"]
)
def test_a_quoted_value_is_read_back(name: str) -> None:
    with Composer(CommandLine()) as composer:
        config = composer.compose([f"hydra.run.dir={quoted(name)}"])
        assert config.hydra.run.dir == name


def test_jobs_may_be_named_after_all_that_they_set(command) -> None:
    line = ("-m", *TINY, "hydra.sweep.dir=sweep", "hydra.sweep.subdir=${hydra.job.override_dirname}")
    answer = command(*line, "seed=0,1")
    assert (answer.exit_status, answer.err) == (0, "")
    rows = read_sweep("sweep").rows
    assert [row["state"] for row in rows] == ["done", "done"]
    assert [row["job"] for row in rows] == ["rows=3,seed=0,updates=1", "rows=3,seed=1,updates=1"]
    again = command(*line, "seed=0,1,2", "skip_completed=true")
    assert (again.exit_status, "2 of 3 jobs are done already" in again.out) == (0, True)


def test_interpolations_stay_as_they_were_typed(command) -> None:
    assert command("-m", *TINY, "cols=${rows}", "seed=0,1", "hydra.sweep.dir=sweep").exit_status == 0
    assert load_yaml("sweep/0/.hydra/config.yaml")["cols"] == "${rows}"
    assert len(Path("sweep/1/nodes.csv").read_text().splitlines()) == 1 + 9
    answer = command("mask=edge_list", "path=${nowhere}")
    assert (answer.exit_status, answer.err.count("\n")) == (2, 1)
    assert "path: cannot be composed: Interpolation key 'nowhere' not found" in answer.err


def test_a_current_directory_that_is_gone(here: Path) -> None:
    code = (
        "import os, sys; from gradnet_cli.cli.command import main\n"
        "os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
        "for words in (['rows=3'], ['-m', 'seed=0,1'], ['resume=x'], ['summarize=x'], ['--help']):\n"
        "    sys.argv = ['gradnet-run', *words]; print('exit', main(), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=here)
    said = "gradnet-run: the current directory is gone; change to one that exists\nexit 1\n"
    assert done.stderr == 4 * said + "exit 0\n"
