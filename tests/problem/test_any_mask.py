"""What every mask may be given: node data, a base network from a file, costs by distance."""

import logging
import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import yaml
from omegaconf import OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.problem.space import EARTH_RADIUS
from gradnet_cli.settings.composition import Composed
from tests.runs import composed, problem_of, run

# Each mask with its smallest sizes for six nodes.
SIX = {
    "barabasi_albert": ("nodes=6", "attachment=2"),
    "bipartite": ("left=2", "right=4"),
    "complete": ("nodes=6",),
    "edge_list": ("path=edges.csv",),
    "erdos_renyi": ("nodes=6", "probability=0.9"),
    "grid": ("rows=2", "cols=3"),
    "networkx": ("generator=cycle_graph", "arguments={n: 6}"),
    "random_geometric": ("nodes=6", "radius=1"),
    "random_regular": ("nodes=6", "degree=3"),
    "points": ("path=places.csv",),
}
NAMES = ("Rome", "Oslo", "Bern", "Kyiv", "Paris", "Riga")
LON = (12.5, 10.75, 7.45, 30.52, 2.35, 24.1)
LAT = (41.9, 59.91, 46.95, 50.45, 48.86, 56.95)
LOAD = (3.0, 1.5, 0.25, 4.0, 2.0, -1.0)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = zip(NAMES, LON, LAT, LOAD, ("s", "n", "s", "n", "s", "n"), strict=True)
    write("towns.csv", "Id,lon,lat,load,group", *(",".join(map(str, row)) for row in rows))
    write("numbers.csv", "Id,lon,lat,load", *(f"{k},{LON[k]},{LAT[k]},{LOAD[k]}" for k in reversed(range(6))))
    write("edges.csv", "Source,Target", *(f"{k},{(k + 1) % 6}" for k in range(6)))
    write("places.csv", "x,y", *(f"{k},{k * k}" for k in range(6)))
    write("roads.csv", "Source,Target,km,Weight", "Rome,Bern,9,2", "Bern,Paris,8,1", "Oslo,Riga,7,3")
    return tmp_path


def write(name: str, *lines: str) -> None:
    Path(name).write_text("\n".join(lines) + "\n")


def problem(*words: str) -> Problem:
    """The problem of a command line; what chooses nothing is set after composing, which takes long."""
    choices = [word for word in words if word.startswith(("mask=", "budget="))]
    config = composed(*choices)
    values = dict(word.split("=", 1) for word in words if word not in choices)
    for name, value in values.items():
        OmegaConf.update(config, name, yaml.safe_load(value), merge=False)
    return build_problem(Composed.check(config, given=frozenset(values)).settings)


def refusal(*words: str) -> str:
    with pytest.raises(SettingError) as caught:
        problem(*words)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def kilometres(one: int, other: int) -> float:
    """The distance by the angle between unit vectors (Kahan's formula, good at all angles)."""
    u, v = (
        np.array(
            [
                math.cos(math.radians(LAT[k])) * math.cos(math.radians(LON[k])),
                math.cos(math.radians(LAT[k])) * math.sin(math.radians(LON[k])),
                math.sin(math.radians(LAT[k])),
            ]
        )
        for k in (one, other)
    )
    return EARTH_RADIUS * 2 * math.atan2(float(np.linalg.norm(u - v)), float(np.linalg.norm(u + v)))


@pytest.mark.parametrize("name", SIX)
class TestEveryMask:
    def test_takes_node_data_by_number_and_prices_by_distance(self, name: str) -> None:
        words = (f"mask={name}", *SIX[name], "node_path=numbers.csv", "cost=distance", "cost_power=3")
        mask = problem(*words).mask
        assert mask.nodes == 6
        assert mask.labels is None
        assert mask.node_data["load"].tolist() == list(LOAD)
        np.testing.assert_array_equal(mask.positions, np.stack([LON, LAT], axis=1))
        np.testing.assert_array_equal(mask.node_data["x"], LON)
        expected = [kilometres(i, j) ** 3 for i, j in mask.edge_index.T]
        np.testing.assert_allclose(mask.cost, expected, rtol=1e-12)

    def test_takes_a_base_network_by_number(self, name: str) -> None:
        write("base.csv", "Source,Target,Weight", "1,0,2.5", "3,5,0.5")
        mask = problem(f"mask={name}", *SIX[name], "base_path=base.csv").mask
        found = {
            tuple(edge): weight for edge, weight in zip(mask.edge_index.T.tolist(), mask.base, strict=True)
        }
        assert {edge: weight for edge, weight in found.items() if weight} == {(0, 1): 2.5, (3, 5): 0.5}
        plain = problem(f"mask={name}", *SIX[name]).mask
        assert {tuple(edge) for edge in plain.edge_index.T.tolist()} | {(0, 1), (3, 5)} == set(found)

    def test_takes_names_where_it_has_none(self, name: str) -> None:
        if name == "edge_list":  # whose nodes are named by the file
            assert "node 0 is missing in towns.csv" in refusal(
                f"mask={name}", *SIX[name], "node_path=towns.csv"
            )
            return
        mask = problem(f"mask={name}", *SIX[name], "node_path=towns.csv").mask
        assert mask.labels is not None
        assert mask.labels.tolist() == list(NAMES)
        assert mask.node_data["group"].tolist() == ["s", "n"] * 3


class TestSizes:
    @pytest.mark.parametrize("name", ["complete", "erdos_renyi", "barabasi_albert", "random_geometric"])
    def test_the_file_decides_where_nothing_was_said(self, name: str) -> None:
        assert problem(f"mask={name}", "node_path=towns.csv").nodes == 6

    def test_a_number_that_was_given_is_held_to(self) -> None:
        assert refusal("mask=complete", "nodes=7", "node_path=towns.csv") == (
            "nodes = 7: must be 6 or left out: towns.csv has so many nodes"
        )

    @pytest.mark.parametrize("words", [("mask=grid", "rows=5"), ("mask=karate",), ("mask=bipartite",)])
    def test_other_masks_need_as_many_rows(self, words: tuple[str, ...]) -> None:
        nodes = problem(*words).nodes
        assert refusal(*words, "node_path=towns.csv") == (
            f"node_path = towns.csv: has 6 nodes, and the mask has {nodes}"
        )

    def test_the_largest_component_of_named_nodes(self) -> None:
        words = ("mask=erdos_renyi", "probability=0.2", "graph_seed=1", "node_path=towns.csv")
        whole, part = problem(*words).mask, problem(*words, "largest_component=true").mask
        assert whole.labels is not None
        assert part.labels is not None
        graph = nx.Graph()
        graph.add_nodes_from(NAMES)
        graph.add_edges_from(whole.labels[whole.edge_index].T.tolist())
        largest = max(nx.connected_components(graph), key=len)
        assert 1 < len(largest) < 6
        assert set(part.labels.tolist()) == largest
        assert part.node_data["load"].tolist() == [LOAD[k] for k, name in enumerate(NAMES) if name in largest]


class TestIds:
    def test_counted_from_one(self, caplog: pytest.LogCaptureFixture) -> None:
        write("nodes.csv", "Id,load", *(f"{k + 1},{LOAD[k]}" for k in reversed(range(6))))
        mask = problem("mask=grid", "rows=2", "cols=3", "node_path=nodes.csv").mask
        assert mask.node_data["load"].tolist() == list(LOAD)
        assert mask.labels is not None
        assert mask.labels.tolist() == list("123456")
        assert told(caplog) == ["nodes.csv: nodes 0 .. 5 of the mask are called 1 .. 6, in this order"]

    def test_numbers_with_a_gap_are_refused_but_where_all_nodes_are_alike(self) -> None:
        write("nodes.csv", "Id,load", *(f"{k},1" for k in (0, 1, 2, 4, 5, 6)))
        assert refusal("mask=grid", "rows=2", "cols=3", "node_path=nodes.csv") == (
            "node_path = nodes.csv: has no node 3: those of the mask are 0 .. 5"
        )
        mask = problem("mask=complete", "node_path=nodes.csv").mask
        assert mask.labels is not None
        assert mask.labels.tolist() == list("012456")

    def test_named_nodes_are_matched_and_others_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        write("sides.csv", "Id,load,note", *(f"{k},{n},{k}" for k, n in (("b", 2), ("x", 9), ("a", 1))))
        words = ("mask=networkx", "generator=path_graph", "arguments={n: [b, a]}")
        mask = problem(*words, "node_path=sides.csv").mask
        assert mask.labels is not None
        assert mask.labels.tolist() == ["b", "a"]
        assert mask.node_data["load"].tolist() == [2.0, 1.0]
        assert told(caplog) == ["sides.csv: 1 rows name no node, and are left out"]
        write("sides.csv", "Id,load", "b,2", "x,1")
        assert "has no node a, which the mask has" in refusal(*words, "node_path=sides.csv")

    def test_places_with_a_gap_are_told(self, caplog: pytest.LogCaptureFixture) -> None:
        write("nodes.csv", "Id,lon,lat", "0,1,2", "1,,3", "2,4,5")
        assert problem("mask=complete", "node_path=nodes.csv").mask.positions is None
        assert told(caplog) == ["nodes.csv: no positions, for lon or lat is missing at some node"]

    def test_other_encodings(self) -> None:
        Path("nodes.csv").write_bytes("Id,load\nMünchen,1\nKöln,2\n".encode("latin-1"))
        assert "say encoding=latin-1" in refusal("mask=complete", "node_path=nodes.csv")
        mask = problem("mask=complete", "node_path=nodes.csv", "encoding=latin-1").mask
        assert mask.labels is not None
        assert mask.labels.tolist() == ["München", "Köln"]


class TestCosts:
    def test_on_grids(self) -> None:
        """Around a torus, edges that close a ring are long in the plane."""
        mask = problem("mask=grid", "rows=3", "cols=4", "periodic=true", "cost=distance", "cost_power=2").mask
        assert mask.positions is not None
        i, j = mask.positions[mask.edge_index].astype(int)
        np.testing.assert_array_equal(mask.cost, ((i - j) ** 2).sum(axis=1))
        assert set(mask.cost) == {1.0, 4.0, 9.0}

    def test_the_sphere_is_told_and_the_plane_can_be_had(self, caplog: pytest.LogCaptureFixture) -> None:
        words = ("mask=complete", "node_path=towns.csv", "cost=distance")
        problem(*words)
        assert told(caplog) == [
            "distances are km on the sphere, by lon and lat (distance=plane takes degrees)"
        ]
        caplog.clear()
        plane = problem(*words, "distance=plane").mask
        assert plane.cost[0] == pytest.approx(math.hypot(LON[0] - LON[1], LAT[0] - LAT[1]))
        assert problem(*words, "distance=sphere").mask.cost[0] == pytest.approx(kilometres(0, 1))
        assert told(caplog) == []

    def test_what_cannot_be_a_cost(self) -> None:
        assert refusal("mask=karate", "cost=distance").startswith(
            "cost = distance: needs positions: node data"
        )
        assert refusal("cost=distanc") == ("cost = distanc: must be unit or distance. Did you mean distance?")
        assert refusal("mask=random_geometric", "cost=length").startswith("cost = length: must be unit or")
        assert refusal("cost=distance", "cost_power=0").startswith(
            "cost_power = 0: must be a finite number > 0"
        )
        assert refusal("mask=complete", "node_path=towns.csv", "cost=distance", "cost_power=200").startswith(
            "cost_power = 200: makes costs beyond all numbers"
        )
        write("nodes.csv", "Id,x,y", "a,1,1", "b,1,1", "c,2,2")
        assert refusal("mask=complete", "node_path=nodes.csv", "cost=distance").startswith(
            "cost = distance: would be 0: nodes a and b lie at the same place"
        )

    def test_no_power_for_masks_with_costs_of_their_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        config = composed("cost=distance", "cost_power=2")
        config.mask = {"_target_": "tests.problem.test_any_mask.own_mask", "settings": ["cost"]}
        with pytest.raises(SettingError, match=r"cost_power = 2.* makes its costs itself"):
            problem_of(config)
        settings = Composed.check(config, given=frozenset()).settings
        assert build_problem(settings).cost.tolist() == [7.0]


def own_mask(*, cost: str):
    """A mask whose costs are its own affair."""
    from gradnet_cli.problem import Mask

    assert cost == "distance"
    return Mask.from_edges(name="own", nodes=2, edges=np.array([[0], [1]]), cost=np.array([7.0]))


class TestBase:
    ALL = ("mask=complete", "node_path=towns.csv", "base_path=roads.csv")

    def test_all_pairs_over_an_existing_network_in_one_line(self) -> None:
        found = problem(*self.ALL, "cost=distance", "budget=relative", "budget.value=0.2")
        assert found.edges == 15
        roads = {(0, 2): 2.0, (2, 4): 1.0, (1, 5): 3.0}
        pairs = [tuple(edge) for edge in found.edge_index.T.tolist()]
        assert found.base.tolist() == [roads.get(edge, 0.0) for edge in pairs]
        cost = 2 * sum(weight * kilometres(*edge) for edge, weight in roads.items())
        assert found.budget_total == pytest.approx(0.2 * cost, rel=1e-12)

    def test_candidates_beside_it(self) -> None:
        """All pairs but those of the roads, on any mask, priced by distance."""
        words = (
            "mask=grid",
            "rows=2",
            "cols=3",
            "node_path=towns.csv",
            "base_path=roads.csv",
            "cost=distance",
        )
        found = problem(*words, "candidates=complement")
        assert found.edges == 15
        assert int((found.base != 0).sum()) == 3
        assert not found.upper[found.base != 0].any()
        np.testing.assert_allclose(found.cost, [kilometres(i, j) for i, j in found.edge_index.T], rtol=1e-12)

    def test_its_other_columns_are_those_of_the_edges(self) -> None:
        write("roads.csv", "Source,Target,Weight,capacity", "Rome,Bern,2,5", "Bern,Paris,1,", "Oslo,Riga,3,4")
        found = problem(*self.ALL, "limits.weight=capacity")
        place = found.edge_index.T.tolist().index([0, 2])
        assert (found.base + found.upper)[place] == 5.0
        assert np.isinf(found.upper).sum() == 13

    def test_the_column_is_weight_or_named_or_one(self, caplog: pytest.LogCaptureFixture) -> None:
        assert sorted(problem(*self.ALL, "base=km").base)[-3:] == [7.0, 8.0, 9.0]
        assert refusal(*self.ALL, "base=kilometres").startswith("base = kilometres: must be none or a column")
        assert told(caplog) == []
        write("roads.csv", "from,to", "Rome,Bern", "Oslo,Riga")
        assert problem(*self.ALL).base.sum() == 2.0
        assert told(caplog) == [
            "roads.csv: no column Weight: each edge of the base network has the weight 1 "
            "(base network of 2 edges)"
        ]

    def test_the_network_alone_decides_the_nodes_of_all_pairs(self) -> None:
        graph = nx.relabel_nodes(nx.path_graph(4), dict(enumerate("cadb")))
        for k, name in enumerate(graph):
            graph.nodes[name].update(x=float(k), y=0.0)
        nx.write_graphml(graph, "net.graphml")
        found = problem("mask=complete", "base_path=net.graphml", "cost=distance")
        assert found.mask.labels is not None
        assert found.mask.labels.tolist() == list("cadb")
        assert found.cost.tolist() == [1.0, 2.0, 3.0, 1.0, 2.0, 1.0]
        assert found.base.tolist() == [1.0, 0.0, 0.0, 1.0, 0.0, 1.0]

    def test_edges_that_the_mask_lacks_are_added_and_told(self, caplog: pytest.LogCaptureFixture) -> None:
        write("base.csv", "Source,Target,Weight", "0,1,2", "0,5,4")
        grid = ("mask=grid", "rows=2", "cols=3", "base_path=base.csv")
        mask = problem(*grid, "cost=distance").mask
        assert mask.shape is None
        assert mask.edges == 8
        place = mask.edge_index.T.tolist().index([0, 5])
        assert mask.base[place] == 4.0
        assert mask.cost[place] == pytest.approx(math.sqrt(5))
        assert told(caplog) == [
            "base.csv: 1 of its edges are none of the mask, and were added to it (base network of 2 edges)"
        ]

    def test_the_cost_of_an_added_edge_must_be_known(self) -> None:
        write("priced.csv", "Source,Target,price", "0,1,2", "1,2,3")
        write("base.csv", "Source,Target", "0,2")
        words = ("mask=edge_list", "path=priced.csv", "cost=price", "base_path=base.csv")
        assert refusal(*words) == (
            "base_path = base.csv: has the edge 0-2, which is none of the mask, so that its cost is not known"
        )

    def test_directions(self, caplog: pytest.LogCaptureFixture) -> None:
        write("roads.csv", "Source,Target,Weight,Type", "Rome,Bern,2,Directed", "Oslo,Riga,3,Directed")
        both = problem(*self.ALL, "directed=true")
        assert both.base.sum() == 5.0
        assert both.edge_index[:, both.base == 2.0].T.tolist() == [[0, 2]]
        assert problem(*self.ALL).base.sum() == 5.0
        assert "its directed edges are undirected here, as those of the mask" in told(caplog)[-1]
        write("roads.csv", "Source,Target,Weight", "Rome,Bern,2", "Bern,Rome,3")
        assert refusal(*self.ALL).endswith("the edge Bern-Rome has the weight 3, and on line 2 2")

    def test_loops_are_left_out_and_strangers_refused(self, caplog: pytest.LogCaptureFixture) -> None:
        write("roads.csv", "Source,Target,Weight", "Rome,Rome,2", "Oslo,Riga,3")
        assert problem(*self.ALL).base.sum() == 3.0
        assert "1 self-loops left out" in told(caplog)[0]
        write("roads.csv", "Source,Target,Weight", "Rome,Bern,2", "Oslo,Roma,3")
        assert refusal(*self.ALL) == (
            "base_path = roads.csv, line 3: node Roma is none of the mask, whose nodes are Rome, Oslo .. Riga"
        )

    def test_one_base_network_is_enough(self) -> None:
        write("base.csv", "Source,Target", "0,1")
        assert problem("mask=karate", "base_path=base.csv").base.sum() == 1.0
        words = ("mask=edge_list", "path=edges.csv", "base_path=base.csv")
        assert problem(*words).base.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_columns_serve_objectives_and_files(here: Path) -> None:
    """Frequencies from the file give what the same list gives, and nodes.csv has names and data."""
    kuramoto = ("mask=complete", "objective=kuramoto_synchrony", "objective.times=9", "updates=2")
    listed = run(here / "a", *kuramoto, "nodes=6", f"objective.frequencies={list(LOAD)}")
    column = ("objective.frequencies=column", "objective.column=load")
    read = run(here / "b", *kuramoto, "node_path=towns.csv", *column)
    np.testing.assert_array_equal(read.weights, listed.weights)
    header, *rows = (here / "b" / "nodes.csv").read_text().splitlines()
    assert header.split(",")[:5] == ["Id", "lon", "lat", "load", "group"]
    assert [row.split(",")[0] for row in rows] == list(NAMES)
