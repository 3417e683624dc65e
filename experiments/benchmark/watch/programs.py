"""What is watched: commands as processes, and the path from a problem to a result within this one."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from gradnet_cli.datasets import build_dataset
from gradnet_cli.objectives import build_objective
from gradnet_cli.problem.build import build_problem
from gradnet_cli.result import Result
from gradnet_cli.runs.process import conditions
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.solve import solve

COMMAND = Path(sysconfig.get_path("scripts")) / "gradnet-run"
ALONE = ("updates=3", "stop.gap=null", "figures=false", "trainer.progress=none", "trainer.threads=1")


def run_command(*words: str, here: Path) -> None:
    """Run the installed command to its end."""
    subprocess.run([COMMAND, *words], cwd=here, check=True, capture_output=True)


def run_python(code: str) -> None:
    """Run code in a Python of its own."""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def peak_memory(*words: str, here: Path) -> float:
    """The largest resident memory of the installed command [MiB]."""
    with Path(os.devnull).open("wb") as nothing:
        process = subprocess.Popen([COMMAND, *words], cwd=here, stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: exit status {process.returncode}")
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def solving(*words: str) -> Callable[[], Result]:
    """A run of three updates, its problem and objective built already: the rest of it is what is called."""
    with Composer(CommandLine()) as composer:
        settings = Composed.check(composer.compose([*ALONE, *words])).settings
    dataset = build_dataset(settings.data, seed=settings.seed)
    problem = build_problem(settings)

    def solved() -> Result:
        objective = build_objective(settings.objective, seed=settings.seed, dataset=dataset)
        with conditions(settings, edges=problem.edges):
            return solve(problem, objective, settings)

    return solved
