"""What objectives are tested on: small problems of every kind, and the settings that have no default."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import torch
from omegaconf import DictConfig, open_dict

from gradnet_cli.datasets import Dataset, build_dataset
from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.problem import Problem
from gradnet_cli.problem.requirements import check_requirements
from gradnet_cli.settings.settings import Settings
from tests.runs import choices, composed, problem_of, settings

# The settings that have no default, and what keeps a test short.
FURTHER = {
    "exciton_transfer": ("objective.time=2",),
    "function": ("function=tests.plugins.evenness", "sense=minimize", "objective.concave=true"),
    "graph_classification": ("data.graphs=16", "data.folds=2", "data.noise=2", "data.most=14"),
    "network_reconstruction": ("objective.samples=60",),
    "node_classification": ("data.size=40", "data.folds=2", "data.features=8"),
    "road_travel_time": ("objective.pairs=12", "objective.volume=0.5"),
    "sum": ("objective.terms=[algebraic_connectivity,{name: effective_resistance, weight: -0.1}]",),
    "worst": ("objective.terms=[algebraic_connectivity,{name: spectral_radius, weight: -0.1}]",),
}
# Further ways to set objectives whose properties depend on what they are made of, each for the first problem.
VARIANTS = {
    "locked oscillators": (
        "objective=kuramoto_synchrony",
        "objective.measure=steady",
        "objective.high=0.3",
        "objective.horizon=20",
    ),
    "oscillators with inertia": ("objective=kuramoto_synchrony", "objective.inertia=0.5"),
    "sum of reciprocals": (
        "objective=sum",
        "objective.terms=[effective_resistance,{name: effective_resistance, weight: 0.5}]",
    ),
    "sum of both senses": (
        "objective=sum",
        "objective.terms={spectral_radius: 1, algebraic_connectivity: -2}",
    ),
    "sum with distance": (
        "objective=sum",
        "objective.terms=[spectral_radius,{name: distance_to_network, weight: 0.3}]",
    ),
    "sum that is not concave": (
        "objective=sum",
        "objective.terms=[algebraic_connectivity,{name: sparsity, weight: -0.1}]",
    ),
    "worst of convex": (
        "objective=worst",
        "objective.terms=[{name: sparsity, exponent: 2},{name: sparsity, exponent: 1, softening: 0}]",
    ),
    "worst of reciprocals": (
        "objective=worst",
        "objective.terms=[effective_resistance,{name: effective_resistance, weight: 2}]",
    ),
    "worst damage": (
        "objective=worst",
        "objective.terms=[algebraic_connectivity]",
        "objective.damage=[[0, 1], [1, 2]]",
    ),
    "worst damage at once": (
        "objective=worst",
        "objective.terms=[spectral_radius]",
        "objective.damage=links",
    ),
    "supply, moving sink": ("objective=supply_dissipation", "objective.loads=moving_sink"),
    "supply, damage": ("objective=supply_dissipation", "objective.damage=links"),
    "random walk": ("objective=mixing_rate", "objective.measure=mixing"),
    "roads at the optimum": (
        "objective=road_travel_time",
        "objective.assignment=system_optimum",
        "objective.investment=0.3",
        "objective.pairs=12",
        "objective.volume=0.5",
    ),
    "sparsity convex": ("objective=sparsity", "objective.exponent=1.5"),
    "sparsity linear": ("objective=sparsity", "objective.exponent=1", "objective.softening=0"),
}
VARIANTS |= {
    f"{model} {variant}": (
        "objective=node_classification",
        *FURTHER["node_classification"],
        f"objective.model={model}",
        f"objective.variant={variant}",
    )
    for model, variant in (("graff", "DD"), ("graff", "prod"), ("gcn", "sum"), ("mlp", "D"))
}
VARIANTS |= {
    f"{model} of graphs": (
        "objective=graph_classification",
        *FURTHER["graph_classification"],
        f"objective.model={model}",
    )
    for model in ("gcn", "gine")
}
# Problems of every kind; an objective is tested on those that its `requires` allows.
PROBLEMS = (
    ("mask=grid", "rows=3", "cols=4"),
    ("mask=random_geometric", "nodes=12", "cost=distance"),
    ("mask=complete", "nodes=6"),
    ("mask=bipartite", "left=3", "right=4"),
    ("mask=complete", "nodes=5", "directed=true"),
    ("mask=karate", "base=weights", "signs.change=decrease", "budget=none"),
    ("mask=karate", "base=weights", "budget.value=0.5"),
)


STEMS = (*choices("objective"), *VARIANTS)
# Those that compute for long: their quick tests are on a grid and the next smaller problems.
LONG = ("kuramoto_synchrony", "network_reconstruction", "road_travel_time")
# Problems that some objectives are for, and no others need.
LAYERS = (("mask=layered", "layers=[4,5,3]", "directed=true"), ("mask=layered", "layers=[4,3]"))
OWN_PROBLEMS = {
    **dict.fromkeys(("graph_classification", "gcn of graphs", "gine of graphs"), LAYERS),
    "random walk": (("mask=grid", "rows=3", "cols=3", "budget=none", "limits.strength=1"),),
}


def asked(stem: str) -> tuple[str, ...]:
    """The objective, with the settings that it needs here."""
    return VARIANTS[stem] if stem in VARIANTS else (f"objective={stem}", *FURTHER.get(stem, ()))


def config_of(stem: str, *overrides: str) -> DictConfig:
    """Composed in two halves: composing each pair takes long."""
    own = composed(*asked(stem))
    config = composed(*overrides)
    with open_dict(config):
        config.objective = own.objective
        config.data = own.get("data")
        for name in own.objective.get("settings", ()):
            config[name] = own[name]
    return config


def accepted(stem: str, *overrides: str) -> Problem | None:
    """The problem, if the objective takes it; that it can be built at all is certain."""
    config = config_of(stem, *overrides)
    problem = problem_of(config)
    try:
        check_requirements(problem, declared(stem).requires)
        built(stem, problem)
    except SettingError:
        return None
    return problem


@cache
def declared(stem: str) -> Objective:
    return build_objective(chosen(stem).objective, seed=0, dataset=dataset(stem))


@cache
def chosen(stem: str) -> Settings:
    return settings(*asked(stem))


@cache
def dataset(stem: str) -> Dataset | None:
    return build_dataset(chosen(stem).data, seed=0)


def candidates(stem: str) -> list[tuple[str, ...]]:
    """Problems that it may take, each objective's beginning elsewhere: quick tests take the first ones."""
    found = [*PROBLEMS, *OWN_PROBLEMS.get(stem, ())]
    first = 0 if stem in LONG else STEMS.index(stem) % len(PROBLEMS)
    return found[first:] + found[:first]


@cache
def problems(stem: str, *, most: int | None = None) -> list[Problem]:
    """The problems that it takes, or the first ones; of a variant, that on the first of all problems."""
    asked_for = (*PROBLEMS, *OWN_PROBLEMS.get(stem, ())) if stem in VARIANTS else candidates(stem)
    found = (accepted(stem, *overrides) for overrides in asked_for)
    taken = (problem for problem in found if problem is not None)
    return list(islice(taken, 1 if stem in VARIANTS else most))


def built(stem: str, problem: Problem, **changes: object) -> Objective:
    plugin = chosen(stem).objective
    plugin = replace(plugin, arguments={**plugin.arguments, **changes})
    objective = build_objective(plugin, seed=0, dataset=dataset(stem))
    objective.prepare(problem)
    return objective.eval()


@cache
def topology(problem: Problem) -> Topology:
    return topology_of(problem)


def network(problem: Problem, weights: np.ndarray | torch.Tensor) -> Network:
    return Network(weights=torch.as_tensor(weights), topology=topology(problem), problem=problem)


def draws(problem: Problem, seed: int, *, sparse: bool = True) -> Iterator[np.ndarray]:
    """Weights of a generic size, some of them tiny or zero."""
    generator = np.random.default_rng(seed)
    while True:
        weights = generator.lognormal(sigma=1.0, size=problem.edges)
        if sparse and generator.random() < 0.3:
            weights *= generator.random(problem.edges) < 0.9
        yield weights


def value(objective: Objective, problem: Problem) -> Callable[[np.ndarray], float]:
    def call(weights: np.ndarray) -> float:
        with torch.no_grad():
            return float(objective(network(problem, weights), 0).score)

    return call


def slope(
    objective: Objective, problem: Problem, weights: np.ndarray, step: int = 0
) -> tuple[float, np.ndarray]:
    tensor = torch.as_tensor(weights).clone().requires_grad_()
    score = objective(network(problem, tensor), step).score
    score.backward()
    assert tensor.grad is not None
    return float(score.detach()), tensor.grad.numpy()
