"""The entry of `gradnet-run`: read what was typed, do it, and end with its exit status.

Imports neither torch nor Hydra at module level: `--help` answers in a twentieth of a second.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gradnet_cli import __version__
from gradnet_cli.cli.streams import forgiving_streams
from gradnet_cli.errors import GradnetError

DIRECTORY_FLAGS = ("--config-dir", "-cd")


def main() -> int:
    """Entry of the console script; returns the exit status, 0 done, 1 failed, 2 bad input, 130 stopped."""
    # The interpreter looks for cycles before it ends: seconds with all that PyTorch brings, for nothing.
    atexit.register(gc.freeze)
    with forgiving_streams():
        try:
            return dispatch(tuple(sys.argv))
        except (GradnetError, OSError, KeyboardInterrupt) as error:
            from gradnet_cli.runs.ending import ending_of, tell

            ending = ending_of(error)
            tell(ending.line)
            return ending.exit_status


def dispatch(typed: Sequence[str]) -> int:
    """Do what a command line asks for, the program's name first; the exit status.

    Raises:
        SettingError: what was typed cannot be used
    """
    if "--version" in typed:
        print(f"gradnet-run {__version__}")
        return 0
    if _asks_for_completion(typed):
        return _complete(os.environ.get("COMP_LINE", ""))
    if "--help" in typed or "-h" in typed:
        return _help(typed[1:])
    _refuse_nowhere()
    from gradnet_cli.cli.arguments import read
    from gradnet_cli.cli.run import run, show_configuration

    asked = read(typed)
    if asked.shows:
        return show_configuration(asked.line, composed=asked.shows_composed)
    if asked.verb == "summarize":
        from gradnet_cli.sweeps.summarize import summarize_again

        return summarize_again(asked.directory, others=len(typed) - 2)
    if asked.verb is not None:
        from gradnet_cli.cli.repetition import rerun, resume

        return (resume if asked.verb == "resume" else rerun)(asked.directory, asked.line)
    return run(asked.line)


def _refuse_nowhere() -> None:
    """Raise GradnetError where the current directory has been deleted: nothing starts from there."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise GradnetError("the current directory is gone; change to one that exists") from None


def _help(arguments: Sequence[str]) -> int:
    from gradnet_cli.settings.help import help_text

    named = _config_directories(arguments)
    if named:
        _refuse_nowhere()
    directories = [Path(name).absolute() for name in named]
    words = [argument for argument in arguments if not argument.startswith("-") and argument not in named]
    print(help_text(words, directories=directories), end="", flush=True)
    return 0


def _asks_for_completion(typed: Sequence[str]) -> bool:
    """Whether a shell asks what the Tab key offers; installing that is left to Hydra."""
    named = [word for word in typed if word.startswith("query=")]
    return bool(named) and bool({"-sc", "--shell-completion"} & set(typed))


def _complete(line: str) -> int:
    from gradnet_cli.settings.catalog import read_catalog
    from gradnet_cli.settings.completion import candidates

    named = _config_directories(line.split())
    found = candidates(line, read_catalog([Path(name).absolute() for name in named if name]))
    print("\n".join(found), flush=True)  # shells take any white space between them
    return 0


def _config_directories(arguments: Sequence[str]) -> list[str]:
    """The user's directory, found without Hydra's parser: importing that takes longer than the help."""
    found = []
    for flag, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = flag.partition("=")
        if name in DIRECTORY_FLAGS:
            found.append(value if equals else following)
    return found
