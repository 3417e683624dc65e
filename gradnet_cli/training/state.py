"""All that training goes on from after an interruption, as plain tensors, numbers, lists and dicts."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.training.record import Record

if TYPE_CHECKING:
    from gradnet_cli.training.module import TrainingModule

FORMAT = "gradnet-run training state 3"
ARRAY = "__array__"  # marks an array among tensors, which torch alone reads without unpickling
ENDED = "ended"


def state_of(module: TrainingModule, *, ended: bool) -> dict[str, Any]:
    """Everything that the next update depends on.

    The parameter, the optimizer and its schedule, warm starts and parameters of the objective, other starts,
    the bound so far, the best network, random states, and what the callbacks count.

    Args:
        ended: training has come to its end at the network that was scored last, which no update has changed;
            otherwise an update is complete, and the network that it led to has not been scored
    """
    record = module.record
    content = {
        "format": FORMAT,
        "problem": fingerprint(module.model.feasible.problem),
        "edges": None if module.held is None else module.held.memory,
        ENDED: ended,
        "step": module.step if ended else module.step + 1,
        **_place(module),
        "starts": module.starts.memory,
        "noise": module.model.noise.state,
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "certificate": module.certificate.memory,
        "record": {field.name: getattr(record, field.name) for field in fields(record)},
        "callbacks": {
            type(callback).__name__: counted
            for callback in module.callbacks
            if (counted := callback.state_dict())
        },
    }
    encoded: dict[str, Any] = _encode(content)
    return encoded


def decoded(content: object, problem: Problem) -> dict[str, Any]:
    """What state_of has made, read back.

    Raises:
        ValueError: it is none of this program's, or belongs to another problem
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("is a checkpoint of another program, or of another version of this one")
    state: dict[str, Any] = _decode(content)
    if state["problem"] != fingerprint(problem):
        raise ValueError("belongs to another problem: nodes, edges, costs, base or budget differ")
    return state


def restore_state(state: Mapping[str, Any], module: TrainingModule) -> None:
    """Put a state into a module and its callbacks, which were made from the same settings.

    Raises:
        SettingError: it belongs to another objective or optimizer
    """
    device = module.model.parameter.device
    try:
        if module.held is not None:
            module.held.restore(state["edges"])
        _go_to(state, module)
        module.starts.memory = state["starts"]
        module.certificate.memory = state["certificate"]
        module.model.noise.state = state["noise"]
        module.record = Record(**_on_device(state["record"], device))
        for callback in module.callbacks:
            if type(callback).__name__ in state["callbacks"]:
                callback.load_state_dict(state["callbacks"][type(callback).__name__])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise SettingError(
            setting="resume",
            value=type(error).__name__,
            allowed="the checkpoint does not fit the objective or the optimizer of the run",
        ) from error
    torch.set_rng_state(state["random"])
    if state["random_cuda"] and torch.cuda.device_count() == len(state["random_cuda"]):
        torch.cuda.set_rng_state_all(state["random_cuda"])


def position(module: TrainingModule) -> dict[str, Any]:
    """Where one of several starts stands: what belongs to it alone, for put_back. A copy."""
    counted = {type(each).__name__: each.state_dict() for each in module.callbacks[:1]}
    copied: dict[str, Any] = copy.deepcopy({**_place(module), "stopping": counted})
    return copied


def put_back(position: Mapping[str, Any], module: TrainingModule) -> None:
    """Let training go on where a start stood."""
    place = copy.deepcopy(dict(position))
    _go_to(place, module)
    for callback in module.callbacks[:1]:
        callback.load_state_dict(place["stopping"][type(callback).__name__])


def _place(module: TrainingModule) -> dict[str, Any]:
    """The network at hand, and what optimizer and objective remember on the way to it."""
    optimization = module.optimization
    return {
        "parameter": module.model.parameter.detach(),
        "optimizer": optimization.optimizer.state_dict(),
        "schedule": None if optimization.schedule is None else optimization.schedule.state_dict(),
        "objective": module.objective.state_dict(),
        "gradient_unit": module.gradient_unit,
    }


def _go_to(place: Mapping[str, Any], module: TrainingModule) -> None:
    optimization = module.optimization
    with torch.no_grad():
        module.model.parameter.copy_(place["parameter"])
    if (optimization.schedule is None) != (place["schedule"] is None):
        raise ValueError("one has a schedule of the learning rate, and one has none")
    optimization.optimizer.load_state_dict(place["optimizer"])
    if optimization.schedule is not None:
        optimization.schedule.load_state_dict(place["schedule"])
    module.objective.load_state_dict(place["objective"])
    module.gradient_unit = place["gradient_unit"]


def fingerprint(problem: Problem) -> str:
    """A digest of all that a network must share with another to be trained on from it."""
    known = (problem.nodes, asdict(problem.budget), asdict(problem.signs))
    digest = hashlib.sha256(repr(known).encode())
    if problem.mask.pairs is not None:  # whichever of them are held
        digest.update(problem.mask.pairs.digest().encode())
        return digest.hexdigest()
    limited = problem.limits.any or problem.selection.wanted
    limits = (problem.lower, problem.upper, problem.room.strength) if limited else ()
    for array in (problem.edge_index, problem.cost, problem.base, *limits):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _on_device(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {key: _on_device(item, device) for key, item in value.items()}
    return value


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
