"""Opinion dissonance: how much those who are tied disagree, while leaders hold to their opinions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor

from gradnet_cli.errors import NumericalError, SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.autograd import applied
from gradnet_cli.numerics.dynamics.relaxation import Relaxation, relax
from gradnet_cli.numerics.graphs import adjacency, components, used_edges
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, nearest, number

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

STATES = ("time", "steady")
COURSE_NODES = 500  # up to which opinions are told at COURSE_TIMES times
COURSE_TIMES = 60


class OpinionDissonance(Objective):
    """Minimise sum_e A_e (o_i - o_j)^2 / sum_e A_e for undirected weights A >= 0.

    Opinions follow o' = -L o, L = D - A (Abelson 1964), while leaders stay where they are (Taylor 1968);
    all others begin at 0. They are taken at a time, or at rest, where each is the mean of its neighbours'. Of
    the free nodes F this is x' = -M x + b, M = L_FF and b = A_FL o_L, see
    gradnet_cli.numerics.dynamics.relaxation. Parts without a leader stay at 0. The score has no meaning for a
    network without any weight.

    Args:
        leaders: two or more nodes, by their ids; None takes the first and the last
        opinions: of the leaders, in the same order
        state: time or steady
        time: T > 0, in units of 1 / weight
        record: column of node data to compare the factions with, or None

    Metrics of the final network: components, weight_kept (of the base network's, where there is one), and
    misplaced: with a record, the nodes whose faction's leader has another entry than they have. A node's
    faction is the leader whose opinion is nearest.
    """

    sense = "minimize"
    requires = ("undirected", "nonnegative", "budget_or_base")
    quantity = "dissonance"
    several_optima = True

    def __init__(
        self,
        *,
        leaders: Sequence[object] | None,
        opinions: Sequence[float],
        state: str,
        time: float,
        record: str | None,
    ) -> None:
        super().__init__()
        if not isinstance(opinions, list | tuple) or len(opinions) < 2:
            raise _refused("opinions", opinions, "must be a list of two or more numbers, like [1.0, -1.0]")
        self.opinions = np.array([number(setting="objective.opinions", value=each) for each in opinions])
        if leaders is None:
            wanted = 2
        elif isinstance(leaders, list | tuple):
            wanted = len(leaders)
        else:
            raise _refused("leaders", leaders, "must be a list of nodes, like [0, 33], or null")
        if len(opinions) != wanted:
            raise _refused("opinions", opinions, f"must have as many entries as there are leaders, {wanted}")
        self.leaders = leaders
        self.state = choice(setting="objective.state", value=state, choices=STATES)
        self.time = number(setting="objective.time", value=time, above=0, meaning="in units of 1 / weight")
        self.record = record
        self._places: np.ndarray | None = None

    def prepare(self, problem: Problem) -> None:
        """Find the leaders among the nodes, and the record among their columns.

        Raises:
            SettingError: a leader that is no node, no free node, or a record that is no column
        """
        self._places = _places(self.leaders, problem)
        columns = problem.mask.node_data
        if self.record is not None and self.record not in columns:
            known = f"is no column of node data, which has {', '.join(columns) or 'none'}"
            raise _refused("record", self.record, known, hint=nearest(self.record, columns))

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score the dissonance of weights (E,).

        Raises:
            NumericalError: no weight is left
        """
        weights = network.weights
        total = weights.sum()
        if float(total.detach()) <= 0:
            raise NumericalError("dissonance has no meaning: no weight is left in the network")
        opinion = self.opinions_of(network, self.time if self.state == "time" else None)
        source, target = network.edge_index
        return Evaluation(score=(weights * (opinion[source] - opinion[target]).square()).sum() / total)

    def opinions_of(self, network: Network, time: float | None) -> Tensor:
        """Opinions (N,) for weights (E,) at a time, or at rest if it is None."""
        leaders = prepared(self._places)
        return applied(_Opinions, network.weights, network.topology, leaders, self.opinions, time)

    def describe(self, network: Network) -> Description:
        """Tell opinions and factions, now and in the base network, and how they came about."""
        problem, weights = network.problem, network.weights
        leaders = prepared(self._places)
        time = self.time if self.state == "time" else None
        opinion = self.opinions_of(network, time).cpu().numpy()
        nearest_leader = np.abs(opinion[:, None] - self.opinions).argmin(axis=1)
        values = weights.cpu().numpy()
        part = components(problem.edge_index[:, used_edges(values)], nodes=network.nodes)
        metrics = {"components": float(part.max() + 1)}
        if self.record is not None:
            record = np.asarray(problem.mask.node_data[self.record])
            metrics["misplaced"] = float((record != record[leaders][nearest_leader]).sum())
        node_data = {"opinion": opinion, "faction": leaders[nearest_leader]}
        arrays = {"leaders": leaders}
        variants = {"": network}
        if problem.base.any():
            variants["_before"] = network.with_weights(weights.new_tensor(problem.base))
            node_data["opinion_before"] = self.opinions_of(variants["_before"], time).cpu().numpy()
            metrics["weight_kept"] = float(values.sum() / problem.base.sum())
        if network.nodes <= COURSE_NODES:
            arrays["times"] = self.time * np.linspace(0.0, 1.0, COURSE_TIMES) ** 2
            for name, each in variants.items():
                courses = [self.opinions_of(each, t).cpu().numpy() for t in arrays["times"][1:]]
                start = np.zeros(network.nodes)
                start[leaders] = self.opinions
                arrays[f"course{name}"] = np.stack([start, *courses])
        return Description(metrics=metrics, node_data=node_data, arrays=arrays)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Factions in the network, and the course of opinions."""
        from gradnet_cli.objectives.opinion_dissonance.figures import drawings

        return drawings(result)


class _Opinions(torch.autograd.Function):
    """Opinions (N,) of weights (E,), and their gradient by the adjoint."""

    @staticmethod
    def forward(
        ctx: Any,
        weights: Tensor,
        topology: Topology,
        leaders: np.ndarray,
        fixed: np.ndarray,
        time: float | None,
    ) -> Tensor:
        values = weights.detach().to("cpu", torch.float64).numpy()
        free = np.ones(topology.nodes, dtype=bool)
        free[leaders] = False
        held = np.zeros(topology.nodes)
        held[leaders] = fixed
        matrix = adjacency(topology.array, values, nodes=topology.nodes)
        places = np.flatnonzero(free)
        inner = matrix[places][:, places]
        strength = csr_array((matrix.sum(axis=1)[places], (np.arange(len(places)),) * 2), inner.shape)
        relaxation = relax(csr_array(strength - inner), (matrix @ held)[places], time=time)
        opinion = held.copy()
        opinion[free] = relaxation.state
        ctx.known = (relaxation, topology.array, free, held)
        return weights.new_tensor(opinion)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        relaxation: Relaxation = ctx.known[0]
        (i, j), free, held = ctx.known[1:]
        adjoint = relaxation.adjoint(grads[0].detach().to("cpu", torch.float64).numpy()[free])
        slope = np.zeros(len(i))
        for pull, resolved in zip(adjoint, relaxation.resolved, strict=True):
            # Leaders: held in value, and nothing pulls them.
            pulls, values = np.zeros(len(free), dtype=pull.dtype), held.astype(resolved.dtype)
            pulls[free], values[free] = pull, resolved
            slope -= ((pulls[i] - pulls[j]) * (values[i] - values[j])).real
        return torch.as_tensor(slope).to(grads[0]), None, None, None, None


def _places(leaders: Sequence[object] | None, problem: Problem) -> np.ndarray:
    """Which nodes the leaders are."""
    labels = problem.mask.labels
    if leaders is None:
        return np.array([0, problem.nodes - 1])
    ids = range(problem.nodes) if labels is None else map(str, labels)
    names: dict[object, int] = {name: place for place, name in enumerate(ids)}
    found = []
    for leader in leaders:
        key = leader if labels is None else str(leader)
        if isinstance(key, bool) or not isinstance(key, int | str) or key not in names:
            some = f"0 .. {problem.nodes - 1}" if labels is None else "the ids of the mask's file"
            raise _refused("leaders", leader, f"is no node of the mask: nodes are {some}")
        found.append(names[key])
    if len(set(found)) < len(found):
        raise _refused("leaders", list(leaders), "must name each node once")
    if len(found) == problem.nodes:
        raise _refused("leaders", list(leaders), "must leave at least one node free")
    return np.array(found)


def _refused(name: str, value: object, allowed: str, hint: str | None = None) -> SettingError:
    return SettingError(setting=f"objective.{name}", value=value, allowed=allowed, hint=hint)
