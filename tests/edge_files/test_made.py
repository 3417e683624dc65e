"""Files written by networkx, igraph, pandas, SciPy and other programs: one network, read from all."""

import gzip
import logging
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.problem import Mask
from gradnet_cli.problem.files.formats import FORMATS, LISTS, TEXTS
from gradnet_cli.problem.masks.edge_list import build
from tests.edge_files.made.write import EDGES

MADE = Path(__file__).parent / "made"
FILES = sorted(path for path in MADE.iterdir() if "directed" in path.name)
UNWEIGHTED = ("snap", "repository_undirected.edges", "repository_undirected.mtx", "igraph_directed.edgelist")
UNWEIGHTED += ("igraph_undirected.edgelist",)


def column_of(path: Path) -> str:
    return "reactance" if path.suffix == ".m" else "weight"


def read(path: Path, **settings: object) -> Mask:
    """As the file says, but for the lists in which nothing says so."""
    directed = "_directed" in path.name
    silent = path.name.startswith("pandas") or path.suffix in (".edgelist", ".ncol")
    mask = build(path=str(path), directed=True if directed and silent else None, **settings)  # type: ignore[arg-type]
    mask.check()
    return mask


def rows(mask: Mask) -> list[tuple[str, str]]:
    labels = np.arange(mask.nodes).astype(str) if mask.labels is None else mask.labels
    return [(str(labels[i]), str(labels[j])) for i, j in mask.edge_index.T]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_network_that_was_written(path: Path) -> None:
    weighted = not path.name.startswith(UNWEIGHTED)
    mask = read(path, base=column_of(path) if weighted else "none")
    assert mask.directed == ("_directed" in path.name)
    assert mask.nodes == 6
    # Some count from 1, and igraph's GraphML from n0: ids stay what they are.
    first = "n0" if path.name.startswith("igraph") and ".graphml" in path.name else rows(mask)[0][0]
    names = [f"n{k}" for k in range(6)] if first == "n0" else [str(int(first) + k) for k in range(6)]
    assert rows(mask) == [(names[i], names[j]) for i, j, _ in EDGES]
    if weighted:
        np.testing.assert_array_equal(mask.base, [weight for _, _, weight in EDGES])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_gzipped_and_under_another_name(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    packed = tmp_path / (path.name if path.suffix == ".gz" else f"{path.name}.gz")
    packed.write_bytes(data if path.suffix == ".gz" else gzip.compress(data))
    one, other = read(path), read(packed)
    np.testing.assert_array_equal(one.edge_index, other.edge_index)
    if (
        path.suffix in (".graphml", ".gexf", ".gml", ".net", ".json", ".npz", ".mtx", ".m")
        or "out." in path.name
    ):
        strange = tmp_path / f"{path.stem}_{path.name.split('.')[-1]}.data"
        strange.write_bytes(data)
        np.testing.assert_array_equal(one.edge_index, read(strange).edge_index)


def test_the_docs_list_every_format() -> None:
    table = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    for name, format in FORMATS.items():
        (row,) = [line for line in table.splitlines() if line.startswith(f"| `{name}`")]
        assert all(
            f"`{ending}`" in row for ending in format.endings if ending not in (".pajek", ".npz", ".konect")
        )
    assert all(f"`{ending}`" in table for ending in (*TEXTS, *LISTS))


def test_buses_have_load_and_generation(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="gradnet_cli"):
        mask = build(path=str(MADE / "matpower_undirected.m"))
    assert mask.cost.tolist() == [weight for _, _, weight in EDGES]
    assert mask.node_data["load"].tolist() == [0, 20.5, 90, 0, 100, 125]
    assert mask.node_data["generation"].tolist() == [72.3, 163, 0, 0, 0, 0]
    assert mask.node_data["capacity"].tolist() == [250, 300, 0, 0, 0, 0]
    (told,) = caplog.messages
    assert "1 branches out of service left out; 1 generators out of service left out" in told
    assert build(path=str(MADE / "matpower_undirected.m"), cost="unit").cost.tolist() == [1] * 7


def test_positions_and_data_of_gephi() -> None:
    mask = build(path=str(MADE / "gephi_undirected.gexf"))
    assert mask.positions is not None
    assert mask.positions.tolist()[:2] == [[-3.5, 1.0], [2.5, -1.0]]
    assert mask.node_data["Club"].tolist() == ["chess", *["none"] * 5]
    assert mask.node_data["label"].tolist()[5] == "five"
