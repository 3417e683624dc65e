"""A plain function as an objective."""

from __future__ import annotations

import contextlib
import inspect
import numbers
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from gradnet_cli.errors import GradnetError, SettingError, one_line
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Evaluation
from gradnet_cli.settings.plugins import load_target
from gradnet_cli.settings.values import choice, flag, optional

DENSE_UP_TO = 2048  # nodes: a matrix of 32 MiB
SENSES: tuple[Literal["maximize", "minimize"], ...] = ("maximize", "minimize")
MONOTONE = ("increasing", "decreasing")


class FunctionObjective(Objective):
    """The score that a function f(network) -> score, or (score, metrics), gives.

    The network may be called, `network()`, for its adjacency (N, N) as a tensor, as losses written for the
    GradNet library do; those run unchanged. A function with a parameter `step` is given the update, too. What
    it makes without a dtype, by torch.zeros(n) say, is made in the precision of the weights. Samples of noise
    are scored one by one.

    What is said of the function is relied upon, and not checked: a score declared concave that is none gives
    a bound that is none.

    Args:
        function: the function, or its import path. A torch module is trained, too, and is given the network
            in the precision of its parameters
        sense: maximize or minimize
        arguments: further arguments, by name; arrays and tensors are handed over in the precision and on the
            device of the weights
        matrix: what `network()` gives: dense, sparse (COO), or auto, by the number of nodes
        concave, homogeneous, monotone, smooth: see Objective

    Raises:
        SettingError: no function, or one that cannot be called with these arguments
    """

    def __init__(
        self,
        *,
        function: str | Callable[..., Any],
        sense: str | None,
        arguments: Mapping[str, Any] | None = None,
        matrix: str = "auto",
        concave: bool = False,
        homogeneous: bool = False,
        monotone: str | None = None,
        smooth: bool = False,
    ) -> None:
        super().__init__()
        called = load_target(setting="function", path=function) if not callable(function) else function
        choice(setting="sense", value=sense, choices=SENSES)
        self.sense = "maximize" if sense == "maximize" else "minimize"
        self.matrix = choice(setting="objective.matrix", value=matrix, choices=("auto", "dense", "sparse"))
        self.concave = flag(setting="objective.concave", value=concave)
        self.homogeneous = flag(setting="objective.homogeneous", value=homogeneous)
        checked = optional(choice, setting="objective.monotone", value=monotone, choices=MONOTONE)
        self.monotone = None if checked is None else "increasing" if checked == "increasing" else "decreasing"
        self.smooth = flag(setting="objective.smooth", value=smooth)
        if arguments is not None and not isinstance(arguments, Mapping):
            raise SettingError(
                setting="objective.arguments",
                value=arguments,
                allowed="must be a mapping like {horizon: 5.0}",
            )
        self.function = called  # a module of torch is registered, and its parameters are trained, too
        self.arguments = dict(arguments or {})
        self.name = self.quantity = name_of(called)
        self._takes_step = _takes_step(called, self.name, self.arguments)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Call the function with weights (E,)."""
        called = self._network(network)
        weights = called.weights
        further = {key: _like(value, weights) for key, value in self.arguments.items()}
        if self._takes_step:
            further["step"] = step
        with _made_like(weights):
            try:
                found = self.function(called, **further)
            except RuntimeError as error:
                if "dtype" not in str(error):
                    raise
                raise GradnetError(
                    f"function {self.name}: {one_line(str(error))}; the network is {weights.dtype}: make "
                    "what it is multiplied with the same, by tensor.to(network.dtype)"
                ) from error
        score, metrics = self._parts(found)
        if not isinstance(score, Tensor):
            raise GradnetError(
                f"function {self.name}: the score is a {type(score).__name__}, and must be a tensor "
                "that depends on the network's weights"
            )
        if weights.requires_grad and torch.is_grad_enabled() and not score.requires_grad:
            raise GradnetError(
                f"function {self.name}: the score has no gradient: compute it from the network by torch, "
                "without detach(), item() or NumPy in between"
            )
        if score.numel() == 1:
            score = score.reshape(())
        return Evaluation(
            score=score, metrics={str(key): self._metric(key, value) for key, value in metrics.items()}
        )

    def _network(self, network: Network) -> CallableNetwork:
        """What the function is given: the weights in the precision of its own parameters if it has any."""
        own = {parameter.dtype for parameter in self.parameters() if parameter.is_floating_point()}
        weights = network.weights.to(own.pop()) if len(own) == 1 else network.weights
        return CallableNetwork(network, weights=weights, matrix=self.matrix)

    def _parts(self, found: Any) -> tuple[Any, Mapping[Any, Any]]:
        if isinstance(found, Evaluation):
            return found.score, found.metrics
        if not isinstance(found, tuple):
            return found, {}
        if len(found) == 2 and isinstance(found[1], Mapping):
            return found
        kinds = ", ".join(type(each).__name__ for each in found)
        raise GradnetError(
            f"function {self.name} returned ({kinds}), and must return a score, or a score and a mapping "
            "of metrics"
        )

    def _metric(self, key: object, value: Any) -> float:
        if isinstance(value, Tensor):
            value = value.detach()
        elif isinstance(value, numbers.Real | np.ndarray):
            value = np.asarray(value)
        else:
            raise self._no_number(key, type(value).__name__)
        if value.size != 1 if isinstance(value, np.ndarray) else value.numel() != 1:
            raise self._no_number(key, f"{type(value).__name__} {tuple(value.shape)}")
        return float(value.item())

    def _no_number(self, key: object, what: str) -> GradnetError:
        return GradnetError(f"function {self.name}: the metric {key!r} is a {what}, and must be a number")


class CallableNetwork(Network):
    """A network that gives its adjacency when it is called.

    Args:
        network: topology and problem
        weights: (E,) of its edges
        matrix: dense, sparse or auto
    """

    def __init__(self, network: Network, *, weights: Tensor, matrix: str) -> None:
        super().__init__(weights=weights, topology=network.topology, problem=network.problem)
        self._matrix = matrix
        self._dense = matrix == "dense" or (matrix == "auto" and self.nodes <= DENSE_UP_TO)

    def __call__(self) -> Tensor:
        """Adjacency matrix (N, N), differentiable in the weights."""
        return self.dense if self._dense else self.sparse

    def get_delta_adj(self) -> Tensor:
        """The change from the base network (N, N), by the name that the GradNet library has for it."""
        base = torch.as_tensor(self.problem.base).to(self.weights)
        return CallableNetwork(self, weights=self.weights - base, matrix=self._matrix)()

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


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called; one without a name by its class, a lambda ``function``."""
    inner = getattr(function, "func", function)  # of a functools.partial
    name = str(getattr(inner, "__name__", type(inner).__name__))
    return "function" if name == "<lambda>" else name


def _takes_step(function: Callable[..., Any], name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether it is given the update; the arguments are tried for size.

    Raises:
        SettingError: it cannot be called with a network and these arguments
    """
    try:
        signature = inspect.signature(function.forward if isinstance(function, nn.Module) else function)
    except (TypeError, ValueError):  # some builtins do not tell their arguments
        return False
    bound = getattr(function, "keywords", {})
    takes_step = "step" in signature.parameters and "step" not in {**arguments, **bound}
    try:
        signature.bind(None, **arguments, **({"step": 0} if takes_step else {}))
    except TypeError as error:
        raise SettingError(
            setting="objective.arguments",
            value=dict(arguments) or None,
            allowed=f"do not fit {name}{signature}, which is called with the network and these: {error}",
        ) from error
    return takes_step


def _like(value: Any, weights: Tensor) -> Any:
    """Arrays and tensors on the device of the weights, numbers with a point in their precision."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        value = torch.as_tensor(value)
    if not isinstance(value, Tensor):
        return value
    return value.to(weights) if value.is_floating_point() else value.to(weights.device)


@contextlib.contextmanager
def _made_like(weights: Tensor) -> Iterator[None]:
    """Let tensors that are made without a dtype or a device be like the weights."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(weights.dtype)
    try:
        with contextlib.nullcontext() if weights.device.type == "cpu" else weights.device:
            yield
    finally:
        torch.set_default_dtype(before)
