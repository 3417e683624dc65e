"""What is watched: commands as processes, and the path from a problem to a result within this one."""

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
ALONE = ("updates=3", "stop.gap=null", "trainer.progress=none", "trainer.threads=1")
_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def run_command(*words: str, here: Path) -> None:
    """Run the installed command to its end."""
    subprocess.run([COMMAND, *words], cwd=here, check=True, capture_output=True)


def run_python(code: str) -> None:
    """Run code in a Python of its own."""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def peak_memory(*words: str, here: Path) -> float:
    """The largest resident memory of the installed command [MiB].

    A small process starts it: what a process is told of its children is never less than what it holds itself.
    """
    command = [sys.executable, "-c", _LAUNCHER, str(COMMAND), *words]
    done = subprocess.run(command, cwd=here, check=True, capture_output=True, text=True)
    return float(done.stdout) / (2**20 if sys.platform == "darwin" else 2**10)


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
