"""What `optimize` is given: as settings, as a problem, and as an objective."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.datasets import build_dataset
from gradnet_cli.errors import SettingError, spell
from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.objectives.function import FunctionObjective, name_of
from gradnet_cli.problem import Mask, Problem
from gradnet_cli.problem.build import build_problem, furnished, node_table
from gradnet_cli.problem.edge_arrays import mask_of_edges
from gradnet_cli.problem.graphs import WEIGHT, add_node_data, mask_of_graph
from gradnet_cli.problem.node_table import table_of
from gradnet_cli.problem.prices import COSTS
from gradnet_cli.problem.sparse_matrix import mask_of_matrix
from gradnet_cli.runs.spellings import budget_settings, select_settings
from gradnet_cli.settings.keywords import settings_from
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.settings import Settings
from gradnet_cli.settings.values import choice, nearest

if TYPE_CHECKING:
    import networkx

# What is said of a function, by the settings of the objective of that name.
DECLARED = ("concave", "homogeneous", "monotone", "smooth", "matrix")
ARGUMENTS = (
    "budget",
    "objective",
    "sense",
    "base",
    "cost",
    "node_data",
    "callbacks",
    "progress",
)  # of optimize itself
OF_THE_COMMAND = (
    *("animation", "checkpoint", "logger", "launcher", "cluster", "resources", "skip_completed"),
    *("experiment", "hydra"),
)


@dataclass(frozen=True, kw_only=True)
class Given:
    """The arguments of optimize, see there; `settings` are those by keyword."""

    network: Any
    budget: Any
    objective: Any
    sense: str | None
    base: Any
    cost: Any
    node_data: Any
    settings: Mapping[str, Any]

    def __post_init__(self) -> None:
        for name, value in self.settings.items():
            section = name.partition(".")[0]
            if section in OF_THE_COMMAND:
                allowed = "is for runs that write a directory: use the command gradnet-run"
                raise SettingError(setting=name, value=value, allowed=allowed)
            if name == "function" and self.is_function:
                raise SettingError(setting=name, value=value, allowed="is given as the objective already")
            if section == "mask":
                allowed = 'is what optimize is given first: optimize("grid", rows=30)'
                raise SettingError(setting=name, value=value, allowed=allowed)
        if isinstance(self.objective, type):
            raise SettingError(
                setting="objective",
                value=self.objective.__name__,
                allowed=f"is a class, and one of its kind is wanted: {self.objective.__name__}(...)",
            )
        self._refuse_idle()

    @property
    def is_named(self) -> bool:
        """Whether the network is the name of a mask."""
        return isinstance(self.network, str)

    @property
    def is_function(self) -> bool:
        """Whether the objective is a function."""
        return callable(self.objective) and not isinstance(self.objective, Objective)

    def compose(self) -> Settings:
        """The settings, with the names of what is no setting.

        Raises:
            SettingError: one that does not exist, cannot be used, or would be without effect
        """
        settings = {**self.settings, **select_settings(self.settings.get("select"))}
        if self.is_function:
            settings.pop("arguments", None)  # which may be tensors, and no values of a configuration
        try:
            chosen = settings_from(
                **settings, **budget_settings(self.budget), **self._mask(), **self._objective()
            )
        except SettingError as error:
            near = nearest(error.setting, ARGUMENTS)
            if error.setting in settings and near and "is no setting" in error.allowed:
                raise SettingError(
                    setting=error.setting,
                    value=error.value,
                    allowed="is no setting",
                    hint=f"{near}={spell(error.value)}",
                ) from error
            raise
        if not self.is_named:
            self._refuse_settings_of(chosen.mask, "and the network is given itself")
        if isinstance(self.objective, Objective):
            self._refuse_settings_of(chosen.objective, "and the objective is given itself")
            kind = type(self.objective)
            path = f"{kind.__module__}.{kind.__qualname__}"
            named = Plugin(group="objective", name=self.objective.name, path=path, arguments={})
            chosen = replace(chosen, objective=named)
        if self.is_function:
            of_it = {
                **chosen.objective.arguments,
                "arguments": self.settings.get("arguments") or {},
                "function": _path_of(self.objective),
            }
            chosen = replace(chosen, objective=replace(chosen.objective, arguments=of_it))
        if isinstance(self.network, Problem):
            given = self.network
            chosen = replace(chosen, budget=given.budget, signs=given.signs, limits=given.limits)
            chosen = replace(chosen, select=given.selection)
        return chosen

    def problem(self, settings: Settings) -> tuple[Problem, networkx.Graph | None]:
        """The problem, and a graph with the names and data of its nodes where there are any."""
        if isinstance(self.network, Problem):
            return self.network, None
        table = None if self.node_data is None else table_of(self.node_data)
        if table is not None and settings.node_path is not None:
            allowed = "gives node data, and so does node_data: leave one of them out"
            raise SettingError(setting="node_path", value=settings.node_path, allowed=allowed)
        if isinstance(self.network, str):
            return build_problem(settings, table=table), None
        mask, original = self._mask_and_graph()
        table = table or node_table(settings)
        mask = mask if table is None else table.joined(mask)
        mask, limits = furnished(mask, settings, cost=self.cost)
        if table is not None and original is not None:
            add_node_data(original, mask, table.columns)
        if settings.budget.kind == "relative" and not mask.base.any():
            raise SettingError(
                setting="budget",
                value=self.budget if isinstance(self.budget, str) else "relative",
                allowed="is a share of what the base network costs, and there is none: base=True takes the "
                "weights of the edges given",
            )
        problem = Problem.build(
            mask=mask,
            budget=settings.budget,
            signs=settings.signs,
            limits=limits,
            selection=settings.select,
        )
        return problem, original

    def built_objective(self, settings: Settings) -> Objective:
        """The objective."""
        if settings.data is not None and (self.is_function or isinstance(self.objective, Objective)):
            allowed = "is for objectives by name: one that is given holds its own data"
            raise SettingError(setting="data", value=settings.data.name, allowed=allowed)
        if isinstance(self.objective, Objective):
            return self.objective
        if not self.is_function:
            dataset = build_dataset(settings.data, seed=settings.seed)
            return build_objective(settings.objective, seed=settings.seed, dataset=dataset)
        declared = {name: settings.objective.arguments[name] for name in DECLARED}
        arguments = self.settings.get("arguments")
        return FunctionObjective(
            function=self.objective,
            sense=self.sense,
            arguments=arguments,
            **declared,
        )

    def _refuse_idle(self) -> None:
        """Raise SettingError for an argument that would be without effect beside the others."""
        if self.sense is not None and not self.is_function:
            name = self.objective.get("name") if isinstance(self.objective, Mapping) else self.objective
            if name != "function":
                allowed = "belongs to a function, and the objective has its own"
                raise SettingError(setting="sense", value=self.sense, allowed=allowed)
        if not isinstance(self.network, Mask | Problem):
            return
        kind = type(self.network).__name__
        idle = {"base": self.base, "cost": self.cost}
        if isinstance(self.network, Mask) and self.cost == "distance":
            idle["cost"] = None  # which any network may have
        if isinstance(self.network, Problem):
            idle |= {"budget": self.budget, "node_data": self.node_data}
            idle |= {
                key: value
                for key, value in self.settings.items()
                if key.partition(".")[0] in ("signs", "limits", "select", "candidates")
            }
        for name, value in idle.items():
            if value is not None:
                raise SettingError(setting=name, value=value, allowed=f"belongs to the {kind} that is given")

    def _refuse_settings_of(self, plugin: Plugin, why: str) -> None:
        for name, value in self.settings.items():
            argument = name.removeprefix(f"{plugin.group}.")
            if argument in plugin.arguments:
                allowed = f"is a setting of {plugin.group}={plugin.name}, {why}"
                raise SettingError(setting=name, value=value, allowed=allowed)

    @property
    def _is_by_distance(self) -> bool:
        return isinstance(self.cost, str) and self.cost in COSTS

    def _mask(self) -> dict[str, Any]:
        if not self.is_named:
            return {"cost": self.cost} if self._is_by_distance else {}
        given = {"base": self.base, "cost": self.cost}
        return {"mask": self.network, **{name: value for name, value in given.items() if value is not None}}

    def _objective(self) -> dict[str, Any]:
        if isinstance(self.objective, str | Mapping):
            return {"objective": self.objective} | ({} if self.sense is None else {"sense": self.sense})
        if isinstance(self.objective, Objective):
            return {}
        if not self.is_function:
            allowed = "must be the name of an objective, an Objective, or a function"
            raise SettingError(setting="objective", value=self.objective, allowed=allowed)
        return {"objective": "function", "sense": self.sense}

    def _mask_and_graph(self) -> tuple[Mask, networkx.Graph | None]:
        network = self.network
        cost = None if self._is_by_distance else self.cost  # which any network may have
        if isinstance(network, Mask):
            return network, None
        if hasattr(network, "edges") and hasattr(network, "is_directed"):
            attribute = WEIGHT if self.base is True else self.base
            if attribute is not None and attribute is not False and not isinstance(attribute, str):
                allowed = "must be True or the name of an edge attribute"
                raise SettingError(setting="base", value=self.base, allowed=allowed)
            # A copy, for the graph may be changed before the result is asked for one.
            return mask_of_graph(network, base=attribute or None, cost=cost), network.copy()
        if isinstance(cost, str):  # only graphs have attributes
            choice(setting="cost", value=cost, choices=COSTS)
        if hasattr(network, "tocsr"):
            if self.base not in (None, True, False):
                allowed = "must be True: the entries are the weights"
                raise SettingError(setting="base", value=self.base, allowed=allowed)
            return mask_of_matrix(network, base=bool(self.base), cost=cost), None
        if isinstance(network, np.ndarray | list | tuple) or hasattr(network, "__array__"):
            if isinstance(self.base, bool | str):
                allowed = "must be numbers, one for each edge"
                raise SettingError(setting="base", value=self.base, allowed=allowed)
            mask, names = mask_of_edges(network, base=self.base, cost=cost)
            return mask, None if mask.labels is None else _graph_of(names)
        allowed = (
            "must be a networkx graph, a SciPy sparse matrix, an array of edges, a Mask, a Problem "
            "or a mask's name"
        )
        raise SettingError(setting="network", value=type(network).__name__, allowed=allowed)


def _graph_of(names: Sequence[Hashable]) -> networkx.Graph:
    import networkx

    graph: networkx.Graph = networkx.Graph()
    graph.add_nodes_from(names)
    return graph


def _path_of(function: Callable[..., Any]) -> str:
    """Where a function comes from, for the record."""
    home = getattr(function, "__module__", None) or type(function).__module__
    return f"{home}.{name_of(function)}"
