"""Choices that go with an objective where nobody has made them."""

from __future__ import annotations

from collections.abc import Sequence

from gradnet_cli.settings.catalog import Catalog, Choice
from gradnet_cli.settings.hydra import Override


def suited_choices(catalog: Catalog, overrides: Sequence[Override]) -> list[str]:
    """Overrides that add what an objective says suits it, ``mask=complete``, where nothing else is asked for.

    Experiments choose for themselves; a setting of a group, ``budget.value=3``, is a choice of the group as
    it stands where it has that setting. Settings that only some masks have (``rows=5``) choose these.

    Args:
        catalog: the choices and what suits them
        overrides: what was asked for
    """
    asked = {override.key_or_group: override for override in overrides}
    if "objective" not in asked or "experiment" in asked:
        return []
    choice = catalog.choice("objective", str(asked["objective"].get_value_element_as_str()))
    if choice is None:
        return []
    added = []
    for group, name in choice.suited.items():
        wanted = catalog.choice(group, name)
        if wanted is None or group in asked:
            continue
        has = {setting.key for setting in wanted.all_settings}
        within = {key for key in asked if key.startswith(f"{group}.")}
        if within & _keys(catalog.choice(group, catalog.groups[group].default or "")) or within - has:
            continue
        elsewhere = {
            setting.key
            for other in catalog.groups[group].choices.values()
            for setting in other.all_settings
            if setting.key not in has
        }
        if not elsewhere & set(asked):
            added.append(f"{group}={name}")
    return added


def _keys(choice: Choice | None) -> set[str]:
    return set() if choice is None else {setting.key for setting in choice.all_settings}
