"""The processor against the graphics processor, by the same commands: time and score of each.

    python -m experiments.benchmark.devices [--tasks grid_316 quantum_1000] [--data FOLDER]

Prints a table in Markdown. What it gave, and which work stays on the processor, is in devices.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

from experiments.benchmark.machine import machine
from experiments.runs import summary

DEVICES = ("cpu", "gpu")
QUIET = ("figures=false", "report=false", "trainer.progress=none", "stop.plateau=null")


@dataclass(frozen=True, kw_only=True)
class Command:
    """What is run on either device.

    Attributes:
        words: of the command line
        data: file below the folder of data sets that it learns from
    """

    words: tuple[str, ...]
    data: str | None = None


COMMANDS = {
    "grid_316": Command(words=("experiment=grid_316",)),
    "grid_1000": Command(words=("experiment=grid_1000",)),
    "geometric_20000": Command(
        words=("mask=random_geometric", "nodes=20000", "cost=distance", "updates=5", "stop.gap=null")
    ),
    "effective_resistance_2000": Command(
        words=("objective=effective_resistance", "mask=random_geometric", "nodes=2000", "updates=5")
    ),
    "kuramoto_sparse_10000": Command(words=("experiment=kuramoto_large",)),
    "kuramoto_complete_2000": Command(
        words=("experiment=kuramoto_large", "mask=complete", "~probability", "nodes=2000", "updates=5")
    ),
    "quantum_1000": Command(words=("experiment=quantum_1000", "updates=20")),
    "gates": Command(words=("experiment=gates_xor", "updates=200")),
    "graff_squirrel": Command(words=("experiment=graff_squirrel", "updates=50"), data="squirrel.npz"),
    "graff_cora": Command(words=("experiment=graff_cora", "updates=100"), data="cora.npz"),
    "mutag": Command(words=("experiment=rewiring_mutag", "updates=100"), data="mutag.npz"),
}


def run(
    command: Command, device: str, directory: Path, data: Path | None, *, limit: float
) -> dict[str, float | str]:
    """Run a command on a device, and read seconds of training, updates and score from what it wrote."""
    words = [*command.words, *QUIET, f"trainer={device}", f"hydra.run.dir={directory}"]
    if command.data is not None:
        assert data is not None
        words.append(f"data.path={data / command.data}")
    called = [sys.executable, "-m", "gradnet_cli", *words]
    try:
        done = subprocess.run(called, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"note": f"not over after {limit:g} s"}
    if done.returncode:
        return {"note": (done.stderr.strip().splitlines() or ["failed"])[-1]}
    told = summary(directory)
    return {name: told[name] for name in ("seconds", "updates", "score")}


def row(name: str, found: dict[str, dict[str, float | str]]) -> str:
    """One command: an update on either device, how many times faster, and how far apart the scores are."""
    notes = [f"{device}: {outcome['note']}" for device, outcome in found.items() if "note" in outcome]
    if notes:
        return f"| {name} | {'; '.join(notes)} | | | | |"
    cells = []
    for outcome in found.values():
        seconds, updates = float(outcome["seconds"]), int(outcome["updates"])
        cells.append(f"{seconds:.2f} ({1000 * seconds / max(1, updates):.1f} ms)")
    here, there = (float(found[device]["score"]) for device in DEVICES)
    ratio = float(found["cpu"]["seconds"]) / float(found["gpu"]["seconds"])
    apart = abs(here - there) / max(abs(here), abs(there), 1e-300)
    return f"| {name} | {cells[0]} | {cells[1]} | {ratio:.2f} | {here:.9g} | {apart:.1e} |"


def main() -> int:
    """Run what is asked for on both devices."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", nargs="*", default=list(COMMANDS), choices=list(COMMANDS))
    parser.add_argument("--data", type=Path, help="folder with data sets as .npz files")
    parser.add_argument("--limit", type=float, default=240, help="longest time of one command [s]")
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        print("no CUDA device was found", file=sys.stderr)
        return 1
    about = {**machine(), "device": torch.cuda.get_device_name(), "torch": torch.__version__}
    print(json.dumps(about))
    print("| command | processor [s] | graphics processor [s] | times faster | score | scores apart |")
    print("|---|---|---|---|---|---|")
    for name in asked.tasks:
        command = COMMANDS[name]
        if command.data is not None and asked.data is None:
            print(f"| {name} | no data | | | | |")
            continue
        with tempfile.TemporaryDirectory() as place:
            found = {
                device: run(command, device, Path(place, device), asked.data, limit=asked.limit)
                for device in DEVICES
            }
        print(row(name, found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
