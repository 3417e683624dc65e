"""The terms that other objectives are made of, and what each says of a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from gradnet_cli.errors import SettingError, spell
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.build import build_objective
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.terms import GROUP, OWN, TERMS, completed_term, labels_of, no_terms
from gradnet_cli.settings.values import number


@dataclass(frozen=True, eq=False, kw_only=True)
class Term:
    """An objective, and how it counts among others.

    Attributes:
        objective: the objective itself
        weight: that its score is multiplied with
        label: what tables call it; None for the name of the objective
        setting: where it stands among the settings
    """

    objective: Objective
    weight: float = 1.0
    label: str | None = None
    setting: str = TERMS

    def __post_init__(self) -> None:
        number(setting=f"{self.setting}.weight", value=self.weight)

    @property
    def direction(self) -> float:
        """+1 where weight * score is to be made large, -1 where small, 0 where it does not count."""
        return 0.0 if self.weight == 0 else self.objective.sign * (1.0 if self.weight > 0 else -1.0)

    @property
    def told(self) -> str:
        """Label, weight and sense, for messages."""
        return f"{self.label} ({self.objective.sense}d, weight {spell(self.weight)})"

    def prefixed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values by name, with the label before each name."""
        return {f"{self.label}.{name}": value for name, value in values.items()}


def build_terms(given: object, *, seed: int) -> list[Term]:
    """Terms from what was given, with a label each.

    Args:
        given: a list, or a mapping by label, of names of objectives, settings of objectives with a name,
            Objectives and Terms
        seed: of the objectives that ask for one

    Raises:
        SettingError: what is no objective, or a setting that it does not have
    """
    entries: list[tuple[str, str | None, object]]
    if isinstance(given, Mapping) and given:
        entries = [(f"{TERMS}.{label}", str(label), entry) for label, entry in given.items()]
    elif isinstance(given, Sequence) and not isinstance(given, str) and given:
        entries = [(f"{TERMS}.{place}", None, entry) for place, entry in enumerate(given)]
    else:
        raise no_terms(given)
    terms = [_built(entry, setting=setting, label=label, seed=seed) for setting, label, entry in entries]
    labels = labels_of([(term.objective.name, term.label) for term in terms], setting=TERMS)
    return [replace(term, label=label) for term, label in zip(terms, labels, strict=True)]


@contextmanager
def errors_named(setting: str) -> Iterator[None]:
    """Let errors that name a setting of an objective, ``objective.solver``, name it within a term."""
    try:
        yield
    except SettingError as error:
        if not error.setting.startswith(f"{GROUP}."):
            raise
        hint = None if error.hint is None else error.hint.replace(f"{GROUP}.", f"{setting}.")
        raise error.named(f"{setting}.{error.setting.removeprefix(f'{GROUP}.')}", hint=hint) from error


def _built(entry: object, *, setting: str, label: str | None, seed: int) -> Term:
    if isinstance(entry, Term):
        return replace(entry, setting=setting, label=entry.label or label)
    if isinstance(entry, Objective):
        return Term(objective=entry, setting=setting, label=label)
    content = completed_term(entry, setting=setting, label=label)
    arguments = {key: value for key, value in content.items() if key not in OWN}
    plugin = Plugin.from_mapping(GROUP, arguments, root={}, name=content["name"])
    with errors_named(setting):
        objective = build_objective(plugin, seed=seed)
    return Term(objective=objective, weight=content["weight"], label=content["label"], setting=setting)
