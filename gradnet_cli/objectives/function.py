"""A plain function as an objective."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from gradnet_cli.errors import GradnetError, SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.base import Evaluation, Objective
from gradnet_cli.settings.plugins import load_target
from gradnet_cli.settings.values import choice, flag

DENSE_UP_TO = 2048  # nodes: a matrix of 32 MiB
SENSES: tuple[Literal["maximize", "minimize"], ...] = ("maximize", "minimize")


class FunctionObjective(Objective):
    """The score that a function f(network) -> score, or (score, metrics), gives.

    The network may be called, `network()`, for its adjacency (N, N) as a tensor, as losses written for the
    GradNet library do; those run unchanged. A function with a parameter `step` is given the update, too.

    What is said of the function is relied upon, and not checked: a score declared concave that is none gives
    a bound that is none.

    Args:
        function: the function, or its import path
        sense: maximize or minimize
        arguments: further arguments, by name
        matrix: what `network()` gives: dense, sparse (COO), or auto, by the number of nodes
        concave, homogeneous, monotone, smooth: see Objective
    """

    def __init__(
        self,
        *,
        function: str | Callable[..., Any],
        sense: str,
        arguments: Mapping[str, Any] | None = None,
        matrix: str = "auto",
        concave: bool = False,
        homogeneous: bool = False,
        monotone: bool = False,
        smooth: bool = False,
    ) -> None:
        super().__init__()
        called = load_target(setting="function", path=function) if not callable(function) else function
        choice(setting="sense", value=sense, choices=SENSES)
        self.sense = "maximize" if sense == "maximize" else "minimize"
        self.matrix = choice(setting="objective.matrix", value=matrix, choices=("auto", "dense", "sparse"))
        self.concave = flag(setting="objective.concave", value=concave)
        self.homogeneous = flag(setting="objective.homogeneous", value=homogeneous)
        self.monotone = flag(setting="objective.monotone", value=monotone)
        self.smooth = flag(setting="objective.smooth", value=smooth)
        if arguments is not None and not isinstance(arguments, Mapping):
            raise SettingError(
                setting="objective.arguments",
                value=arguments,
                allowed="must be a mapping like {horizon: 5.0}",
            )
        self.function = called  # a module of torch is registered, and its parameters are trained, too
        self.arguments = dict(arguments or {})
        self.name = getattr(called, "__name__", type(called).__name__)
        self.quantity = self.name
        taken = inspect.signature(called.forward if isinstance(called, nn.Module) else called).parameters
        self._takes_step = "step" in taken and "step" not in self.arguments

    def forward(self, network: Network, step: int) -> Evaluation:
        """Call the function with weights (E,)."""
        further = {"step": step} if self._takes_step else {}
        found = self.function(CallableNetwork(network, matrix=self.matrix), **self.arguments, **further)
        score, metrics = found if isinstance(found, tuple) else (found, {})
        if isinstance(found, Evaluation):
            score, metrics = found.score, found.metrics
        if not isinstance(score, Tensor):
            raise GradnetError(
                f"function {self.name}: the score is a {type(score).__name__}, and must be a tensor "
                "that depends on the network's weights"
            )
        if score.numel() == 1:
            score = score.reshape(())
        return Evaluation(score=score, metrics={key: float(value) for key, value in metrics.items()})


class CallableNetwork(Network):
    """A network that gives its adjacency when it is called.

    Args:
        network: weights and topology
        matrix: dense, sparse or auto
    """

    def __init__(self, network: Network, *, matrix: str) -> None:
        super().__init__(weights=network.weights, topology=network.topology, problem=network.problem)
        self._dense = matrix == "dense" or (matrix == "auto" and self.nodes <= DENSE_UP_TO)

    def __call__(self) -> Tensor:
        """Adjacency matrix (N, N), differentiable in the weights."""
        return self.dense if self._dense else self.sparse

    @property
    def num_nodes(self) -> int:
        """Number of nodes N, by the name that the GradNet library has for it."""
        return self.nodes

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.weights.device

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the weights."""
        return self.weights.dtype
