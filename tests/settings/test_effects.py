"""Settings without effect: said in the comment behind each, refused where they are given, and true."""

from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.effects import CLAUSE, conditions_of
from tests.datasets.made import write_npz, write_npz_graphs
from tests.runs import composed, run

CATALOG = read_catalog()
DECLARED = {
    (choice.group, choice.name, setting.key): setting
    for choice in CATALOG.choices()
    for setting in choice.settings
    if CLAUSE.search(setting.meaning)
} | {("", "", setting.key): setting for setting in CATALOG.root if CLAUSE.search(setting.meaning)}

KURAMOTO = ("mask=complete", "nodes=6", "objective=kuramoto_synchrony", "objective.times=9", "updates=3")
RECONSTRUCTION = ("mask=complete", "nodes=6", "objective=network_reconstruction", "budget=none", "updates=2")
GRID = ("rows=4", "updates=3", "stop.gap=null")
SILENT = ("noise=gaussian", "noise.additive=0", "noise.multiplicative=0", "noise.samples=1")
POINTS = ("mask=points", "PATH", "updates=3")
GATES = ("experiment=gates_or", "updates=3")
LEARNED = ("experiment=graff", "nodes=4", "updates=3")
OWN_NODES = (*LEARNED, "data=nodes", "NODES")
OWN_GRAPHS = (
    *("experiment=rewiring", "data=graphs", "data.split=published", "layers=[2,3,3]", "updates=2"),
    "GRAPHS",
)
FUNCTION = ("mask=grid", "rows=3", "objective=function", "function=tests.settings.test_effects.heaviest")
SUPPLY = ("mask=grid", "rows=3", "objective=supply_dissipation", "updates=3")
ROADS = ("mask=complete", "nodes=9", "directed=true", "objective=road_travel_time", "updates=3")
SPREAD = "objective.loads=[8,-1,-1,-1,-1,-1,-1,-1,-1]"
# For each declared condition: a problem where it fails, the setting, and another value of it.
IDLE = [
    (("objective", "kuramoto_synchrony"), (*KURAMOTO, "objective.frequencies=normal"), "objective.low=-3"),
    (("objective", "kuramoto_synchrony"), (*KURAMOTO, "objective.frequencies=normal"), "objective.high=3"),
    (("objective", "kuramoto_synchrony"), KURAMOTO, "objective.deviation=3"),
    (("objective", "kuramoto_synchrony"), KURAMOTO, "objective.column=omega"),
    (("objective", "kuramoto_synchrony"), (*KURAMOTO, "objective.integrator=adaptive"), "objective.steps=2"),
    (("objective", "kuramoto_synchrony"), KURAMOTO, "objective.tolerance=0.5"),
    (("objective", "kuramoto_synchrony"), KURAMOTO, "objective.damping=2"),
    (("objective", "kuramoto_synchrony"), KURAMOTO, "objective.scale=2"),
    (("objective", "road_travel_time"), ROADS, "objective.investment_power=3"),
    *[
        (("objective", "road_travel_time"), (*ROADS, "TRIPS"), text)
        for text in ("objective.pairs=2", "objective.volume=2")
    ],
    (("objective", "network_reconstruction"), (*RECONSTRUCTION, "DATA"), "objective.degree=2"),
    (("objective", "network_reconstruction"), (*RECONSTRUCTION, "DATA"), "objective.interval=0.2"),
    (("objective", "network_reconstruction"), (*RECONSTRUCTION, "DATA"), "objective.samples=3"),
    (("objective", "network_reconstruction"), (*RECONSTRUCTION, "DATA"), "objective.trajectories=3"),
    (("objective", "network_reconstruction"), (*RECONSTRUCTION, "DATA"), "objective.stationary=1"),
    (("objective", "network_reconstruction"), (*RECONSTRUCTION, "DATA"), "objective.disturbance=1"),
    (
        ("objective", "network_reconstruction"),
        (*RECONSTRUCTION, "objective.error=integral"),
        "objective.substeps=3",
    ),
    (
        ("objective", "opinion_dissonance"),
        ("experiment=karate", "updates=3", "objective.state=steady"),
        "objective.time=1",
    ),
    *[
        (("objective", "node_classification"), (*LEARNED, "objective.model=gcn"), f"objective.{name}=false")
        for name in ("source", "omega")
    ],
    *[
        (("data", name), words, text)
        for name, words in (("nodes", OWN_NODES), ("graphs", OWN_GRAPHS))
        for text in ("data.folds=3", "data.validation=0.2", "data.split_seed=4")
    ],
    (("objective", "logic_gates"), (*GATES, "objective.rounds=1"), "objective.clamp=true"),
    (("objective", "function"), (*FUNCTION, "sense=minimize", "updates=3"), "objective.homogeneous=true"),
    (("optimizer", "adam"), (*GRID, "optimizer=adam", "optimizer.schedule=constant"), "optimizer.final=0.5"),
    (("optimizer", "sgd"), (*GRID, "optimizer=sgd", "optimizer.schedule=constant"), "optimizer.final=0.5"),
    *[
        (("optimizer", name), (*GRID, f"optimizer={name}"), "optimizer.half_life=1")
        for name in ("adam", "sgd")
    ],
    (
        ("objective", "graph_classification"),
        ("experiment=rewiring", "data.graphs=10", "updates=2", "rewiring=none"),
        "objective.signed=[0]",
    ),
    (
        ("optimizer", "exponentiated_gradient"),
        (*GRID, "optimizer=exponentiated_gradient"),
        "optimizer.final=0.5",
    ),
    (("noise", "none"), GRID, "noise.schedule=linear"),
    (("noise", "none"), GRID, "noise.until=0.5"),
    *[
        (("noise", "gaussian"), (*GRID, *SILENT), text)
        for text in ("noise.schedule=linear", "noise.until=0.5")
    ],
    (("budget", "none"), (*GATES,), "budget.rule=exact"),
    (("budget", "none"), (*GATES,), "budget.p=2"),
    (("budget", "none"), (*GATES,), "budget.exponent=0.5"),
    (("objective", "supply_dissipation"), (*SUPPLY, SPREAD), "objective.source=2"),
    (("objective", "supply_dissipation"), (*SUPPLY, SPREAD), "objective.demand=people"),
    (("objective", "supply_dissipation"), SUPPLY, "objective.columns=[day]"),
    (("objective", "supply_dissipation"), SUPPLY, "objective.file=loads.csv"),
    (("select", "none"), GRID, "select.count=3"),
    (("select", "none"), GRID, "select.weight=2"),
    (("select", "none"), GRID, "select.extend=true"),
    (("select", "none"), GRID, "select.exchanges=3"),
    (("mask", "points"), POINTS, "neighbours=2"),
    (("mask", "points"), POINTS, "radius=1"),
    (("mask", "points"), POINTS, "largest_component=true"),
    (("mask", "points"), POINTS, "distance=plane"),
    (("", ""), GRID, "base=weight"),
    (("", ""), GRID, "encoding=latin-1"),
    (("", ""), GRID, "cost_power=3"),
    (("", ""), GRID, "distance=plane"),
    (("", ""), GRID, "animation=true"),
    (("", ""), (*GRID, "stop.plateau=null"), "stop.improvement=0.5"),
    (("", ""), (*KURAMOTO, "stop.plateau=null"), "starts=3"),
    (("", ""), GRID, "prune.rescale=false"),
    (("", ""), GRID, "prune.retrain=false"),
    (("", ""), (*GRID, "prune.to=17", "prune.rescale=false"), "prune.retrain=false"),
]


def heaviest(network):
    """A function of the network that is no more than that."""
    return (network.weights**2).sum()


@pytest.fixture
def data(tmp_path: Path) -> str:
    """Trajectories of six oscillators, in a file."""
    times = np.arange(8) * 0.1
    rows = [
        f"{time:.1f},{node},{np.sin(node + (1 + 0.1 * node) * time):.6f}"
        for time in times
        for node in range(6)
    ]
    path = tmp_path / "data.csv"
    path.write_text("time,node,value\n" + "\n".join(rows) + "\n")
    return f"objective.data={path}"


def refusal(*words: str, multirun: bool = False) -> str:
    """What the composition says of a command line."""
    with pytest.raises(SettingError) as caught:
        accepted(*words, multirun=multirun)
    return str(caught.value)


def accepted(*words: str, multirun: bool = False) -> None:
    """Nothing is said of it."""
    with Composer(CommandLine(overrides=words, multirun=multirun)) as composer:
        for config in composer.runs():
            Composed.check(config)


@pytest.mark.parametrize(("place", "setting"), DECLARED.items(), ids=["/".join(place) for place in DECLARED])
def test_every_condition_names_settings_and_values_that_exist(place, setting) -> None:
    group, name, _ = place
    config = composed(*([f"{group}={name}"] if group else []))
    names = {key.key for key in CATALOG.root} | {
        each.key for choice in CATALOG.choices() if choice.name in (name, "") for each in choice.settings
    }
    conditions = list(conditions_of(setting, names | set(CATALOG.groups)))
    assert conditions
    for key, values in [pair for condition in conditions for pair in condition.values.items()]:
        if key in CATALOG.groups:
            assert set(values) <= set(CATALOG.groups[key].choices)
            continue
        assert key in names, key
        meaning = next(each.meaning for each in [*CATALOG.root, *_settings(group, name)] if each.key == key)
        default = OmegaConf.select(config, key)
        for value in values:
            known = value in ("null", "false", "0", "1") or value in meaning or value == str(default).lower()
            assert known, f"{key} has no value {value}: {meaning}"


def _settings(group: str, name: str):
    choice = CATALOG.choice(group, name)
    return () if choice is None else choice.settings


def test_there_is_a_case_of_every_condition() -> None:
    tried = {(*place, text.partition("=")[0]) for place, _, text in IDLE}
    assert tried == set(DECLARED)


@pytest.mark.parametrize(("place", "words", "text"), IDLE, ids=[f"{p[1]} {t}" for p, _, t in IDLE])
def test_what_has_no_effect_is_refused(place, words, text: str) -> None:
    named = {
        "DATA": "objective.data=data.csv",
        "PATH": "path=points.csv",
        "NODES": "data.path=mine.npz",
        "GRAPHS": "data.path=graphs.npz",
        "TRIPS": "objective.trips=trips.csv",
    }
    words = (named.get(word, word) for word in words)
    assert refusal("figures=false", *words, text).startswith(text.partition("=")[0] + " = ")


@pytest.mark.slow
@pytest.mark.parametrize(("place", "words", "text"), IDLE, ids=[f"{p[1]} {t}" for p, _, t in IDLE])
def test_what_is_said_to_have_no_effect_has_none(place, words, text: str, tmp_path: Path, data: str) -> None:
    points = tmp_path / "points.csv"
    points.write_text("lon,lat\n5,50\n6,50\n6,51\n8,51\n")
    nodes = write_npz(tmp_path / "mine.npz")
    trips = tmp_path / "trips.csv"
    trips.write_text("origin,destination,volume\n0,8,0.02\n2,6,0.01\n")
    named = {
        "DATA": data,
        "PATH": f"path={points}",
        "NODES": f"data.path={nodes}",
        "GRAPHS": f"data.path={write_npz_graphs(tmp_path / 'graphs.npz')}",
        "TRIPS": f"objective.trips={trips}",
    }
    words = tuple(named.get(word, word) for word in words)
    before = run(tmp_path / "before", *words)
    after = run(tmp_path / "after", *words, text)
    assert np.array_equal(before.weights, after.weights)
    assert before.score == after.score
    assert {path.name for path in (tmp_path / "before").iterdir()} | {"snapshots"} == {
        path.name for path in (tmp_path / "after").iterdir()
    } | {"snapshots"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (KURAMOTO, "objective.high=3"),
        ((*KURAMOTO, "objective.frequencies=normal"), "objective.deviation=3"),
        (KURAMOTO, "objective.steps=2"),
        ((*KURAMOTO, "objective.integrator=adaptive"), "objective.tolerance=0.5"),
        (RECONSTRUCTION, "objective.degree=2"),
        (RECONSTRUCTION, "objective.interval=0.2"),
        (("experiment=karate", "updates=3"), "objective.time=1"),
        ((*GATES, "objective.rounds=3"), "objective.clamp=true"),
        ((*GRID, "optimizer=adam"), "optimizer.final=0.5"),
        (
            ("mask=random_geometric", "nodes=20", "updates=60", "stop.gap=null", "noise=gaussian"),
            "noise.samples=3",
        ),
    ],
)
def test_where_the_condition_holds_there_is_an_effect(words, text: str, tmp_path: Path) -> None:
    accepted("figures=false", *words, text)
    before, after = run(tmp_path / "before", *words), run(tmp_path / "after", *words, text)
    assert not np.array_equal(before.weights, after.weights)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("objective=kuramoto_synchrony", "objective.column=omega"),
            "objective.column = omega: has an effect only with objective.frequencies=column. "
            "Did you mean objective.frequencies=column objective.column=omega?",
        ),
        (
            ("stop.plateau=null", "stop.improvement=0.1"),
            "stop.improvement = 0.1: has no effect with stop.plateau=null",
        ),
        (
            ("optimizer.choices.adam.schedule=constant", "optimizer.choices.adam.final=0.5"),
            "optimizer.choices.adam.final = 0.5: has no effect with optimizer.choices.adam.schedule=constant",
        ),
        (
            ("hydra.sweep.dir=x",),
            "hydra.sweep.dir = x: is for sweeps, and has no effect on a single run; -m makes a sweep. "
            "Did you mean hydra.run.dir=x?",
        ),
        (("skip_completed=true",), "skip_completed = true: is for sweeps"),
        (("launcher=joblib",), "launcher = joblib: is for sweeps"),
        (("hydra/launcher=joblib",), "hydra/launcher = joblib: is for sweeps"),
    ],
)
def test_how_it_is_said(words: tuple[str, ...], says: str) -> None:
    assert refusal(*words).startswith(says)


def test_what_says_nothing_new_is_accepted() -> None:
    accepted("objective=kuramoto_synchrony", "objective.column=null")
    accepted("skip_completed=false", "launcher=basic")


def test_in_a_sweep_one_job_with_the_effect_is_enough() -> None:
    sweep = ("mask=complete", "nodes=4", "objective=kuramoto_synchrony", "objective.tolerance=1e-3")
    accepted(*sweep, "objective.integrator=rk4,adaptive", multirun=True)
    assert "has an effect only with" in refusal(*sweep, "objective.integrator=rk4", "seed=0,1", multirun=True)
    assert refusal("rows=3,4", "hydra.run.dir=x", multirun=True).endswith("Did you mean hydra.sweep.dir=x?")


def test_an_experiment_is_held_to_it_and_not_for_what_was_typed(tmp_path: Path) -> None:
    place = tmp_path / "mine" / "experiment"
    place.mkdir(parents=True)
    (place / "study.yaml").write_text(
        "# @package _global_\n# A study.\ndefaults:\n  - override /objective: kuramoto_synchrony\n"
        "objective:\n  deviation: 2.0  # of the frequencies\n"
    )

    def words(*typed: str) -> CommandLine:
        line = CommandLine(config_dir=str(tmp_path / "mine"))
        return line.with_overrides(["experiment=study", *typed], config_dir=str(tmp_path / "mine"))

    with (
        Composer(words()) as composer,
        pytest.raises(SettingError, match=r"only with .*normal \(given in experiment=study\)$"),
    ):
        next(composer.runs())
    for typed in ("objective.frequencies=normal", "objective.frequencies=uniform"):
        with Composer(words(typed)) as composer:
            next(composer.runs())


def test_python_is_held_to_it_too() -> None:
    with pytest.raises(gn.SettingError, match=r"objective\.deviation = 3.*only with"):
        gn.optimize("complete", objective={"name": "kuramoto_synchrony", "deviation": 3.0}, nodes=4)
