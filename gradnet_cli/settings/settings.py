"""All that a run is asked for, composed and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Self

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.active import ActiveEdges, Rewiring
from gradnet_cli.settings.budget import Budget, Signs
from gradnet_cli.settings.figures import FigureSettings
from gradnet_cli.settings.limits import Limits
from gradnet_cli.settings.plugins import LISTED, TARGET, Plugin
from gradnet_cli.settings.sections import (
    Checkpoint,
    Cluster,
    Launcher,
    Logger,
    Optimizers,
    Prune,
    Resources,
    Section,
    Stop,
    Trainer,
)
from gradnet_cli.settings.selection import ANY_WEIGHTS, Selection
from gradnet_cli.settings.values import choice, flag, integer, nearest, number

LARGEST_SEED = 2**32 - 1  # NumPy's generators take no more
MASK_KEYS = (TARGET, LISTED)
FLAGS = ("report", "animation", "skip_completed")
VALUES = ("seed", "updates", "dtype", "initial", "candidates", "starts", *FLAGS)  # of no section
# Checked as the problem is built. Runs that were recorded before there were such settings have none.
OF_ANY_MASK = ("node_path", "base_path", "base", "encoding", "cost", "cost_power", "distance")
SECTIONS = (
    *("stop", "checkpoint", "signs", "limits", "prune", "mask", "budget", "objective", "optimizer", "noise"),
    *("trainer", "logger", "edges", "rewiring", "figures"),
)


@dataclass(frozen=True, kw_only=True)
class Settings(Section):
    """The settings of a run, named as in the YAML files, which have the defaults and say what each means.

    Attributes:
        mask, objective, noise: what builds them, with its arguments
        data: what reads the data set that is learned from, None without one
        node_path, base_path, base, encoding: files about the nodes, and with the base network, of any mask
        cost, cost_power, distance: what a unit of weight costs
        optimizer: the optimizer, or the choice between several
        given: names of settings and groups that a person gave: what has no effect among them is told
        others: as in conf/config.yaml
    """

    seed: int
    updates: int
    dtype: str
    initial: str
    starts: int | None
    candidates: str
    figures: FigureSettings
    report: bool
    animation: bool
    skip_completed: bool
    stop: Stop
    checkpoint: Checkpoint
    signs: Signs
    limits: Limits
    prune: Prune
    mask: Plugin
    budget: Budget
    objective: Plugin
    optimizer: Optimizers
    noise: Plugin
    trainer: Trainer
    logger: Logger
    edges: ActiveEdges
    rewiring: Rewiring
    launcher: Launcher
    cluster: Cluster | None
    resources: Resources | None
    select: Selection = ANY_WEIGHTS
    data: Plugin | None = None
    node_path: object = None
    base_path: object = None
    base: object = "none"
    encoding: object = "auto"
    cost: object = "unit"
    cost_power: object = 1.0
    distance: object = "auto"
    given: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._check("seed", integer, minimum=0, maximum=LARGEST_SEED)
        self._check("updates", integer, minimum=0)
        self._check("dtype", choice, choices=("float64", "float32"))
        self._check("initial", choice, choices=("uniform", "even", "random"))
        self._check_optional("starts", integer, minimum=1)
        self._check("candidates", choice, choices=("edges", "complement", "all"))
        for name in FLAGS:
            self._check(name, flag)
        noise = self.noise.arguments  # the range of noise is told before anything runs
        for name in ("additive", "multiplicative"):
            if name in noise:
                number(setting=f"noise.{name}", value=noise[name], minimum=0)
        if "samples" in noise:
            integer(setting="noise.samples", value=noise["samples"], minimum=1)

    @classmethod
    def from_mapping(
        cls,
        content: object,
        *,
        choices: Mapping[str, str] | None = None,
        given: frozenset[str] = frozenset(),
    ) -> Self:
        """Check a resolved configuration.

        Args:
            content: plain values by name; `updates=1e3` stands there as the float 1000.0
            choices: the choice typed of each group, for the names of plug-ins
            given: names of what a person gave

        Raises:
            SettingError: the first setting that is missing, of a wrong type or out of range
        """
        if not isinstance(content, Mapping):
            raise SettingError(setting="settings", value=content, allowed="must be a mapping")
        for name in (*VALUES, *SECTIONS):
            if name not in content:
                raise SettingError(setting=name, value=None, allowed="is missing from the configuration")
        chosen = choices or {}
        _refuse_misplaced_sizes(content)

        def plugin(group: str) -> Plugin:
            return Plugin.from_mapping(group, content[group], root=content, name=chosen.get(group))

        cluster = content.get("cluster")
        return cls(
            **{name: content[name] for name in VALUES},
            **{name: content[name] for name in OF_ANY_MASK if name in content},
            figures=FigureSettings.from_mapping(content["figures"]),
            stop=Stop.from_mapping(content["stop"]),
            checkpoint=Checkpoint.from_mapping(content["checkpoint"]),
            signs=Signs.from_mapping(content["signs"]),
            limits=Limits.from_mapping(content["limits"]),
            select=Selection.from_mapping(content.get("select") or {}),
            prune=Prune.from_mapping(content["prune"]),
            mask=plugin("mask"),
            budget=Budget.from_mapping(content["budget"]),
            objective=plugin("objective"),
            optimizer=Optimizers.read(content["optimizer"], root=content, name=chosen.get("optimizer")),
            noise=plugin("noise"),
            data=plugin("data") if content.get("data") else None,
            trainer=Trainer.from_mapping(content["trainer"]),
            logger=Logger.from_mapping(content["logger"]),
            edges=ActiveEdges.from_mapping(content["edges"]),
            rewiring=Rewiring.from_mapping(content["rewiring"]),
            launcher=Launcher.from_mapping(content.get("launcher")),
            cluster=Cluster.from_mapping(cluster) if cluster else None,
            resources=Resources.from_mapping(content.get("resources")) if cluster else None,
            given=given,
        )

    def to_mapping(self) -> dict[str, Any]:
        """Plain values by name, for records: what is built stands with its path and arguments."""
        return {
            field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name != "given"
        }

    @property
    def most_updates(self) -> int:
        """Updates to take at most, whatever says so."""
        limit = self.trainer.limit_updates
        return self.updates if limit is None else min(limit, self.updates)


def _refuse_misplaced_sizes(content: Mapping[str, Any]) -> None:
    mask = content["mask"]
    if not isinstance(mask, Mapping):
        raise SettingError(setting="mask", value=mask, allowed="must be a group of settings")
    for key in mask:
        if key not in MASK_KEYS:
            allowed = "is unknown: the sizes of a mask stand at the top level"
            hint = nearest(key, content)
            raise SettingError(setting=f"mask.{key}", value=mask[key], allowed=allowed, hint=hint)


def _plain(value: Any) -> Any:
    if isinstance(value, Plugin):
        return {TARGET: value.path, **value.arguments}
    if isinstance(value, Optimizers):
        plain = {name: _plain(plugin) for name, plugin in value.choices.items()}
        return next(iter(plain.values())) if len(plain) == 1 else {"choices": plain}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
