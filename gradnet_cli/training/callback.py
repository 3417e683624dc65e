"""Who may look on while training runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.problem import Problem

if TYPE_CHECKING:
    from gradnet_cli.training.module import TrainingModule


class Callback:
    """Is told of every step of training; a subclass overrides what it wants to hear of."""

    def for_relaxation(self) -> Callback | None:
        """Who looks on while the objective's relaxation is trained before; None: nobody."""
        return None

    def on_start(self, module: TrainingModule) -> None:
        """Training begins."""

    def on_record(self, module: TrainingModule) -> None:
        """A network was scored, see module.record; setting its stop_reason ends training here."""

    def on_update(self, module: TrainingModule) -> None:
        """An update is complete: a place where training can be left and taken up again."""

    def on_end(self, module: TrainingModule) -> None:
        """Training has ended."""

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """Training is cut short by an error, or by a signal."""

    def on_found(self, problem: Problem, weights: np.ndarray) -> None:
        """The network that was found, adjacency weights (E,), before it is scored for the last time."""

    def state_dict(self) -> dict[str, Any]:
        """What the next call depends on; part of a checkpoint."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from there."""
