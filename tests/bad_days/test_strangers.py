"""Files from strangers: nothing in them is executed, and what they declare takes no memory and has an end."""

import os
import resource
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from tests.bad_days.conftest import assert_told
from tests.cli.conftest import Command
from tests.patience import at_most
from tests.quick import quick

SECONDS = 120  # after which a file counts as one that is read for ever
MEBIBYTES = 256
LAUGHS = "".join(
    f'<!ENTITY lol{k} "{f"&lol{k - 1};" * 10}">' if k else '<!ENTITY lol0 "lol">' for k in range(10)
)
GRAPH = (
    '<graph edgedefault="undirected"><node id="{0}"/><node id="b"/><edge source="{0}" target="b"/></graph>'
)
MARKET = "%%MatrixMarket matrix {} real general\n"


class Malicious:
    """Unpickling it makes a directory."""

    def __reduce__(self) -> tuple[Callable, tuple]:
        return os.mkdir, ("owned",)


def billion_laughs(path: Path) -> None:
    text = GRAPH.format("&lol9;")
    path.write_text(f"<?xml version='1.0'?><!DOCTYPE graphml [{LAUGHS}]><graphml>{text}</graphml>")


def quadratic_laughs(path: Path) -> None:
    entity = f'<!DOCTYPE graphml [<!ENTITY a "{"a" * 100_000}">]>'
    path.write_text(f"{entity}<graphml>{GRAPH.format('&a;' * 10_000)}</graphml>")


def foreign_entity(path: Path) -> None:
    entity = '<!DOCTYPE graphml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    path.write_text(f"{entity}<graphml>{GRAPH.format('&a;')}</graphml>")


def coordinates_of_a_trillion(path: Path) -> None:
    path.write_text(MARKET.format("coordinate") + "1000000000000 1000000000000 1\n1 2 1.0\n")


def entries_of_a_trillion(path: Path) -> None:
    path.write_text(MARKET.format("coordinate") + "10 10 1000000000000\n1 2 1.0\n")


def dense_of_a_trillion(path: Path) -> None:
    path.write_text(MARKET.format("array") + "1000000 1000000\n1.0\n")


def shape_of_a_trillion(path: Path) -> None:
    parts = {"data": np.ones(1), "row": np.array([0]), "col": np.array([1])}
    np.savez(path, format=b"coo", shape=np.array([10**12, 10**12]), **parts)


def zeros_of_gigabytes(path: Path) -> None:
    """A file of some megabytes that unpacks to gigabytes."""
    scipy.sparse.save_npz(path, scipy.sparse.csr_array(np.eye(3)))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            if name != "data.npy":
                archive.writestr(name, part)
        with archive.open("data.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(
                file, {"descr": "<f8", "fortran_order": False, "shape": (2**27,)}
            )
            for _ in range(2**10):
                file.write(bytes(2**20))


def pickled(path: Path) -> None:
    parts = {"data": np.array([Malicious()], dtype=object), "row": np.array([0]), "col": np.array([1])}
    np.savez(path, format=b"coo", shape=np.array([2, 2]), **parts)


FILES = [
    ("net.graphml", billion_laughs, "declares the entity lol0"),
    ("net.graphml", quadratic_laughs, "declares the entity a"),
    ("net.graphml", foreign_entity, "declares the entity a"),
    ("net.mtx", coordinates_of_a_trillion, "1,000,000,000,000 nodes"),
    ("net.mtx", entries_of_a_trillion, "1,000,000,000,000 entries"),
    ("net.mtx", dense_of_a_trillion, "1,000,000,000,000 entries"),
    ("net.npz", shape_of_a_trillion, "1,000,000,000,000 nodes"),
    ("net.npz", zeros_of_gigabytes, "would unpack to"),
    ("net.npz", pickled, "allow_pickle=False"),
]


@contextmanager
def little_memory() -> Iterator[None]:
    """Fail where much more memory is taken than is taken now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + MEBIBYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory in use is read from /proc")
@pytest.mark.parametrize(("name", "write", "says"), FILES, ids=[write.__name__ for _, write, _ in FILES])
def test_a_file_from_a_stranger(
    command: Command, here: Path, name: str, write: Callable[[Path], None], says: str
) -> None:
    write(here / name)
    with at_most(SECONDS), little_memory():
        answer = command("mask=edge_list", f"path={name}", "hydra.run.dir=run")
    assert says in assert_told(answer, exit_status=2)
    assert [path.name for path in here.iterdir()] == [name]


def test_a_name_is_not_a_size(command: Command, here: Path) -> None:
    """Nodes of a list are those that occur, whatever number is their name."""
    (here / "net.csv").write_text("Source,Target\n0,1000000000000\n1000000000000,999999999999999999999\n")
    answer = command("mask=edge_list", "path=net.csv", "hydra.run.dir=run", "figures=false", "updates=1")
    assert (answer.exit_status, answer.err) == (0, "")
    assert "1000000000000,Undirected" in (here / "run" / "edges.csv").read_text()


def test_what_a_file_leaves_open_is_told_in_one_line(command: Command, here: Path) -> None:
    (here / "net.edges").write_text("% friends\n1 2 5 1082040961\n2 3 6 1082040962\n3 3 1 1082040963\n")
    line = ("mask=edge_list", "path=net.edges", "base=weight", "figures=false", "updates=1", "report=false")
    assert "line 4: the edge 3-3 is a self-loop" in assert_told(command(*line), exit_status=2)
    answer = command(*line, "self_loops=drop", "hydra.run.dir=run")
    told = "no header: columns read as Source, Target, Weight, Time; 1 self-loops left out"
    assert answer.err == f"gradnet-run: net.edges: {told} (3 nodes, 2 edges, undirected)\n"
    assert told in (here / "run" / "run.log").read_text()


@pytest.mark.parametrize("name", quick(["state.pt", "best.pt", "last.pt"], 0))
def test_a_checkpoint_is_not_unpickled(command: Command, here: Path, name: str) -> None:
    import torch

    small = ("rows=3", "updates=2", "figures=false", "hydra.run.dir=run")
    assert command(*small).exit_status == 0
    torch.save({"format": Malicious()}, here / "run" / "checkpoints" / name)
    answer = command("resume=run", "updates=4")
    if name == "state.pt":
        assert "no checkpoint that can be read" in assert_told(answer, exit_status=2)
    assert not (here / "owned").exists()
