"""A fixed number of connections of a listed mask, which are exchanged while weights are trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model import ConstrainedWeights, FeasibleSet
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers.exchange_rate import ExchangeRate
from gradnet_cli.optimizers.rewiring import Rewiring
from gradnet_cli.problem import Problem
from gradnet_cli.settings.active import Rewiring as Asked


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """Edges that keep a number of their own.

    Attributes:
        name: in messages
        edges: their places in the mask
        count: how many of them are held
    """

    name: str
    edges: np.ndarray
    count: int


def layers_of(problem: Problem, asked: Asked) -> tuple[Layer, ...]:
    """The edges between each two layers of nodes, where the mask has layers, or all of them.

    Raises:
        SettingError: one would have no edge
    """
    names, member = _between_layers(problem)
    layers = []
    for number, name in enumerate(names):
        edges = np.flatnonzero(member == number)
        ends = [len(np.unique(side)) for side in problem.edge_index[:, edges]]
        sources, targets = ends if problem.directed else [len(np.unique(problem.edge_index[:, edges]))] * 2
        setting, share = "density", asked.density
        if asked.epsilon is not None:
            setting, share = "epsilon", asked.epsilon * (sources + targets) / (sources * targets)
        count = min(len(edges), round(share * len(edges)))
        if count < 1:
            allowed = f"leaves {name} without any of {len(edges):,} edges"
            raise SettingError(setting=f"rewiring.{setting}", value=getattr(asked, setting), allowed=allowed)
        layers.append(Layer(name=name, edges=edges, count=count))
    return tuple(layers)


def _between_layers(problem: Problem) -> tuple[list[str], np.ndarray]:
    """Names, and for each edge (E,) which of them it belongs to."""
    layer = problem.mask.node_data.get("layer")
    if layer is None:
        return ["the mask"], np.zeros(problem.edges, dtype=np.int64)
    known, number = np.unique(np.asarray(layer), return_inverse=True)
    ends = number.ravel()[problem.edge_index]
    if not problem.directed:
        ends = np.sort(ends, axis=0)
    pairs, member = np.unique(ends, axis=1, return_inverse=True)
    return [f"layer {known[low]} to {known[high]}" for low, high in pairs.T], member.ravel()


class Connections(Rewiring):
    """Holds a fixed number of edges of each layer: the lightest go, as many others come, with no weight.

    Sparse training of neural networks has two rules for what comes: any, at random (SET, Mocanu et al. 2018),
    or those with the steepest slope of the loss (RigL, Evci et al. 2020). The edges held are drawn at first.
    All edges keep their place in the model; those that are not held have no weight, and cannot get any.

    Args:
        asked: the settings
        layers: which edges keep which number
        edges: E
        objective: what the network is for
        rate: the share that is exchanged; None where those drawn at first stay

    Attributes:
        held: which edges are, bool (E,)
        explored: which ever were, bool (E,)
        out: which are not held, bool (E,), where the model is
        uses_slopes: whether edges come by the slope of the loss
    """

    def __init__(
        self,
        *,
        asked: Asked,
        layers: tuple[Layer, ...],
        edges: int,
        objective: Objective,
        rate: ExchangeRate | None,
        seed: int,
    ) -> None:
        super().__init__(objective=objective, every=asked.every, seed=seed, rate=rate)
        self.layers = layers
        self.uses_slopes = rate is not None and asked.grow == "gradient"
        self.held = np.zeros(edges, dtype=bool)
        generator = self.generator(0)
        for layer in layers:
            self.held[generator.choice(layer.edges, size=layer.count, replace=False)] = True
        self.explored = self.held.copy()
        self.out = torch.as_tensor(~self.held)
        self._whole: FeasibleSet | None = None

    def metrics(self, progress: float) -> dict[str, float]:
        """Also the share of the mask's edges that were ever held."""
        return {**super().metrics(progress), "edges_explored": float(self.explored.mean())}

    @property
    def memory(self) -> dict[str, Any]:
        """Also which edges are held, and which were."""
        return {**super().memory, "held": self.held, "explored": self.explored}

    @memory.setter
    def memory(self, memory: Mapping[str, Any]) -> None:
        if self.rate is not None:
            self.rate.memory = memory["rate"]
        self.held, self.explored = (np.array(memory[name], dtype=bool) for name in ("held", "explored"))

    def begin(self, model: ConstrainedWeights) -> None:
        """Take the weight of all edges that are not held away from a model."""
        self._whole = model.feasible
        self._put(model)

    def restore(self, model: ConstrainedWeights) -> None:
        """Put a model on the edges that are held since a state was read; its weights are anything."""
        model.hold(self._within(), model.delta.detach())

    def exchange(
        self, model: ConstrainedWeights, slope: torch.Tensor | None, *, step: int, progress: float
    ) -> np.ndarray | None:
        """Let edges of a model go, and others come.

        Args:
            slope: (E,) of the loss by the weights, where edges come by it
            progress: share of the updates that are done

        Returns:
            which edges went or came, bool (E,); None where none did
        """
        share = 0.0 if self.rate is None else self.rate.at(progress)
        weights = self._sizes(model)
        promise = None if slope is None else self._promise(slope)
        before, generator = self.held.copy(), self.generator(step)
        for layer in self.layers:
            self._exchange_within(layer, share, weights, promise, generator)
        if np.array_equal(before, self.held):
            return None
        self.explored |= self.held
        self._put(model)
        moved: np.ndarray = before != self.held
        return moved

    def hold(
        self, model: ConstrainedWeights, delta: torch.Tensor, *, edges: torch.Tensor | None
    ) -> torch.Tensor:
        """Put a model on a network that was found; edges without weight in it may have none from then on."""
        assert self._whole is not None
        assert edges is None
        model.hold(self._whole.only((delta != 0).cpu().numpy()), delta)
        return delta

    def told(self, delta: torch.Tensor) -> dict[str, float]:
        """How many edges are held, and the share of the mask's that ever were."""
        return {
            "edges_held": float(self.held.sum()),
            "edges_explored": float(self.explored.mean()),
        }

    def _put(self, model: ConstrainedWeights) -> None:
        others = self._within()
        delta = model.delta.detach().masked_fill(self.out, 0.0)
        model.hold(others, others.scaled(delta) if bool(delta.any()) else delta)

    def _within(self) -> FeasibleSet:
        """The constraints on the edges held."""
        assert self._whole is not None
        self.out = torch.as_tensor(~self.held, device=self._whole.cost.device)
        return self._whole.only(self.held)

    def _exchange_within(
        self,
        layer: Layer,
        share: float,
        sizes: np.ndarray,
        promise: np.ndarray | None,
        generator: np.random.Generator,
    ) -> None:
        held = layer.edges[self.held[layer.edges]]
        others = layer.edges[~self.held[layer.edges]]
        count = min(round(share * len(held)), len(others))
        if count < 1:
            return
        goes = held[np.argsort(sizes[held], kind="stable")[:count]]
        if promise is None:
            comes = generator.choice(others, size=count, replace=False)
        else:
            comes = others[np.argsort(-promise[others], kind="stable")[:count]]
        self.held[goes], self.held[comes] = False, True

    def _sizes(self, model: ConstrainedWeights) -> np.ndarray:
        """Of the edges (E,): their weights, or what is paid for them where there is a budget."""
        sizes = model.delta.detach().abs()
        if model.feasible.budget is not None:
            sizes = sizes * model.feasible.cost
        found: np.ndarray = sizes.to("cpu", torch.float64).numpy()
        return found

    def _promise(self, slope: torch.Tensor) -> np.ndarray:
        """How fast the loss falls (E,) with a weight that comes, in a direction that the signs allow."""
        whole = self._whole
        assert whole is not None
        falls = ((whole.upper > 0) & (slope < 0)) | ((whole.lower < 0) & (slope > 0))
        if whole.budget is not None:
            slope = slope / whole.cost
        found: np.ndarray = torch.where(falls, slope.abs(), -slope.abs()).to("cpu", torch.float64).numpy()
        return found
