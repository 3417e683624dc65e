"""The sections of the settings: one frozen dataclass each, whose fields are the keys of the YAML files.

Values are checked as an object is made and stand in their types from then on; YAML alone has the defaults.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.values import choice, flag, fraction, integer, nearest, number, optional

TRACKERS = ("tensorboard", "mlflow", "wandb")  # extras of the package, and what they import as


class Section:
    """What the sections share: how they are read, and how their fields are checked."""

    section = ""  # the name before the fields', with its point: ``stop.``

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the section; a missing or unknown key is a SettingError."""
        name = cls.section.rstrip(".")
        if not isinstance(content, Mapping):
            raise SettingError(setting=name, value=content, allowed="must be a group of settings")
        return cls(**exactly(content, cls, prefix=cls.section))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check(self, name: str, check: Any, **limits: Any) -> None:
        self._set(name, check(setting=self.section + name, value=getattr(self, name), **limits))

    def _check_optional(self, name: str, check: Any, **limits: Any) -> None:
        self._set(name, optional(check, setting=self.section + name, value=getattr(self, name), **limits))


def known(content: object, kind: type, *, prefix: str) -> dict[str, Any]:
    """The arguments of a dataclass from a mapping that has some of them, and no others.

    Raises:
        SettingError: no mapping, or the first key that is unknown
    """
    name = prefix.rstrip(".")
    if not isinstance(content, Mapping):
        raise SettingError(setting=name, value=content, allowed="must be a group of settings")
    names = [field.name for field in fields(kind)]
    for key, value in content.items():
        if key not in names:
            allowed = f"is unknown; {name} has {', '.join(names)}"
            raise SettingError(
                setting=f"{prefix}{key}", value=value, allowed=allowed, hint=nearest(str(key), names)
            )
    return {str(key): value for key, value in content.items()}


def exactly(content: Mapping[str, Any], kind: type, *, prefix: str = "") -> dict[str, Any]:
    """The arguments of a dataclass from a mapping that has them all, and no others.

    Raises:
        SettingError: the first key that is missing or unknown
    """
    found = known(content, kind, prefix=prefix)
    for field in fields(kind):
        if field.name not in found:
            setting = f"{prefix}{field.name}"
            raise SettingError(setting=setting, value=None, allowed="is missing from the configuration")
    return found


@dataclass(frozen=True, kw_only=True)
class Stop(Section):
    """When to stop before the last update.

    Attributes:
        gap: proven relative gap that is good enough, 0 < gap < 1, or None
        plateau: updates in a row without improvement, >= 1, or None
        improvement: least relative gain that counts as improvement, >= 0
        seconds: longest training, > 0, or None
    """

    section = "stop."
    gap: float | None
    plateau: int | None
    improvement: float
    seconds: float | None

    def __post_init__(self) -> None:
        self._check_optional("gap", fraction)
        self._check_optional("plateau", integer, minimum=1)
        self._check("improvement", number, minimum=0)
        self._check_optional("seconds", number, above=0, meaning="seconds")


@dataclass(frozen=True, kw_only=True)
class Checkpoint(Section):
    """When to save what a run is taken up again from.

    Attributes:
        updates: between two checkpoints, >= 1, or None
        seconds: between two checkpoints, > 0, or None
    """

    section = "checkpoint."
    updates: int | None
    seconds: float | None

    def __post_init__(self) -> None:
        self._check_optional("updates", integer, minimum=1)
        self._check_optional("seconds", number, above=0, meaning="seconds")


@dataclass(frozen=True, kw_only=True)
class Prune(Section):
    """Which edges the pruned network keeps. One of the first three is given, or none: then nothing is pruned.

    Attributes:
        below: edges lighter than this share of the heaviest go, 0 < below < 1
        to: this many of the heaviest edges stay, >= 1
        share: the fewest edges stay that carry this share of what all of them cost, 0 < share < 1
        rescale: what is left spends the budget again
        retrain: what is left is trained again
    """

    section = "prune."
    below: float | None = None
    to: int | None = None
    share: float | None = None
    rescale: bool = True
    retrain: bool = True

    def __post_init__(self) -> None:
        self._check_optional("below", fraction)
        self._check_optional("to", integer, minimum=1)
        self._check_optional("share", fraction)
        self._check("rescale", flag)
        self._check("retrain", flag)
        given = [name for name in ("below", "to", "share") if getattr(self, name) is not None]
        if len(given) > 1:
            allowed = f"must be null where prune.{given[0]} is given: one rule at a time"
            raise SettingError(setting=f"prune.{given[1]}", value=getattr(self, given[1]), allowed=allowed)

    @property
    def wanted(self) -> bool:
        """Whether there is a rule."""
        return any(rule is not None for rule in (self.below, self.to, self.share))


@dataclass(frozen=True, kw_only=True)
class Trainer(Section):
    """The machine to train on, and what to show of it.

    Attributes:
        accelerator: cpu, gpu or auto
        threads: of the processor, >= 1, or None for one up to 10^5 edges, and all beyond
        log_every: updates between two rows of metrics.csv, >= 1
        limit_updates: never take more updates than this, >= 0, or None
        progress: auto, bar, lines or none
    """

    section = "trainer."
    accelerator: str
    threads: int | None
    log_every: int
    limit_updates: int | None
    progress: str

    def __post_init__(self) -> None:
        self._check("accelerator", choice, choices=("cpu", "gpu", "auto"))
        self._check_optional("threads", integer, minimum=1)
        self._check("log_every", integer, minimum=1)
        self._check_optional("limit_updates", integer, minimum=0)
        self._check("progress", choice, choices=("auto", "bar", "lines", "none"))


@dataclass(frozen=True, kw_only=True)
class Logger(Section):
    """Where metrics go, beside metrics.csv.

    Attributes:
        kind: csv (nowhere else), tensorboard, mlflow or wandb
        project: the tracker's project or experiment that the run belongs to
    """

    section = "logger."
    kind: str
    project: str = "gradnet-run"

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the section; not every tracker has projects."""
        if isinstance(content, Mapping):
            content = {"project": cls.project, **content}
        return super().from_mapping(content)

    def __post_init__(self) -> None:
        self._check("kind", choice, choices=("csv", *TRACKERS))
        if self.kind in TRACKERS and importlib.util.find_spec(self.kind) is None:
            allowed = f"needs a package that is not installed: pip install 'gradnet-run[{self.kind}]'"
            raise SettingError(setting="logger", value=self.kind, allowed=allowed)
        if not isinstance(self.project, str) or not self.project.strip():
            raise SettingError(setting="logger.project", value=self.project, allowed="must be a name")


@dataclass(frozen=True, kw_only=True)
class Launcher(Section):
    """How the jobs of a sweep are run on this machine: one after another, or by workers side by side.

    Attributes:
        workers: jobs at a time, >= 1, or None for one a processor; side_by_side is False without them
    """

    section = "launcher."
    workers: int | None = None
    side_by_side: bool = False

    @classmethod
    def from_mapping(cls, content: object) -> Self:
        """Read the group `launcher`: the choice without settings is the one without workers."""
        given = dict(content) if isinstance(content, Mapping) else {}
        return cls(workers=given.get("workers"), side_by_side="workers" in given)

    def __post_init__(self) -> None:
        self._check_optional("workers", integer, minimum=1)


@dataclass(frozen=True, kw_only=True)
class Cluster(Section):
    """A Slurm cluster that the jobs of a sweep are sent to.

    Attributes:
        partition, account: names, or None for the cluster's own choice
        parallel: most jobs that run at a time, >= 1
        setup: shell commands before each job
        options: other options of sbatch, without their dashes
    """

    section = "cluster."
    partition: str | None
    account: str | None
    parallel: int
    setup: Sequence[str]
    options: Mapping[str, Any]

    def __post_init__(self) -> None:
        self._check("parallel", integer, minimum=1)
        for name, kind, word in (
            ("setup", list | tuple, "list of commands"),
            ("options", Mapping, "mapping"),
        ):
            if not isinstance(getattr(self, name), kind):
                raise SettingError(
                    setting=f"cluster.{name}", value=getattr(self, name), allowed=f"must be a {word}"
                )


@dataclass(frozen=True, kw_only=True)
class Resources(Section):
    """What a job may take on a cluster.

    Attributes:
        time: longest time of a job [min], >= 1
        memory: of a job [GB], > 0, or None for the cluster's own choice
        cpus, gpus: of a job, >= 1 and >= 0
    """

    section = "resources."
    time: int
    memory: float | None
    cpus: int
    gpus: int

    def __post_init__(self) -> None:
        self._check("time", integer, minimum=1)
        self._check("cpus", integer, minimum=1)
        self._check("gpus", integer, minimum=0)
        self._check_optional("memory", number, above=0, meaning="GB")


@dataclass(frozen=True, kw_only=True)
class Optimizers(Section):
    """The optimizer, or those that are chosen from by what objective and constraints are like.

    Attributes:
        choices: by name; of one alone there is nothing to choose
    """

    section = "optimizer."
    choices: Mapping[str, Plugin]

    @classmethod
    def read(cls, content: object, *, root: Mapping[str, Any], name: str | None = None) -> Self:
        """Read the group `optimizer`: one optimizer, or several under the key `choices`."""
        if not isinstance(content, Mapping):
            raise SettingError(setting="optimizer", value=content, allowed="must be a group of settings")
        if "choices" not in content:
            plugin = Plugin.from_mapping("optimizer", content, root=root, name=name)
            return cls(choices={plugin.name: plugin})
        read = {
            key: Plugin.from_mapping("optimizer", settings, root=root, name=key)
            for key, settings in content["choices"].items()
        }
        return cls(choices=read)
