"""Logic gates: right on every seed, and as sharp as the published ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from experiments.claims import Claim, Run
from experiments.runs import runs_of_sweep, summary

SEEDS = 10
GATES = ("and", "or", "xor")
RUNS = {gate: Run(f"experiment=gates_{gate}", seconds=7) for gate in GATES} | {
    f"{gate}_seeds": Run(
        f"-m experiment=gates_{gate} seed={','.join(map(str, range(SEEDS)))} figures=false", seconds=20
    )
    for gate in GATES
}
FULL: dict[str, Run] = {}

PUBLISHED = "the library's published notebook"
XOR = (0.0, 0.971, 0.971, 0.003)


def claims(runs: Mapping[str, Path]) -> list[Claim]:
    found = []
    for gate in GATES:
        if f"{gate}_seeds" in runs:
            metrics = [summary(run)["metrics"] for run in runs_of_sweep(runs[f"{gate}_seeds"])]
            right = sum(each["right"] == 1 for each in metrics)
            found.append(
                Claim(
                    claim=f"{gate.upper()}: runs with every row right at threshold 0.5",
                    source=PUBLISHED,
                    expected=f"{SEEDS} of {SEEDS} seeds",
                    ours=f"{right} of {len(metrics)}, no output more than "
                    f"{max(each['worst'] for each in metrics):.2g} off",
                    holds=right == len(metrics) == SEEDS,
                    figure=runs[gate] / "figures" / "gates.png" if gate in runs else None,
                )
            )
    if "xor" in runs:
        with np.load(runs["xor"] / "arrays.npz", allow_pickle=False) as arrays:
            outputs = arrays["found_outputs"][:, 0]
        truth = np.array([0.0, 1.0, 1.0, 0.0])
        ours, theirs = (float(np.abs(np.asarray(values) - truth).max()) for values in (outputs, XOR))
        found.append(
            Claim(
                claim="XOR: largest error of an output",
                source=f"{PUBLISHED}: outputs {', '.join(f'{value:.3f}' for value in XOR)}",
                expected=f"<= {theirs:.3f}",
                ours=f"{ours:.3f} ({', '.join(f'{value:.3f}' for value in outputs + 0.0)})",
                holds=round(ours, 3) <= round(theirs, 3),
                figure=runs["xor"] / "figures" / "gates.png",
            )
        )
    return found
