"""Edges of a mask whose candidates are never listed: which go, and which come."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
import torch

from gradnet_cli.model import ConstrainedWeights, FeasibleSet
from gradnet_cli.model.exchange import Exchange
from gradnet_cli.numerics.graphs import edge_places, minimum_spanning_tree
from gradnet_cli.numerics.pairs.pair_search import Promising, promising_pairs
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers.exchange_rate import ExchangeRate
from gradnet_cli.optimizers.rewiring import Rewiring
from gradnet_cli.problem.pairs import Pairs
from gradnet_cli.settings.active import ActiveEdges

# A light edge that earns nearly as much as the mean is needed as it is: where costs differ a lot, so do
# shares.
EVERY, EVERY_SMOOTH = 10, 40  # updates between two searches; more where an optimizer learns of curvature
IDLE = 0.95
FIRST_WEIGHT = 1e-2  # of an edge that comes, beside the mean share of the budget


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a network's slopes say of all candidates.

    Attributes:
        level: what its money earns on average, sign * <gradient, weights> / sum(cost * weights)
        rates: (E,) slope per cost of the edges held
        found: the candidates that promise most
    """

    level: float
    rates: np.ndarray
    found: Promising


class PairRewiring(Rewiring):
    """Looks at all candidates every few updates, and exchanges edges.

    Args:
        pairs: all candidates
        objective: what the network is for
        every: updates between two looks
        seed: of what is random

    Attributes:
        prices_needed: whether edges come by their slopes
    """

    prices_needed = True

    def __init__(
        self,
        *,
        pairs: Pairs,
        objective: Objective,
        every: int | None,
        seed: int,
        rate: ExchangeRate | None = None,
    ) -> None:
        super().__init__(objective=objective, every=every, seed=seed, rate=rate)
        self.pairs = pairs
        self._connected = "connected" in objective.requires

    def told(self, delta: torch.Tensor) -> dict[str, float]:
        """How many edges are held."""
        return {"edges_held": float(len(delta))}

    def survey(self, model: ConstrainedWeights) -> Survey | None:
        """Search all candidates by the slopes of the network that was scored last; None where it has none."""
        prices = self._objective.prices()
        if prices is None:
            return None
        problem, weights = model.feasible.problem, model.weights.detach().to("cpu", torch.float64).numpy()
        rates = prices.of(problem.edge_index) / problem.cost
        paid = problem.cost * weights
        level = float(rates @ paid) / float(paid.sum())
        found = promising_pairs(prices, self.pairs, level=self._least(level), held=problem.edge_index)
        return Survey(level=level, rates=rates, found=found)

    def apply(
        self, model: ConstrainedWeights, survey: Survey | None, *, step: int, updates: int
    ) -> Exchange | None:
        """Exchange edges of a model, and say which; None where none are."""
        if survey is None and self.prices_needed:
            return None
        feasible = model.feasible
        delta = model.delta.detach()
        paid = (feasible.cost * delta).to("cpu", torch.float64).numpy()
        exchange = self._exchange(
            feasible, paid / paid.mean(), survey, step=step, progress=step / max(1, updates)
        )
        if exchange is None:
            return None
        self.move(model, exchange)
        return exchange

    def move(self, model: ConstrainedWeights, exchange: Exchange, *, first: float = FIRST_WEIGHT) -> None:
        """Put a model on other edges; new ones begin with a little of the budget, taken from all."""
        others = self.feasible_on(model.feasible, exchange.edges)
        delta = exchange.carried(model.delta.detach())
        mean = float((model.feasible.cost * model.delta.detach()).mean())
        new = torch.as_tensor(exchange.comes, device=delta.device)
        model.exchange(others, others.scaled(torch.where(new, first * mean / others.cost, delta)))

    def hold(
        self, model: ConstrainedWeights, delta: torch.Tensor, *, edges: torch.Tensor | None
    ) -> torch.Tensor:
        """Put a model on a network that was found, less the edges without weight; return what is left of it.

        Args:
            delta: (E,)
            edges: (2, E) where it lies, None for the edges of the model
        """
        held = model.feasible.edge_index if edges is None else edges
        used = delta != 0
        others = self.feasible_on(model.feasible, held[:, used].cpu().numpy())
        model.exchange(others, delta[used])
        return delta[used]

    def feasible_on(self, feasible: FeasibleSet, edges: np.ndarray) -> FeasibleSet:
        """The same constraints on other edges (2, E')."""
        others = FeasibleSet(
            feasible.problem.on(edges), dtype=feasible.cost.dtype, device=feasible.cost.device
        )
        return others if self._objective.grows is None else others.narrowed(self._objective.grows)

    def limit(self, feasible: FeasibleSet, survey: Survey) -> float:
        """No less than sign * <gradient, A> for any network A on all candidates that spends the budget."""
        assert feasible.budget is not None
        return feasible.budget * survey.found.most

    def _least(self, level: float) -> float:
        """What pairs have to earn to be told by the search."""
        return level

    @abstractmethod
    def _exchange(
        self, feasible: FeasibleSet, share: np.ndarray, survey: Survey | None, *, step: int, progress: float
    ) -> Exchange | None:
        """Which edges go and come.

        Args:
            share: (E,) of the budget, beside the mean
            progress: share of the updates that are done
        """

    def _new(self, feasible: FeasibleSet, pairs: np.ndarray) -> np.ndarray:
        """Those of pairs (2, M) that are not held."""
        problem = feasible.problem
        return pairs[:, edge_places(problem.edge_index, pairs, nodes=problem.nodes) < 0]

    def _may_go(self, feasible: FeasibleSet, share: np.ndarray) -> np.ndarray:
        """Which edges may, bool (E,): none that holds the network together, by the heaviest of them."""
        free = np.ones(len(share), dtype=bool)
        if self._connected:
            problem = feasible.problem
            free[minimum_spanning_tree(problem.edge_index, -share, nodes=problem.nodes)] = False
        return free


class Growth(PairRewiring):
    """Holds what is needed: pairs that earn more than the average come, light edges that do not go.

    This is column generation: where no pair outside earns more than the edges inside, what is best on the
    edges that are held is best on all candidates.
    """

    def __init__(self, *, edges: ActiveEdges, pairs: Pairs, objective: Objective, seed: int) -> None:
        super().__init__(pairs=pairs, objective=objective, every=edges.every or _pace(objective), seed=seed)
        self._grow, self._drop = edges.grow, edges.drop

    def _exchange(
        self, feasible: FeasibleSet, share: np.ndarray, survey: Survey | None, *, step: int, progress: float
    ) -> Exchange | None:
        assert survey is not None
        most = max(1, int(self._grow * len(share)))
        comes = survey.found.pairs[:, :most]
        goes = (share < self._drop) & (survey.rates < IDLE * survey.level) & self._may_go(feasible, share)
        if not comes.shape[1] and not goes.any():
            return None
        problem = feasible.problem
        return Exchange.of(problem.edge_index, stays=~goes, comes=comes, nodes=problem.nodes)


def _pace(objective: Objective) -> int:
    return EVERY if objective.concave else EVERY_SMOOTH


class FixedNumber(PairRewiring):
    """Exchanges a share of the edges, the lightest, for as many others.

    What comes is any pair, at random, or those with the steepest slope.

    Args:
        grow: random or gradient
        rate: the share that is exchanged; None where the edges stay as they are
    """

    def __init__(
        self,
        *,
        grow: str,
        rate: ExchangeRate | None,
        every: int | None,
        pairs: Pairs,
        objective: Objective,
        seed: int,
    ) -> None:
        super().__init__(pairs=pairs, objective=objective, every=every, seed=seed, rate=rate)
        self.prices_needed = rate is not None and grow == "gradient"

    def _least(self, level: float) -> float:
        return -np.inf if self.prices_needed else level

    def _exchange(
        self, feasible: FeasibleSet, share: np.ndarray, survey: Survey | None, *, step: int, progress: float
    ) -> Exchange | None:
        free = np.flatnonzero(self._may_go(feasible, share))
        count = 0 if self.rate is None else min(int(self.rate.at(progress) * len(share)), len(free))
        if count < 1:
            return None
        if self.prices_needed:
            assert survey is not None
            comes = survey.found.pairs[:, :count]
        else:
            comes = self._new(feasible, self.pairs.sample(2 * count, self.generator(step)))[:, :count]
        stays = np.ones(len(share), dtype=bool)
        stays[free[np.argsort(share[free], kind="stable")[: comes.shape[1]]]] = False
        if not comes.shape[1]:
            return None
        problem = feasible.problem
        return Exchange.of(problem.edge_index, stays=stays, comes=comes, nodes=problem.nodes)
