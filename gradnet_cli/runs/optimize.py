"""`gradnet_cli.optimize`: the same `solve` as the command's, on what people have in their hands in Python."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.objectives.function import FunctionObjective
from gradnet_cli.problem import Budget, Mask, Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.problem.graphs import WEIGHT, mask_of_edges, mask_of_graph, mask_of_matrix
from gradnet_cli.runs.displayed import DisplayedResult
from gradnet_cli.runs.history import History
from gradnet_cli.runs.interruption import (
    Interrupted,
    interruptible,
    listen_alone,
    take_pending,
    wait_for_updates,
    wait_no_more,
)
from gradnet_cli.runs.process import conditions
from gradnet_cli.runs.progress import progress_callback
from gradnet_cli.settings.keywords import settings_from
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.settings import Settings
from gradnet_cli.solve import solve
from gradnet_cli.training import Callback, TrainingModule

if TYPE_CHECKING:
    import networkx

# What is said of a function, by the settings of the objective of that name.
DECLARED = ("concave", "homogeneous", "monotone", "smooth", "arguments", "matrix")


def optimize(
    network: Any,
    *,
    budget: float | str | Mapping[str, Any] | Budget | None = None,
    objective: str | Objective | Callable[..., Any] = "algebraic_connectivity",
    sense: str | None = None,
    base: object = None,
    cost: object = "unit",
    callbacks: Sequence[Callback] = (),
    progress: str = "auto",
    **settings: Any,
) -> DisplayedResult:
    """Find the best network, and prove how good it is where the objective allows it.

    Args:
        network: where edges may lie: a networkx graph, a SciPy sparse matrix, an array of edges (M, 2), a
            Mask, a Problem, or the name of a mask with its sizes as settings (``"grid", rows=30``)
        budget: mean strength per node at unit cost; or a share of what the base network costs, ``"+20%"``; or
            ``"none"``; or settings, ``{"kind": "total", "value": 100}``. Without it 1 per node
        objective: the name of an objective, whose settings go among the others; an Objective; or a function
            f(network) -> score, or (score, metrics), with its sense
        sense: maximize or minimize, of a function
        base: the network that is there already: an edge attribute of the graph (True: ``weight``), True for
            the entries of a matrix, numbers (M,) beside an array of edges. Without it nothing is there
        cost: price of a unit of weight on an edge: ``unit``, ``distance``, an edge attribute, or numbers (M,)
        callbacks: told of training as it goes
        progress: auto (a bar on a terminal or in a notebook, lines elsewhere), bar, lines or none
        settings: as on the command line: ``updates=100``, ``optimizer="adam"``, ``stop={"gap": 1e-4}``,
            ``horizon=10`` where only one setting ends so

    Returns:
        the network with score, bound and gap. Ctrl-C ends training after the update at hand, and what is best
        until then is returned; a second one raises KeyboardInterrupt.

    Raises:
        SettingError: what was given cannot be used, in the words of the command
        NumericalError: scores that are not finite

    Examples:
        >>> import networkx
        >>> import gradnet_cli as gn
        >>> result = gn.optimize(networkx.petersen_graph(), budget=3, progress="none")
        >>> round(result.score, 6)  # of the graph with weights of 1: no other network is better
        2.0
    """
    asked = {**settings, "trainer": {"progress": progress, **settings.get("trainer", {})}}
    chosen = settings_from(
        **asked, **_budget(budget), **_mask(network), **_objective(objective, sense, settings)
    )
    problem, graph = _problem(network, chosen, base=base, cost=cost)
    if not isinstance(network, str):
        name = problem.mask.name
        chosen = replace(chosen, mask=Plugin(group="mask", name=name, path=f"python.{name}", arguments={}))
    history = History()
    bar = progress_callback(chosen.trainer.progress)
    told: list[Callback] = [*callbacks, history, *([bar] if bar else []), GracefulStop()]
    with conditions(chosen, edges=problem.edges):
        built = _built(objective, sense, chosen)
        try:
            with interruptible([signal.SIGINT]):
                result = solve(problem, built, chosen, told)
        except Interrupted as error:
            raise KeyboardInterrupt from error
    return DisplayedResult.of(replace(result, course=history.columns()), original=graph)


class GracefulStop(Callback):
    """Lets Ctrl-C end training after the update at hand, instead of losing what was found."""

    def on_start(self, module: TrainingModule) -> None:
        """Listen."""
        listen_alone()
        wait_for_updates()

    def on_record(self, module: TrainingModule) -> None:
        """End training here if that was asked for."""
        name = take_pending()
        if name is not None:
            module.record.stop_reason = f"interrupted by {name}"

    def on_end(self, module: TrainingModule) -> None:
        """From now on a signal counts at once."""
        wait_no_more()

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """From now on a signal counts at once."""
        wait_no_more()


def _budget(budget: object) -> dict[str, Any]:
    """The settings of a budget."""
    if budget is None:
        return {}
    if isinstance(budget, Budget):
        return {"budget": {"name": budget.kind, "value": budget.value, "rule": budget.rule, "p": budget.p}}
    if isinstance(budget, Mapping):
        given = dict(budget)
        kind = given.pop("kind", given.pop("name", "per_node"))
        return {"budget": {"name": kind, **given}}
    if isinstance(budget, str) and budget.strip().endswith("%"):
        try:
            share = float(budget.strip().removesuffix("%")) / 100
        except ValueError:
            share = float("nan")
        return {"budget": {"name": "relative", "value": share}}
    if isinstance(budget, str):
        return {"budget": budget}
    return {"budget": {"name": "per_node", "value": budget}}


def _mask(network: object) -> dict[str, Any]:
    return {"mask": network} if isinstance(network, str) else {}


def _objective(objective: object, sense: str | None, settings: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(objective, str):
        if sense is not None:
            allowed = f"belongs to a function; {objective} has its own"
            raise SettingError(setting="sense", value=sense, allowed=allowed)
        return {"objective": objective}
    if isinstance(objective, Objective):
        return {}
    if not callable(objective):
        allowed = "must be the name of an objective, an Objective, or a function"
        raise SettingError(setting="objective", value=objective, allowed=allowed)
    return {"objective": "function", "sense": sense}


def _problem(
    network: Any, settings: Settings, *, base: object, cost: object
) -> tuple[Problem, networkx.Graph | None]:
    """The problem, and the graph that was asked about, if it was one."""
    if isinstance(network, Problem):
        return network, None
    if isinstance(network, str):
        return build_problem(settings), None
    if isinstance(network, Mask):
        return Problem.build(mask=network, budget=settings.budget, signs=settings.signs), None
    graph = None
    if hasattr(network, "edges") and hasattr(network, "is_directed"):
        graph = network
        attribute = WEIGHT if base is True else base
        if attribute is not None and attribute is not False and not isinstance(attribute, str):
            raise SettingError(
                setting="base", value=base, allowed="must be True or the name of an edge attribute"
            )
        mask = mask_of_graph(network, base=attribute or None, cost=cost)
    elif hasattr(network, "tocsr"):
        mask = mask_of_matrix(network, base=bool(base), cost=cost)
    elif isinstance(network, np.ndarray | list | tuple) or hasattr(network, "__array__"):
        mask = mask_of_edges(network, base=base, cost=cost)
    else:
        allowed = (
            "must be a networkx graph, a SciPy sparse matrix, an array of edges, a Mask or a mask's name"
        )
        raise SettingError(setting="network", value=type(network).__name__, allowed=allowed)
    return Problem.build(mask=mask, budget=settings.budget, signs=settings.signs), graph


def _built(objective: object, sense: str | None, settings: Settings) -> Objective:
    if isinstance(objective, Objective):
        return objective
    if isinstance(objective, str):
        return build_objective(settings.objective, seed=settings.seed)
    declared = {name: settings.objective.arguments[name] for name in DECLARED}
    return FunctionObjective(function=objective, sense=str(sense), **declared)  # type: ignore[arg-type]
