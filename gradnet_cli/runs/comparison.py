"""Two runs of the same settings, beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradnet_cli.report.files.atomic import read_json, write_json
from gradnet_cli.report.files.names import EDGES, MANIFEST, SUMMARY
from gradnet_cli.settings.leaves import leaves

FILE_NAME = "rerun.json"
OF_THE_RUN = ("command",)  # of a manifest, which belong to each run and tell nothing of the environment


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How far two results are from each other.

    Attributes:
        identical: edges.csv is the same, byte for byte
        weight: the largest difference of a weight; None where the edges themselves differ
        scores: of both
    """

    identical: bool
    weight: float | None
    scores: tuple[float | None, float | None]

    @property
    def sentence(self) -> str:
        """What a person wants to know."""
        if self.identical:
            return "rerun: the network is identical, byte for byte"
        before, now = self.scores
        change = f"scores {before} and {now}"
        if self.weight is None:
            return f"rerun: the networks differ: not the same edges, {change}"
        return f"rerun: the networks differ: weights by {self.weight:.3g} at most, {change}"


def compare(original: Path, repeated: Path) -> Comparison:
    """Compare the results in two directories of runs that are done."""
    first, second = original / EDGES, repeated / EDGES
    scores = tuple(read_json(directory / SUMMARY).get("score") for directory in (original, repeated))
    identical = first.read_bytes() == second.read_bytes()
    return Comparison(
        identical=identical,
        weight=0.0 if identical else _largest_difference(first, second),
        scores=(scores[0], scores[1]),
    )


def differences(original: Path, repeated: Path) -> list[str]:
    """What differs between the environments of two runs by their manifests, one line each."""
    before, now = (dict(leaves(read_json(path / MANIFEST))) for path in (original, repeated))
    return [
        f"rerun: {key} was {before.get(key)}, is {now.get(key)}"
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key) and key.partition(".")[0] not in OF_THE_RUN
    ]


def write_comparison(
    directory: Path, *, original: Path, comparison: Comparison, environment: Sequence[str]
) -> None:
    """Write rerun.json."""
    write_json(
        directory / FILE_NAME,
        {
            "original": str(original),
            "identical": comparison.identical,
            "largest_difference_of_a_weight": comparison.weight,
            "scores": comparison.scores,
            "environment": [line.removeprefix("rerun: ") for line in environment],
        },
    )


def _largest_difference(first: Path, second: Path) -> float | None:
    import pandas

    one, two = (pandas.read_csv(path, dtype={"Source": str, "Target": str}) for path in (first, second))
    if not one[["Source", "Target"]].equals(two[["Source", "Target"]]):
        return None
    return float((one["Weight"] - two["Weight"]).abs().max()) if len(one) else 0.0
