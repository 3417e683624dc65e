"""What was typed, taken apart: flags, overrides, and what else than a new run is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.hydra import flags_parser
from gradnet_cli.settings.overrides import assignment
from gradnet_cli.settings.spelling import UnreadableInputError, unknown_flag

VERBS = ("resume", "rerun", "summarize")  # take the directory of a run, or a sweep, that is there already
UNUSED_FLAGS = ("config_path", "config_name", "experimental_rerun")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a command line asks for.

    Attributes:
        line: the command line, without the verb
        verb: resume, rerun or summarize, with its directory; None for a new run or sweep
        shows: whether a configuration, or Hydra's own help, is only shown
        shows_composed: the same of the run's configuration, which is looked through first
    """

    line: CommandLine
    verb: str | None = None
    directory: str = ""
    shows: bool = False
    shows_composed: bool = False


def read(typed: Sequence[str]) -> Asked:
    """Take a command line apart, the program's name first.

    Raises:
        SettingError: a flag that does not exist, or flags that do not go together
    """
    program, *arguments = typed
    flags = _parse(arguments)
    overrides = tuple(flags.overrides)
    line = CommandLine(
        program=program,
        overrides=overrides,
        multirun=flags.multirun,
        config_dir=flags.config_dir,
        flags=tuple(argument for argument in arguments if argument not in overrides),
    )
    if flags.hydra_help or flags.info is not None or flags.shell_completion:
        return Asked(line=line, shows=True)
    for text in overrides:
        name, directory = assignment(text)
        if name in VERBS:
            if flags.multirun or flags.cfg:
                allowed = "takes up what is there: no -m, no --cfg"
                raise SettingError(setting=name, value=directory, allowed=allowed)
            rest = tuple(other for other in overrides if other != text)
            return Asked(line=replace(line, overrides=rest), verb=name, directory=directory)
    return Asked(line=line, shows=bool(flags.cfg), shows_composed=bool(flags.cfg))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = flags_parser()
    known = [
        name for name in parser._option_string_actions if "config-path" not in name and "name" not in name
    ]

    def refuse(message: str) -> NoReturn:
        _, _, flag = message.partition("unrecognized arguments: ")
        if flag:
            raise unknown_flag(flag, known)
        name, _, reason = message.removeprefix("argument ").partition(": ")
        raise UnreadableInputError(text=name, allowed=reason)

    parser.error = refuse  # type: ignore[method-assign]
    flags = parser.parse_intermixed_args(list(arguments))
    if flags.cfg and (flags.multirun or flags.run):
        raise UnreadableInputError(text="--cfg", allowed="shows one configuration; leave out -m and -r")
    if flags.resolve and not flags.cfg:
        raise UnreadableInputError(text="--resolve", allowed="goes with --cfg job")
    for name in UNUSED_FLAGS:
        if getattr(flags, name) is not None:
            raise unknown_flag("--" + name.replace("_", "-"), known)
    return flags
