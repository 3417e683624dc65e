"""The loop: Lightning calls the module once for each update, and the module calls the callbacks."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch import Callback as LightningCallback
from lightning.pytorch import Trainer

from gradnet_cli.errors import NumericalError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers import Optimization
from gradnet_cli.optimizers.rewiring import Rewiring
from gradnet_cli.settings.sections import Stop
from gradnet_cli.training.callback import Callback
from gradnet_cli.training.module import TrainingModule
from gradnet_cli.training.starts import Further
from gradnet_cli.training.state import ENDED, restore_state
from gradnet_cli.training.stopping import Stopping


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What training leaves behind: the best network that it scored, and the bound that it proved.

    Attributes:
        delta: (E,) the network's change from the base network
        edges: (2, E) where it lies, where these are not the edges that the model holds; else None
        learned: parameters and buffers of the objective that belong to this network, by name
        step: the update that found it
        updates: all that were made
        start, starts: which start found it, and how many were tried
    """

    delta: torch.Tensor
    edges: torch.Tensor | None
    learned: Mapping[str, torch.Tensor]
    score: float
    bound: float | None
    step: int
    updates: int
    seconds: float
    stop_reason: str
    start: int
    starts: int


class Steps:
    """The update numbers begin .. updates as one long epoch: many short ones would cost set-up each."""

    def __init__(self, updates: int, *, begin: int = 0) -> None:
        self._range = range(begin, max(begin, updates) + 1)

    def __len__(self) -> int:
        return len(self._range)

    def __iter__(self) -> Iterator[int]:
        return iter(self._range)


class Bridge(LightningCallback):
    """Hands Lightning's own events on."""

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        """Training begins."""
        for callback in pl_module.callbacks:
            callback.on_start(pl_module)

    def on_train_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Training has ended."""
        for callback in pl_module.callbacks:
            callback.on_end(pl_module)

    def on_exception(self, trainer: Trainer, pl_module: Any, exception: BaseException) -> None:
        """Training is cut short."""
        for callback in pl_module.callbacks:
            callback.on_error(pl_module, exception)


def fit(
    *,
    model: ConstrainedWeights,
    objective: Objective,
    optimization: Optimization,
    updates: int,
    stop: Stop,
    callbacks: Sequence[Callback] = (),
    further: Further | None = None,
    proof: np.ndarray | None = None,
    bound: float | None = None,
    state: Mapping[str, Any] | None = None,
    extended: bool = False,
    rewiring: Rewiring | None = None,
    limit: float | None = None,
) -> Outcome:
    """Train the model's weights, and what the objective learns, and return the best network.

    Args:
        updates: most optimizer steps
        stop: when to stop before
        callbacks: told of everything in this order, after stopping has judged
        further: networks to begin with again when training has come to rest
        proof: slope (E,) of a linear function of the weights that sign * score never exceeds (1 / score, of a
            reciprocal objective)
        state: to go on from, see gradnet_cli.training.state; None begins anew
        extended: go on although training has ended in that state
        rewiring: exchanges edges, where not all candidates are held
        limit: a bound on every score that is known before

    Raises:
        NumericalError: a score or gradient that is not finite
    """
    module = TrainingModule(
        model=model,
        objective=objective,
        optimization=optimization,
        updates=updates,
        # Stopping judges first, so that the others see whether this record is the last.
        callbacks=[Stopping(stop), *callbacks],
        rewiring=rewiring,
        further=further,
        limit=limit,
    )
    if proof is not None:
        module.certificate.add_promise(proof)
    begin = 0
    if state is not None:
        restore_state(state, module)
        if state[ENDED] and not extended:
            return _outcome(module, seconds=module.record.seconds)
        module.record.stop_reason = None
        begin = state["step"]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        lightning = Trainer(
            accelerator="cpu" if model.parameter.device.type == "cpu" else "gpu",
            devices=1,
            max_epochs=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            use_distributed_sampler=False,
            # One process needs no cluster, whatever variables of one it has inherited.
            plugins=[LightningEnvironment()],
            callbacks=[Bridge()],
        )
        objective.train()
        module.began = time.perf_counter() - module.record.seconds
        device = model.parameter.device
        lightning.fit(module, train_dataloaders=Steps(updates, begin=begin))
        module.to(device)  # Lightning leaves all on the processor
    return _outcome(module, seconds=time.perf_counter() - module.began)


def _outcome(module: TrainingModule, *, seconds: float) -> Outcome:
    record = module.record
    delta, score, step, learned = record.best_delta, record.best_score, record.best_step, record.best_learned
    edges = record.best_edges
    if delta is None or score is None:  # constant noise: no network was ever scored without it
        if record.delta is None:
            raise NumericalError("training ended before any network was scored")
        delta, score, step, learned = record.delta, record.score, record.step, record.learned
        edges = record.edges
    return Outcome(
        delta=delta,
        edges=edges,
        learned=learned,
        score=score,
        bound=record.bound,
        step=step,
        updates=record.step,
        seconds=seconds,
        stop_reason=record.stop_reason or "training ended",
        start=record.best_start,
        starts=module.starts.tried,
    )
