"""The `gradnet-run` entry: compose, check, hand over. Imports neither torch nor Hydra at module level."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from gradnet_cli import __version__
from gradnet_cli.errors import SettingError

if TYPE_CHECKING:
    import argparse

    from omegaconf import DictConfig

    from gradnet_cli.composition import CommandLine

DIRECTORY_FLAGS = ("--config-dir", "-cd")


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
    except KeyboardInterrupt:
        return 130


def _help(arguments: Sequence[str]) -> int:
    from gradnet_cli.help import help_text

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
    if flags.hydra_help or flags.info is not None or flags.shell_completion:
        _hydra_main(lambda _: None)
        return 0

    from gradnet_cli.composition import CommandLine

    line = CommandLine(overrides=overrides, multirun=flags.multirun, config_dir=flags.config_dir)
    if flags.cfg:
        _look_through(line, check=False)
        _hydra_main(lambda _: None)
        return 0
    return _run(line)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    from hydra._internal.utils import get_args_parser

    from gradnet_cli.spelling import UnreadableInputError, unknown_flag

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


def _run(line: CommandLine) -> int:
    """Look the command line through, then let Hydra make the directories and call the job."""
    directory = _look_through(line, check=True)

    # Only now, for the problem's arrays take a while to import too.
    from gradnet_cli.directories import discard, existing_parent
    from gradnet_cli.interruption import Interrupted, interruptible
    from gradnet_cli.job import BAD_INPUT, FAILED, INTERRUPTED, describe, run_job, tell

    # A directory made for a single run goes again when the input turns out to be bad.
    discardable = directory is not None and not directory.exists()
    existing = existing_parent(directory) if directory is not None else Path()
    exit_statuses: list[int] = []

    def job(config: DictConfig) -> float | None:
        from hydra.core.hydra_config import HydraConfig

        hydra = HydraConfig.get()
        output = Path(hydra.runtime.output_dir)
        if directory is None:
            print(f"[{hydra.job.num}] {' '.join(hydra.overrides.task)}", flush=True)
        outcome = run_job(config, output)
        exit_statuses.append(outcome.exit_status)
        if outcome.exit_status == BAD_INPUT and discardable:
            discard(output, back_to=existing)
        return outcome.score

    # Hydra prints exceptions over several lines unless it is told to let them through.
    wants_traceback = os.environ.setdefault("HYDRA_FULL_ERROR", "0") == "1"
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        with interruptible():
            _hydra_main(job)
    except Interrupted:
        return INTERRUPTED
    except SettingError:
        raise
    except Exception as error:
        if wants_traceback:
            raise
        tell(describe(error))
        return FAILED
    return max(exit_statuses, default=0)


def _look_through(line: CommandLine, *, check: bool) -> Path | None:
    """Compose every run and, where asked to, check it; return where a single run would write."""
    from gradnet_cli.checks import check_settings
    from gradnet_cli.composition import Composer, resolve, run_directory
    from gradnet_cli.directories import refuse_used

    with Composer(line) as composer:
        directory: Path | None = None
        for config in composer.runs():
            if check:
                check_settings(resolve(config))
                directory = run_directory(config, sweep=composer.is_sweep).absolute()
                refuse_used(directory)
        return None if composer.is_sweep else directory


def _hydra_main(job: Callable[[DictConfig], Any]) -> None:
    import hydra

    from gradnet_cli.catalog import config_directory
    from gradnet_cli.composition import CONFIG_NAME

    hydra.main(config_path=str(config_directory()), config_name=CONFIG_NAME, version_base="1.3")(job)()
