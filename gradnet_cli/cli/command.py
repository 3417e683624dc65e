"""The `gradnet-run` entry: compose, check, hand over. Imports neither torch nor Hydra at module level."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from gradnet_cli import __version__
from gradnet_cli.errors import GradnetError, SettingError, describe

if TYPE_CHECKING:
    import argparse

DIRECTORY_FLAGS = ("--config-dir", "-cd")
VERBS = ("resume", "rerun", "summarize")  # take the directory of a run, or a sweep, that is there already


def main() -> int:
    """Entry of the console script; returns the exit status, 0 done, 1 failed, 2 bad input, 130 stopped."""
    arguments = sys.argv[1:]
    try:
        if "--version" in arguments:
            print(f"gradnet-run {__version__}")
            return 0
        if "--help" in arguments or "-h" in arguments:
            return _help(arguments)
        return _start(arguments)
    except SettingError as error:
        print(f"gradnet-run: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (GradnetError, OSError) as error:
        print(f"gradnet-run: {describe(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _help(arguments: Sequence[str]) -> int:
    from gradnet_cli.settings.help import help_text

    directories = [Path(name).absolute() for name in _config_directories(arguments)]
    overrides = [argument for argument in arguments if not argument.startswith("-")]
    print(help_text(overrides, directories=directories), end="", flush=True)
    return 0


def _config_directories(arguments: Sequence[str]) -> list[str]:
    """The user's directory, found without Hydra's parser: importing that takes longer than the help."""
    found = []
    for flag, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = flag.partition("=")
        if name in DIRECTORY_FLAGS:
            found.append(value if equals else following)
    return found


def _start(arguments: Sequence[str]) -> int:
    flags = _parse(arguments)
    # Flags may stand between overrides for us, and before them for Hydra.
    overrides = list(flags.overrides)
    sys.argv[1:] = [argument for argument in arguments if argument not in overrides] + overrides
    from gradnet_cli.cli.launch import hydra_main, launch, look_through
    from gradnet_cli.settings.composition import CommandLine

    if flags.hydra_help or flags.info is not None or flags.shell_completion:
        hydra_main(lambda _: None)
        return 0
    line = CommandLine(overrides=overrides, multirun=flags.multirun, config_dir=flags.config_dir)
    verb, directory, rest = _verb(overrides)
    if verb == "summarize":
        from gradnet_cli.sweeps.summarize import summarize_again

        return summarize_again(directory, arguments)
    if verb is not None:
        from gradnet_cli.runs.repetition import rerun, resume

        if flags.multirun or flags.cfg:
            raise SettingError(setting=verb, value=directory, allowed="takes up one run: no -m, no --cfg")
        return (resume if verb == "resume" else rerun)(directory, replace(line, overrides=rest))
    if flags.cfg:
        look_through(line)
        hydra_main(lambda _: None)
        return 0
    return launch(line)


def _verb(overrides: Sequence[str]) -> tuple[str | None, str, list[str]]:
    """What else than a new run is asked for, of which directory, and the other overrides."""
    for text in overrides:
        name, _, value = text.partition("=")
        if name in VERBS:
            return name, value, [other for other in overrides if other != text]
    return None, "", list(overrides)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    from hydra._internal.utils import get_args_parser

    from gradnet_cli.settings.spelling import UnreadableInputError, unknown_flag

    parser = get_args_parser()
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
    for name in ("config_path", "config_name", "experimental_rerun"):
        if getattr(flags, name) is not None:
            raise unknown_flag("--" + name.replace("_", "-"), known)
    return flags
