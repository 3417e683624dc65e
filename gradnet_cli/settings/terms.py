"""The terms of an objective that is made of several: each a choice of its own, with all of its settings.

A term is typed as the name of an objective, or as its settings with this name, a weight and a label among
them. Here its other settings are taken from the YAML file of the choice, so that what is recorded of a run is
whole, and what a file does not declare is told with the nearest right spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import Catalog, Choice, read_catalog
from gradnet_cli.settings.effects import Effects
from gradnet_cli.settings.hydra import Override, OverrideType
from gradnet_cli.settings.plugins import COMPOSED, LISTED, TARGET
from gradnet_cli.settings.values import choice, nearest
from gradnet_cli.settings.words import served_word

GROUP = "objective"
TERMS = "objective.terms"
OWN = ("name", "label", "weight")  # what belongs to the term, and not to its objective
RESERVED = ("step", "seconds", "score", "bound", "gap")  # columns of metrics.csv
EXAMPLE = "[algebraic_connectivity, {name: effective_resistance, weight: -0.1}]"

Entries = list[dict[str, Any]] | dict[str, dict[str, Any]]


def is_within_terms(override: Override) -> bool:
    """Whether an override changes a setting of a term, ``objective.terms.1.weight``."""
    return override.key_or_group.startswith(f"{TERMS}.") and override.type == OverrideType.CHANGE


def complete_terms(config: DictConfig, catalog: Catalog, later: Iterable[tuple[str, Any]] = ()) -> None:
    """Complete the terms of a composed configuration, where its objective has any.

    Args:
        config: changed in place
        catalog: of all choices
        later: settings within terms and their values, which are set when the terms are complete

    Raises:
        SettingError: a term that is no objective, or a setting that it does not have
    """
    objective = config.get(GROUP)
    for key in _composed_settings(objective) if isinstance(objective, DictConfig) else ():
        given = OmegaConf.to_container(objective[key]) if OmegaConf.is_config(objective[key]) else None
        if given is not None or objective[key] is not None:
            with open_dict(config):
                objective[key] = completed(given, catalog=catalog, setting=f"{GROUP}.{key}")
    for name, value in later:
        _set_within(config, name, value)


def _composed_settings(objective: DictConfig) -> Sequence[str]:
    """Which settings of an objective are objectives themselves, as its YAML file says."""
    names = objective.get(COMPOSED) or ()
    if (
        isinstance(names, str)
        or not isinstance(names, Sequence)
        or not all(name in objective for name in names)
    ):
        allowed = "stands in the YAML file of the objective, a list of settings that it has"
        raise SettingError(setting=f"{GROUP}.{COMPOSED}", value=names, allowed=allowed)
    return names


def completed(terms: object, *, catalog: Catalog, setting: str) -> Entries:
    """Terms with all of their settings: what is complete already stays as it is.

    Args:
        terms: a list, or a mapping by label
        catalog: of all choices
        setting: what they are called, for messages: ``objective.terms``

    Raises:
        SettingError: as above
    """
    if isinstance(terms, Mapping) and terms:
        return {
            str(label): completed_term(entry, catalog=catalog, setting=f"{setting}.{label}", label=str(label))
            for label, entry in terms.items()
        }
    if not isinstance(terms, Sequence) or isinstance(terms, str) or not terms:
        raise no_terms(terms, setting=setting)
    return [
        completed_term(entry, catalog=catalog, setting=f"{setting}.{place}")
        for place, entry in enumerate(terms)
    ]


def completed_term(
    entry: object, *, setting: str, catalog: Catalog | None = None, label: str | None = None
) -> dict[str, Any]:
    """One term with all of its settings.

    Args:
        entry: what was given for it
        setting: where it stands, for messages: ``objective.terms.1``
        catalog: of all choices; None reads those of the program
        label: of the term in a mapping
    """
    if isinstance(entry, str):
        entry = {"name": entry}
    elif isinstance(entry, int | float) and not isinstance(entry, bool) and label is not None:
        entry = {"weight": entry}
    if not isinstance(entry, Mapping):
        allowed = "must be the name of an objective, or its settings, {name: effective_resistance, weight: 2}"
        raise SettingError(setting=setting, value=entry, allowed=allowed)
    given = {str(key): value for key, value in entry.items()}
    own = {key: given.pop(key) for key in OWN if key in given}
    if TARGET in given:
        name = str(given[TARGET]).rpartition(".")[2]
        return {"name": name, "label": label, "weight": 1.0, **own, **given}
    catalog = read_catalog() if catalog is None else catalog
    known = catalog.groups[GROUP].choices
    if label is None and "name" not in own:
        raise SettingError(setting=f"{setting}.name", value=None, allowed="must be given: an objective")
    named = own.get("name", label)
    served = served_word(group=GROUP, value=named, catalog=catalog, setting=f"{setting}.name")
    if named not in known and served is not None:
        raise served
    name = choice(setting=f"{setting}.name", value=named, choices=known)
    content = _with_defaults(name, given, catalog=catalog, setting=setting)
    return {"name": name, "label": label, "weight": 1.0, **own, **content}


def no_terms(given: object, *, setting: str = TERMS) -> SettingError:
    """The error for what is neither a list of terms nor a mapping of them."""
    allowed = f"must be a list of objectives, like {EXAMPLE}, or a mapping of them by label"
    return SettingError(setting=setting, value=given, allowed=allowed)


def labels_of(terms: Sequence[tuple[str, str | None]], *, setting: str) -> list[str]:
    """What each term is called in tables: its label, or its name, numbered where several have it.

    Args:
        terms: name and label of each
        setting: what the terms are called, for messages

    Raises:
        SettingError: a label that is used twice, or is a column of its own
    """
    bare = Counter(name for name, label in terms if label is None)
    count: Counter[str] = Counter()
    found: list[str] = []
    for place, (name, label) in enumerate(terms):
        count[name] += label is None
        told = label if label is not None else f"{name}_{count[name]}" if bare[name] > 1 else name
        if not isinstance(told, str) or not told or told in (*RESERVED, *found):
            allowed = f"must be a name of its own, and none of {', '.join(RESERVED)}"
            raise SettingError(setting=f"{setting}.{place}.label", value=told, allowed=allowed)
        found.append(told)
    return found


def _with_defaults(name: str, given: dict[str, Any], *, catalog: Catalog, setting: str) -> dict[str, Any]:
    declared = _declared(catalog.groups[GROUP].choices[name])
    inner = declared.pop(COMPOSED, ())
    for key, value in given.items():
        if key not in declared or key == TARGET:
            raise _unknown(f"{setting}.{key}", value, owner=name, known=[*declared, *OWN])
    content = {**declared, **given}
    for key in inner:
        content[key] = completed(content[key], catalog=catalog, setting=f"{setting}.{key}")
    _refuse_idle(name, content, given, catalog=catalog, setting=setting)
    return content


def _declared(choice: Choice) -> dict[str, Any]:
    """The settings of an objective by name, those of the top level among them, with their defaults."""
    content: Any = OmegaConf.to_container(OmegaConf.load(choice.path), resolve=False)
    content.pop("defaults", None)
    inner = content.pop(GROUP, None) if TARGET not in content else None
    declared: dict[str, Any] = {**(inner or {}), **content}
    for setting in choice.inherited:
        key = setting.key.removeprefix(f"{GROUP}.")
        if "." not in key:
            declared.setdefault(key, yaml.safe_load(setting.default))
    declared.pop(LISTED, None)
    return declared


def _refuse_idle(
    name: str, content: Mapping[str, Any], given: Iterable[str], *, catalog: Catalog, setting: str
) -> None:
    """Raise SettingError for a setting that has no effect beside the others of its term."""
    frame = OmegaConf.create({GROUP: content, "hydra": {"runtime": {"choices": {GROUP: name}}}})
    effects = Effects(catalog)
    effects.look(frame, {f"{GROUP}.{key}" for key in given})
    try:
        effects.refuse_idle()
    except SettingError as error:
        allowed = error.allowed.replace(f"{GROUP}.", f"{setting}.")
        renamed = error.setting.replace(f"{GROUP}.", f"{setting}.")
        raise SettingError(setting=renamed, value=error.value, allowed=allowed) from error


def _set_within(config: DictConfig, name: str, value: Any) -> None:
    """Set a setting within a complete term, ``objective.terms.1.weight``."""
    parent, _, last = name.rpartition(".")
    try:
        node = OmegaConf.select(config, parent, throw_on_missing=True)
        if isinstance(node, DictConfig) and last in node:
            node[last] = value
            return
    except (OmegaConfBaseException, IndexError, ValueError) as error:
        node = None
        reason: Exception | None = error
    else:
        reason = None
    if isinstance(node, DictConfig):
        raise _unknown(name, value, owner=str(node.get("name", parent)), known=[str(key) for key in node])
    allowed = "belongs to a term that is not there: objective.terms lists them"
    raise SettingError(setting=name, value=value, allowed=allowed) from reason


def _unknown(setting: str, value: object, *, owner: str, known: Sequence[str]) -> SettingError:
    public = [key for key in known if not key.startswith("_")]
    near = nearest(setting.rpartition(".")[2], public)
    hint = None if near is None else f"{setting.rpartition('.')[0]}.{near}"
    allowed = f"is unknown to {owner}, which has {', '.join(public)}"
    return SettingError(setting=setting, value=value, allowed=allowed, hint=hint)
