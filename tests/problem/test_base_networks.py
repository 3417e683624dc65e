"""Existing networks from files, beside every mask."""

import math

import networkx as nx
import numpy as np
import pytest

from tests.problem.towns import kilometres, problem, refusal, told, write

pytestmark = pytest.mark.usefixtures("towns")


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
