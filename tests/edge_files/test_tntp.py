"""Files of the Transportation Networks collection: what they say, and what is refused."""

from pathlib import Path

import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.masks.edge_list import build
from tests.objectives.roads import BRAESS_NET, BRAESS_TRIPS


def read(directory: Path, text: str, **settings: object):  # type: ignore[no-untyped-def]
    path = directory / "roads_net.tntp"
    path.write_text(text, encoding="utf-8")
    return build(path=str(path), **settings)  # type: ignore[arg-type]


def test_roads_have_capacities_and_times(tmp_path: Path) -> None:
    mask = read(tmp_path, BRAESS_NET, base="capacity")
    mask.check()
    assert mask.directed
    assert mask.labels is not None
    assert mask.labels.tolist() == ["1", "2", "3", "4"]
    assert [mask.pair(edge) for edge in range(5)] == ["1-3", "1-4", "3-2", "3-4", "4-2"]
    assert mask.base.tolist() == [1] * 5
    assert mask.edge_data["power"].tolist() == [1] * 5
    assert mask.cost.tolist() == mask.edge_data["free_flow_time"].tolist() == [1e-8, 50, 50, 10, 1e-8]
    assert mask.node_data["zone"].tolist() == [1, 1, 0, 0]
    assert mask.node_data["through"].tolist() == [1] * 4


def test_nodes_that_are_not_passed_through(tmp_path: Path) -> None:
    mask = read(tmp_path, BRAESS_NET.replace("THRU NODE> 1", "THRU NODE> 3"))
    assert mask.node_data["through"].tolist() == [0, 0, 1, 1]


def test_the_node_file_of_the_collection(tmp_path: Path) -> None:
    """Its lines end in a semicolon, which is no column; what the roads' file says of nodes stays."""
    nodes = tmp_path / "roads_node.tntp"
    nodes.write_text("Node\tX\tY\t;\n1\t0\t1\t;\n2\t3\t1\t;\n3\t1\t0\t;\n4\t2\t2\t;\n", encoding="utf-8")
    mask = read(tmp_path, BRAESS_NET, node_path=str(nodes))
    assert mask.positions is not None
    assert mask.positions.tolist() == [[0, 1], [3, 1], [1, 0], [2, 2]]
    assert ";" not in mask.node_data
    assert mask.node_data["zone"].tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BRAESS_TRIPS, "holds trips and no roads"),
        (
            BRAESS_NET.replace("\t4\t2\t1\t100", "\t4\t7\t1\t100"),
            "line 12: node 7 is above the <NUMBER OF NODES>, 4",
        ),
        (BRAESS_NET.replace("\t4\t2\t1\t100", "\t4\tx\t1\t100"), "line 12: 'x' is no node"),
        (BRAESS_NET.replace("NODES> 4", "NODES> four"), "<NUMBER OF NODES> is 'four'"),
        (BRAESS_NET.split("~")[0], "the file has no road"),
        (BRAESS_NET.replace("0.1\t1\t0\t0\t1\t;", ";"), "line 11: has 5 cells, and a road has init_node"),
    ],
)
def test_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
