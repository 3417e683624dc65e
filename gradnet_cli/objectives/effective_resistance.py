"""Total effective resistance: how far apart the nodes are for currents and random walks."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.elimination.dense_core import thins_out
from gradnet_cli.numerics.trees.rooted_tree import RootedTree
from gradnet_cli.objectives.dissipation import LARGEST, DissipationObjective
from gradnet_cli.objectives.evaluation import Description, Optimum
from gradnet_cli.problem import Problem

LARGEST_SPARSE = 200_000  # nodes; a grid of a quarter of that takes 1.5 s an update


class EffectiveResistance(DissipationObjective):
    """Minimise R = sum over pairs of R_ij = N tr(L^+), the Kirchhoff index (Ghosh, Boyd and Saberi 2008).

    R_ij is the resistance between i and j of a network of resistors with conductances w, and the commute time
    of a random walk in units of the total weight. It is what the network dissipates, for unit loads between
    all pairs: see gradnet_cli.objectives.dissipation, which has the bound, too.

    Args:
        solver: see DissipationObjective; there are N patterns
    """

    quantity = "total effective resistance"
    unit_loads = True
    curved = True

    def __init__(self, *, solver: str) -> None:
        super().__init__(solver=solver)

    def loads(self, nodes: int) -> sp.csc_array:
        """sqrt(N) times the unit matrix: S S' = N 1."""
        return sp.csc_array(sp.eye_array(nodes) * np.sqrt(nodes))

    def prepare(self, problem: Problem) -> None:
        """Refuse sizes at which an exact score is out of reach.

        Raises:
            SettingError: the mask has too many nodes
        """
        sparse = problem.nodes <= LARGEST_SPARSE and self.solver in ("auto", "factorised")
        if problem.nodes > LARGEST and not (sparse and thins_out(problem.edge_index, nodes=problem.nodes)):
            raise SettingError(
                setting="objective",
                value="effective_resistance",
                allowed=f"is for at most {LARGEST:,} nodes, or {LARGEST_SPARSE:,} where elimination fills "
                f"little in, as on planar masks, and the mask has {problem.nodes:,}",
            )
        super().prepare(problem)

    def optimum(self, problem: Problem) -> Optimum | None:
        """That of trees: w_e proportional to sqrt(n_e (N - n_e) / cost_e), n_e nodes on one side of e.

        There R = sum n_e (N - n_e) / w_e, which Cauchy and Schwarz bound from below, with equality here.
        """
        if not (problem.simple and problem.edges == problem.nodes - 1):
            return None
        weights = np.sqrt(RootedTree.of(problem.edge_index).pairs_apart() / problem.cost)
        assert problem.edge_budget is not None
        return Optimum(weights=weights * (problem.edge_budget / float(problem.cost @ weights)))

    def describe(self, network: Network) -> Description:
        """Mean resistance between two nodes, and from each node to the others; the price of each edge."""
        nodes, found = network.nodes, self.dissipation(network)
        trace = found.total / nodes
        distances = (found.terms + trace) / (nodes - 1)
        return Description(
            metrics={"mean_resistance": 2 * trace / (nodes - 1)},
            node_data={"mean_resistance": distances},
            arrays={"edge_value": found.slopes / (nodes * network.problem.cost)},
        )
