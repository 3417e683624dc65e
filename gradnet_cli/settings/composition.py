"""Composing the configuration before the run: bad input is told in one line and leaves nothing behind.

Hydra composes the configuration itself when it runs; but it answers a mistyped key with advice that would
hide the mistake, and begins a sweep before looking at its values. So all is composed and checked here first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra._internal.config_loader_impl import get_overrides_dirname
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from gradnet_cli.errors import SettingError, one_line
from gradnet_cli.settings.catalog import Catalog, config_directory, read_catalog
from gradnet_cli.settings.leaves import leaves
from gradnet_cli.settings.spelling import (
    UnreadableInputError,
    unknown_choice,
    unknown_setting,
    unreadable_override,
)

CONFIG_NAME = "config"
# Hydra answers some odd values, such as a list of lists for a group, with errors of Python's own.
COMPOSITION_ERRORS = (
    *(HydraException, OmegaConfBaseException, YAMLError),
    *(ValueError, OSError, TypeError, AttributeError, LookupError, AssertionError, RecursionError),
)


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """What was typed: overrides, whether -m was given, and the user's own directory of YAML files."""

    overrides: Sequence[str]
    multirun: bool = False
    config_dir: str | None = None

    @property
    def directories(self) -> list[Path]:
        """Where to look for YAML files before the program's own."""
        return [] if self.config_dir is None else [Path(self.config_dir).absolute()]


class Composer:
    """Composes configurations of one command line; a context manager, for Hydra's state is global."""

    def __init__(self, line: CommandLine) -> None:
        for directory in line.directories:
            if not directory.is_dir():
                raise SettingError(
                    setting="--config-dir", value=line.config_dir, allowed="must be a directory that exists"
                )
            _refuse_hidden(directory)
        self.line = line
        self.is_sweep = line.multirun
        self.is_drawn = False  # whether a sweeper chooses values as it goes, so that runs() cannot list them
        self.catalog: Catalog = read_catalog(line.directories)
        search_path = create_config_search_path(str(config_directory()))
        for directory in line.directories:
            search_path.prepend(
                provider="command-line", path=f"file://{directory}", anchor=SearchPathQuery(provider="schema")
            )
        self._hydra = Hydra.create_main_hydra2(task_name="gradnet-run", config_search_path=search_path)
        self._parser = OverridesParser.create(config_loader=self._hydra.config_loader)
        self._parsed: dict[str, Override] = {}
        self._frames: dict[tuple[tuple[str, ...], tuple[str, ...]], DictConfig] = {}

    def __enter__(self) -> Composer:
        return self

    def __exit__(self, *_: object) -> None:
        HydraConfig.instance().cfg = None
        GlobalHydra.instance().clear()

    def parse(self, overrides: Sequence[str]) -> list[Override]:
        """Read overrides, or name the first that cannot be read, or asks for several choices at once."""
        return [self._parse(text) for text in overrides]

    def _parse(self, text: str) -> Override:
        if text not in self._parsed:
            try:
                (parsed,) = self._parser.parse_overrides([text])
            except HydraException:
                raise unreadable_override(text) from None
            group = parsed.key_or_group
            if group in self.catalog.groups and isinstance(parsed.value(), list):
                raise unknown_choice(group=group, value=_value(parsed), catalog=self.catalog)
            self._parsed[text] = parsed
        return self._parsed[text]

    def compose(self, overrides: Sequence[str]) -> DictConfig:
        """Compose one run's configuration, Hydra's own included, in which every setting is a declared one.

        The runs of a sweep often differ in plain values alone. These are set last, so that what was composed
        for one run serves the next: a tenth of the time.
        """
        parsed = self.parse(overrides)
        values = [override for override in parsed if self._sets_plain_value(override)]
        others = tuple(override.input_line or "" for override in parsed if override not in values)
        key = (others, tuple(override.key_or_group for override in values))
        frame = self._frames.get(key)
        config = None if frame is None else _with_values(frame, parsed, values)
        if config is None:
            try:
                config = self._compose(overrides)
            except COMPOSITION_ERRORS as error:
                raise self._diagnose(parsed, error) from error
            self._refuse_undeclared(config)
            self._frames[key] = copy.deepcopy(config)
        return config

    @property
    def config_loader(self) -> ConfigLoader:
        """Hydra's own, for what calls its jobs."""
        return self._hydra.config_loader

    def runs(self) -> Iterator[DictConfig]:
        """The configuration of the run, or of each run of the sweep, that the command line asks for."""
        parsed = self.parse(self.line.overrides)
        swept = [override for override in parsed if override.is_sweep_override()]
        if not self.line.multirun and not swept:
            config = self.compose(self.line.overrides)
            if config.hydra.mode != RunMode.MULTIRUN:
                yield config
                return
        # Choices that all runs share; settings are left out, for they may exist with some swept choices only.
        common = [
            override.input_line or ""
            for override in parsed
            if override not in swept and (self._selects(override) or override.is_hydra_override())
        ]
        frame = self.compose(common)
        if not self.line.multirun and frame.hydra.mode != RunMode.MULTIRUN:
            raise SettingError(
                setting=swept[0].get_key_element(),
                value=swept[0].get_value_string(),
                allowed="is several values, which make a sweep: add -m, or write a list as [1,2]",
            )
        self.is_sweep = True
        for number, overrides in enumerate(self._expand(parsed, frame)):
            config = self.compose(overrides)
            with open_dict(config.hydra.job):
                config.hydra.job.num = number
                config.hydra.job.id = number
            yield config

    def sweep(self) -> DictConfig:
        """The configuration of the sweep itself, as Hydra composes and records it (multirun.yaml)."""
        return self._compose(self.line.overrides, mode=RunMode.MULTIRUN)

    def _compose(self, overrides: Sequence[str], *, mode: RunMode = RunMode.RUN) -> DictConfig:
        return self._hydra.compose_config(config_name=CONFIG_NAME, overrides=list(overrides), run_mode=mode)

    def _sets_plain_value(self, override: Override) -> bool:
        """Whether an override changes a setting, and does nothing else."""
        return (
            override.type == OverrideType.CHANGE
            and not self._selects(override)
            and not override.is_hydra_override()
            and not override.is_sweep_override()
            and override.package is None
            and not isinstance(override.value(), dict | list)
        )

    def _selects(self, override: Override) -> bool:
        """Whether an override selects a choice of a group."""
        return override.key_or_group in self.catalog.groups or "/" in override.key_or_group

    def _expand(self, parsed: Sequence[Override], frame: DictConfig) -> Iterator[list[str]]:
        """The overrides of each run of a sweep, in the order of Hydra's basic sweeper."""
        hydra_overrides = [o.input_line or "" for o in parsed if o.is_hydra_override()]
        task = [o.input_line or "" for o in parsed if not o.is_hydra_override()]
        if not frame.hydra.sweeper._target_.endswith(".BasicSweeper"):
            # Another sweeper draws its values as it goes; what is fixed can be looked at.
            self.is_drawn = True
            yield hydra_overrides + [text for text in task if not self.parse([text])[0].is_sweep_override()]
            return
        params = [f"{key}={value}" for key, value in (frame.hydra.sweeper.params or {}).items()]
        for overrides in BasicSweeper.split_arguments(self.parse([*params, *task]), None)[0]:
            yield hydra_overrides + overrides

    def _diagnose(self, overrides: Sequence[Override], error: Exception) -> SettingError:
        """Find what could not be composed: a choice or a setting that does not exist, or what Hydra says."""
        for override in overrides:
            if override.key_or_group in self.catalog.groups and override.type == OverrideType.CHANGE:
                group, name = override.key_or_group, _value(override)
                if name != "null" and name not in self.catalog.groups[group].choices:
                    return unknown_choice(group=group, value=name, catalog=self.catalog)
        try:
            frame = self._compose([o.input_line or "" for o in overrides if self._selects(o)])
        except COMPOSITION_ERRORS as deeper:
            return UnreadableInputError(text="configuration", allowed=_reason(deeper))
        for override in overrides:
            key = override.key_or_group
            if override.type == OverrideType.CHANGE and not self._selects(override) and not _has(frame, key):
                return self._unknown(frame, key, _value(override))
        return UnreadableInputError(text="configuration", allowed=_reason(error))

    def _refuse_undeclared(self, config: DictConfig) -> None:
        """Refuse a setting that no YAML file declares: an experiment or a + would add it unseen."""
        declared = {setting.key for setting in self.catalog.root}
        for group, name in _chosen(config).items():
            if group == "experiment":
                continue
            choice = self.catalog.choice(group, name)
            if choice is None and group in self.catalog.groups and "/" not in name:
                raise unknown_choice(group=group, value=name, catalog=self.catalog)
            if choice is None or choice.is_open:
                return  # made of files that the catalog does not follow
            declared |= {setting.key for setting in choice.all_settings}
        for key, value in leaves(_plain(config, resolve=False)):
            parents = {key[:end] for end in range(len(key)) if key[end] == "."}
            if key in declared or declared & parents or any(name.startswith(f"{key}.") for name in declared):
                continue
            if key in self.catalog.groups and value == {}:
                continue  # a choice without settings
            experiment = _chosen(config).get("experiment")
            origin = f"experiment={experiment}" if experiment and not self._typed(key) else ""
            raise self._unknown(config, key, value, origin=origin)

    def _typed(self, key: str) -> bool:
        return any(text.lstrip("+").startswith(f"{key}=") for text in self.line.overrides)

    def _unknown(self, config: DictConfig, key: str, value: object, *, origin: str = "") -> SettingError:
        chosen = _chosen(config)
        if key.startswith("hydra."):
            known = [name for name, _ in leaves({"hydra": OmegaConf.to_container(config.hydra)})]
            return unknown_setting(key=key, value=value, known=known, catalog=self.catalog, chosen=chosen)
        names = {setting.key for setting in self.catalog.root} | set(self.catalog.groups)
        for group, name in chosen.items():
            choice = self.catalog.choice(group, name)
            if choice is not None and group != "experiment":
                names |= {setting.key for setting in choice.all_settings if setting.public}
        return unknown_setting(
            key=key, value=value, known=sorted(names), catalog=self.catalog, chosen=chosen, origin=origin
        )


def _refuse_hidden(directory: Path) -> None:
    """Refuse a user's file that Hydra would never read, for the program's own of that name comes first."""
    for path in sorted(directory.glob("*/*.yaml")):
        if (config_directory() / path.parent.name / path.name).is_file():
            allowed = f"holds {path.parent.name}/{path.name}, a name that the program uses itself; rename it"
            raise SettingError(setting="--config-dir", value=directory, allowed=allowed)


def resolve(config: DictConfig) -> dict[str, Any]:
    """The settings of a run as a plain dict, interpolations resolved, Hydra's own left out.

    Errors:
        SettingError: an interpolation that leads nowhere, or a mandatory value (???) that was not given
    """
    try:
        return _plain(config, resolve=True)
    except OmegaConfBaseException as error:
        key = error.full_key or "configuration"
        if "missing" in type(error).__name__.lower():
            raise SettingError(setting=key, value="???", allowed="must be given") from error
        raise UnreadableInputError(text=key, allowed=_reason(error)) from error


def unresolved(config: DictConfig) -> dict[str, Any]:
    """The settings of a run as they are composed, interpolations as they stand, Hydra's own left out."""
    return _plain(config, resolve=False)


def _with_values(
    frame: DictConfig, parsed: Sequence[Override], values: Sequence[Override]
) -> DictConfig | None:
    """What was composed for other values of the same settings, with these; None where they do not go in."""
    config = copy.deepcopy(frame)
    task = [override for override in parsed if not override.is_hydra_override()]
    try:
        for override in values:
            OmegaConf.update(config, override.key_or_group, override.value(), merge=True)
    except OmegaConfBaseException:
        return None
    config.hydra.overrides.task = [override.input_line for override in task]
    form = config.hydra.job.config.override_dirname
    config.hydra.job.override_dirname = get_overrides_dirname(
        overrides=task, kv_sep=form.kv_sep, item_sep=form.item_sep, exclude_keys=form.exclude_keys
    )
    return config


def _plain(config: DictConfig, *, resolve: bool) -> dict[str, Any]:
    settings = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    plain = OmegaConf.to_container(settings, resolve=resolve, throw_on_missing=resolve)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _chosen(config: DictConfig) -> dict[str, str]:
    choices: Mapping[str, str | None] = config.hydra.runtime.choices
    return {
        group: str(name)
        for group, name in choices.items()
        if name is not None and not group.startswith("hydra/")
    }


def _has(config: DictConfig, key: str) -> bool:
    node: Any = config
    for part in key.split("."):
        if not OmegaConf.is_dict(node) or part not in list(node):
            return False
        node = node._get_node(part)
    return True


def _value(override: Override) -> str:
    return override.get_value_element_as_str()


def unusable_hydra(error: BaseException) -> SettingError:
    """The error for a setting of Hydra's own that composes, but that Hydra cannot work with."""
    key = getattr(error, "full_key", None) or "hydra"
    cause = one_line(str(error.__cause__)) if error.__cause__ and str(error) else ""
    return UnreadableInputError(
        text=key, allowed=f"cannot be used: {_said(error)}" + (f": {cause}" if cause else "")
    )


def _reason(error: BaseException) -> str:
    return f"cannot be composed: {_said(error)}"


def _said(error: BaseException) -> str:
    """What Hydra or OmegaConf says, in one line, with the cause that Hydra keeps for itself."""
    text = one_line(str(error)) or (one_line(str(error.__cause__)) if error.__cause__ else "")
    return text.partition(" full_key:")[0] or type(error).__name__
