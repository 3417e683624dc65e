"""`gradnet_cli.optimize`: the same `solve` as the command's, on what people have in their hands in Python."""

from __future__ import annotations

import copy
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from torch import nn

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives import Objective
from gradnet_cli.problem import Budget
from gradnet_cli.runs.displayed import DisplayedResult
from gradnet_cli.runs.given import Given
from gradnet_cli.runs.history import History
from gradnet_cli.runs.interruption import (
    Interrupted,
    interruptible,
    listen_alone,
    take_pending,
    wait_for_updates,
    wait_no_more,
)
from gradnet_cli.runs.notebook import NotebookBar, in_notebook
from gradnet_cli.runs.process import conditions, random_numbers_kept
from gradnet_cli.runs.progress import progress_callback
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.solve import solve
from gradnet_cli.training import Callback, TrainingModule


def optimize(
    network: Any,
    *,
    budget: float | str | Mapping[str, Any] | Budget | None = None,
    objective: str | Mapping[str, Any] | Objective | Callable[..., Any] = "algebraic_connectivity",
    sense: str | None = None,
    base: object = None,
    cost: object = None,
    node_data: object = None,
    callbacks: Sequence[Callback] = (),
    progress: str = "auto",
    **settings: Any,
) -> DisplayedResult:
    """Find the best network, and prove how good it is where the objective allows it.

    Args:
        network: where edges may lie: a networkx graph, a SciPy sparse matrix, an array or list of edges (M,
            2), a Mask, a Problem, or the name of a mask with its sizes as settings (``"grid", rows=30``)
        budget: mean strength per node at unit cost; or a share of what the base network costs, ``"+20%"``; or
            ``"none"``; or settings, ``{"kind": "total", "value": 100}``; or a Budget. Without it 1 per node
        objective: the name of an objective, whose settings go among the others; an Objective; or a function
            f(network) -> score, or (score, metrics), with its sense
        sense: maximize or minimize, of a function
        base: the network that is there already: an edge attribute of the graph (True: ``weight``), True for
            the entries of a matrix, numbers (M,) beside an array of edges. Without it nothing is there
        cost: price of a unit of weight on an edge: ``unit`` (by default), ``distance`` (with the settings
            ``cost_power`` and ``distance``), an edge attribute, or numbers (M,)
        node_data: columns by name, (N,) each, in the order of the nodes; or a pandas DataFrame, whose rows
            are matched by a column Id, or by the index. x and y, or lon and lat, are positions
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
    _refuse_strangers(callbacks)
    given = Given(
        network=network,
        budget=budget,
        objective=objective,
        sense=sense,
        base=base,
        cost=cost,
        node_data=node_data,
        settings={"trainer.progress": progress, **settings},
    )
    with random_numbers_kept():
        return _found(given, callbacks)


def _found(given: Given, callbacks: Sequence[Callback]) -> DisplayedResult:
    chosen = given.compose()
    problem, original = given.problem(chosen)
    if not given.is_named:
        name = problem.mask.name
        chosen = replace(chosen, mask=Plugin(group="mask", name=name, path=f"python.{name}", arguments={}))
    history = History(every=chosen.trainer.log_every)
    bar = _progress(chosen.trainer.progress)
    told: list[Callback] = [*callbacks, history, *([bar] if bar else []), GracefulStop()]
    with conditions(chosen, edges=problem.edges):
        built = given.built_objective(chosen)
        try:
            with interruptible([signal.SIGINT]), _warm_starts_forgotten(built):
                result = solve(problem, built, chosen, told)
        except Interrupted as error:
            raise KeyboardInterrupt from error
    return DisplayedResult.of(replace(result, course=history.columns()), original=original)


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


def _progress(kind: str) -> Callback | None:
    if kind in ("auto", "bar") and in_notebook():
        return NotebookBar()
    return progress_callback(kind)


def _refuse_strangers(callbacks: object) -> None:
    given = callbacks if isinstance(callbacks, list | tuple) else [None]
    for callback in given:
        if not isinstance(callback, Callback):
            allowed = "must be a list of objects of subclasses of gradnet_cli.Callback"
            told = callbacks if callback is None else callback
            raise SettingError(setting="callbacks", value=told, allowed=allowed)


@contextmanager
def _warm_starts_forgotten(objective: Objective) -> Iterator[None]:
    """Leave an objective as fresh as it came, but for what it learns: given again, it ends as before."""
    owners = [
        module
        for module in objective.modules()
        if type(module).get_extra_state is not nn.Module.get_extra_state
    ]
    before = [copy.deepcopy(module.get_extra_state()) for module in owners]
    try:
        yield
    finally:
        for module, state in zip(owners, before, strict=True):
            module.set_extra_state(state)
