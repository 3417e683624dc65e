"""A graph whose nodes are classified, from wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gradnet_cli.datasets.dataset import Split
from gradnet_cli.datasets.files import Reader, check_sum
from gradnet_cli.datasets.forms import geom_gcn, npz, planetoid
from gradnet_cli.datasets.forms.raw import RawNodes
from gradnet_cli.datasets.node_data import NodeData, undirected
from gradnet_cli.datasets.places import folders, path_of, unknown_form
from gradnet_cli.datasets.splits import split_of
from gradnet_cli.settings.values import choice

FEATURES = ("as_they_are", "row_normalized")


def build(
    *,
    stem: str,
    path: object,
    split: str,
    fold: int,
    folds: int,
    validation: float,
    split_seed: int,
    features: str,
    sha256: str | None,
) -> NodeData:
    """Read a graph with features, labels and splits.

    Args:
        stem: what its files and folders are called, ``cora``; empty for any
        path: an .npz file, a folder of Planetoid, Geom-GCN or torch_geometric, or a folder with NAME.npz
        split, fold, folds, validation, split_seed: see gradnet_cli.datasets.splits.split_of
        features: as_they_are, or row_normalized: each row divided by its sum
        sha256: the checksum that the data must have, of the content or of the one file, or None

    Raises:
        SettingError: a setting or file that cannot be used, or another checksum
    """
    place = path_of(path, name=stem)
    choice(setting="data.features", value=features, choices=FEATURES)
    reader = Reader()
    raw = _read(place, reader, name=stem)
    raw.check()
    chosen: Split = split_of(
        raw.labels,
        raw.splits,
        split=split,
        fold=fold,
        folds=folds,
        validation=validation,
        split_seed=split_seed,
    )
    data = NodeData(
        name=stem or place.stem,
        labels=raw.labels,
        split=chosen,
        files=tuple(reader.files),
        edge_index=undirected(raw.edges),
        features=raw.features,
    )
    check_sum(sha256, checksum=data.checksum, files=reader.files, name=data.name)
    normalized = features == "row_normalized"
    return replace(data, features=data.features.row_normalized()) if normalized else data


def _read(place: Path, reader: Reader, *, name: str) -> RawNodes:
    if place.is_file():
        return npz.read_nodes(place, reader)
    for folder in _candidates(place, name):
        if (folder / geom_gcn.NODES).is_file():
            return geom_gcn.read_nodes(folder, reader, name=name)
        if planetoid.holds(folder):
            return planetoid.read_nodes(folder, reader, name=name)
        if name and (folder / f"{name}.npz").is_file():
            return npz.read_nodes(folder / f"{name}.npz", reader)
    raise unknown_form(
        place, f"{name or 'NAME'}.npz, {geom_gcn.NODES} (Geom-GCN), or ind.NAME.allx (Planetoid)"
    )


def _candidates(place: Path, name: str) -> Iterator[Path]:
    yield from folders(place, name=name)
    for folder in folders(place, name=name):
        yield folder / "new_data" / name
