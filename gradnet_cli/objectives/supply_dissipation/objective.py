"""Supply networks: veins, pipes and lines that carry loads at the least dissipation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
import torch

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.flows.dissipation import Dissipation
from gradnet_cli.numerics.flows.least_flow import LeastFlow, least_flow
from gradnet_cli.numerics.flows.lost_edges import mean_without_each
from gradnet_cli.numerics.graphs import components
from gradnet_cli.numerics.supplied import with_gradient
from gradnet_cli.objectives.damage import Damage, edge_order
from gradnet_cli.objectives.dissipation import DENSE_UP_TO, DissipationObjective
from gradnet_cli.objectives.evaluation import Description, Evaluation, Optimum
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.objectives.supply_dissipation.loads import Loads
from gradnet_cli.problem import Problem

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

CARRYING = 1e-3  # of the smallest load, from which on an edge is said to carry something
PROGRAM_UP_TO = 20_000  # edges, up to which a linear program for several sources takes seconds


class SupplyDissipation(DissipationObjective):
    """Minimise D = mean over patterns s of s' L^+ s: veins of leaves, blood vessels, power lines.

    A pattern s (N,) says what enters (> 0) or leaves (< 0) at each node; currents flow along edges of
    conductances w, and D = mean of sum F_e^2 / w_e is the power that is lost (Bohn and Magnasco 2007). For
    fluctuating loads S S' is their covariance (Corson 2010). With damage D is the mean over the loss of each
    edge (Katifori, Szollosi and Magnasco 2010). The bound is that of gradnet_cli.objectives.dissipation.

    For one pattern D >= (sum_e sqrt(cost_e) |F_e|)^2 / K for the flow F of the least sum, which is reached by
    w_e proportional to |F_e| / sqrt(cost_e): a tree, where prices are generic.

    Args:
        loads, source, demand, columns, file: see Loads
        damage: ``links``, for each edge of the mask, or a list of pairs of nodes; None for no damage
        solver: see DissipationObjective; with damage it is dense

    Metrics of the final network: carrying_edges, and how many independent cycles these have; patterns, and
    the least and the greatest dissipation of one of these; with damage that without any, and the worst.
    """

    quantity = "dissipation"

    def __init__(
        self,
        *,
        loads: str | Sequence[Any],
        source: object,
        demand: str | None,
        columns: Sequence[str] | None,
        file: str | None,
        damage: object,
        solver: str,
    ) -> None:
        super().__init__(solver=solver)
        self._settings = Loads(kind=loads, source=source, demand=demand, columns=columns, file=file)
        self.damage = None if damage is None else Damage(damage)
        if self.damage is not None and solver not in ("auto", "dense"):
            allowed = "must be auto or dense with damage: each loss takes the whole inverse"
            raise SettingError(setting="objective.solver", value=solver, allowed=allowed)
        self.whole_inverse = self.damage is not None
        self.quantity = "dissipation" if damage is None else "mean dissipation, one link lost"
        self._loads: sp.csc_array | None = None
        self._source: int | None = None

    def prepare(self, problem: Problem) -> None:
        """Make the loads, and find the links that are lost.

        Raises:
            SettingError: loads that do not fit the mask, a link without which it falls apart, or sizes that
                are out of reach
        """
        self._loads, self._source = self._settings.make(problem), self._settings.source(problem)
        super().prepare(problem)
        if self.damage is None:
            return
        if problem.mask.pairs is not None:
            allowed = "has to be null with edges=active: links that come and go are not lost"
            raise SettingError(setting="objective.damage", value="links", allowed=allowed)
        if problem.nodes > DENSE_UP_TO:
            allowed = f"is for at most {DENSE_UP_TO:,} nodes, and the mask has {problem.nodes:,}"
            raise SettingError(setting="objective.damage", value="links", allowed=allowed)
        self.damage.find(problem, connected=True)

    def loads(self, nodes: int) -> sp.csc_array:
        """S (N, P)."""
        return prepared(self._loads)

    @property
    def prices_pairs(self) -> bool:
        """As others do, unless edges are lost."""
        return super().prices_pairs and self.damage is None

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score D of weights (E,)."""
        if self.damage is None:
            return super().forward(network, step)
        values, slopes = self._damaged(network)
        score = with_gradient(network.weights, value=float(values.mean()), slope=-slopes)
        return Evaluation(score=score)

    def known(self, problem: Problem) -> Mapping[str, np.ndarray]:
        """Along the cheapest paths of one pattern: with a budget of exponent < 1 it need not be the best."""
        if problem.simple or problem.base.any() or problem.edge_budget is None:
            return {}
        found = self._transport(problem)
        if found is None:
            return {}
        order = problem.budget.order
        # F^2 / w at the price (cost w)^order; for order 1 see above.
        paid = (np.sqrt(problem.cost) * np.abs(found.flow)) ** (2 / (1 + order))
        weights = paid / problem.cost
        weights *= problem.edge_budget / float((paid**order).sum() ** (1 / order))
        return {"cheapest_paths": weights} if problem.allows(weights) else {}

    def optimum(self, problem: Problem) -> Optimum | None:
        """That of one pattern: the flow of the least sum of sqrt(cost) |F|, whose potentials prove it.

        For potentials y of abs(y_i - y_j) <= sqrt(cost), 1/D(w') <= sum w'_e (y_i - y_j)^2 / <s, y>^2.
        """
        found = self._transport(problem) if problem.simple else None
        if found is None:
            return None
        assert problem.edge_budget is not None
        source, target = problem.edge_index
        slope = np.square((found.potentials[source] - found.potentials[target]) / found.cost)
        weights = np.abs(found.flow) / np.sqrt(problem.cost)
        return Optimum(weights=weights * (problem.edge_budget / found.cost), slope=slope)

    def _transport(self, problem: Problem) -> LeastFlow | None:
        """The cheapest flow of the one pattern, at the price sqrt(cost)."""
        loads = prepared(self._loads)
        if self.damage is not None or loads.shape[1] > 1:
            return None
        pattern = loads.toarray()[:, 0]
        several = min((pattern > 0).sum(), (pattern < 0).sum()) > 1
        if several and problem.edges > PROGRAM_UP_TO:
            return None
        return least_flow(problem.edge_index, pattern, np.sqrt(problem.cost))

    def describe(self, network: Network) -> Description:
        """Flows, loads, cycles, and the price of each edge."""
        found = self.dissipation(network)
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        loads = prepared(self._loads)
        patterns = loads.shape[1]
        size = np.sqrt(np.asarray(loads.multiply(loads).sum(axis=1)).ravel())
        flow = weights * np.sqrt(found.slopes)
        carries = flow > CARRYING * size[size > 0].min()
        metrics = {
            "cycles": float(cycles(network.topology.array[:, carries], nodes=network.nodes)),
            "carrying_edges": float(carries.sum()),
            "patterns": float(patterns),
        }
        if patterns > 1:
            metrics["dissipation_least"] = float(found.terms.min()) * patterns
            metrics["dissipation_greatest"] = float(found.terms.max()) * patterns
        slopes = found.slopes
        arrays = {"flow": flow, "carries": carries}
        if self.damage is not None:
            values, slopes = self._damaged(network)
            metrics["dissipation_undamaged"] = found.total
            metrics["dissipation_damaged_most"] = float(values.max())
            arrays |= {"damage_links": self.damage.ends, "damage_scores": values}
        if self._source is not None:
            arrays["source"] = np.array([self._source])
        node_data = {"load": loads.toarray()[:, 0] if patterns == 1 else size}
        arrays["edge_value"] = slopes / network.problem.cost
        return Description(metrics=metrics, node_data=node_data, arrays=arrays)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """The veins, as wide as they carry."""
        from gradnet_cli.objectives.supply_dissipation.figures import drawings

        return drawings(result)

    def _damaged(self, network: Network) -> tuple[np.ndarray, np.ndarray]:
        """What is dissipated without each link, and the mean of the slopes (E,)."""
        assert self.damage is not None
        found: Dissipation = self.dissipation(network)
        weights = network.weights.detach().to("cpu", torch.float64).numpy()
        lost = edge_order(network, self.damage.ends)
        return mean_without_each(found, network.topology.laplacian, weights, lost)


def cycles(edge_index: np.ndarray, *, nodes: int) -> int:
    """How many independent cycles edges (2, M) have: edges - nodes + parts."""
    return int(edge_index.shape[1]) - nodes + int(components(edge_index, nodes=nodes).max()) + 1
