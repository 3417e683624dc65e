"""The files of a run, read as far as they exist: a run may have failed before it wrote them."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradnet_cli.report.files import edges, network_files, nodes, summary
from gradnet_cli.report.files.atomic import read_json
from gradnet_cli.report.files.documents import read_yaml
from gradnet_cli.report.files.metrics import FILE_NAME as METRICS
from gradnet_cli.report.files.names import LEARNED, MANIFEST, PRUNED, REMOVED, STATUS

CONFIG = ".hydra/config.yaml"
HYDRA = ".hydra/hydra.yaml"
TABLE = "what the objective has told, a row each"
TAIL = 1 << 16
"""Bytes at the end of metrics.csv that hold its last row."""

MEANINGS = {
    summary.FILE_NAME: "the numbers of this page, for programs",
    edges.FILE_NAME: "the network: source, target and weight to full precision; opens in Gephi",
    REMOVED: "the edges of the base network that are gone, with the weight they had",
    LEARNED: "what the objective has learned beside the network: numpy.load",
    PRUNED: "the network without its light edges",
    nodes.FILE_NAME: "the nodes: positions, strengths, and what the objective found",
    network_files.GRAPHML_NAME: "the network for Gephi, Cytoscape and networkx",
    network_files.NPZ_NAME: "the network for SciPy: scipy.sparse.load_npz",
    "layout.csv": "where the figures put the nodes",
    "arrays.npz": "what the figures of the objective are drawn from",
    METRICS: "score, bound and gap while training",
    STATUS: "how the run ended, and when",
    MANIFEST: "what is needed to repeat the run",
    CONFIG: "the whole configuration",
    "run.log": "everything logged, and the traceback of a failure",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class RunFiles:
    """What the small files of a run say; empty where a file is missing or malformed."""

    directory: Path
    status: dict[str, Any]
    summary: dict[str, Any]
    manifest: dict[str, Any]
    config: dict[str, Any]
    hydra: dict[str, Any]

    @property
    def config_text(self) -> str:
        """The configuration as it stands in its file."""
        path = self.directory / CONFIG
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    @property
    def choices(self) -> dict[str, str]:
        """The choice of each group, Hydra's own left out."""
        chosen = _section(_section(self.hydra, "runtime"), "choices")
        return {group: str(name) for group, name in chosen.items() if name and not group.startswith("hydra/")}

    @property
    def config_directories(self) -> list[Path]:
        """The user's own directories of YAML files."""
        sources = _section(self.hydra, "runtime").get("config_sources") or []
        named = [source for source in sources if isinstance(source, dict)]
        return [Path(str(s.get("path"))) for s in named if s.get("provider") == "command-line"]

    @property
    def objective(self) -> str:
        """What the network was for: by the summary, or by the choice where there is no summary."""
        return str(self.summary.get("objective") or self.choices.get("objective") or "network")

    def listing(self) -> list[tuple[str, str, int]]:
        """The files that are there, in the order of the table above: name, meaning, bytes."""
        tables = {f"{name}.csv": TABLE for name in self.summary.get("tables") or ()}
        known = {**MEANINGS, **tables}
        found = [(name, meaning, self.directory / name) for name, meaning in known.items()]
        return [(name, meaning, path.stat().st_size) for name, meaning, path in found if path.is_file()]


def read_run(directory: Path) -> RunFiles:
    """Read what there is."""
    directory = Path(directory)
    return RunFiles(
        directory=directory,
        status=read_json(directory / STATUS),
        summary=read_json(directory / summary.FILE_NAME),
        manifest=read_json(directory / MANIFEST),
        config=_mapping(read_yaml(directory / CONFIG)),
        hydra=_section(_mapping(read_yaml(directory / HYDRA)), "hydra"),
    )


def last_metrics(directory: Path) -> dict[str, float]:
    """The last whole row of metrics.csv, read from its end; empty where there is none."""
    path = directory / METRICS
    try:
        with path.open("rb") as file:
            header = file.readline()
            start = file.tell()
            file.seek(0, os.SEEK_END)
            file.seek(max(start, file.tell() - TAIL))
            rows = file.read().decode("utf-8", errors="replace").split("\n")[:-1]
        names = header.decode("utf-8", errors="replace").strip().split(",")
        cells = rows[-1].split(",") if rows else []
        return {name: float(cell) for name, cell in zip(names, cells, strict=False) if cell}
    except (OSError, ValueError):
        return {}


def _section(content: dict[str, Any], name: str) -> dict[str, Any]:
    return _mapping(content.get(name))


def _mapping(content: object) -> dict[str, Any]:
    """A mapping as it is; an empty one for all else."""
    return content if isinstance(content, dict) else {}
