"""The figures of the terms of an objective that is made of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.drawing import Drawing
from gradnet_cli.settings.plugins import TARGET, Plugin
from gradnet_cli.settings.terms import GROUP, OWN, labels_of

if TYPE_CHECKING:
    from gradnet_cli.result import Result


def drawings(result: Result) -> Iterator[Drawing]:
    """Each term's own figures, of what it has told of the network.

    Two figures of one name, and a figure that would take the place of a general one, are told apart by the
    label of their term.
    """
    terms = result.objective_settings.get("terms") or ()
    entries = list(terms.items()) if isinstance(terms, Mapping) else [(None, entry) for entry in terms]
    named = [(str(entry["name"]), entry.get("label") or label) for label, entry in entries]
    for label, (_, entry) in zip(labels_of(named, setting="objective.terms"), entries, strict=True):
        kind = Plugin.from_mapping(GROUP, {TARGET: entry[TARGET]}, root={}).load()
        if isinstance(kind, type) and issubclass(kind, Objective):
            for drawing in kind.figures(_of_term(result, label, entry, kind=kind)):
                yield replace(drawing, name=f"{label}_{drawing.name}", replaces=())


def _of_term(result: Result, label: str, entry: Mapping[str, Any], *, kind: type[Objective]) -> Result:
    """A result as it would be told if the term were its objective."""
    arguments = {key: value for key, value in entry.items() if key not in (*OWN, TARGET)}
    settings = result.settings
    if settings is not None:
        plugin = Plugin(group=GROUP, name=str(entry["name"]), path=str(entry[TARGET]), arguments=arguments)
        settings = replace(settings, objective=plugin)
    return replace(
        result,
        objective=str(entry["name"]),
        objective_class=kind,
        score=result.metrics.get(label, result.score),
        bound=None,
        gap=None,
        certified=False,
        metrics=_without(result.metrics, label),
        node_data=_without(result.node_data, label),
        arrays=_without(result.arrays, label),
        settings=settings,
    )


def _without(values: Mapping[str, Any], label: str) -> dict[str, Any]:
    """The entries of a term, by the names that it gave them."""
    prefix = f"{label}."
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
