"""The page of a run."""

import datetime
import logging
import shlex
from pathlib import Path
from typing import Any

import gradnet_cli
from gradnet_cli.report.files.states import State
from gradnet_cli.report.html import answer
from gradnet_cli.report.html.asked import asked
from gradnet_cli.report.html.files import RunFiles, last_metrics, read_run
from gradnet_cli.report.html.network_view import network_view
from gradnet_cli.report.html.page import FILE_NAME, write_page
from gradnet_cli.report.html.pictures import pictures

log = logging.getLogger(__name__)

NOTICES = {State.FAILED: "This run failed.", State.INTERRUPTED: "This run was interrupted."}
UNSAID = "This run has not said how it ended."


def write_run_report(directory: Path) -> None:
    """Write `report.html` of a run, whatever became of it, from the files in its directory.

    What a run that failed did not write is left out, and the page says how it ended.
    """
    run = read_run(directory)
    try:
        view = network_view(run)
    except Exception:  # a spoilt file spoils its part of the page and no other
        log.info("The network could not be shown in the page.", exc_info=True)
        view = None
    state = State.of(run.status) or State.RUNNING
    write_page(
        run.directory / FILE_NAME,
        template="run.html",
        scripts=[
            "theme.js",
            "copy.js",
            *(["colours.js", "network.js", "controls.js"] if view is not None else []),
        ],
        title=_title(run),
        version=gradnet_cli.__version__,
        state=state,
        state_told="not finished" if state == State.RUNNING else state,
        notice="" if state == State.DONE else NOTICES.get(state, UNSAID),
        status=run.status,
        started=_when(run.status.get("started")),
        summary=run.summary,
        proof=answer.proof(run.summary),
        reached="" if run.summary else answer.reached(last_metrics(run.directory)),
        comparison=answer.comparison(run),
        metrics=answer.metrics(run.summary),
        asked=asked(run),
        config=run.config_text,
        view=view,
        pictures=pictures(run.directory),
        manifest=run.manifest,
        commands=_commands(run),
        place=_place(run),
        in_sweep=(run.directory.resolve().parent / "sweep.json").is_file(),
        files=run.listing(),
    )


def _when(moment: object) -> str:
    """A time as people write it; empty where there is none."""
    try:
        return f"{datetime.datetime.fromisoformat(str(moment)):%Y-%m-%d %H:%M %Z}".strip()
    except ValueError:
        return ""


def _title(run: RunFiles) -> str:
    objective = run.objective.replace("_", " ")
    mask = run.choices.get("mask")
    return f"{objective}, {mask.replace('_', ' ')}" if mask else objective


def _commands(run: RunFiles) -> dict[str, str]:
    """Commands by what they do."""
    commands: dict[str, str] = {}
    typed = run.manifest.get("command")
    if isinstance(typed, str) and typed:
        commands["What was typed"] = typed
    commands["Repeat it from its files, and compare"] = f"gradnet-run {shlex.quote(f'rerun={_place(run)}')}"
    if State.of(run.status) in (State.INTERRUPTED, State.RUNNING):
        commands["Go on from the last checkpoint"] = f"gradnet-run {shlex.quote(f'resume={_place(run)}')}"
    return commands


def _place(run: RunFiles) -> str:
    """The run's directory as seen from where the command was typed."""
    runtime: Any = run.hydra.get("runtime")
    directory = run.directory.resolve()
    stood = Path(str(runtime.get("cwd"))) if isinstance(runtime, dict) and runtime.get("cwd") else None
    if stood is not None and directory.is_relative_to(stood):
        return str(directory.relative_to(stood))
    return str(directory)
