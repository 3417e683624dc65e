"""A model by name, or a class of somebody's own by import path, tried before training."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gradnet_cli.errors import GradnetError, SettingError
from gradnet_cli.objectives.graph_classification.graphs import Graphs
from gradnet_cli.objectives.graph_classification.model import MODELS, Convolutions, Shape
from gradnet_cli.settings.plugins import call_target, load_target
from gradnet_cli.settings.values import choice

SETTING = "objective.model"


def checked_name(model: object) -> str:
    """The name of a model, or an import path.

    Raises:
        SettingError: neither
    """
    if isinstance(model, str) and "." in model:
        load_target(setting=SETTING, path=model)
        return model
    try:
        return choice(setting=SETTING, value=model, choices=MODELS)
    except SettingError as error:
        allowed = f"{error.allowed}, or the import path of a class of your own"
        raise SettingError(setting=SETTING, value=model, allowed=allowed, hint=error.hint) from None


def build_model(shape: Shape) -> nn.Module:
    """The model of a shape.

    Raises:
        SettingError: a class that builds no torch module
    """
    if shape.model in MODELS:
        return Convolutions(shape=shape)
    target = load_target(setting=SETTING, path=shape.model)
    try:
        built = call_target(target, path=shape.model, settings={"shape": shape}, spelled=lambda name: SETTING)
    except GradnetError:
        raise
    except Exception as error:  # a person's class may fail in any way
        raise _failed(shape.model, error) from error
    if not isinstance(built, nn.Module):
        allowed = f"must build a torch.nn.Module, not {type(built).__name__}"
        raise SettingError(setting=SETTING, value=shape.model, allowed=allowed)
    return built


@torch.no_grad()
def try_out(model: nn.Module, graphs: Graphs, matrices: Sequence[Tensor], *, shape: Shape) -> None:
    """See whether it gives logits of graphs.

    Raises:
        SettingError: it does not
    """
    try:
        logits = model(graphs, matrices)
    except Exception as error:
        if shape.model in MODELS:
            raise
        raise _failed(shape.model, error) from error
    wanted = (len(graphs), shape.classes)
    if not isinstance(logits, Tensor) or tuple(logits.shape) != wanted:
        found = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        allowed = f"gave {found}, and must give logits {wanted}, a row a graph and a column a class"
        raise SettingError(setting=SETTING, value=shape.model, allowed=allowed)


def _failed(path: str, error: Exception) -> SettingError:
    text = " ".join(str(error).split())
    return SettingError(setting=SETTING, value=path, allowed=f"failed: {type(error).__name__}: {text}")
