"""Trajectories from CSV files: what is read, and what is wrong told with its line."""

from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.errors import InputFileError
from gradnet_cli.objectives.network_reconstruction.trajectories import (
    Trajectories,
    read_trajectories,
    write_trajectories,
)

NAMES = np.array(["a", "b"])
GOOD = ["time,node,value", "0,a,1.5", "0,b,2", "0.1,a,1.4", "0.1,b,2.1", "0.2,a,1.3", "0.2,b,2.2"]


def read(path: Path, lines: list[str]) -> Trajectories:
    path.write_text("\n".join(lines) + "\n")
    return read_trajectories(setting="objective.data", path=str(path), names=NAMES)


@pytest.mark.parametrize("order", [[1, 2, 3, 4, 5, 6], [6, 3, 2, 5, 1, 4]])
def test_rows_in_any_order(tmp_path: Path, order: list[int]) -> None:
    seen = read(tmp_path / "x.csv", [GOOD[0], *(GOOD[k] for k in order)])
    assert seen.interval == pytest.approx(0.1)
    assert seen.steps == 2
    np.testing.assert_array_equal(seen.states[0], [[1.5, 2.0], [1.4, 2.1], [1.3, 2.2]])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    states = (generator.normal(size=(7, 2)), generator.normal(size=(3, 2)))
    write_trajectories(str(tmp_path / "x.csv"), Trajectories(interval=0.1, states=states), names=NAMES)
    seen = read_trajectories(setting="objective.data", path=tmp_path / "x.csv", names=NAMES)
    assert seen.interval == pytest.approx(0.1)
    for one, other in zip(seen.states, states, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("lines", "line", "word"),
    [
        (["time,who,value", *GOOD[1:]], 1, "time, node and value"),
        (GOOD[1:], 1, "a header that names time, node and value, not '0, a, 1.5'"),
        (["0,0,1.5", "0,1,2"], 1, "a header that names time, node and value, not '0, 0, 1.5'"),
        (["# seconds", *GOOD[:3], "0.1,a,1,4", *GOOD[4:]], 5, "has 4 cells, and the lines above have 3"),
        ([*GOOD[:3], "0.1,a,nan", *GOOD[4:]], 4, "'nan'"),
        ([*GOOD[:3], "0.1,a,", *GOOD[4:]], 4, "finite"),
        ([*GOOD[:3], "soon,a,1", *GOOD[4:]], 4, "time 'soon'"),
        ([*GOOD[:3], "0.1,c,1", *GOOD[4:]], 4, "no node 'c'"),
        ([*GOOD[:4], *GOOD[5:]], 4, "node b has no value at time 0.1"),
        ([*GOOD, "0.1,b,7"], 8, "second value"),
        ([*GOOD, "0.35,a,1", "0.35,b,1"], 8, "equally spaced"),
        (GOOD[:3], 2, "two times or more"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, lines: list[str], line: int, word: str
) -> None:
    with pytest.raises(InputFileError) as told:
        read(tmp_path / "x.csv", lines)
    assert told.value.line == line
    assert word in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_without_samples_or_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="no sample"):
        read(tmp_path / "x.csv", GOOD[:1])
    with pytest.raises(InputFileError, match="no such file"):
        read_trajectories(setting="objective.data", path=str(tmp_path / "y.csv"), names=NAMES)
