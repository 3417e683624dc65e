"""No run ends below a network that it lists to compare with, or it says why."""

import warnings
from pathlib import Path

import pytest
from omegaconf import DictConfig

from gradnet_cli.datasets import build_dataset
from gradnet_cli.errors import SettingError
from gradnet_cli.objectives import build_objective
from gradnet_cli.objectives.exciton_transfer import ExcitonTransfer
from gradnet_cli.problem.requirements import check_requirements
from gradnet_cli.result import Result
from gradnet_cli.solve import solve
from tests.conformance.material import config_of
from tests.runs import choices, composed, problem_of, settings_of

ROUNDING = 1e-9  # relative
SMALL = {
    "barabasi_albert": ("nodes=10",),
    "bipartite": ("left=3", "right=4"),
    "complete": ("nodes=6",),
    "erdos_renyi": ("nodes=10", "probability=0.6"),
    "grid": ("rows=3", "cols=4"),
    "random_geometric": ("nodes=12",),
    "hexagonal": ("rows=2", "cols=2"),
    "hypercube": ("dimensions=3",),
    "layered": ("layers=[2,3,2]",),
    "random_regular": ("nodes=8",),
    "random_tree": ("nodes=9",),
    "stochastic_block": ("blocks=[5,5]", "p_in=0.9", "p_out=0.3"),
    "tree": ("height=2",),
    "triangular": ("rows=3",),
    "watts_strogatz": ("nodes=10",),
}
FROM_FILES = ("edge_list", "points")
# Where an objective takes no problem of a mask as it is by default.
NEEDED = {
    "distance_to_network": {"karate": ("base=weights",), "edge_list": ("base=Weight",)},
    "graph_classification": {"layered": ("layers=[4,3,2]",)},
    "logic_gates": {"complete": ("directed=true",), "erdos_renyi": ("directed=true",)},
}
# What an objective asks for on every mask, and the most nodes that one takes.
BESIDE = {
    "node_classification": ("data=homophily", "data.size=40", "data.folds=2", "data.features=8"),
    "graph_classification": ("data=assortative", "data.graphs=20", "data.folds=2", "data.noise=2"),
}
LARGEST = {ExcitonTransfer: 10}
# Fewer nodes than an experiment has, and fewer updates, so that all of them take minutes.
SMALLER = {
    "grid_1000": ("rows=100", "cols=100"),
    "grid_316": ("rows=100", "cols=100"),
    "kuramoto_large": ("nodes=1000",),
    "kuramoto_sweep": ("budget.value=0.75",),
    "quantum_1000": ("nodes=100",),
}


def found(config: DictConfig) -> Result | None:
    """What is found; None if the objective is for other problems."""
    settings, problem = settings_of(config), problem_of(config)
    dataset = build_dataset(settings.data, seed=settings.seed)
    objective = build_objective(settings.objective, seed=settings.seed, dataset=dataset)
    try:
        check_requirements(problem, objective.requires)
    except SettingError:
        return None
    if problem.nodes > LARGEST.get(type(objective), problem.nodes):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return solve(problem, objective, settings)


def assert_best_known(result: Result) -> None:
    sign = 1.0 if result.sense == "maximize" else -1.0
    margin = ROUNDING * abs(result.score) + 10 * (result.score_error or 0.0)
    for name, score in result.references.items():
        told = any(name.replace("_", " ") in note for note in result.notes)
        assert told or sign * (score - result.score) <= margin, (name, score, result.score)


@pytest.mark.parametrize("share", [6, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("objective", choices("objective"))
def test_objectives_on_masks(objective: str, share: int, tmp_path: Path) -> None:
    """On a sixth of the masks that it takes (slow: on a third), others from objective to objective."""
    path = tmp_path / "edges.csv"
    path.write_text("Source,Target,Weight\na,b,1\nb,c,2\nc,d,1\nd,a,3\na,c,1\n")
    places = tmp_path / "places.csv"
    places.write_text("Id,x,y\na,0,0\nb,1,0\nc,0,1\nd,1,2\n")
    files = {"edge_list": path, "points": places}
    needed, beside = NEEDED.get(objective, {}), BESIDE.get(objective, ())
    masks = list(needed) or choices("mask")[choices("objective").index(objective) % share :: share]
    taken = 0
    for mask in masks:
        sizes = (f"path={files[mask]}",) if mask in files else SMALL.get(mask, ())
        config = config_of(objective, f"mask={mask}", *sizes, *needed.get(mask, ()), *beside, "updates=3")
        if "horizon" in config.objective:
            config.objective.horizon = 1.0  # a quarter of the work
        result = found(config)
        if result is not None:
            taken += 1
            assert_best_known(result)
    assert taken >= min(2, len(masks))


@pytest.mark.slow
@pytest.mark.parametrize("objective", choices("objective"))
@pytest.mark.parametrize("mask", [mask for mask in choices("mask") if mask not in FROM_FILES])
def test_masks_as_they_are_by_default(objective: str, mask: str) -> None:
    needed = (*NEEDED.get(objective, {}).get(mask, ()), *BESIDE.get(objective, ()))
    result = found(config_of(objective, f"mask={mask}", *needed, "updates=10"))
    if result is None:
        pytest.skip("not for this objective, or too large")
    assert_best_known(result)


@pytest.mark.slow
@pytest.mark.parametrize("name", choices("experiment"))
def test_experiments(name: str) -> None:
    result = found(composed(f"experiment={name}", *SMALLER.get(name, ()), "updates=30"))
    assert result is not None
    assert_best_known(result)


def test_a_base_network_that_is_better_is_told() -> None:
    """To pull down what is there can only lower lambda_2."""
    config = composed("mask=karate", "base=weights", "signs.change=decrease", "budget.value=0.5", "updates=5")
    result = found(config)
    assert result is not None
    assert result.references["base"] > result.score
    assert any("base network is better as it is, but the budget has to be spent" in n for n in result.notes)
