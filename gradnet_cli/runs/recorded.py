"""Runs that were recorded in a directory, to be taken up again or repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gradnet_cli.errors import SettingError
from gradnet_cli.report.files.atomic import read_json, write_text
from gradnet_cli.report.files.documents import UNREADABLE, load_yaml
from gradnet_cli.report.files.names import MANIFEST, PROBLEM, STATUS
from gradnet_cli.report.files.states import State
from gradnet_cli.runs.stages import Stage, read_stages, write_stages
from gradnet_cli.settings.leaves import leaves
from gradnet_cli.settings.overrides import CHANGEABLE, SHOWING, assignment, replaced, settings_of

LENGTHS = {"updates", "trainer.limit_updates", "trainer"}
STATE_PATH = Path("checkpoints", "state.pt")  # what a run can be taken up again from, within its directory


@dataclass(frozen=True, kw_only=True)
class Resumption:
    """How a run is taken up again.

    Attributes:
        command: the run's first start as it was typed, None where it is not known
        extended: whether settings have changed, so that training goes on even where it had ended
    """

    command: str | None
    extended: bool


@dataclass(frozen=True, kw_only=True)
class RecordedRun:
    """What a run's directory says of how it was started.

    Attributes:
        overrides: as they were typed, those of a sweep with the values of this run
        stages: what it was asked for before, where it was taken up again with other settings
        settings: the configuration that they gave, interpolations as they stand
        config_dir: the user's own directory of YAML files, or None
        cwd: where the command was typed; relative paths in settings start there
        state: of status.json, None if it has none that is known
        command: the first start as it was typed, or None
    """

    directory: Path
    overrides: tuple[str, ...]
    stages: tuple[Stage, ...]
    settings: Mapping[str, Any]
    config_dir: str | None
    cwd: Path
    state: State | None
    command: str | None

    def overridden(self, changes: Sequence[str]) -> list[str]:
        """The overrides, those of a setting that changes replaced."""
        return replaced(self.overrides, changes)

    def record(self, overrides: Sequence[str], settings: Mapping[str, Any]) -> None:
        """Remember changed overrides and the configuration that they give, each file whole or not at all.

        What went on until now becomes a stage, where a repetition has to make it one: training had ended, or
        the number of updates is another, which learning rates follow.
        """
        before, now = settings_of(self.overrides), settings_of(overrides)
        changed = {name for name in before | now if before.get(name) != now.get(name)}
        ended = self.state == State.DONE
        if (changed - SHOWING and ended) or changed & LENGTHS:
            stage = Stage(overrides=self.overrides, ended=ended)
            write_stages(self.directory, [*self.stages, stage])
        write_text(self.directory / ".hydra" / "overrides.yaml", _dump(list(overrides)))
        write_text(self.directory / ".hydra" / "config.yaml", _dump(dict(settings)))


def read_recorded(setting: str, directory: str | Path) -> RecordedRun:
    """Read how the run in a directory was started.

    Raises:
        SettingError: there is no directory, no run in it, or its files cannot be read
    """
    given, directory = str(directory), Path(directory).absolute()

    def refuse(allowed: str) -> SettingError:
        return SettingError(setting=setting, value=given, allowed=allowed)

    if not directory.is_dir():
        raise refuse("must be the directory of a run, and there is none")
    if (directory / "multirun.yaml").exists():
        raise refuse("is a sweep, and one run is wanted: name one of the directories in it")
    if (directory / PROBLEM).exists():
        raise refuse(
            "is a result that Python saved (Result.save), and no command is recorded with it to start from: "
            "gradnet_cli.load(...) reads it, and gradnet_cli.optimize(...) called again repeats it"
        )
    try:
        overrides = load_yaml(directory / ".hydra" / "overrides.yaml")
        settings = load_yaml(directory / ".hydra" / "config.yaml")
        runtime = load_yaml(directory / ".hydra" / "hydra.yaml")["hydra"]["runtime"]
    except FileNotFoundError as error:
        raise refuse("holds no run, or one that ended before it had begun: start it again") from error
    except (*UNREADABLE, TypeError, KeyError) as error:
        raise refuse("holds a run whose .hydra/ files cannot be read: start it again") from error
    if not (isinstance(overrides, list) and isinstance(settings, dict)):
        raise refuse("holds a run whose .hydra/ files cannot be read: start it again")
    own = [
        source["path"]
        for source in runtime.get("config_sources", ())
        if source.get("provider") == "command-line" and source.get("schema") == "file"
    ]
    command = read_json(directory / MANIFEST).get("command")
    return RecordedRun(
        directory=directory,
        overrides=tuple(str(text) for text in overrides),
        stages=read_stages(directory),
        settings=settings,
        config_dir=own[0] if own else None,
        cwd=Path(runtime.get("cwd", ".")),
        state=State.of(read_json(directory / STATUS)),
        command=command if isinstance(command, str) else None,
    )


def refuse_changes(changes: Sequence[str]) -> None:
    """Raise SettingError for an override that would make another problem of a run that is taken up again."""
    for text in changes:
        change = assignment(text)
        if change.section not in CHANGEABLE:
            raise SettingError(
                setting=change.name,
                value=change.value,
                allowed="cannot change in a run that is taken up again, only "
                f"{', '.join(CHANGEABLE)} can; start a new run",
            )


def refuse_drift(run: RecordedRun, settings: Mapping[str, Any], changes: Sequence[str]) -> None:
    """Raise SettingError where the same overrides now give another configuration: the program has changed."""
    allowed = {assignment(text).section for text in changes}
    before, now = dict(leaves(run.settings)), dict(leaves(settings))
    for key, value in before.items():
        if key.partition(".")[0] not in allowed and key in now and now[key] != value:
            raise SettingError(
                setting=key,
                value=now[key],
                allowed=f"was {value} when the run in {run.directory} began: the program or its "
                "configuration has changed since; start a new run",
            )


def _dump(content: Any) -> str:
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
