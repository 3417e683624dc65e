"""Any generator of networkx, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.graphs import WEIGHT, mask_of_graph
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks._component import largest_component as keep_largest
from gradnet_cli.problem.masks._size import check_size
from gradnet_cli.settings.values import choice, flag, integer, nearest

BASES = ("none", "weights")
# What a generator is called with; the rest of its signature chooses classes and backends of networkx.
NOT_ARGUMENTS = ("create_using", "backend", "backend_kwargs")


def build(
    *,
    generator: str,
    arguments: Mapping[str, Any] | None = None,
    base: str = "none",
    largest_component: bool = False,
    graph_seed: int,
) -> Mask:
    """Call a graph generator of networkx.

    Args:
        generator: its name, ``watts_strogatz_graph``, or ``bipartite.random_graph``
        arguments: its arguments by name, ``{n: 100, k: 4, p: 0.1}``
        base: ``weights`` takes the edge attribute weight as base network, ``none`` nothing
        largest_component: keep only the largest component
        graph_seed: handed over as ``seed`` where the generator has one and arguments does not; >= 0
    """
    base = choice(setting="base", value=base, choices=BASES)
    keep = flag(setting="largest_component", value=largest_component)
    seed = integer(setting="graph_seed", value=graph_seed, minimum=0)
    function = _generator(generator)
    graph = _call(function, generator, arguments, seed)
    check_size(nodes=len(graph), edges=graph.number_of_edges(), setting="generator", value=generator)
    weights = WEIGHT if base == "weights" else None
    mask = mask_of_graph(graph, name="networkx", base=weights)
    return keep_largest(mask) if keep else mask


def idle(*, generator: str, arguments: Mapping[str, Any] | None, **_: object) -> Mapping[str, str]:
    """Settings that have no effect beside the others, each with the reason."""
    if "seed" not in inspect.signature(_generator(generator)).parameters:
        return {"graph_seed": f"{generator} draws nothing at random"}
    return {"graph_seed": "the arguments have a seed"} if "seed" in (arguments or {}) else {}


def _generator(name: object) -> Callable[..., Any]:
    import networkx

    known: dict[str, Callable[..., Any]] = {
        **_generators_of(networkx, "networkx.generators."),
        **{f"bipartite.{key}": value for key, value in _generators_of(networkx.bipartite).items()},
    }
    if not isinstance(name, str) or name not in known:
        allowed = "must be a graph generator of networkx, such as watts_strogatz_graph"
        hint = f"{name}_graph" if f"{name}_graph" in known else nearest(name, known)
        raise SettingError(setting="generator", value=name, allowed=allowed, hint=hint)
    return known[name]


def _generators_of(module: Any, home: str = "networkx.algorithms.bipartite.generators") -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__.startswith(home)
    }


def _call(function: Callable[..., Any], name: str, arguments: object, seed: int) -> Any:
    import networkx

    if arguments is not None and not isinstance(arguments, Mapping):
        allowed = "must be null or the generator's arguments by name, like {n: 100, k: 4, p: 0.1}"
        raise SettingError(setting="arguments", value=arguments, allowed=allowed)
    given: dict[str, Any] = dict(arguments or {})
    parameters = {
        key: value
        for key, value in inspect.signature(function).parameters.items()
        if key not in NOT_ARGUMENTS
    }
    for key, value in given.items():
        if key not in parameters:
            allowed = f"is unknown; {name} has {', '.join(parameters) or 'no arguments'}"
            hint = nearest(key, parameters)
            raise SettingError(setting=f"arguments.{key}", value=value, allowed=allowed, hint=hint)
    if "seed" in parameters:
        given.setdefault("seed", seed)
    for key, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and key not in given:
            allowed = f"must be given: {name} has {', '.join(parameters)}"
            raise SettingError(setting=f"arguments.{key}", value=None, allowed=allowed)
    try:
        graph = function(**given)
    except Exception as error:  # what a generator makes of odd arguments is its own affair
        why = f"cannot be used by {name}: {error or type(error).__name__}"
        raise SettingError(setting="arguments", value=arguments, allowed=why) from error
    if not isinstance(graph, networkx.Graph):
        allowed = f"must return a graph, not {type(graph).__name__}"
        raise SettingError(setting="generator", value=name, allowed=allowed)
    return graph
