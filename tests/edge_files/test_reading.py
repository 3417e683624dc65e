"""Networks from files: what each format gives, and that what is written comes back."""

import json
import re
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks.edge_list import build

HEADER = "Source,Target,Type,Weight\n"


def mask_of(name: str, content: str, **settings: object) -> Mask:
    Path(name).write_text(content, encoding="utf-8")
    mask = build(path=name, **settings)  # type: ignore[arg-type]
    mask.check()
    return mask


def pairs(mask: Mask) -> list[tuple[int, ...]]:
    return [tuple(pair) for pair in mask.edge_index.T.tolist()]


class TestText:
    def test_own_edges_come_back_to_the_last_bit(self) -> None:
        weights = [0.1, 1 / 3, 6.02214076e23]
        rows = [f"{k},{k + 1},Undirected,{weight!r}" for k, weight in enumerate(weights)]
        mask = mask_of("edges.csv", HEADER + "\n".join(rows) + "\n", base="Weight")
        assert mask.base.tolist() == weights
        assert not mask.directed
        assert mask.labels is None

    @pytest.mark.parametrize(
        "content",
        [
            "source,target\n0,1\n1,2\n",
            "Target,Source\n1,0\n2,1\n",
            "from;to\n0;1\n1;2\n",
            "Source\tTarget\n0\t1\n1\t2\n",
            "source target\n0 1\n1   2\n",
            "0,1\n1,2\n",
            "0 1 0.5\n1 2 0.5\n",
            "# made by hand\n\nsource, target\n0, 1\n\n1, 2",
            "\ufeffsource,target\r\n0,1\r\n1,2\r\n",
            '"source","target"\n"0","1"\n"1","2"\n',
            "source,target\n2,1\n1,0\n0,1\n",
            "id,source,target,kind\n7,0,1,a\n8,1,2,b\n",
        ],
    )
    def test_spellings_of_the_same_network(self, content: str) -> None:
        mask = mask_of("edges.csv", content)
        assert pairs(mask) == [(0, 1), (1, 2)]
        assert mask.labels is None
        assert not mask.base.any()

    def test_names_of_nodes_are_kept(self) -> None:
        mask = mask_of("edges.csv", "source,target\nBern,Aarau\nAarau,Chur\n")
        assert mask.labels is not None
        assert mask.labels.tolist() == ["Bern", "Aarau", "Chur"]

    def test_other_integers_are_ordered_by_number(self) -> None:
        mask = mask_of("edges.csv", "source,target\n10,9\n9,100\n")
        assert mask.labels is not None
        assert mask.labels.tolist() == ["9", "10", "100"]
        assert pairs(mask) == [(0, 1), (0, 2)]

    def test_leading_zeros_make_a_name(self) -> None:
        mask = mask_of("edges.csv", "source,target\n0,1\n1,01\n")
        assert mask.nodes == 3

    def test_columns_give_weights_and_costs(self) -> None:
        content = "source,target,length,w\n1,0,2.5,-1\n2,1,0.5,3\n"
        mask = mask_of("edges.csv", content, base="w", cost="Length")
        assert mask.cost.tolist() == [2.5, 0.5]
        assert mask.base.tolist() == [-1, 3]

    def test_directed_by_type(self) -> None:
        mask = mask_of("edges.csv", HEADER + "0,1,Directed,1\n1,0,Directed,2\n", base="Weight")
        assert mask.directed
        assert mask.base.tolist() == [1, 2]

    def test_directed_by_setting(self) -> None:
        assert pairs(mask_of("edges.csv", "source,target\n2,1\n1,0\n", directed=True)) == [(1, 0), (2, 1)]
        mixed = HEADER + "0,1,Directed,1\n1,2,Undirected,1\n"
        assert pairs(mask_of("edges.csv", mixed, directed=True)) == [(0, 1), (1, 2), (2, 1)]
        assert pairs(mask_of("edges.csv", mixed, directed=False)) == [(0, 1), (1, 2)]

    def test_type_may_mean_something_else(self) -> None:
        assert not mask_of("edges.csv", "source,target,type\n0,1,road\n1,2,rail\n").directed

    def test_repeated_edges_that_agree_count_once(self) -> None:
        mask = mask_of("edges.csv", HEADER + "0,1,,5\n1,0,,5\n1,2,,6\n", base="Weight")
        assert mask.base.tolist() == [5, 6]

    def test_values_that_are_not_used_may_contradict(self) -> None:
        assert mask_of("edges.csv", "source,target,w\n0,1,5\n1,0,x\n").edges == 1

    def test_largest_component(self) -> None:
        mask = mask_of("edges.csv", "source,target\na,b\nc,d\nd,e\n", largest_component=True)
        assert mask.labels is not None
        assert mask.labels.tolist() == ["c", "d", "e"]


class TestNodes:
    EDGES = "source,target\n0,1\n1,2\n"

    def test_data_and_positions(self) -> None:
        Path("nodes.csv").write_text("Id,Label,x,y,year\n2,c,0,4,\n0,a,0,0,1990\n1,b,3,0,1991\n3,d,9,9,7\n")
        mask = mask_of("edges.csv", self.EDGES, node_path="nodes.csv", cost="distance")
        assert mask.nodes == 4
        assert mask.labels is None
        assert mask.cost.tolist() == [3, 5]
        assert mask.node_data["Label"].tolist() == ["a", "b", "c", "d"]
        np.testing.assert_array_equal(mask.node_data["year"], [1990, 1991, np.nan, 7])
        np.testing.assert_array_equal(mask.positions, [[0, 0], [3, 0], [0, 4], [9, 9]])

    def test_names_stand_in_the_order_of_the_node_file(self) -> None:
        Path("nodes.csv").write_text("node\nc\nb\na\n")
        mask = mask_of("edges.csv", "source,target\na,b\nb,c\n", node_path="nodes.csv")
        assert mask.labels is not None
        assert mask.labels.tolist() == ["c", "b", "a"]
        assert pairs(mask) == [(0, 1), (1, 2)]


class TestGraphml:
    def test_what_networkx_writes(self) -> None:
        graph = nx.karate_club_graph()
        nx.write_graphml(graph, "karate.graphml")
        mask = build(path="karate.graphml", base="weight")
        assert mask.labels is None
        assert set(pairs(mask)) == set(graph.edges())
        assert mask.base.tolist() == [graph.edges[pair]["weight"] for pair in pairs(mask)]
        assert mask.node_data["club"][33] == "Officer"

    def test_directed_with_positions_and_isolated_nodes(self) -> None:
        graph = nx.DiGraph()
        for name, place in {"p": (0.0, 0.0), "q": (3.0, 4.0), "alone": (1.0, 1.0)}.items():
            graph.add_node(name, x=place[0], y=place[1])
        graph.add_edge("q", "p", price=2.0)
        nx.write_graphml(graph, "net.graphml")
        mask = build(path="net.graphml", cost="distance")
        assert (mask.nodes, mask.directed, pairs(mask)) == (3, True, [(1, 0)])
        assert mask.cost.tolist() == [5]
        assert build(path="net.graphml", cost="price").cost.tolist() == [2]

    def test_defaults_prefixes_and_edges_before_nodes(self) -> None:
        content = (
            '<g:graphml xmlns:g="http://graphml.graphdrawing.org/xmlns">\n'
            '<g:key id="d" for="edge" attr.name="w"><g:default>7</g:default></g:key>\n'
            '<g:graph edgedefault="undirected"><g:edge source="0" target="1"/>\n'
            '<g:edge source="1" target="2"><g:data key="d">8</g:data></g:edge>\n'
            '<g:node id="2"/><g:node id="1"/><g:node id="0"/></g:graph></g:graphml>'
        )
        assert mask_of("net.graphml", content, base="w").base.tolist() == [7, 8]


class TestMatrices:
    def matrix(self, *, directed: bool) -> scipy.sparse.coo_array:
        upper = scipy.sparse.triu(np.random.default_rng(1).uniform(-2, 1, (12, 12)).clip(0), 1)
        return scipy.sparse.coo_array(upper if directed else upper + upper.T)

    @pytest.mark.parametrize("form", ["csr", "csc", "coo"])
    @pytest.mark.parametrize("directed", [False, True])
    def test_npz(self, form: str, directed: bool) -> None:
        matrix = self.matrix(directed=directed)
        scipy.sparse.save_npz("net.npz", matrix.asformat(form))
        mask = build(path="net.npz", base="weight")
        assert (mask.nodes, mask.directed) == (12, directed)
        back = np.zeros((12, 12))
        back[tuple(mask.edge_index)] = mask.base
        np.testing.assert_array_equal(back if directed else back + back.T, matrix.toarray())

    @pytest.mark.parametrize("directed", [False, True])
    @pytest.mark.parametrize("dense", [False, True])
    def test_matrix_market(self, directed: bool, dense: bool) -> None:
        matrix = self.matrix(directed=directed)
        scipy.io.mmwrite("net.mtx", matrix.toarray() if dense else matrix, precision=17)
        mask = build(path="net.mtx", cost="weight")
        assert (mask.nodes, mask.directed) == (12, directed)
        np.testing.assert_array_equal(mask.cost, matrix.toarray()[tuple(mask.edge_index)])

    def test_pattern(self) -> None:
        content = "%%MatrixMarket matrix coordinate pattern symmetric\n% a path\n3 3 2\n2 1\n3 2\n"
        mask = mask_of("net.mtx", content, base="weight")
        assert pairs(mask) == [(0, 1), (1, 2)]
        assert mask.base.tolist() == [1, 1]

    def test_one_triangle_of_an_undirected_network(self) -> None:
        scipy.sparse.save_npz("net.npz", self.matrix(directed=True).tocsr())
        assert not build(path="net.npz", directed=False).directed


def write_graphml(path: Path, graph: nx.Graph) -> None:
    nx.write_graphml(graph, path)


def write_npz(path: Path, graph: nx.Graph) -> None:
    scipy.sparse.save_npz(path, nx.to_scipy_sparse_array(graph))


def write_mtx(path: Path, graph: nx.Graph) -> None:
    scipy.io.mmwrite(path, nx.to_scipy_sparse_array(graph), precision=17)


def write_json(path: Path, graph: nx.Graph) -> None:
    path.write_text(json.dumps(nx.node_link_data(graph, edges="edges")))


def write_csv(path: Path, graph: nx.Graph) -> None:
    kind = "Directed" if graph.is_directed() else "Undirected"
    rows = [f"{i},{j},{kind},{value!r}\n" for i, j, value in graph.edges(data="weight")]
    path.write_text(HEADER + "".join(rows))


def write_adjacency(path: Path, graph: nx.Graph) -> None:
    nx.to_pandas_adjacency(graph).to_csv(path)


# Those that list no nodes by themselves are read with a node file.
WRITERS = {
    "csv": write_csv,
    "edges": lambda path, graph: nx.write_weighted_edgelist(graph, path),
    "edgelist": lambda path, graph: nx.write_edgelist(graph, path),
    "gexf": lambda path, graph: nx.write_gexf(graph, path),
    "gml": lambda path, graph: nx.write_gml(graph, path),
    "graphml": write_graphml,
    "json": write_json,
    "mtx": write_mtx,
    "net": lambda path, graph: nx.write_pajek(graph, path),
    "npz": write_npz,
    "tsv": write_adjacency,
}


NAMED = ("csv", "gexf", "gml", "graphml", "json", "tsv")  # the formats that can hold any name


@settings(max_examples=66, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), directed=st.booleans(), form=st.sampled_from(sorted(WRITERS)))
def test_every_format_gives_back_a_random_network(data: st.DataObject, directed: bool, form: str) -> None:
    nodes = data.draw(st.integers(2, 9))
    node = st.integers(0, nodes - 1)
    edge = st.tuples(node, node).filter(lambda ends: ends[0] != ends[1] if directed else ends[0] < ends[1])
    edges = data.draw(st.lists(edge, min_size=1, unique=True))
    weight = st.floats(1e-300, 1e300)
    weights = data.draw(st.lists(weight, min_size=len(edges), max_size=len(edges)))
    expected = Mask.from_edges(
        name="any", nodes=nodes, edges=np.array(edges).T, directed=directed, base=np.array(weights)
    )
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_weighted_edges_from((*ends, value) for ends, value in zip(edges, weights, strict=True))
    path = Path(f"net.{form}")
    WRITERS[form](path, graph)
    Path("nodes.csv").write_text("Id\n" + "".join(f"{k}\n" for k in range(nodes)))
    settings = {"node_path": "nodes.csv"} if form in ("csv", "edges", "edgelist") else {}
    if form == "tsv":
        settings = {"format": "adjacency"}  # of two nodes it could be a list of edges
    mask = build(path=str(path), directed=directed, base="weight", **settings)
    np.testing.assert_array_equal(mask.edge_index, expected.edge_index)
    np.testing.assert_array_equal(mask.base, expected.base)
    assert mask.labels is None


NAMES = st.text(alphabet="ab1 .,;#%&<>'\"[]{}\\é網-_/", min_size=1, max_size=6).filter(
    lambda name: name == name.strip() and not name.replace(".", "").isdigit()
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=3, max_size=6, unique=True), form=st.sampled_from(NAMED))
def test_names_of_any_letters_come_back(names: list[str], form: str) -> None:
    graph = nx.path_graph(names)
    nx.set_edge_attributes(graph, 2.5, "weight")
    path = Path(f"net.{form}")
    begins = r"[#%]" if form == "tsv" else r"[#%]+ "
    assume(form not in ("csv", "tsv") or not any(re.match(begins, name) for name in names))
    if form == "csv":
        nx.to_pandas_edgelist(graph).to_csv(path, index=False)
    else:
        WRITERS[form](path, graph)
    mask = build(path=str(path), base="weight", **({"format": "adjacency"} if form == "tsv" else {}))
    assert mask.labels is not None
    found = {frozenset(pair) for pair in mask.labels[mask.edge_index].T.tolist()}
    assert found == {frozenset(pair) for pair in graph.edges}
