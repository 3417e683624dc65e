"""What every mask may be given: node data, a base network from a file, costs by distance."""

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.build import build_problem
from gradnet_cli.settings.composition import Composed
from tests.problem.towns import LAT, LOAD, LON, NAMES, kilometres, problem, refusal, told, write
from tests.runs import composed, problem_of, run

pytestmark = pytest.mark.usefixtures("towns")

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


def test_columns_serve_objectives_and_files(towns: Path) -> None:
    """Frequencies from the file give what the same list gives, and nodes.csv has names and data."""
    kuramoto = ("mask=complete", "objective=kuramoto_synchrony", "objective.times=9", "updates=2")
    listed = run(towns / "a", *kuramoto, "nodes=6", f"objective.frequencies={list(LOAD)}")
    column = ("objective.frequencies=column", "objective.column=load")
    read = run(towns / "b", *kuramoto, "node_path=towns.csv", *column)
    np.testing.assert_array_equal(read.weights, listed.weights)
    header, *rows = (towns / "b" / "nodes.csv").read_text().splitlines()
    assert header.split(",")[:5] == ["Id", "lon", "lat", "load", "group"]
    assert [row.split(",")[0] for row in rows] == list(NAMES)
