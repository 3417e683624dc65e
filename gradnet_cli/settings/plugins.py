"""What a configuration names by import path (``_target_``): masks, objectives, optimizers, noise."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Self, TypeVar

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import nearest

T = TypeVar("T")
TARGET = "_target_"
OWN = "gradnet_cli"
LISTED = "settings"  # names of settings of the top level that a target is called with, too
COMPOSED = "_objectives_"  # names of settings that are objectives themselves, see gradnet_cli.settings.terms


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """Something that is built by calling what an import path names.

    Attributes:
        group: of the configuration, ``objective``
        name: of the choice that was typed, ``kuramoto_synchrony``, or the last part of the path
        path: the import path
        arguments: by name
        top_level: which of these are settings of the top level, ``rows``; the others are spelled with the
            group before them, ``objective.horizon``
    """

    group: str
    name: str
    path: str
    arguments: Mapping[str, Any]
    top_level: frozenset[str] = frozenset()

    @classmethod
    def from_mapping(
        cls, group: str, content: object, *, root: Mapping[str, Any], name: str | None = None
    ) -> Self:
        """Read a group of settings.

        Args:
            group: its name
            content: ``_target_``, perhaps ``settings`` (names of keys of the root), and further arguments
            root: all settings
            name: of the choice

        Raises:
            SettingError: no import path, or a key of the root that is not there
        """
        if not isinstance(content, Mapping):
            raise SettingError(setting=group, value=content, allowed="must be a group of settings")
        path = content.get(TARGET)
        if not isinstance(path, str) or "." not in path:
            raise SettingError(
                setting=f"{group}.{TARGET}", value=path, allowed="must be an import path, package.module.name"
            )
        listed = content.get(LISTED) or ()
        if not isinstance(listed, list | tuple) or not all(isinstance(key, str) for key in listed):
            allowed = "must be a list of names of top-level settings"
            raise SettingError(setting=f"{group}.{LISTED}", value=listed, allowed=allowed)
        for key in listed:
            if key not in root:
                raise SettingError(setting=key, value=None, allowed=f"must be given: {path} reads it")
        arguments = {key: value for key, value in content.items() if key not in (TARGET, LISTED, COMPOSED)}
        return cls(
            group=group,
            name=name or path.rpartition(".")[2],
            path=path,
            arguments={**arguments, **{key: root[key] for key in listed}},
            top_level=frozenset(listed),
        )

    def spelled(self, argument: str) -> str:
        """An argument as it is typed: ``rows``, ``objective.horizon``."""
        return argument if argument in self.top_level else f"{self.group}.{argument}"

    def takes(self, argument: str) -> bool:
        """Whether the target asks for an argument of this name."""
        return argument in inspect.signature(self.load()).parameters

    def idle(self) -> Mapping[str, str]:
        """Settings without effect beside the others, and why, by `idle` in the target's module."""
        said = getattr(sys.modules.get(self.path.rpartition(".")[0]), "idle", None)
        return {self.spelled(name): why for name, why in said(**self.arguments).items()} if said else {}

    def load(self) -> Callable[..., Any]:
        """The target itself, imported."""
        return load_target(setting=f"{self.group}.{TARGET}", path=self.path)

    def build(self, kind: type[T], *, name: str, offers: Mapping[str, object] | None = None) -> T:
        """Call the target with exactly these arguments.

        Args:
            kind: what the target has to build
            name: of that kind, for people: ``gradnet_cli.Mask``
            offers: further arguments, handed over where the target asks for them and they are not given

        Raises:
            SettingError: an argument that is unknown, missing or refused, or something else was built
        """
        target = self.load()
        asked = inspect.signature(target).parameters
        offered = {key: value for key, value in (offers or {}).items() if key in asked}
        built = call_target(
            target, path=self.path, settings={**offered, **self.arguments}, spelled=self.spelled
        )
        if not isinstance(built, kind):
            allowed = f"must build a {name}, not {type(built).__name__}"
            raise SettingError(setting=f"{self.group}.{TARGET}", value=self.path, allowed=allowed)
        return built


def load_target(*, setting: str, path: object) -> Callable[..., Any]:
    """Import the callable at ``package.module.name``; a module beside the user's feet is found as well.

    Args:
        setting: where the path stands in the configuration, for messages: ``mask._target_``
    """
    if not isinstance(path, str) or "." not in path:
        raise SettingError(setting=setting, value=path, allowed="must be an import path, package.module.name")
    module_path, name = path.rsplit(".", 1)
    try:
        module = _import(module_path)
    except Exception as error:  # a user's module may fail in any way
        missing = isinstance(error, ModuleNotFoundError) and module_path.startswith(str(error.name))
        if module_path.partition(".")[0] == OWN and not missing:
            raise
        why = f"cannot be imported: {type(error).__name__}: {error}"
        raise SettingError(setting=setting, value=path, allowed=why) from error
    target = getattr(module, name, None)
    if not callable(target):
        known = [key for key in vars(module) if not key.startswith("_")]
        allowed = f"names nothing that can be called in {module_path}"
        raise SettingError(setting=setting, value=path, allowed=allowed, hint=nearest(name, known))
    try:
        inspect.signature(target)
    except ValueError as error:  # some builtins do not tell their arguments
        allowed = "cannot be called by name: its arguments are unknown"
        raise SettingError(setting=setting, value=path, allowed=allowed) from error
    found: Callable[..., Any] = target
    return found


def call_target(
    target: Callable[..., Any],
    *,
    path: str,
    settings: Mapping[str, object],
    spelled: Callable[[str], str] = str,
) -> Any:
    """Call target with exactly these settings; one too many or too few is a SettingError that names it.

    Args:
        path: the target's import path, for messages
        settings: the keyword arguments
        spelled: how an argument is typed as a setting, ``objective.horizon``
    """
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    # *args and **kwargs are left out: a class without a constructor of its own shows those of its base.
    parameters = {
        name: parameter
        for name, parameter in inspect.signature(target).parameters.items()
        if parameter.kind in named
    }
    for name, value in settings.items():
        if name not in parameters:
            allowed = f"is unknown to {path}, which has {', '.join(parameters) or 'no settings'}"
            hint = nearest(name, parameters)
            raise SettingError(setting=spelled(name), value=value, allowed=allowed, hint=hint)
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in settings:
            raise SettingError(setting=spelled(name), value=None, allowed=f"must be given: {path} needs it")
    return target(**settings)


def _import(module_path: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        # Last, so that nothing a person keeps in the current directory can shadow a library.
        sys.path.append(here)
    return importlib.import_module(module_path)
