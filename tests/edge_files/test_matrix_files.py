"""Adjacency matrices in text, and Matrix Market files."""

import pytest

from tests.edge_files.asking import pairs, read, refusal, said

MARKET = "%%MatrixMarket matrix coordinate {}\n"


class TestMatrixMarket:
    @pytest.mark.parametrize(
        ("kind", "row", "message"),
        [
            ("real general", "1 2 1,5", "line 3: the weight '1,5' must be a number"),
            ("integer general", "1 2 2.5", "line 3: the weight '2.5' must be an integer"),
            ("real general", "1 2", "line 3: has no weight"),
            ("real general", "1.5 2 1", "line 3: the row '1.5' must be an integer from 1 to 3"),
            ("real general", "1 2 1_000", "line 3: the weight '1_000' must be a number"),
            ("real skew-symmetric", "2 2 1", "line 3: is on the diagonal"),
            ("real hermitian", "1 2 1", "line 1: holds complex numbers"),
            ("float general", "1 2 1", "line 1: 'float general' is no kind of numbers"),
        ],
    )
    def test_what_is_cut_by_others_is_refused(self, kind: str, row: str, message: str) -> None:
        assert message in refusal("net.mtx", MARKET.format(kind) + f"3 3 1\n{row}\n", base="weight")

    def test_surplus_columns(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.mtx", MARKET.format("pattern symmetric") + "3 3 2\n2 1 5\n3 2 6\n", base="weight")
        assert mask.base.tolist() == [5, 6]
        assert "a pattern with a third column, which is read as the weight" in said(told)
        told.clear()
        mask = read("net.mtx", MARKET.format("real symmetric") + "3 3 2\n2 1 5 9\n3 2 6 9\n", base="weight")
        assert mask.base.tolist() == [5, 6]
        assert "4 columns: those after the third are left out" in said(told)

    def test_skew_symmetric(self) -> None:
        mask = read("net.mtx", MARKET.format("real skew-symmetric") + "3 3 1\n2 1 5\n", base="weight")
        assert (mask.directed, mask.base.tolist()) == (True, [-5, 5])


class TestAdjacency:
    @pytest.mark.parametrize(
        "content", ["0,1\n1,0\n", "0,2\n2,0\n", "0,1,1\n1,0,0\n1,0,0\n", "0 1 1\n1 0 0\n1 0 0\n"]
    )
    def test_small_ones_could_be_either(self, content: str) -> None:
        message = refusal("net.csv", content)
        assert "could be an adjacency matrix" in message
        assert "say format=adjacency or format=edges" in message

    def test_either_is_told(self) -> None:
        content = "0,2,1\n2,0,0\n1,0,0\n"
        mask = read("net.csv", content, format="adjacency", base="weight")
        assert (pairs(mask), mask.base.tolist()) == ([("0", "1"), ("0", "2")], [2, 1])
        mask = read("net.csv", "0,2\n2,0\n", format="edges")
        assert pairs(mask) == [("0", "2")]

    @pytest.mark.parametrize(
        "content",
        [
            ",a,b,c\na,0,1,0\nb,1,0,2\nc,0,2,0\n",
            ";a;b;c\na;0;1;0\nb;1;0;2\nc;0;2;0\n",
            '"","a","b","c"\n"a",0,1,0\n"b",1,0,2\n"c",0,2,0\n',
            "nodes,a,b,c\na,,1,\nb,1,,2\nc,,2,\n",
        ],
    )
    def test_with_names(self, content: str, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.csv", content, base="weight")
        assert pairs(mask) == [("a", "b"), ("b", "c")]
        assert mask.base.tolist() == [1, 2]
        assert not mask.directed
        assert "read as an adjacency matrix" in said(told)

    def test_columns_with_names(self) -> None:
        mask = read("net.csv", "a,b,c,d\n0,1,0,0\n0,0,1,0\n0,0,0,1\n0,0,0,0\n")
        assert (mask.directed, pairs(mask)) == (True, [("a", "b"), ("b", "c"), ("c", "d")])

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (",a,b,c\na,0,1,0\nb,1,0,x\nc,0,2,0\n", "line 3: 'x' in column 3 of the matrix is no number"),
            (",a,b,c\na,0,1,0\nc,1,0,2\nb,0,2,0\n", "line 3: row c stands where column b does"),
            (",a,b,c\na,0,1,0\nb,1,0,2\n", "holds a 2 x 3 matrix, and must hold a square one"),
            (",a,b,a\na,0,1,0\nb,1,0,2\na,0,2,0\n", "line 1: the node a stands there twice"),
            (",a,b,c\na,1,1,0\nb,1,0,2\nc,0,2,0\n", "line 2: the edge a-a is a self-loop"),
            (",a,b,c\na,0,'1,5',0\nb,1,0,2\nc,0,2,0\n", "line 2: has 5 cells, and the lines above have 4"),
        ],
    )
    def test_what_is_wrong_with_one(self, content: str, message: str) -> None:
        assert message in refusal("net.csv", content, format="adjacency")
