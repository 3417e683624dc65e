"""What is wrong with a file is told in one line that names the file and, if there is one, the line in it."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.problem.masks.edge_list import build

HEADER = "Source,Target,Type,Weight\n"
MARKET = "%%MatrixMarket matrix coordinate real general\n"
GRAPH = '<graphml>\n<graph edgedefault="undirected">\n<node id="1"/><node id="2"/>\n'


def refusal(path: object, **settings: object) -> str:
    with pytest.raises(SettingError) as caught:
        build(path=path, **settings)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("", {}, "net.csv: the file is empty"),
        ("\n# nothing\n", {}, "net.csv: holds only comments: each line begins with # or %"),
        (HEADER, {}, "net.csv: the file has no edge"),
        (
            "a,b\n0,1\n",
            {},
            "net.csv, line 1: must begin with a header that names Source and Target, not 'a, b'",
        ),
        ("source,source,target\n0,1,2\n", {}, "net.csv, line 1: has the column 'source' twice"),
        (HEADER + "0,1,,1\n1,2,,1,9\n", {}, "net.csv, line 3: has 5 cells, and the lines above have 4"),
        ("# a\n" + HEADER + "0,1,,1\n\n1,2,,1,9\n", {}, "net.csv, line 5: has 5 cells"),
        (HEADER + '0,1,"x,1\n', {}, "net.csv, line 2: a quotation mark is not closed"),
        (HEADER + "0,1,,1\n,2,,1\n", {}, "net.csv, line 3: the source is missing"),
        (HEADER + "0,1,,1\n2,,,1\n", {}, "net.csv, line 3: the target is missing"),
        ("source,target\n0,1\n2\n", {}, "net.csv, line 3: the target is missing"),
        (HEADER + "0,1,,1\n\n1,1,,1\n", {}, "net.csv, line 4: the edge 1-1 is a self-loop"),
        (HEADER + "0,1,,1\n1,2,,x\n", {"base": "Weight"}, "net.csv, line 3: Weight of edge 1-2 is 'x'"),
        (HEADER + "0,1,,1\n1,2,,nan\n", {"base": "Weight"}, "net.csv, line 3: Weight of edge 1-2 is 'nan'"),
        (HEADER + "0,1,,1\n1,2,,inf\n", {"base": "Weight"}, "net.csv, line 3: Weight of edge 1-2 is 'inf'"),
        (HEADER + "0,1,,1\n1,2\n", {"cost": "Weight"}, "net.csv, line 3: Weight of edge 1-2 is ''"),
        (
            HEADER + "0,1,,1\n1,2,,0\n",
            {"cost": "Weight"},
            "net.csv, line 3: the cost of edge 1-2 is 0 and must be > 0",
        ),
        (HEADER + "0,1,,1\n1,2,,-3\n", {"cost": "Weight"}, "net.csv, line 3: the cost of edge 1-2 is -3"),
        (
            HEADER + "0,1,,1\n1,2,,2\n1,0,,3\n",
            {"cost": "Weight"},
            "net.csv, line 4: the edge 1-0 has the cost 3, and on line 2 1",
        ),
        (
            HEADER + "0,1,,1\n1,2,,2\n0,1,,3\n",
            {"base": "Weight"},
            "net.csv, line 4: the edge 0-1 has the weight 3, and on line 2 1",
        ),
        (
            HEADER + "0,1,Directed,1\n1,2,Undirected,1\n",
            {},
            "net.csv, line 3: the edge 1-2 is undirected and others are not: say directed=true",
        ),
        (
            HEADER + "0,1,,1\n",
            {"cost": "weigth"},
            "cost = weigth: must be unit, distance or a column of net.csv (Weight). Did you mean Weight?",
        ),
        (
            HEADER + "0,1,,1\n",
            {"base": "w"},
            "base = w: must be none or a column of net.csv (Weight)",
        ),
        (HEADER + "0,1,,1\n", {"cost": "distance"}, "cost = distance: needs positions"),
        (HEADER + "0,1,,1\n", {"cost": 3}, "cost = 3: must be unit, distance or the name of a column"),
        (HEADER + "0,1,,1\n", {"directed": "yes"}, "directed = yes: must be true, false or null"),
        (HEADER + "0,1,,1\n", {"largest_component": 1}, "largest_component = 1: must be true or false"),
        (HEADER + "0,1,,1\n", {"node_path": "nowhere.csv"}, "node_path = nowhere.csv: there is no such file"),
    ],
)
def test_text(content: str, settings: dict[str, object], message: str) -> None:
    Path("net.csv").write_text(content)
    assert message in refusal("net.csv", **settings)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x,y\n0,0\n", "nodes.csv, line 1: must begin with a header that names Id, not 'x, y'"),
        ("0,0,0\n1,0,0\n", "nodes.csv, line 1: must begin with a header that names Id, not '0, 0, 0'"),
        ("Id,x\n0,0\n1,0\n0,1\n", "nodes.csv, line 4: node 0 stands in the file twice"),
        ("Id,x\n0,0\n,1\n", "nodes.csv, line 3: the Id is missing"),
        ("Id,x,y\n0,0,0\n1,0,0\n", "path = net.csv, line 3: node 2 is missing in nodes.csv"),
        ("Id,x,y\n0,0,0\n1,0,0\n2,1,1\n", "cost = distance: would be 0: nodes 0 and 1 lie at the same place"),
        ("Id,x,y\n0,0,0\n1,far,0\n2,1,1\n", "cost = distance: needs positions"),
    ],
)
def test_nodes(content: str, message: str) -> None:
    Path("net.csv").write_text("source,target\n0,1\n1,2\n")
    Path("nodes.csv").write_text(content)
    assert message in refusal("net.csv", node_path="nodes.csv", cost="distance")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (None, "path = null: must be the path of a file"),
        ("", "path = '': must be the path of a file"),
        (3, "path = 3: must be the path of a file"),
        ("nowhere.csv", "path = nowhere.csv: there is no such file"),
        (".", "path = .: must be a file, and is a folder"),
        ("x" * 5000, "cannot be read: "),
        ("net.xlsx", "net.xlsx: must end in one of .csv, .tsv, .txt, "),
    ],
)
def test_paths(path: object, message: str) -> None:
    Path("net.xlsx").write_text("x")
    assert message in refusal(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"Source,Target\n0,\xff\n",
            "net.csv, line 2: must be UTF-8 text: byte 16 is not (say encoding=latin-1",
        ),
        (b"\xff\xfeS", "net.csv, line 1: must be UTF-16 text: byte 2 is not"),
        ("Source,Target\n0,1\n".encode("utf-16-le"), "net.csv, line 1: must be text, and holds a null byte"),
        (b"\x1f\x8bjunk", "net.csv: is not a whole gzip file"),
    ],
)
def test_text_that_is_no_text(content: bytes, message: str) -> None:
    Path("net.csv").write_bytes(content)
    assert message in refusal("net.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<html/>", "net.graphml, line 1: is not GraphML: it begins with <html>"),
        ("<graphml/>", "net.graphml: has no graph"),
        (GRAPH + "</graph></graphml>", "net.graphml: the file has no edge"),
        (GRAPH, "net.graphml, line 4: is not well-formed XML: no element found"),
        (GRAPH + '<edge source="1"/>', "net.graphml, line 4: <edge> has no target"),
        (GRAPH + '<node id="1"/>', "net.graphml, line 4: node 1 stands in the file twice"),
        (GRAPH + "<hyperedge/>", "net.graphml, line 4: has a hyperedge"),
        (GRAPH + "<graph/>", "net.graphml, line 4: has a second or a nested graph"),
        (
            GRAPH + '<edge source="1" target="3"/></graph></graphml>',
            "net.graphml, line 4: node 3 is not in the file",
        ),
        (
            GRAPH + '<edge source="1" target="1"/></graph></graphml>',
            "net.graphml, line 4: the edge 1-1 is a self-loop",
        ),
        (
            GRAPH + '<edge source="1" target="2"><data key="w">1</data></edge>',
            "net.graphml, line 4: <data> names the key w, which is not declared",
        ),
        (
            '<!DOCTYPE g [\n<!ENTITY a "aaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;">]>\n' + GRAPH,
            "net.graphml, line 2: declares the entity a, and files with entities are not read",
        ),
    ],
)
def test_graphml(content: str, message: str) -> None:
    Path("net.graphml").write_text(content)
    assert message in refusal("net.graphml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello\n", "net.mtx, line 1: must begin with %%MatrixMarket"),
        (MARKET, "net.mtx: has no line with its size"),
        (MARKET + "3 3 2\n1 2 1.0\n2 3 x\n", "net.mtx, line 4: the weight 'x' must be a number"),
        (
            MARKET + "3 3 2\n1 2 1.0\n2 30 1\n",
            "net.mtx, line 4: the column '30' must be an integer from 1 to 3",
        ),
        (MARKET + "3 3 2\n1 2 1.0\n", "net.mtx: declares 2 entries and has 1"),
        (MARKET + "3 4 1\n1 2 1.0\n", "net.mtx: holds a 3 x 4 matrix, and must hold a square one"),
        (MARKET + "3 3 0\n", "net.mtx: the matrix has no entry"),
        (MARKET + "3 3 1\n2 2 1\n", "net.mtx, line 3: the edge 2-2 is a self-loop"),
        (
            MARKET + "3 3 1\n1 2 nan\n",
            "net.mtx, line 3: weight of edge 1-2 is 'nan' and must be a finite number",
        ),
        (MARKET + "3 3 2\n1 2 4\n1 2 5\n", "net.mtx, line 4: the edge 1-2 has the weight 5, and on line 3 4"),
        (MARKET.replace("real", "complex") + "2 2 1\n1 2 1 1\n", "net.mtx, line 1: holds complex numbers"),
        # What a header promises is believed only as far as the file can hold it.
        (MARKET + "3 3 20000000000\n1 2 1.0\n", "net.mtx, line 1: declares 20,000,000,000 entries"),
        (MARKET + "300000000 300000000 1\n1 2 1.0\n", "net.mtx: declares 300,000,000 nodes for 1 entries"),
        (MARKET + "9000000 9000000 1\n1 2 1.0\n", "net.mtx: declares 9,000,000 nodes for 1 entries"),
    ],
)
def test_matrix_market(content: str, message: str) -> None:
    Path("net.mtx").write_text(content)
    assert message in refusal("net.mtx", base="weight")


class TestNpz:
    def test_no_archive(self) -> None:
        Path("net.npz").write_bytes(b"junk")
        assert "net.npz: is not a sparse matrix written by scipy.sparse.save_npz" in refusal("net.npz")

    def test_other_arrays(self) -> None:
        np.savez("net.npz", a=np.zeros(3))
        assert "net.npz: is not a sparse matrix written by scipy.sparse.save_npz" in refusal("net.npz")

    def test_nothing_is_unpickled(self) -> None:
        np.savez("net.npz", format=np.array([b"csr"], dtype=object), shape=np.array([3, 3]))
        assert "Object arrays cannot be loaded when allow_pickle=False" in refusal("net.npz")

    def test_indices_out_of_range(self) -> None:
        parts = {"data": np.ones(1), "indices": np.array([77]), "indptr": np.array([0, 1, 1, 1])}
        np.savez("net.npz", format=b"csr", shape=np.array([3, 3]), **parts)
        assert "indices must be < 3" in refusal("net.npz")

    def test_a_shape_far_beyond_the_data(self) -> None:
        parts = {"data": np.ones(1), "row": np.array([0]), "col": np.array([1])}
        np.savez("net.npz", format=b"coo", shape=np.array([10**12, 10**12]), **parts)
        assert "declares 1,000,000,000,000 nodes for 1 entries" in refusal("net.npz")

    def test_an_array_that_promises_more_than_there_is(self) -> None:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)}
        )
        scipy.sparse.save_npz("net.npz", scipy.sparse.csr_array(np.eye(3)))
        with zipfile.ZipFile("net.npz") as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile("net.npz", "w") as archive:
            for name, part in {**parts, "data.npy": header.getvalue()}.items():
                archive.writestr(name, part)
        assert "net.npz: " in refusal("net.npz")

    def test_a_bomb_is_not_unpacked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gradnet_cli.problem.files.source.UNPACKED_LIMIT", 1000)
        scipy.sparse.save_npz("net.npz", scipy.sparse.csr_array(np.eye(200)))
        assert "net.npz: would unpack to" in refusal("net.npz")

    def test_not_square(self) -> None:
        scipy.sparse.save_npz("net.npz", scipy.sparse.csr_array((4, 5)))
        assert "net.npz: holds a 4 x 5 matrix, and must hold a square one" in refusal("net.npz")

    def test_other_formats(self) -> None:
        scipy.sparse.save_npz("net.npz", scipy.sparse.dia_array(np.eye(3)))
        assert "net.npz: holds a dia matrix, and must hold csr, csc or coo" in refusal("net.npz")

    def test_complex(self) -> None:
        scipy.sparse.save_npz("net.npz", scipy.sparse.csr_array(np.array([[0, 1j], [1j, 0]])))
        assert "net.npz: holds complex numbers" in refusal("net.npz")


def test_errors_know_their_line() -> None:
    Path("net.csv").write_text("source,target\n0,1\n1,1\n")
    with pytest.raises(InputFileError, match=re.escape("self-loop")) as caught:
        build(path="net.csv")
    assert (caught.value.setting, caught.value.path, caught.value.line) == ("path", "net.csv", 3)
