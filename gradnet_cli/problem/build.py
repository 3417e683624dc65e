"""From settings to a problem."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.candidates import offer_candidates
from gradnet_cli.problem.existing import nodes_of, with_existing
from gradnet_cli.problem.files.source import check_encoding
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks import build_active, build_mask
from gradnet_cli.problem.masks._component import largest_component
from gradnet_cli.problem.node_table import NodeTable
from gradnet_cli.problem.prices import COSTS, priced
from gradnet_cli.problem.problem import Problem
from gradnet_cli.problem.space import Space
from gradnet_cli.settings.limits import Limits
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.settings import Settings
from gradnet_cli.settings.values import choice

logger = logging.getLogger(__name__)

NODES = "nodes"  # what masks call their number of nodes


def build_problem(settings: Settings, *, table: NodeTable | None = None) -> Problem:
    """Build the problem that settings describe; torch is not imported.

    Args:
        table: node data beside the settings

    Raises:
        SettingError: a setting is out of range, or no network can satisfy budget, signs and limits
    """
    plugin = settings.mask
    if table is None and "node_path" not in plugin.arguments:
        table = node_table(settings)
    if table is None and settings.base_path is not None and _takes(plugin, settings, NODES):
        table = nodes_of(settings.base_path, encoding=check_encoding(settings.encoding))
    if table is not None and NODES in plugin.arguments:
        plugin = _sized(plugin, table, told=NODES in settings.given)
    if settings.base_path is not None and "base" in plugin.arguments:
        plugin = _with(plugin, base="none")  # the column is that of base_path, and not one of the mask
    part = table is not None and plugin.arguments.get("largest_component") is True
    if part:
        plugin = _with(plugin, largest_component=False)  # only then the mask has as many nodes as the table
    held = build_active if settings.edges.kind == "active" else build_mask
    mask = held(plugin, seed=settings.seed)
    if table is not None:
        mask = largest_component(table.joined(mask)) if part else table.joined(mask)
    mask, limits = furnished(mask, settings, given="base" in plugin.arguments)
    return Problem.build(
        mask=mask, budget=settings.budget, signs=settings.signs, limits=limits, selection=settings.select
    )


def furnished(
    mask: Mask, settings: Settings, *, given: bool = True, cost: object = None
) -> tuple[Mask, Limits]:
    """The mask with what every mask may be given: a base network from a file, candidates, costs by distance.

    Args:
        given: whether the mask can be asked for a base network
        cost: what priced the edges of a mask from Python

    Raises:
        SettingError: a network that does not fit the mask, or a setting that it does not allow
    """
    arguments = settings.mask.arguments
    own = "cost" in arguments and "cost_power" not in arguments  # the mask's own idea of a cost
    reprices = settings.cost == "distance" and not own
    _refuse_idle(settings, own=own)
    if settings.base_path is not None:
        encoding = check_encoding(settings.encoding)
        mask = with_existing(
            mask, path=settings.base_path, base=settings.base, encoding=encoding, reprices=reprices
        )
    mask, limits = offer_candidates(
        mask,
        settings.limits,
        settings.signs,
        candidates=settings.candidates,
        cost="distance" if reprices else arguments.get("cost", cost),
        given=given,
    )
    if "cost" not in arguments:
        choice(setting="cost", value=settings.cost, choices=COSTS)
    if reprices:
        mask = priced(mask, cost=settings.cost, power=settings.cost_power, distance=settings.distance)
    if reprices or arguments.get("pairs", "all") != "all":
        _tell_sphere(mask, settings)
    return mask, limits


def node_table(settings: Settings) -> NodeTable | None:
    """The node data in the file that the settings name, or None."""
    if settings.node_path is None:
        return None
    encoding = check_encoding(settings.encoding)
    return NodeTable.read(setting="node_path", path=settings.node_path, encoding=encoding)


def _takes(plugin: Plugin, settings: Settings, name: str) -> bool:
    """Whether a mask has a setting that was not given, so that a file may decide it."""
    return name in plugin.arguments and name not in settings.given


def _refuse_idle(settings: Settings, *, own: bool) -> None:
    """Refuse what would do nothing to a mask that has an idea of costs of its own."""
    for name in ("cost_power", "distance"):
        if own and name in settings.given and name not in settings.mask.arguments:
            allowed = f"has no effect: mask={settings.mask.name} makes its costs itself"
            raise SettingError(setting=name, value=getattr(settings, name), allowed=allowed)


def _sized(plugin: Plugin, table: NodeTable, *, told: bool) -> Plugin:
    """The mask with as many nodes as the table: the file decides, unless the number was given."""
    asked: Any = plugin.arguments[NODES]
    if told and asked != table.rows:
        allowed = f"must be {table.rows} or left out: {table.called} has so many nodes"
        raise SettingError(setting=NODES, value=asked, allowed=allowed)
    return _with(plugin, **{NODES: table.rows})


def _with(plugin: Plugin, **arguments: object) -> Plugin:
    return replace(plugin, arguments={**plugin.arguments, **arguments})


def _tell_sphere(mask: Mask, settings: Settings) -> None:
    """Say that distances are kilometres, where that was not asked for by name."""
    space = Space.of(positions=mask.positions, node_data=mask.node_data, distance=settings.distance)
    if space is not None and space.sphere and settings.distance == "auto":
        columns = "lon and lat" if space.columns is None else " and ".join(space.columns)
        logger.warning("distances are km on the sphere, by %s (distance=plane takes degrees)", columns)
