import json

import numpy as np
import pytest

from gradnet_cli.report.files.atomic import replacing, write_json


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("old")
    with replacing(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("before", [None, "old"])
def test_a_writer_that_raises_leaves_nothing_behind(tmp_path, before):
    path = tmp_path / "edges.csv"
    if before is not None:
        path.write_text(before)

    def write_half():
        with replacing(path) as beside:
            beside.write_text("half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_half()
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ([] if before is None else [before])


def test_the_suffix_is_kept_for_libraries_that_choose_by_it(tmp_path):
    with replacing(tmp_path / "network.npz") as beside:
        assert beside.suffix == ".npz"
        beside.touch()


def test_json_has_null_for_what_is_no_number(tmp_path):
    content = {"a": float("nan"), "b": np.float64("inf"), "c": None, "d": {"e": np.float32(0.5)}}
    write_json(tmp_path / "x.json", content | {"f": [np.int64(3), True], "g": np.arange(2)})
    read = json.loads((tmp_path / "x.json").read_text(), parse_constant=pytest.fail)
    assert read == {"a": None, "b": None, "c": None, "d": {"e": 0.5}, "f": [3, True], "g": [0, 1]}


def test_what_json_cannot_say_leaves_no_file(tmp_path):
    with pytest.raises(TypeError):
        write_json(tmp_path / "x.json", {"a": object()})
    assert not list(tmp_path.iterdir())
