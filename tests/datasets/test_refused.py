"""Data that cannot be used are one clear line, which names the setting or the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradnet_cli.datasets import homophily
from gradnet_cli.errors import SettingError
from tests.datasets import made


def cut(path: Path, *, share: float = 0.5) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path


def without_last_line(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    return folder


def with_line(folder: Path, name: str, line: str) -> Path:
    path = folder / name
    path.write_text(path.read_text() + line + "\n")
    return folder


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


NODES: dict[str, tuple[Callable[[Path], Any], dict[str, Any], str]] = {
    "nothing": (lambda at: None, {}, r"data\.path = null: must be given: the data set does not come with"),
    "nowhere": (lambda at: at / "none.npz", {}, r"none\.npz: is not there$"),
    "a number": (lambda at: 3, {}, r"data\.path = 3: must be a file or a folder"),
    "empty file": (lambda at: empty(at / "a.npz"), {}, r"a\.npz: is empty$"),
    "empty folder": (lambda at: at, {"stem": "texas"}, r"holds no data set .* there is no texas\.npz, out1_"),
    "cut short": (lambda at: cut(made.write_npz(at / "a.npz")), {}, r"a\.npz: is no \.npz file .* cut short"),
    "no labels": (
        lambda at: made.write_npz(at / "a.npz", y=None),
        {},
        "has no labels: the array y is missing",
    ),
    "unknown labels": (
        lambda at: made.write_npz(at / "a.npz", y=np.full(made.NODES, -1)),
        {},
        "has no labels: every node needs a class",
    ),
    "one class": (
        lambda at: made.write_npz(at / "a.npz", y=np.zeros(made.NODES)),
        {},
        "labels of one class only",
    ),
    "labels of others": (
        lambda at: made.write_npz(at / "a.npz", y=np.arange(5) % 2),
        {},
        "has features of 24 nodes and labels of 5: is it cut short",
    ),
    "edges beyond": (
        lambda at: made.write_npz(at / "a.npz", edge_index=np.array([[0, 1], [2, 24]])),
        {},
        "has an edge of node 24, and nodes 0 to 23",
    ),
    "no such fold": (
        lambda at: made.write_npz(at / "a.npz"),
        {"fold": 2},
        r"data\.fold = 2: must be an integer >= 0 and <= 1$",
    ),
    "no such split": (
        lambda at: made.write_npz(at / "a.npz"),
        {"split": "publik"},
        r"data\.split = publik: must be published, stratified",
    ),
    "no splits": (
        lambda at: made.write_npz(at / "a.npz", split=None),
        {},
        r"data\.split = published: must be stratified: the data have no splits of their own",
    ),
    "too many folds": (
        lambda at: made.write_npz(at / "a.npz"),
        {"split": "stratified", "folds": 40, "fold": 30},
        r"data\.fold = 30: leaves nothing for test: there are 24 labels",
    ),
    "another checksum": (
        lambda at: made.write_npz(at / "a.npz"),
        {"sha256": "0" * 64},
        r"data\.sha256 = 0+: is not the checksum of the a that was read, [0-9a-f]{64}: .*sha256=null takes",
    ),
    "no checksum": (
        lambda at: made.write_npz(at / "a.npz"),
        {"sha256": "texas"},
        r"data\.sha256 = texas: must be a SHA-256 of 64 hexadecimal digits, or null",
    ),
    "no such features": (
        lambda at: made.write_npz(at / "a.npz"),
        {"features": "rows"},
        r"data\.features = rows: must be as_they_are or row_normalized",
    ),
    "many graphs": (
        lambda at: (np.savez(at / "a.npz", graph_sizes=[1]), at / "a.npz")[1],
        {},
        "holds many graphs, and not one",
    ),
    "a word among nodes": (
        lambda at: with_line(made.write_geom_gcn(at, name="a"), "out1_node_feature_label.txt", "24\t1,1"),
        {},
        r"out1_node_feature_label\.txt, line 26: is no node, features and label",
    ),
    "nodes left out": (
        lambda at: without_last_line(made.write_geom_gcn(at, name="a"), "out1_node_feature_label.txt"),
        {},
        r"names 23 nodes, and not each of 0 to 23",
    ),
    "half an edge": (
        lambda at: with_line(made.write_geom_gcn(at, name="a"), "out1_graph_edges.txt", "7"),
        {},
        r"out1_graph_edges\.txt, line \d+: '7' is no pair of nodes",
    ),
    "a pickle cut short": (
        lambda at: cut(made.write_planetoid(at, name="cora") / "ind.cora.allx").parent,
        {"stem": "cora"},
        r"ind\.cora\.allx: is no file of Planetoid that can be read: cut short",
    ),
    "a missing pickle": (
        lambda at: ((made.write_planetoid(at, name="cora") / "ind.cora.ty").unlink(), at)[1],
        {"stem": "cora"},
        r"ind\.NAME\.ty: is not there",
    ),
    "an index cut short": (
        lambda at: without_last_line(made.write_planetoid(at, name="cora"), "ind.cora.test.index"),
        {"stem": "cora"},
        r"ind\.cora\.allx: and the files beside it do not fit together",
    ),
}


@pytest.mark.parametrize("case", NODES)
def test_nodes(case: str, tmp_path: Path) -> None:
    write, settings, message = NODES[case]
    with pytest.raises(SettingError, match=message) as caught:
        made.read_nodes(write(tmp_path), **settings)
    assert "\n" not in str(caught.value)


GRAPHS: dict[str, tuple[Callable[[Path], Any], dict[str, Any], str]] = {
    "no labels": (
        lambda at: ((made.write_tu(at, name="A") / "A_graph_labels.txt").unlink(), at)[1],
        {},
        r"A_graph_labels\.txt: is not there: the graphs have no labels",
    ),
    "labels cut short": (
        lambda at: without_last_line(made.write_tu(at, name="A"), "A_graph_labels.txt"),
        {},
        "has 6 graphs and labels of 5",
    ),
    "kinds cut short": (
        lambda at: without_last_line(made.write_tu(at, name="A"), "A_node_labels.txt"),
        {},
        "has 21 node labels and must have 22: is it cut short",
    ),
    "nodes cut short": (
        lambda at: without_last_line(made.write_tu(at, name="A"), "A_graph_indicator.txt"),
        {},
        "has an edge of node 21, and nodes 0 to 20",
    ),
    "no number": (
        lambda at: with_line(made.write_tu(at, name="A"), "A_A.txt", "1, x"),
        {},
        r"A_A\.txt, line 41: '1, x' is no row of numbers",
    ),
    "half a pair": (
        lambda at: with_line(made.write_tu(at, name="A"), "A_A.txt", "1"),
        {},
        r"A_A\.txt, line 41: has 1 numbers, and must have 2: is the file cut short",
    ),
    "between graphs": (
        lambda at: (
            with_line(made.write_tu(at, name="A"), "A_edge_labels.txt", "0")
            and with_line(at, "A_A.txt", "1, 6")
        ),
        {},
        "has an edge between nodes of two graphs",
    ),
    "one graph": (lambda at: made.write_npz(at / "a.npz"), {}, "holds one graph whose nodes have labels"),
    "without grakel": (
        lambda at: None,
        {"stem": "enzymes"},
        r"data\.path = null: must be given: enzymes does",
    ),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_graphs(case: str, tmp_path: Path) -> None:
    write, settings, message = GRAPHS[case]
    with pytest.raises(SettingError, match=message) as caught:
        made.read_graphs(write(tmp_path), **settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"homophily": 1.2}, r"data\.homophily = 1\.2: must be a finite number >= 0 and <= 1"),
        ({"degree": 200}, r"data\.degree = 200: is more than the nodes of a class can have"),
        ({"size": 4, "classes": 3}, r"data\.classes = 3: must be an integer >= 2 and <= 2"),
        ({"fold": 4}, r"data\.fold = 4: must be an integer >= 0 and <= 3"),
        ({"signal": -1}, r"data\.signal = -1: must be a finite number >= 0"),
    ],
)
def test_generated(changes: dict[str, Any], message: str) -> None:
    asked = {
        "size": 90,
        "classes": 3,
        "degree": 5,
        "homophily": 0.5,
        "features": 4,
        "signal": 1.0,
        "fold": 0,
        "folds": 4,
        "validation": 0.3,
        "data_seed": 0,
    }
    with pytest.raises(SettingError, match=message):
        homophily.build(**{**asked, **changes})
