"""From settings to the exchange of edges, and to the candidates that training begins with."""

from __future__ import annotations

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.numerics.graphs import edge_places
from gradnet_cli.objectives import Objective
from gradnet_cli.optimizers.connections import Connections, layers_of
from gradnet_cli.optimizers.exchange_rate import ExchangeRate
from gradnet_cli.optimizers.pair_rewiring import FixedNumber, Growth
from gradnet_cli.optimizers.rewiring import Rewiring
from gradnet_cli.problem import Problem
from gradnet_cli.settings.active import Rewiring as Asked
from gradnet_cli.settings.settings import Settings

PRICED = (
    "algebraic_connectivity, spectral_radius, effective_resistance, spanning_trees and kuramoto_synchrony "
    "(measure=steady)"
)
FEW = 2000  # candidates, up to which all are held at first: it costs nothing, and none has to be found
SPARE_WEIGHT = 1e-3  # of an edge that an objective proposes without weight


def rewiring_of(problem: Problem, objective: Objective, settings: Settings) -> Rewiring | None:
    """The exchange of edges that settings ask for; None where all candidates are held.

    Raises:
        SettingError: something that edges which come and go cannot be combined with
    """
    pairs, asked = problem.mask.pairs, settings.rewiring
    if pairs is None:
        return None if asked.kind == "none" else _connections(problem, objective, settings)
    _check(problem, objective, settings)
    if asked.kind == "none":
        return Growth(edges=settings.edges, pairs=pairs, objective=objective, seed=settings.seed)
    for name in ("every", "grow", "drop"):
        if f"edges.{name}" in settings.given:
            allowed = f"has no effect with rewiring={asked.kind}, which keeps the number of edges"
            raise SettingError(setting=f"edges.{name}", value=getattr(settings.edges, name), allowed=allowed)
    _refuse(settings, ("density", "epsilon"), "is for edges=all: rewiring.count is the number of edges held")
    return FixedNumber(
        grow=asked.grow,
        rate=_rate(asked, objective),
        every=asked.every,
        pairs=pairs,
        objective=objective,
        seed=settings.seed,
    )


def _connections(problem: Problem, objective: Objective, settings: Settings) -> Connections:
    """The exchange where all candidates are listed."""
    asked = settings.rewiring
    _refuse(
        settings, ("count",), "is for edges=active: rewiring.density is the share of the mask that is held"
    )
    if asked.epsilon is not None:
        _refuse(settings, ("density",), "says the same as rewiring.epsilon: give one of the two")
    connected = {"connected", "strongly_connected"} & set(objective.requires)
    refused = {
        "objective": objective.name if connected else False,
        "base": bool(problem.base.any()),
        "limits": problem.limits.any,
        "select": problem.selection.wanted,
        "noise": _noisy(settings),
        "starts": (settings.starts or 1) > 1,
    }
    for name, given in refused.items():
        if given:
            what = f"objective={given}, which needs a connected network" if name == "objective" else name
            allowed = f"cannot be combined with {what}: edges come and go"
            raise SettingError(setting="rewiring", value=asked.kind, allowed=allowed)
    return Connections(
        asked=asked,
        layers=layers_of(problem, asked),
        edges=problem.edges,
        objective=objective,
        rate=_rate(asked, objective),
        seed=settings.seed,
    )


def _rate(asked: Asked, objective: Objective) -> ExchangeRate | None:
    if asked.kind == "static":
        return None
    return ExchangeRate(rule=asked.rate, fraction=asked.fraction, until=asked.until, sign=objective.sign)


def _refuse(settings: Settings, names: tuple[str, ...], allowed: str) -> None:
    for name in names:
        if f"rewiring.{name}" in settings.given:
            value = getattr(settings.rewiring, name)
            raise SettingError(setting=f"rewiring.{name}", value=value, allowed=allowed)


def _noisy(settings: Settings) -> bool:
    return any(settings.noise.arguments.get(name, 0) for name in ("additive", "multiplicative"))


def first_network(
    problem: Problem, objective: Objective, settings: Settings
) -> tuple[Problem, np.ndarray | None]:
    """The problem on the candidates that training begins with, and weights (E,) where some are known."""
    pairs, weights = problem.mask.pairs, None
    assert pairs is not None
    if settings.rewiring.kind == "none" and pairs.count <= FEW:
        return problem.on(pairs.listed()), None
    proposed = objective.first_edges(problem)
    if proposed is not None and pairs.has(proposed[0]).all():
        edges, place = np.unique(np.sort(proposed[0], axis=0), axis=1, return_inverse=True)
        problem = problem.on(edges)
        weights = np.bincount(place.ravel(), proposed[1], minlength=edges.shape[1])
        weights = np.where(weights > 0, weights, SPARE_WEIGHT * weights.mean())
    count = settings.rewiring.count
    if settings.rewiring.kind == "none" or count is None or count == problem.edges:
        return problem, None if "initial" in settings.given else weights
    if not problem.edges < count <= pairs.count:
        begins = f"{problem.edges:,}, with which the network begins"
        allowed = f"must be from {begins}, to {pairs.count:,}, all candidates"
        raise SettingError(setting="rewiring.count", value=count, allowed=allowed)
    more = pairs.sample(count, np.random.default_rng([settings.seed, 7]))
    more = more[:, edge_places(problem.edge_index, more, nodes=problem.nodes) < 0]
    both = np.concatenate([problem.edge_index, more[:, : count - problem.edges]], axis=1)
    return problem.on(np.unique(both, axis=1)), None


def _check(problem: Problem, objective: Objective, settings: Settings) -> None:
    priced = settings.rewiring.kind == "none" or settings.rewiring.grow == "gradient"
    if not objective.prices_pairs and priced:
        allowed = f"needs slopes of pairs that are not edges, and {objective.name} tells none; {PRICED} do"
        raise SettingError(setting="edges", value="active", allowed=allowed)
    refused = {
        "base": bool(problem.base.any()),
        "limits": problem.limits.any,
        "select": problem.selection.wanted,
        "noise": _noisy(settings),
        "animation": settings.animation,
        "objective": objective.learns,
        problem.budget.order_setting: problem.budget.order != 1,
        "signs.result": problem.signs.result != "nonnegative",
        "candidates": settings.candidates != "edges",
        "starts": (settings.starts or 1) > 1,
        "prune": settings.prune.wanted,
    }
    for name, given in refused.items():
        if given:
            allowed = f"cannot be combined with {name}: edges come and go"
            raise SettingError(setting="edges", value="active", allowed=allowed)
    spent = problem.budget.rule == "exact" or objective.grows
    if problem.budget_total is None or not spent:
        allowed = "must be exact with edges=active: the budget is what edges are held for"
        raise SettingError(setting="budget.rule", value=problem.budget.rule, allowed=allowed)
