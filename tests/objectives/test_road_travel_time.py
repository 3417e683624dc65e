"""Travel times on roads: paradox, closed forms, trips from files, and published values."""

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import scipy.optimize

from gradnet_cli.errors import SettingError
from tests.conformance.material import slope, value
from tests.objectives.roads import BRAESS_TRIPS, asked, braess, grid, published, wants_data
from tests.quick import quick
from tests.runs import run

ROADS = ("mask=edge_list", "directed=true", "objective=road_travel_time")


def test_a_wider_road_makes_all_trips_longer(tmp_path: Path) -> None:
    """Braess (1968): 92 a trip with the middle road, 83 without it; only the optimum falls with capacity."""
    equilibrium, problem = asked(*braess(tmp_path), "base=capacity")
    optimum, _ = asked(*braess(tmp_path), "base=capacity", "objective.assignment=system_optimum")
    middle = [problem.mask.pair(edge) for edge in range(problem.edges)].index("3-4")
    assert value(equilibrium, problem)(problem.base) == pytest.approx(552, abs=1e-5)
    assert value(optimum, problem)(problem.base) == pytest.approx(498, abs=1e-5)
    closed = np.where(np.arange(problem.edges) == middle, 0.0, problem.base)
    assert value(equilibrium, problem)(closed) == pytest.approx(498, abs=1e-5)
    assert equilibrium.monotone is None
    assert optimum.monotone == "decreasing"
    assert slope(equilibrium, problem, problem.base)[1][middle] > 0
    assert slope(optimum, problem, problem.base)[1].max() <= 0


@pytest.mark.parametrize("assignment", quick(["user_equilibrium", "system_optimum"], 0))
def test_without_roads_all_are_loaded_alike(tmp_path: Path, assignment: str) -> None:
    """T + b T^(p+1) / B^p, T the time of all trips on empty roads, by networkx's shortest routes."""
    settings = (grid(tmp_path), "cost=free_flow_time", f"objective.assignment={assignment}")
    result = run(tmp_path / "run", *ROADS, *settings, "budget=total", "budget.value=5000", "updates=3")
    graph = nx.DiGraph()
    mask = result.problem.mask
    graph.add_weighted_edges_from(zip(*mask.edge_index.tolist(), mask.cost.tolist(), strict=True))
    least = dict(nx.all_pairs_dijkstra_path_length(graph))
    pairs = [(i, j) for i in range(25) for j in range(25) if i != j]
    volume = np.random.default_rng(0).uniform(0, 2, len(pairs))  # as documented: uniform on [0, 2 volume)
    time = sum(v * least[i][j] for v, (i, j) in zip(volume, pairs, strict=True))
    assert result.score == pytest.approx(time + 0.15 * time**5 / 5000**4, rel=1e-9)
    assert result.gap is not None
    assert result.gap < 1e-9
    assert result.problem.allows(result.weights)


@pytest.mark.parametrize("assignment", quick(["user_equilibrium", "system_optimum"], 1))
def test_the_bound_is_below_every_network(tmp_path: Path, assignment: str) -> None:
    updates = 60 if assignment == "user_equilibrium" else 400
    settings = (
        grid(tmp_path, side=3),
        "base=capacity",
        f"objective.assignment={assignment}",
        f"updates={updates}",
    )
    result = run(
        tmp_path / "run", *ROADS, *settings, "budget=relative", "budget.value=0.3", "objective.volume=4"
    )
    problem = result.problem
    assert result.bound is not None
    assert result.gap is not None
    assert 0 <= result.gap < (0.1 if assignment == "user_equilibrium" else 1e-3 + 1e-12)
    assert problem.allows(result.weights)
    assert (result.weights >= problem.base).all()
    assert result.score < min(result.references.values())
    objective, _ = asked(*settings, "objective.volume=4")
    generator = np.random.default_rng(1)
    for _ in range(5):
        change = generator.exponential(size=problem.edges)
        change *= 0.3 * float(problem.cost @ problem.base) / float(problem.cost @ change)
        assert value(objective, problem)(problem.base + change) >= result.bound


def test_investment_on_one_road(tmp_path: Path) -> None:
    """min over y of 3 t0 (1 + b (3 / (2 + y))^p) + d y^k, by a scalar search."""
    (tmp_path / "road.csv").write_text("source,target,c,t,d\na,b,2,1.5,0.5\n", encoding="utf-8")
    (tmp_path / "trips.csv").write_text("from,to,trips\na,b,3\n", encoding="utf-8")
    result = run(
        tmp_path / "run", *ROADS, f"path={tmp_path}/road.csv", "base=c", "objective.free_flow_time=t",
        "objective.b=0.4", "objective.power=3", f"objective.trips={tmp_path}/trips.csv", "budget=none",
        "objective.investment=0.2*d", "objective.investment_power=1.5", "limits.weight=9", "updates=300",
        "stop.gap=1e-6",
    )  # fmt: skip
    best = scipy.optimize.minimize_scalar(
        lambda y: 4.5 * (1 + 0.4 * (3 / (2 + y)) ** 3) + 0.1 * y**1.5, bounds=(0, 7), options={"xatol": 1e-10}
    )
    assert result.score == pytest.approx(best.fun, rel=1e-6)
    assert result.bound == pytest.approx(best.fun, rel=1e-5)
    assert result.metrics["travel_time"] + result.metrics["investment"] == pytest.approx(result.score)


def test_lanes_are_added_to_roads_that_are_there(tmp_path: Path) -> None:
    """All choices of two roads of Braess' five that gain half their capacity, by hand."""
    select = ("select=edges", "select.extend=true", "select.weight=0.5*capacity", "select.count=2")
    overrides = (*braess(tmp_path), "base=capacity", "updates=5")
    result = run(tmp_path / "run", *ROADS, *overrides, *select)
    objective, problem = asked(*overrides)
    score = value(objective, problem)
    found = []
    for one in range(5):
        for other in range(one):
            weights = problem.base.copy()
            weights[[one, other]] *= 1.5
            found.append(score(weights))
    assert result.score == pytest.approx(min(found), rel=1e-9)
    np.testing.assert_array_equal(np.unique(result.weights / problem.base), [1.0, 1.5])


def test_trips_of_both_formats_are_the_same(tmp_path: Path) -> None:
    path, _ = braess(tmp_path)
    (tmp_path / "t.csv").write_text("destination;volume;origin\n2;6;1\n1;5;1\n1;0;2\n", encoding="utf-8")
    for trips in ("t.csv", "braess_trips.tntp"):
        objective, problem = asked(path, "base=capacity", f"objective.trips={tmp_path}/{trips}")
        assert value(objective, problem)(problem.base) == pytest.approx(552, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BRAESS_TRIPS.replace("2 :     6.0", "9 :     6.0"), "line 6: the mask has no node '9'"),
        (BRAESS_TRIPS.replace("6.0;\n", "-6.0;\n"), "line 6: the volume '-6.0' must be a finite number >= 0"),
        (
            BRAESS_TRIPS.replace("6.0;\n", "6.0; 2 : 1;\n"),
            "line 6: the trips from 1 to 2 stand in the file twice",
        ),
        (BRAESS_TRIPS.replace("6.0;\n", "0;\n"), "the file has no trip"),
        (
            BRAESS_TRIPS.replace("2 :     6.0", "2 is 6"),
            "line 6: '1 : 0.0; 2 is 6;' must be 'Origin NODE'",
        ),
        ("origin,destination\n1,2\n", "line 1: must be TNTP, or begin with a header that names origin"),
        ("origin,destination,volume\n1,2,many\n", "line 2: the volume 'many' must be a finite number >= 0"),
        ("origin,destination,volume\n2,1,1\n", "leads no way from node 2 to node 1, and trips go there"),
    ],
)
def test_refused_trips(tmp_path: Path, text: str, said: str) -> None:
    path, _ = braess(tmp_path)
    (tmp_path / "trips.txt").write_text(text, encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        asked(path, f"objective.trips={tmp_path}/trips.txt")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("objective.b=-1", "must be a finite number >= 0"),
        ("objective.power=0.5", "must be 0, or a finite number >= 1"),
        ("objective.free_flow_time=lenght", "length"),
        ("objective.investment=3*nothing", "capacity"),
        ("objective.assignment=equilibrium", "user_equilibrium"),
        ("objective.gap=0.1", "0.0001"),
        ("objective.pairs=13 objective.trips=null", "must be at most 12, the ordered pairs of 4 nodes"),
        ("objective.trips=missing.tntp", "missing.tntp"),
        ("limits.weight=2*capacitee", "capacity"),
    ],
)
def test_refused_settings(tmp_path: Path, override: str, said: str) -> None:
    path, trips = braess(tmp_path)
    with pytest.raises(SettingError) as caught:
        asked(path, trips, *override.split())
    assert said in str(caught.value)


@wants_data
@pytest.mark.parametrize(
    ("name", "equilibrium", "optimum"),
    [
        ("SiouxFalls_SiouxFalls", 7_480_225.34, 7_194_256.05),
        ("Eastern-Massachusetts_EMA", 28_181.423, 27_323.932),
        ("Anaheim_Anaheim", 1_419_913.851, 1_395_015.087),
        ("Braess-Example_Braess", 552, 498),
    ],
)
def test_published_networks(name: str, equilibrium: float, optimum: float) -> None:
    for assignment, time in (("user_equilibrium", equilibrium), ("system_optimum", optimum)):
        objective, problem = asked(
            *published(name), "base=capacity", "cost=unit", f"objective.assignment={assignment}"
        )
        assert value(objective, problem)(problem.base) == pytest.approx(time, rel=2e-8)


@wants_data
def test_the_greenfield_of_sioux_falls(tmp_path: Path) -> None:
    total = 3_054_712.14
    result = run(
        tmp_path,
        *ROADS,
        *published("SiouxFalls_SiouxFalls"),
        "budget=total",
        f"budget.value={total}",
        "updates=2",
    )
    assert result.score == pytest.approx(3_732_688.90, abs=0.01)
    assert result.score == pytest.approx(3_176_000 + 0.15 * 3_176_000**5 / total**4, rel=1e-9)
    assert result.bound == pytest.approx(result.score, rel=1e-9)
    assert math.isfinite(result.score)


def test_the_relaxation_is_seen_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is trained first, in view, and its time is part of the training's."""
    result = run(tmp_path, "experiment=roads", "rows=3", "updates=3", "trainer.progress=lines")
    lines = capsys.readouterr().out.splitlines()
    begun = [line for line in lines if "of 9 nodes" in line]
    assert [line.startswith("first the relaxation of ") for line in begun] == [True, False]
    assert any(line.startswith("update 0/3") for line in lines[1 : lines.index(begun[1])])
    last = [line for line in lines if line.startswith("update ")][-1]
    assert result.seconds > float(last.split()[2]) - 0.1
