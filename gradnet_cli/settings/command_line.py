"""What was typed, read once and carried from there."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """A command line, taken apart.

    Attributes:
        program: the command, by its name
        overrides: settings and choices, ``rows=70``
        multirun: whether -m was given
        config_dir: the user's own directory of YAML files, or None
        flags: Hydra's flags as typed, those above included
    """

    program: str = "gradnet-run"
    overrides: tuple[str, ...] = ()
    multirun: bool = False
    config_dir: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def directories(self) -> list[Path]:
        """Where to look for YAML files before the program's own."""
        return [] if self.config_dir is None else [Path(self.config_dir).absolute()]

    @property
    def arguments(self) -> tuple[str, ...]:
        """All but the program, flags first: Hydra's parser wants no flags between overrides."""
        return (*self.flags, *self.overrides)

    @property
    def text(self) -> str:
        """The command as it can be typed again, quoted for a shell."""
        return shlex.join([Path(self.program).name, *self.arguments])

    def with_overrides(self, overrides: Sequence[str], *, config_dir: str | None = None) -> Self:
        """The same command with other overrides, as one run without other flags."""
        flags = () if config_dir is None else ("--config-dir", config_dir)
        return replace(self, overrides=tuple(overrides), config_dir=config_dir, flags=flags, multirun=False)
