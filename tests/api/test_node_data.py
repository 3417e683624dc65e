"""Node data, distances and base networks from files, beside any network in Python."""

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import gradnet_cli as gn
from gradnet_cli.problem import Mask
from tests.api.material import optimize

TOWNS = {"Rome": (12.5, 41.9), "Oslo": (10.75, 59.91), "Bern": (7.45, 46.95), "Riga": (24.1, 56.95)}
TABLE = pd.DataFrame(
    {
        "lon": [lon for lon, _ in TOWNS.values()],
        "lat": [lat for _, lat in TOWNS.values()],
        "load": [3, 1, 4, 2],
    },
    index=list(TOWNS),
)
RING = nx.cycle_graph(list(TOWNS))
EDGES = np.array([[0, 1], [1, 2], [2, 3], [0, 3]])


def haversine(one: str, other: str) -> float:
    (east, north), (east_2, north_2) = (map(math.radians, TOWNS[name]) for name in (one, other))
    share = math.sin((north_2 - north) / 2) ** 2
    share += math.cos(north) * math.cos(north_2) * math.sin((east_2 - east) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(share))


@pytest.mark.parametrize(
    "network",
    [
        RING,
        "complete",
        EDGES,
        scipy.sparse.csr_array(nx.to_numpy_array(RING)),
        Mask.from_edges(name="mine", nodes=4, edges=EDGES.T),
    ],
    ids=["graph", "named", "array", "matrix", "mask"],
)
def test_beside_any_network(network: object) -> None:
    result = optimize(network, node_data=TABLE, cost="distance", cost_power=2)
    mask, names = result.problem.mask, list(TOWNS)
    assert mask.node_data["load"].tolist() == [3, 1, 4, 2]
    expected = [haversine(names[i], names[j]) ** 2 for i, j in mask.edge_index.T]
    np.testing.assert_allclose(mask.cost, expected, rtol=1e-12)
    graph = result.graph()
    assert [graph.nodes[node]["load"] for node in graph] == [3, 1, 4, 2]
    assert list(graph) == names


def test_columns_in_the_order_of_the_nodes() -> None:
    result = optimize(
        nx.path_graph(3), node_data={"x": [0, 3, 3], "y": [0, 0, 4], "kind": list("abb")}, cost="distance"
    )
    assert result.problem.cost.tolist() == [3.0, 4.0]
    assert result.problem.mask.node_data["kind"].tolist() == list("abb")
    assert optimize(RING, node_data={"Id": list(TOWNS)[::-1], "rank": [4, 3, 2, 1]}).problem.mask.node_data[
        "rank"
    ].tolist() == [1, 2, 3, 4]


def test_what_is_saved_has_them(tmp_path: Path) -> None:
    optimize("grid", rows=2, cols=2, node_data=TABLE, cost="distance").save(tmp_path / "run")
    mask = gn.load(tmp_path / "run").problem.mask
    assert mask.labels is not None
    assert mask.labels.tolist() == list(TOWNS)
    assert mask.node_data["load"].tolist() == [3, 1, 4, 2]
    assert mask.cost[0] == pytest.approx(haversine("Rome", "Oslo"))


def test_files_serve_networks_that_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    TABLE.to_csv("towns.csv", index_label="Id")
    Path("roads.csv").write_text("Source,Target,Weight\nRome,Bern,2\nOslo,Riga,1\n")
    result = optimize(RING, node_path="towns.csv", base_path="roads.csv", budget="+50%", cost="distance")
    assert result.problem.base.sum() == 3.0
    assert result.problem.edges == 6  # none of the two is on the ring
    cost = 2 * (2 * haversine("Rome", "Bern") + haversine("Oslo", "Riga"))
    assert result.problem.budget_total == pytest.approx(cost / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"node_data": {"load": [1, 2, 3]}}, "node_data = dict: has no node Rome, which the mask has"),
        ({"node_data": {"a": [1, 2], "b": [1]}}, "node_data = dict: must have columns of one length"),
        ({"node_data": [1, 2, 3, 4]}, "node_data = list: must be columns by name, or a pandas DataFrame"),
        ({"node_data": {"id": list("aabc"), "b": range(4)}}, "node_data = dict: names a node twice"),
        (
            {"node_data": TABLE, "node_path": "x.csv"},
            "node_path = x.csv: gives node data, and so",
        ),
        ({"cost": "distance"}, "cost = distance: needs positions: node data x and y, or lon and lat"),
        ({"cost_power": 2}, "cost_power = 2: has an effect only with cost=distance"),
        (
            {"base": "weight", "base_path": "x.csv"},
            "base_path = x.csv: gives a base network, and the mask",
        ),
    ],
)
def test_what_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(gn.SettingError) as caught:
        optimize(RING, **settings)
    assert str(caught.value).startswith(message)


def test_a_problem_has_its_own() -> None:
    problem = optimize(RING).problem
    with pytest.raises(gn.SettingError, match=r"node_data = .*belongs to the Problem that is given"):
        optimize(problem, node_data=TABLE)
