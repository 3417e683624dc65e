"""The objects that configuration names by import path (``_target_``), and strict calls of them."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import nearest


def load_target(*, setting: str, path: object) -> Callable[..., Any]:
    """Import the callable at ``package.module.name``; a module beside the user's feet is found as well.

    Arguments:
        setting: where the path stands in the configuration, for messages: ``mask._target_``
    """
    if not isinstance(path, str) or "." not in path:
        raise SettingError(setting=setting, value=path, allowed="must be an import path, package.module.name")
    module_path, name = path.rsplit(".", 1)
    try:
        module = _import(module_path)
    except Exception as error:  # a user's module may fail in any way
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
    return target


def call_target(
    target: Callable[..., Any], *, path: str, settings: Mapping[str, object], prefix: str = ""
) -> Any:
    """Call target with exactly these settings; one too many or too few is a SettingError that names it.

    Arguments:
        path: the target's import path, for messages
        settings: the keyword arguments
        prefix: how the settings are spelled before their names, ``objective.``; empty at the root
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
            raise SettingError(setting=prefix + name, value=value, allowed=allowed, hint=hint)
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in settings:
            raise SettingError(setting=prefix + name, value=None, allowed=f"must be given: {path} needs it")
    return target(**settings)


def _import(module_path: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        # Last, so that nothing a person keeps in the current directory can shadow a library.
        sys.path.append(here)
    return importlib.import_module(module_path)
