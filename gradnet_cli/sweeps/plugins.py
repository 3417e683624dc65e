"""Sweeps that only Hydra can run: by a sweeper or a launcher of somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradnet_cli.runs.ending import DONE, FAILED, INTERRUPTED, ending_of, tell
from gradnet_cli.runs.interruption import Interrupted, interruptible
from gradnet_cli.runs.job import run_job
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed
from gradnet_cli.settings.diagnosis import choices_of
from gradnet_cli.settings.hydra import run_by_hydra
from gradnet_cli.settings.spelling import quoted
from gradnet_cli.sweeps.summarize import summarize
from gradnet_cli.sweeps.terminal import show_sweep

if TYPE_CHECKING:
    from omegaconf import DictConfig


def run_plugin_sweep(line: CommandLine, sweep: Path) -> int:
    """Let Hydra run the jobs of a sweep, and sum them up; the exit status.

    Args:
        sweep: the directory, by name: the one composed anew might hold a later time
    """

    def job(config: DictConfig, hydra: Any) -> float | None:
        print(f"[{hydra.job.num}] {' '.join(hydra.overrides.task)}", flush=True)
        composed = Composed.check(config, choices=choices_of(hydra.runtime.choices))
        directory = Path(hydra.runtime.output_dir)
        return run_job(composed, directory, command=line.text, sweep=True, surrounded=True).score

    exit_status = DONE
    try:
        with interruptible():
            run_by_hydra([*line.arguments, f"hydra.sweep.dir={quoted(str(sweep))}"], job)
    except Interrupted:
        exit_status = INTERRUPTED
    except OSError as error:
        tell(ending_of(error).line)
        exit_status = FAILED
    summary = summarize(sweep)
    show_sweep(summary)
    return exit_status or (FAILED if summary.unsuccessful else DONE)
