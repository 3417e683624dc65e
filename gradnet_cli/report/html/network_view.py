"""What the zoomable view draws: nodes and edges of network.npz and nodes.csv, few enough for a browser."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.report.files import edges, layout, network_files, nodes
from gradnet_cli.report.html.changes import read_changes
from gradnet_cli.report.html.files import RunFiles
from gradnet_cli.report.html.places import places
from gradnet_cli.report.wording import percent

EDGES_DRAWN = 20_000
"""Edges drawn; of more, the heaviest."""
NODES_DRAWN = 20_000
"""Nodes up to which those without a drawn edge are drawn too."""
CELLS_TOLD = 200_000
"""Node data beyond which the last columns are left out."""
DIGITS = 6
"""Significant digits of weights and node data, enough for a tooltip."""


@dataclass(frozen=True, kw_only=True)
class NetworkView:
    """`data` is for the browser, `note` says what was left out, `alternative` what is to be seen.

    `quantity` is what the colours of the edges mean: on a base network how their weights have changed.
    """

    data: dict[str, Any]
    note: str
    alternative: str
    quantity: str


def network_view(run: RunFiles) -> NetworkView | None:
    """The view of a run's network; None where it has none."""
    path = run.directory / network_files.NPZ_NAME
    if not path.is_file():
        return None
    table = NodeTable.read(run.directory / nodes.FILE_NAME)
    directed = _is_directed(run.directory / edges.FILE_NAME)
    import scipy.sparse

    matrix = scipy.sparse.load_npz(path).tocsr()
    count = matrix.shape[0]
    if count == 0:
        return None
    total = matrix.nnz if directed else matrix.nnz // 2
    source, target, weights = heaviest(matrix, directed=directed, most=EDGES_DRAWN)
    light, change = np.zeros(len(weights), dtype=bool), None
    if total <= EDGES_DRAWN:
        light = ~used_edges(weights)
        change = read_changes(run.directory / edges.FILE_NAME, count=total)
    if change is not None:
        light &= ~used_edges(change)
    shown = np.arange(count) if count <= NODES_DRAWN else np.unique(np.concatenate([source, target]))
    columns = table.columns(shown, count)
    mask_edges = run.summary.get("edges")
    positions = places(
        columns,
        layout.read_layout(run.directory / layout.FILE_NAME),
        source=np.searchsorted(shown, source),
        target=np.searchsorted(shown, target),
        weights=weights,
        nodes=len(shown),
        directed=directed,
        mask_edges=mask_edges if isinstance(mask_edges, int) and len(shown) == count else len(weights),
    )
    source, target, weights = source[~light], target[~light], weights[~light]
    told = weights if change is None else change[~light]
    order = np.argsort(np.abs(told), kind="stable")  # the heavier on top
    carried = float(np.abs(weights).sum() / (np.abs(matrix.data).sum() / (1 if directed else 2) or 1.0))
    limit = _limit(told)
    data = {
        "x": _round(positions[:, 0]).tolist(),
        "y": _round(positions[:, 1]).tolist(),
        "down": str(run.config.get("mask", {}).get("_target_", "")).endswith("masks.grid.build"),
        "columns": _told(columns, shown),
        "source": np.searchsorted(shown, source[order]).tolist(),
        "target": np.searchsorted(shown, target[order]).tolist(),
        "weight": _round(weights[order]).tolist(),
        "directed": directed,
        "limit": float(_round(np.array([limit]))[0]),
        "exceeded": bool(np.abs(told).max(initial=0.0) > limit),
        **({} if change is None else {"change": _round(told[order]).tolist()}),
        **({"period": period} if (period := _period(run, columns, positions)) else {}),
    }
    if total > EDGES_DRAWN:
        note = (
            f"The heaviest {len(weights):,} of {total:,} edges are drawn, which carry "
            f"{percent(carried)} of the weight"
        )
        note += f", with the {len(shown):,} nodes that they join." if len(shown) < count else "."
    elif light.any():
        note = (
            f"{np.count_nonzero(light):,} of {total:,} edges are not drawn: each is lighter than "
            "1/1000 of the heaviest."
        )
    else:
        note = ""
    kind = "directed " if directed else ""
    by = "weight" if change is None else "the change of their weights, grey where there is none"
    seen = f"A network of {len(shown):,} nodes and {len(weights):,} {kind}edges, darker and wider by {by}"
    quantity = "edge weight" if change is None else "change of the edge weight"
    return NetworkView(data=data, note=note, alternative=seen, quantity=quantity)


def heaviest(matrix: Any, *, directed: bool, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources, targets and weights of the `most` heaviest edges of a CSR matrix, in the order of the matrix.

    Of an undirected network, whose matrix is symmetric, each edge once.
    """
    size = np.abs(matrix.data)
    wanted = most if directed else 2 * most
    if len(size) > wanted:
        # Of equal weights at the limit any may be chosen, but both entries of an edge or none.
        limit = np.partition(size, len(size) - wanted)[len(size) - wanted]
        chosen = np.flatnonzero(size >= limit)
    else:
        chosen = np.arange(len(size))
    source = np.searchsorted(matrix.indptr, chosen, side="right") - 1
    target, weights = matrix.indices[chosen].astype(np.int64), matrix.data[chosen].astype(np.float64)
    if not directed:
        once = source < target
        source, target, weights = source[once], target[once], weights[once]
    if len(weights) > most:
        kept = np.sort(np.argsort(-np.abs(weights), kind="stable")[:most])
        source, target, weights = source[kept], target[kept], weights[kept]
    return source, target, weights


@dataclass(frozen=True, eq=False, kw_only=True)
class NodeTable:
    """nodes.csv: its header is read at once, its rows when it is known which are wanted."""

    path: Path
    header: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "NodeTable":
        """Read the header; without a file there are no columns."""
        if not path.is_file():
            return cls(path=path, header=())
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return cls(path=path, header=tuple(next(csv.reader(file), ())))

    def columns(self, shown: np.ndarray, count: int) -> dict[str, np.ndarray]:
        """Columns (n,) by name for the nodes in `shown`; none when the rows are not the network's nodes."""
        if not self.header:
            return {}
        if count > NODES_DRAWN:
            import pandas  # the csv module would take seconds

            table = pandas.read_csv(
                self.path, encoding_errors="replace", keep_default_na=False, na_values=[""]
            )
            if len(table) != count:
                return {}
            return {str(name): table[name].to_numpy()[shown] for name in table}
        with self.path.open(encoding="utf-8", errors="replace", newline="") as file:
            rows = list(csv.reader(file))[1:]
        if len(rows) != count or any(len(row) != len(self.header) for row in rows):
            return {}
        return {
            name: _numbers(cells) for name, cells in zip(self.header, zip(*rows, strict=True), strict=True)
        }


def _numbers(cells: tuple[str, ...]) -> np.ndarray:
    """Cells as whole numbers, numbers or texts, the first that holds for all."""
    for kind in (np.int64, np.float64):
        try:
            return np.array(cells).astype(kind)
        except (ValueError, OverflowError):
            continue
    return np.array(cells, dtype=object)


def _told(columns: dict[str, np.ndarray], shown: np.ndarray) -> list[dict[str, Any]]:
    """Columns for the tooltips, the name first."""
    columns = {"Id": shown} | columns
    most = max(1, CELLS_TOLD // max(len(shown), 1))
    told = []
    for name, values in list(columns.items())[:most]:
        numeric = values.dtype.kind in "iuf"
        plain = _round(values).tolist() if values.dtype.kind == "f" else values.tolist()
        told.append(
            {
                "name": name,
                "numeric": numeric,
                "values": [_finite(value) for value in plain] if numeric else list(map(str, plain)),
            }
        )
    return told


def _period(run: RunFiles, columns: Mapping[str, np.ndarray], positions: np.ndarray) -> list[float] | None:
    """Lengths after which a torus in the plane repeats: from the first row to the last, and the way back."""
    if run.config.get("periodic") is not True or not {"x", "y"} <= set(columns) or "z" in columns:
        return None
    period = []
    for axis, name in enumerate(("x", "y")):
        steps = np.diff(np.unique(positions[:, axis]))
        if not np.array_equal(positions[:, axis], columns[name]) or not steps.size:
            return None  # it is placed otherwise: a ring
        period.append(float(steps.sum() + steps.max()))
    return period


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _round(values: np.ndarray) -> np.ndarray:
    """Values to six significant digits, which are the shortest texts that JSON can have of them."""
    values = np.asarray(values, dtype=np.float64)
    size = np.abs(values)
    known = np.isfinite(size) & (size > 1e-290) & (size < 1e290)
    power = np.where(known, DIGITS - 1 - np.floor(np.log10(np.where(known, size, 1.0))), 0.0)
    power = np.clip(power, -290, 290)
    # Multiplying by a negative power of ten would leave digits behind; dividing by its inverse does not.
    scaled = np.where(power >= 0, values * 10.0 ** np.abs(power), values / 10.0 ** np.abs(power))
    rounded = np.round(scaled)
    rounded = np.where(power >= 0, rounded / 10.0 ** np.abs(power), rounded * 10.0 ** np.abs(power))
    return np.where(known, rounded, np.where(size <= 1e-290, 0.0, values))


def _limit(weights: np.ndarray) -> float:
    """Where colours and widths end: the heaviest, or the 99th percentile where a few tower over the rest."""
    size = np.abs(weights)
    top = float(size.max(initial=0.0)) or 1.0
    in_use = size[size > 1e-3 * top]
    high = float(np.quantile(in_use, 0.99)) if len(in_use) else top
    return high if high < 0.75 * top else top


def _is_directed(path: Path) -> bool:
    """By the column `Type` of the first edge."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        return next(rows, ["", "", ""])[2:3] == ["Directed"]
