"""Pajek, GML, JSON, GEXF, KONECT and MATPOWER: what they leave open, and what is refused."""

import pytest

from tests.edge_files.asking import pairs, read, refusal, said


class TestGraphs:
    """What formats of graphs leave open."""

    def test_arcs_and_edges_of_pajek(self) -> None:
        content = "*Vertices 3\n*Arcs\n1 2 5\n*Edges\n2 3 6\n"
        assert "net.net, line 5: the edge 2-3 is undirected and others are not" in refusal("net.net", content)
        mask = read("net.net", content, directed=True, base="weight")
        assert pairs(mask) == [("1", "2"), ("2", "3"), ("3", "2")]
        assert mask.base.tolist() == [5, 6, 6]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("1 2\n", "must begin with *Vertices"),
            ("*Vertices 2\n1 a\n1 b\n*Arcs\n1 2\n", "line 3: vertex 1 stands in the file twice"),
            ("*Vertices 2\n*Arcs\n1 3\n", "line 3: the vertex '3' must be a number from 1 to 2"),
            ('*Vertices 2\n1 "a\n', "line 2: a quotation mark is not closed"),
            ("*Vertices 2\n*Arcs\n1\n", "line 3: the target is missing"),
            ("*Vertices 2\n*Triangles\n1 2\n", "line 2: *Triangles is not read"),
            ("*Vertices 2\n*Arcs\n1 2\n*Vertices 2\n", "line 4: has a second network"),
            ("*Vertices 2\n*Matrix\n0 1\n", "the matrix has 1 of 2 rows"),
            ("*Vertices 2\n*Matrix\n0 1,5\n", "line 3: '1,5' is no number"),
            ("*Vertices 99999999\n*Arcs\n1 2\n", "line 1: declares 99,999,999 vertices, beyond reason"),
        ],
    )
    def test_pajek_that_is_refused(self, content: str, message: str) -> None:
        assert message in refusal("net.net", content)

    def test_labels_that_are_no_names(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.net", '*Vertices 3\n1 "a"\n2 "a"\n3 "b"\n*Edges\n1 2\n2 3\n')
        assert pairs(mask) == [("1", "2"), ("2", "3")]
        assert mask.node_data["label"].tolist() == ["a", "a", "b"]
        assert "nodes are called by number" in said(told)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("graph [ node [ id 1 ] node [ id 1 ] ]", "line 1: node 1 stands in the file twice"),
            ("graph [\n node [ id 1 ]\n edge [ source 1 target 2 ] ]", "line 3: node 2 is not in the file"),
            ("graph [\n node [ label 1 ] ]", "line 2: node has no id"),
            ("graph [\n node [ id 1 ]", "line 1: a bracket is not closed"),
            ('graph [\n label "x\n]', "line 2: a quotation mark is not closed"),
            ("graph [ directed yes ]", "line 1: directed has no value"),
            ("graph [ directed 2 node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 ] ]", "must be 0 or 1"),
            ("graph [ ] graph [ ]", "must have one graph"),
            ("graph [ node [ id 1,5 ] ]", "is no GML"),
            ("graph\n\v[ ]", "line 2: "),
            ("a [" * 500, "has too many brackets in each other"),
        ],
    )
    def test_gml_that_is_refused(self, content: str, message: str) -> None:
        assert message in refusal("net.gml", content)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("[1]", "must be an object with nodes and links"),
            ('{"nodes": [],\n "links": [}', "line 2: is no JSON"),
            ('{"nodes": []}', "has no links or edges"),
            ('{"nodes": [{"id": 1}, {}], "links": []}', "node 1, counted from 0, has no id"),
            ('{"nodes": [{"id": 1}, {"id": "1"}], "links": []}', "node 1 stands in the file twice"),
            ('{"nodes": [{"id": 1}], "links": [{"source": 1, "target": 2}]}', "and there is no such node"),
            (
                '{"nodes": [{"id": 1}], "links": [{"source": 1}]}',
                "the target of edge 0, counted from 0, is missing",
            ),
            ('{"directed": "yes", "nodes": [], "links": []}', 'directed is "yes" and must be true or false'),
            ('{"nodes": [], "nodes": [], "links": []}', "has 'nodes' twice in one object"),
            ('{"nodes": [{"id": null}], "links": []}', "is null and must be a name or a number"),
            ("[" * 100_000, "is no JSON that can be read"),
        ],
    )
    def test_json_that_is_refused(self, content: str, message: str) -> None:
        assert message in refusal("net.json", content)

    GEXF = (
        '<gexf><graph defaultedgetype="undirected">\n<nodes><node id="a"/><node id="b"/></nodes>\n'
        "{}</graph></gexf>"
    )

    @pytest.mark.parametrize(
        ("edge", "message"),
        [
            ('<edges><edge source="a" target="c"/></edges>', "line 3: node c is not in the file"),
            ('<edges><edge source="a"/></edges>', "line 3: <edge> has no target"),
            ('<edge source="a" target="b"/>', "line 3: <edge> stands outside of <edges>"),
            (
                '<edges><edge source="a" target="b" type="both"/></edges>',
                "line 3: type is 'both' and must be",
            ),
            ("<edges/>", "the file has no edge"),
            ("<graph/>", "line 3: has a second or a nested graph"),
            ('<nodes><node id="a"/></nodes>', "line 3: node a stands in the file twice"),
        ],
    )
    def test_gexf_that_is_refused(self, edge: str, message: str) -> None:
        assert message in refusal("net.gexf", self.GEXF.format(edge))

    def test_mutual_edges_are_two_arrows(self) -> None:
        edge = '<edges><edge source="a" target="b" type="mutual" weight="2"/></edges>'
        mask = read("net.gexf", self.GEXF.format(edge), base="weight")
        assert (mask.directed, pairs(mask)) == (True, [("a", "b"), ("b", "a")])
        assert mask.base.tolist() == [2, 2]

    def test_the_sides_of_a_bipartite_network(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("out.net", "% bip unweighted\n1 1\n1 2\n2 1\n")
        assert pairs(mask) == [("1", "r1"), ("1", "r2"), ("2", "r1")]
        assert "bipartite: node 1 of the right side is called r1" in said(told)


class TestPowerGrids:
    CASE = "mpc.bus = [1 3 0 0; 2 1 5 0];\nmpc.gen = [1 5 0 0 0 1 100 1];\nmpc.branch = [{}];\n"

    @pytest.mark.parametrize(
        ("branch", "message"),
        [
            ("1 3 0 0.1", "line 3: bus 3 is not in the file"),
            ("1 2 0 0,1", "line 3: has 5 numbers, and the first row of branch has 4"),
            ("1 2 0 0.1; 2 1 0", "line 3: has 3 numbers, and the first row of branch has 4"),
            ("1 2 0 1/3", "line 3: '1/3' in branch is no number"),
            ("1 2 0 -0.1", "line 3: the cost of edge 1-2 is -0.1 and must be > 0 (cost=reactance; cost=unit"),
            ("1 2.5 0 0.1", "line 3: the number 2.5 of the bus must be an integer"),
            ("1 2 0 0.1 0 0 0 0 0 0 0", "no branch is in service"),
            ("1 2 0", "line 3: a branch must have 4 numbers or more"),
            ("", "the file has no edge"),
        ],
    )
    def test_cases_that_are_refused(self, branch: str, message: str) -> None:
        content = self.CASE.format(branch)
        if branch == "1 2 0 0,1":
            content = self.CASE.format("1 2 0 0.1; 2 1 0 0,1")
        assert message in refusal("case.m", content)

    def test_lines_that_go_on_and_circuits_side_by_side(self, told: pytest.LogCaptureFixture) -> None:
        content = self.CASE.format("1 2 0 ... % the first\n 0.5; 2, 1, 0, 0.25\n")
        assert "line 4: the edge 2-1 has the cost 0.25, and on line 3 0.5" in refusal("case.m", content)
        mask = read("case.m", content, base="susceptance", parallel="sum")
        assert (mask.base.tolist(), mask.cost.tolist()) == ([6], [0.25])
        told.clear()
        read("case.m", content + "mpc.branch(:, 4) = mpc.branch(:, 4) / 10;\n", parallel="sum")
        assert "statements that change the matrices are not carried out (line 6)" in said(told)
