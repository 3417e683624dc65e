"""All that training goes on from after an interruption, as one file of plain tensors."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.training.record import Record
from gradnet_cli.training.tensors import save_tensors

if TYPE_CHECKING:
    from gradnet_cli.training.module import RecordCallback, TrainingModule

FORMAT = "gradnet-run training state 1"
ARRAY = "__array__"  # marks an array among tensors, which torch alone reads without unpickling
ENDED = "ended"


def save_state(
    path: Path, module: TrainingModule, callbacks: Iterable[RecordCallback], *, ended: bool
) -> None:
    """Write everything that the next update depends on, whole or not at all.

    The parameter, the optimizer and its schedule, warm starts and parameters of the objective, the bound so
    far, the best network, random states, and what the callbacks count.

    Arguments:
        ended: training has come to its end at the network that was scored last, which no update has changed;
            otherwise an update is complete, and the network that it led to has not been scored
    """
    optimization, record = module.optimization, module.record
    content = {
        "format": FORMAT,
        "problem": fingerprint(module.model.feasible.problem),
        ENDED: ended,
        "step": record.step if ended else record.step + 1,
        "parameter": module.model.parameter.detach(),
        "optimizer": optimization.optimizer.state_dict(),
        "schedule": None if optimization.schedule is None else optimization.schedule.state_dict(),
        "objective": module.objective.state_dict(),
        "noise": module.model.noise.state,
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "certificate": module.certificate.memory,
        "record": {field.name: getattr(record, field.name) for field in fields(record)},
        "gradient_unit": module.gradient_unit,
        "callbacks": {type(callback).__name__: callback.state_dict() for callback in callbacks},
    }
    save_tensors(path, _encode(content))


def load_state(path: Path, problem: Problem) -> dict[str, Any]:
    """Read what save_state has written; nothing is unpickled but tensors, numbers, lists and dicts.

    Errors:
        SettingError: the file is cut short, is none of this program's, or belongs to another problem
    """

    def refuse(allowed: str) -> SettingError:
        # In the message's free part, where a long path is not cut.
        return SettingError(setting="resume", value=path.parent.parent.name, allowed=f"{path} {allowed}")

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise refuse("is no checkpoint that can be read: cut short, damaged or of another program") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise refuse("is a checkpoint of another program, or of another version of this one")
    state: dict[str, Any] = _decode(content)
    if state["problem"] != fingerprint(problem):
        raise refuse("belongs to another problem: nodes, edges, costs, base or budget differ")
    return state


def restore_state(
    state: Mapping[str, Any], module: TrainingModule, callbacks: Iterable[RecordCallback]
) -> None:
    """Put a state into a module and its callbacks, which were made from the same settings.

    Errors:
        SettingError: it belongs to another objective or optimizer
    """
    optimization, device = module.optimization, module.model.parameter.device
    try:
        with torch.no_grad():
            module.model.parameter.copy_(state["parameter"])
        if (optimization.schedule is None) != (state["schedule"] is None):
            raise ValueError("one has a schedule of the learning rate, and one has none")
        optimization.optimizer.load_state_dict(state["optimizer"])
        if optimization.schedule is not None:
            optimization.schedule.load_state_dict(state["schedule"])
        module.objective.load_state_dict(state["objective"])
        module.certificate.memory = state["certificate"]
        module.gradient_unit = state["gradient_unit"]
        module.model.noise.state = state["noise"]
        record: dict[str, Any] = {
            name: value.to(device) if isinstance(value, Tensor) else value
            for name, value in state["record"].items()
        }
        module.record = Record(**record)
        for callback in callbacks:
            callback.load_state_dict(state["callbacks"].get(type(callback).__name__, {}))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise SettingError(
            setting="resume",
            value=type(error).__name__,
            allowed="the checkpoint does not fit the objective or the optimizer of the run",
        ) from error
    torch.set_rng_state(state["random"])
    if state["random_cuda"] and torch.cuda.device_count() == len(state["random_cuda"]):
        torch.cuda.set_rng_state_all(state["random_cuda"])


def fingerprint(problem: Problem) -> str:
    """A digest of all that a network must share with another to be trained on from it."""
    digest = hashlib.sha256(repr((problem.nodes, asdict(problem.budget), asdict(problem.signs))).encode())
    for array in (problem.edge_index, problem.cost, problem.base):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {ARRAY: torch.from_numpy(value)}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_encode(item) for item in value)
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        return value[ARRAY].numpy() if ARRAY in value else {key: _decode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_decode(item) for item in value)
    return value
