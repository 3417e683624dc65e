"""Composing configurations before anything runs: bad input is told in one line and leaves nothing behind.

Hydra answers a mistyped key with advice that would hide the mistake, and begins a sweep before it looks at
its values. So all is composed, and checked, here first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from omegaconf import DictConfig, OmegaConf, open_dict

from gradnet_cli.errors import SettingError
from gradnet_cli.settings import hydra
from gradnet_cli.settings.catalog import Catalog, read_catalog
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.diagnosis import (
    Diagnosis,
    chosen,
    has_setting,
    plain_values,
    refuse_hidden,
)
from gradnet_cli.settings.effects import Effects, given_in, refuse_other_mode
from gradnet_cli.settings.hydra import Override, OverrideType, RunMode
from gradnet_cli.settings.overrides import assignment, in_full
from gradnet_cli.settings.resolution import resolve
from gradnet_cli.settings.settings import Settings
from gradnet_cli.settings.sharing import Sharing, partial_settings
from gradnet_cli.settings.spelling import (
    several_values,
    unknown_choice,
    unreadable_override,
)
from gradnet_cli.settings.suited import suited_choices
from gradnet_cli.settings.terms import complete_terms, is_within_terms


@dataclass(frozen=True, kw_only=True)
class Composed:
    """One run's configuration, composed and checked.

    Attributes:
        settings: what the run is asked for
        config: the same as Hydra composed it, with Hydra's own settings, for its logs, files and directories
    """

    settings: Settings
    config: DictConfig

    @classmethod
    def check(
        cls,
        config: DictConfig,
        *,
        choices: Mapping[str, str] | None = None,
        given: frozenset[str] | None = None,
    ) -> Self:
        """Check a composed configuration.

        Args:
            choices: of each group; by Hydra's record where they are not told
            given: names of what a person gave; those of the overrides where they are not told

        Raises:
            SettingError: a value that is missing, of a wrong type or out of range
        """
        names = chosen(config) if choices is None else choices
        named = given_in(config) if given is None else given
        return cls(settings=Settings.from_mapping(resolve(config), choices=names, given=named), config=config)

    @cached_property
    def directory(self) -> Path:
        """Where the run would write, absolute; composed again, the name may hold a later time."""
        return hydra.output_directory(self.config).absolute()

    @property
    def sweep_directory(self) -> Path:
        """Where a sweep would write of which this is a job, absolute."""
        return hydra.sweep_directory(self.config)[0].absolute()

    @property
    def job_name(self) -> str:
        """The job's directory within that of its sweep."""
        return hydra.sweep_directory(self.config)[1]

    def place(self, *, sweep: Path, name: str, number: int) -> None:
        """Say which job of which sweep this is."""
        with open_dict(self.config):
            self.config.hydra.job.num = self.config.hydra.job.id = number
            self.config.hydra.sweep.dir = str(sweep)
            self.config.hydra.sweep.subdir = name


class Composer:
    """Composes configurations of one command line; a context manager, for Hydra's state is global."""

    def __init__(self, line: CommandLine) -> None:
        for directory in line.directories:
            if not directory.is_dir():
                raise SettingError(
                    setting="--config-dir", value=line.config_dir, allowed="must be a directory that exists"
                )
            refuse_hidden(directory)
        self.line = line
        self.is_sweep = line.multirun
        self.partial: dict[str, int] = {}  # settings that some jobs of the sweep have, and how many
        self.is_drawn = False  # whether a sweeper chooses values as it goes, so that runs() cannot list them
        self.catalog: Catalog = read_catalog(line.directories)
        self._hydra = hydra.Frontend(line.directories)
        self._diagnosis = Diagnosis(self.catalog, typed=line.overrides, compose=self._hydra.compose)
        self._parsed: dict[str, Override] = {}
        self._frames: dict[tuple[tuple[str, ...], tuple[str, ...]], DictConfig] = {}
        self._choices: dict[tuple[str, ...], DictConfig] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hydra.close()

    def run(self, overrides: Sequence[str]) -> Composed:
        """Compose and check one run.

        Raises:
            SettingError: the first override or setting that cannot be used
        """
        return Composed.check(self.compose(overrides))

    def compose(self, overrides: Sequence[str]) -> DictConfig:
        """Compose one run's configuration, Hydra's own included, in which every setting is a declared one.

        The runs of a sweep often differ in plain values alone. These are set last, so that what was composed
        for one run serves the next: a tenth of the time.
        """
        parsed = self._parse(overrides)
        values = plain_values(parsed, self.catalog)
        others = tuple(override.input_line or "" for override in parsed if override not in values)
        key = (others, tuple(override.key_or_group for override in values))
        frame = self._frames.get(key)
        config = None if frame is None else _with_values(frame, parsed, values)
        if config is None:
            config = self._compose(parsed)
            self._frames[key] = copy.deepcopy(config)
        return config

    def _compose_choices(self, overrides: Sequence[str]) -> DictConfig:
        """What choices make, composed once; it is looked at only."""
        key = tuple(overrides)
        if key not in self._choices:
            self._choices[key] = self._compose(self._parse(overrides))
        return self._choices[key]

    def _compose(self, parsed: Sequence[Override]) -> DictConfig:
        """Compose anew, and keep nothing for another run."""
        within = [override for override in parsed if is_within_terms(override)]
        first = [override for override in parsed if override not in within]
        lines = [override.input_line or "" for override in first]
        try:
            config = self._hydra.compose([*lines, *suited_choices(self.catalog, first)])
        except hydra.COMPOSITION_ERRORS as error:
            raise self._diagnosis.of(first, error) from error
        self._diagnosis.refuse_undeclared(config)
        complete_terms(config, self.catalog, [(each.key_or_group, each.value()) for each in within])
        if within:
            _record(config, parsed)
        return config

    def refuse_undeclared(self, config: DictConfig) -> None:
        """Raise SettingError for a setting that no YAML file declares."""
        self._diagnosis.refuse_undeclared(config)

    def runs(self, *, recorded: bool = False) -> Iterator[DictConfig]:
        """The configuration of the run, or of each run of the sweep, that the command line asks for.

        Args:
            recorded: the line is that of an earlier run, where settings without effect do no harm

        Raises:
            SettingError: what cannot be composed; at the latest after the last, a setting without effect
        """
        effects = Effects(self.catalog)
        for number, config in enumerate(self._runs()):
            if number == 0 and not recorded:
                refuse_other_mode(self._parse(self.line.overrides), sweep=self.is_sweep)
            if not self.is_drawn and not recorded:
                effects.look(config, given_in(config))
            if not self.is_sweep:
                effects.refuse_idle()
            yield config
        effects.refuse_idle()

    def _runs(self) -> Iterator[DictConfig]:
        parsed = self._parse(self.line.overrides)
        swept = [override for override in parsed if override.is_sweep_override()]
        if not self.line.multirun and not swept:
            config = self._compose(parsed)
            if config.hydra.mode != RunMode.MULTIRUN:
                yield config
                return
        frame = self._compose_choices(self._common(parsed))
        if not self.line.multirun and frame.hydra.mode != RunMode.MULTIRUN:
            raise several_values(*assignment(swept[0].input_line or ""))
        self.is_sweep = True
        jobs = [tuple(self._parse(overrides)) for overrides in self._expand(parsed, frame)]
        jobs = Sharing(self.catalog, self._diagnosis, compose=self._compose_choices).of(jobs)
        self.partial = partial_settings(jobs)
        for number, job in enumerate(jobs):
            config = self.compose([override.input_line or "" for override in job])
            with open_dict(config.hydra.job):
                config.hydra.job.num = config.hydra.job.id = number
            yield config

    def sweep(self) -> DictConfig:
        """The configuration of the sweep itself, as it is recorded (multirun.yaml): what all jobs share."""
        parsed = self._parse(self.line.overrides)
        frame = self._compose_choices(self._common(parsed))
        shared = [
            override.input_line or ""
            for override in parsed
            if self.catalog.selects(override.key_or_group)
            or override.is_hydra_override()
            or override.type != OverrideType.CHANGE
            or has_setting(frame, override.key_or_group)
        ]
        config = self._hydra.compose(shared, mode=RunMode.MULTIRUN)
        task = [override.input_line for override in parsed if not override.is_hydra_override()]
        with open_dict(config.hydra.overrides):
            config.hydra.overrides.task = task
        return config

    def _common(self, parsed: Sequence[Override]) -> list[str]:
        """Choices that all runs share; settings are left out: they may exist with some swept choices only."""
        return [
            override.input_line or ""
            for override in parsed
            if not override.is_sweep_override()
            and (self.catalog.selects(override.key_or_group) or override.is_hydra_override())
        ]

    def _parse(self, overrides: Sequence[str]) -> list[Override]:
        """Read overrides, or name the first that cannot be read, or asks for several choices at once."""
        return [self._parse_one(text) for text in overrides]

    def _parse_one(self, text: str) -> Override:
        if text not in self._parsed:
            parsed = hydra.parse_override(self._hydra.parser, in_full(text))
            if parsed is None:
                raise unreadable_override(text)
            group = parsed.key_or_group
            if group in self.catalog.groups and isinstance(parsed.value(), list):
                value = parsed.get_value_element_as_str()
                raise unknown_choice(group=group, value=value, catalog=self.catalog)
            self._parsed[text] = parsed
        return self._parsed[text]

    def _expand(self, parsed: Sequence[Override], frame: DictConfig) -> Iterator[list[str]]:
        """The overrides of each run of a sweep, in the order of Hydra's basic sweeper."""
        hydra_overrides = [o.input_line or "" for o in parsed if o.is_hydra_override()]
        task = [o.input_line or "" for o in parsed if not o.is_hydra_override()]
        if not frame.hydra.sweeper._target_.endswith(f".{hydra.BASIC_SWEEPER}"):
            # Another sweeper draws its values as it goes; what is fixed can be looked at.
            self.is_drawn = True
            yield hydra_overrides + [text for text in task if not self._parse_one(text).is_sweep_override()]
            return
        params = [f"{key}={value}" for key, value in (frame.hydra.sweeper.params or {}).items()]
        for overrides in hydra.combinations(self._parse([*params, *task])):
            yield hydra_overrides + overrides


def _with_values(
    frame: DictConfig, parsed: Sequence[Override], values: Sequence[Override]
) -> DictConfig | None:
    """What was composed for other values of the same settings, with these; None where they do not go in."""
    config = copy.deepcopy(frame)
    try:
        for override in values:
            OmegaConf.update(config, override.key_or_group, override.value(), merge=True)
    except hydra.OmegaConfBaseException:
        return None
    _record(config, parsed)
    return config


def _record(config: DictConfig, parsed: Sequence[Override]) -> None:
    """Note in Hydra's own settings what was typed."""
    task = [override for override in parsed if not override.is_hydra_override()]
    config.hydra.overrides.task = [override.input_line for override in task]
    config.hydra.job.override_dirname = hydra.override_dirname(config, task)
