"""One data set in every form gives the same arrays, the same checksum, and tells of its files."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.datasets import NodeData
from tests.datasets import made

GNN = os.environ.get("GRADNET_GNN")


def assert_is_the_graph(data: NodeData) -> None:
    wanted = made.graph()
    np.testing.assert_array_equal(data.edge_index, wanted["edge_index"])
    np.testing.assert_array_equal(data.labels, wanted["y"])
    np.testing.assert_array_equal(data.features.dense(), wanted["x"])


FORMS = {
    "npz": lambda at: made.write_npz(at / "toy.npz"),
    "folder with npz": lambda at: made.write_npz(at / "toy.npz").parent,
    "geom_gcn": lambda at: made.write_geom_gcn(at / "toy", name="toy"),
    "geom_gcn, splits apart": lambda at: made.write_geom_gcn(
        at / "new_data" / "toy", name="toy", splits=at / "splits"
    ),
    "torch_geometric": lambda at: made.write_geom_gcn(at / "Toy" / "raw", name="toy").parents[1],
    "torch_geometric, wikipedia": lambda at: made.write_geom_gcn(
        at / "toy" / "geom_gcn" / "raw", name="toy"
    ).parents[2],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same(form: str, tmp_path: Path) -> None:
    place = FORMS[form](tmp_path)
    for fold in range(made.SPLITS):
        data = made.read_nodes(place, stem="toy", fold=fold)
        assert_is_the_graph(data)
        np.testing.assert_array_equal(data.split.sets, made.graph()["split"][fold])
        assert (data.split.fold, data.split.folds) == (fold, made.SPLITS)
    told = made.plain(data.record())
    assert told["checksum"] == made.read_nodes(made.write_npz(tmp_path / "again.npz")).checksum
    for file in told["files"]:
        content = Path(file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (told["nodes"], told["features"], told["classes"]) == (made.NODES, 7, made.CLASSES)


def test_planetoid_with_its_public_split(tmp_path: Path) -> None:
    folder = made.write_planetoid(tmp_path / "Cora" / "raw", name="cora")
    data = made.read_nodes(tmp_path, stem="cora", split="public")
    assert_is_the_graph(data)
    np.testing.assert_array_equal(data.split.sets, [1] * 6 + [2] * 12 + [3] * 6)
    made.write_geom_gcn(tmp_path / "other", name="cora", splits=folder)
    both = made.read_nodes(tmp_path, stem="cora")
    np.testing.assert_array_equal(both.split.sets, made.graph()["split"][0])
    assert len(both.files) == 8 + made.SPLITS


def test_pickles_that_would_run_something_are_refused(tmp_path: Path) -> None:
    folder = made.write_planetoid(tmp_path, name="cora")
    (folder / "ind.cora.graph").write_bytes(
        b"cos\nsystem\n(S'touch " + str(tmp_path).encode() + b"/ran'\ntR."
    )
    with pytest.raises(Exception, match=r"^data\.path = .*ind\.cora\.graph: is no file of Planetoid"):
        made.read_nodes(folder, stem="cora")
    assert not (tmp_path / "ran").exists()


def test_rows_of_features_divided_by_their_sums(tmp_path: Path) -> None:
    data = made.read_nodes(made.write_npz(tmp_path / "a.npz"), features="row_normalized")
    wanted = made.graph()["x"]
    np.testing.assert_allclose(data.features.dense(), wanted / wanted.sum(axis=1, keepdims=True), rtol=1e-6)


class TestGraphs:
    def test_a_tu_folder(self, tmp_path: Path) -> None:
        data = made.read_graphs(made.write_tu(tmp_path / "TOY", name="TOY"), stem="toy")
        assert (data.graphs, data.nodes, data.edge_index.shape) == (6, 22, (2, 20))
        np.testing.assert_array_equal(data.labels, [0, 0, 1, 1, 0, 1])
        np.testing.assert_array_equal(np.diff(data.offsets), [4, 4, 3, 4, 4, 3])
        first = data.edge_index[:, :4]
        np.testing.assert_array_equal(first, [[0, 0, 1, 2], [1, 2, 2, 3]])
        assert data.edge_labels is not None
        np.testing.assert_array_equal(data.edge_labels[:4], [0, 0, 1, 1])
        assert data.node_features().shape == (22, 3 + 2)
        np.testing.assert_array_equal(data.node_features()[2], [0, 0, 1, 1, 2])

    def test_torch_geometrics_folder_and_npz_give_the_same(self, tmp_path: Path) -> None:
        made.write_tu(tmp_path / "TOY" / "raw", name="TOY")
        data = made.read_graphs(tmp_path, stem="toy")
        np.savez(
            tmp_path / "toy.npz",
            edge_index=data.edge_index,
            graph_sizes=np.diff(data.offsets),
            y=data.labels,
            node_label=data.node_labels,
            node_attribute=data.node_attributes,
            edge_label=data.edge_labels,
        )
        again = made.read_graphs(tmp_path / "toy.npz")
        assert again.checksum == data.checksum
        np.testing.assert_array_equal(again.split.sets, data.split.sets)

    def test_grakels_mutag_is_read_and_grakel_not_imported(self, tmp_path: Path) -> None:
        package = tmp_path / "site" / "grakel"
        made.write_tu(package / "tests" / "data" / "MUTAG", name="MUTAG")
        (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
        script = (
            "from tests.datasets import made; d = made.read_graphs(None, stem='mutag'); "
            "import sys; print(d.graphs, 'grakel' in sys.modules, 'torch' in sys.modules)"
        )
        path = os.pathsep.join([str(tmp_path / "site"), str(Path(__file__).parents[2])])
        told = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        assert told.stdout.split() == ["6", "False", "False"], told.stderr

    def test_two_lines_between_the_same_ends_stay_two(self, tmp_path: Path) -> None:
        """As of a power grid; and what a direction matters to stays with it."""
        np.savez(
            tmp_path / "grid.npz",
            edge_index=[[1, 0, 0, 3], [0, 1, 1, 2]],
            graph_sizes=[2, 2],
            y=[0, 1],
            edge_attr=np.array([[-1.0], [2.0], [3.0], [4.0]], dtype=np.float32),
            split=[[1, 2]],
        )
        with pytest.raises(Exception, match="leaves nothing for test"):
            made.read_graphs(tmp_path / "grid.npz", split="published")
        np.savez(
            tmp_path / "grid.npz",
            edge_index=[[1, 0, 0, 3, 4], [0, 1, 1, 2, 5]],
            graph_sizes=[2, 2, 2],
            y=[0, 1, 1],
            edge_attr=np.array([[-1.0], [2.0], [3.0], [4.0], [5.0]], dtype=np.float32),
            split=[[1, 2, 3]],
        )
        data = made.read_graphs(tmp_path / "grid.npz", split="published")
        np.testing.assert_array_equal(data.edge_index, [[0, 0, 1, 3, 4], [1, 1, 0, 2, 5]])
        assert data.edge_attributes is not None
        np.testing.assert_array_equal(data.edge_attributes[:, 0], [2, 3, -1, 4, 5])


@pytest.mark.skipif(GNN is None, reason="GRADNET_GNN names no folder with the published data")
@pytest.mark.parametrize("name", ["texas", "cornell_old", "cora", "chameleon"])
def test_published_data_have_the_checksums_of_their_yaml(name: str) -> None:
    from tests.runs import settings

    asked = settings(f"data={name}", f"data.path={GNN}").data
    assert asked is not None
    from gradnet_cli.datasets import build_dataset

    data = build_dataset(asked, seed=0)
    assert data is not None
    assert data.checksum == asked.arguments["sha256"]
