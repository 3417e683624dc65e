"""Files that were spoilt a little are read rightly, or refused in one line: never misread, never a traceback.

A right reading is what networkx, SciPy or pandas read, where they read the file. To try a failing example:

    judge("net.csv", b"...", Path("an-empty-folder"), Counter())
"""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.files import read_edge_file
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks.edge_list import build
from tests.fuzz.other_readers import Network, read_elsewhere
from tests.fuzz.spoiling import good_files, spoil

COUNT = 2000  # files of the slow test, in CHUNKS that run side by side
CHUNKS = 4
FEW = 300

Record = Callable[[str, object], None]


def judge(name: str, content: bytes, folder: Path, seen: Counter[str]) -> None:
    """Read a file and assert that it was read as others read it, or refused in one line."""
    path = folder / name
    path.write_bytes(content)
    try:
        weighted = any(
            column.lower() == "weight" for column in read_edge_file(setting="path", path=path).columns
        )
        mask = build(path=str(path), base="weight" if weighted else "none", cost="unit")
    except SettingError as error:
        line = str(error)
        assert "\n" not in line
        assert "Error" not in line, "a refusal is no exception of a library"
        assert len(line) < 600 + len(str(path))
        seen["refused"] += 1
        return
    mask.check()
    other = read_elsewhere(name, content)
    if other is None:
        seen["read here only"] += 1
        return
    seen["read alike"] += 1
    assert_alike(mask, other, weighted=weighted)


def assert_alike(mask: Mask, other: Network, *, weighted: bool) -> None:
    """Assert that both found the same pairs, and the same weights."""
    labels = np.arange(mask.nodes).astype(str) if mask.labels is None else mask.labels
    weights = mask.base if weighted else np.ones(mask.edges)
    found = {}
    for (i, j), weight in zip(mask.edge_index.T, weights, strict=True):
        pair = (str(labels[i]), str(labels[j]))
        found[pair if mask.directed else (min(pair), max(pair))] = float(weight)
    if weighted:
        assert found == other.weights
    assert found.keys() == other.weights.keys()
    assert mask.directed == other.directed


def _try(count: int, seed: int, folder: Path, record: Record) -> None:
    seen: Counter[str] = Counter()
    chance = random.Random(seed)
    files = good_files()
    try:
        for number in range(count):
            name, content = files[number % len(files)]
            spoilt = spoil(content, chance)
            try:
                judge(name, spoilt, folder, seen)
            except AssertionError as error:
                pytest.fail(f"{name} of seed {seed}, number {number}: {spoilt!r}\n{error}")
    finally:
        for kind, often in seen.items():
            record(f"fuzz: {kind}", often)
    assert seen["read alike"] > count / 10, "what is compared must not die out"


def test_good_files_are_read_alike(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for name, content in good_files():
        judge(name, content, tmp_path, seen)
    assert not seen["refused"]
    assert seen["read alike"] >= len(good_files()) * 0.8


def test_some_spoilt_files(tmp_path: Path, record_property: Record) -> None:
    _try(FEW, 0, tmp_path, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_many_spoilt_files(chunk: int, tmp_path: Path, record_property: Record) -> None:
    _try(COUNT // CHUNKS, chunk + 1, tmp_path, record_property)
