"""Graph neural networks with few connections that are exchanged: accuracies, and paired differences."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.claims import Claim, Run
from experiments.rewiring.contingency_claims import FULL as CONTINGENCY
from experiments.rewiring.contingency_claims import contingency_claims
from experiments.rewiring.folds import Folds, accuracies_of, read_folds
from experiments.rewiring.generated import RUNS as GENERATED
from experiments.rewiring.generated import generated_claims
from experiments.rewiring.norms import norms_claim
from experiments.rewiring.sparsity import draw_sparsity
from experiments.statistics import UNDECIDED, Interval, mean_of, paired

DATA = os.environ.get("DATA")  # the folder of the published data sets, `make reproduce-paper DATA=folder`
SOURCE = "Cambier van Nooten et al. (2026)"
WHOLE = ",".join(map(str, range(10)))  # folds
SWEEP = "figures=false report=false"


@dataclass(frozen=True, kw_only=True)
class Method:
    """What is compared on the same folds and seeds.

    Attributes:
        name: in words
        settings: beside those of the experiment
    """

    name: str
    settings: str = ""


def held(kind: str, share: float) -> str:
    """The settings of a share of the connections, which go and come by a rule."""
    return f"rewiring={kind} rewiring.density={share}"


METHODS = {
    "dense": Method(name="all connections"),
    "dropout": Method(name="all connections, dropout 0.2", settings="objective.dropout=0.2"),
    "static50": Method(name="half of them, as drawn", settings=held("static", 0.5)),
    "set50": Method(name="half of them, SET", settings=held("set", 0.5)),
    "rigl50": Method(name="half of them, RigL", settings=held("rigl", 0.5)),
    "decaying50": Method(name="half of them, at a rate that decays", settings=held("decaying", 0.5)),
    "adaptive50": Method(name="half of them, at a rate that adapts", settings=held("adaptive", 0.5)),
    "adaptive70": Method(name="30 % fewer, at a rate that adapts", settings=held("adaptive", 0.7)),
    "set70": Method(name="30 % fewer, SET", settings=held("set", 0.7)),
    "best": Method(name="all connections, stopped early", settings="objective.keep=best"),
}
SPARSITY = {f"adaptive{share:02d}": share for share in (70, 50, 30, 10, 5, 2)}
METHODS |= {
    name: Method(name=f"{share} % of them, at a rate that adapts", settings=held("adaptive", share / 100))
    for name, share in SPARSITY.items()
    if name not in METHODS
}
OTHERS = ("set50", "decaying50", "rigl50", "static50", "dense", "dropout")  # beside the rate that adapts
ON_PROTEINS = ("dense", "adaptive70", "set70")
SECONDS = {"mutag": 6, "proteins": 20}  # of a fold


def run_of(data: str, method: str, *, seeds: int) -> Run:
    """A cross-validation, with one seed or several, in one process."""
    swept = f"data.fold={WHOLE} seed={','.join(map(str, range(seeds)))}"
    return Run(
        f"-m experiment=rewiring_{data} data.path={DATA} {METHODS[method].settings} {swept} {SWEEP}",
        seconds=SECONDS[data] * 10 * seeds,
    )


RUNS = dict(GENERATED)
FULL: dict[str, Run] = dict(CONTINGENCY)
if DATA is not None:
    RUNS |= {f"mutag_{method}": run_of("mutag", method, seeds=1) for method in ("dense", "adaptive50")}
    FULL |= {f"mutag_{method}": run_of("mutag", method, seeds=5) for method in METHODS}
    FULL |= {f"proteins_{method}": run_of("proteins", method, seeds=3) for method in ON_PROTEINS}


def claims(runs: Mapping[str, Path]) -> list[Claim]:
    found = generated_claims(runs)
    if found:
        found.append(norms_claim())
    folds = {name: read_folds(path) for name, path in runs.items() if name.split("_")[0] in SECONDS}
    for data, least in (("mutag", 0.85), ("proteins", 0.72)):
        for method in ("dense", "adaptive50" if data == "mutag" else "adaptive70"):
            found.append(_reached(data, method, least, folds))
    found += [
        _not_worse("mutag", "adaptive50", 0.02, folds),
        _not_worse("mutag", "adaptive70", 0.02, folds),
        _not_worse("proteins", "adaptive70", 0.015, folds),
        _not_reproduced(folds),
    ]
    found += [
        _better(other, folds) for other in ("set50", "decaying50", "rigl50", "static50", "dense", "dropout")
    ]
    found += [_smoother(folds), _sparsity(folds, runs)]
    return found + contingency_claims(runs)


def _reached(data: str, method: str, least: float, folds: Mapping[str, Folds]) -> Claim:
    ours = folds.get(f"{data}_{method}")
    reached = None if ours is None else mean_of(accuracies_of(ours))
    return _claim(
        f"{data}, {METHODS[method].name}: mean test accuracy",
        f">= {least}",
        None if reached is None or ours is None else f"{_told(reached)} over {ours.told}",
        holds=reached is not None and reached.mean >= least,
    )


def _difference(data: str, one: str, other: str, folds: Mapping[str, Folds]) -> Interval | None:
    """Of the test accuracies, fold by fold, over the seeds that both have."""
    ours, theirs = folds.get(f"{data}_{one}"), folds.get(f"{data}_{other}")
    if ours is None or theirs is None:
        return None
    return paired(*ours.beside(theirs))


def _not_worse(data: str, method: str, margin: float, folds: Mapping[str, Folds]) -> Claim:
    gain = _difference(data, method, "dense", folds)
    holds, undecided = (False, "") if gain is None else gain.above(-margin)
    return _claim(
        f"{data}, {METHODS[method].name}: no more than {margin:.1%} below all connections",
        f"difference > {-margin}",
        None if gain is None else str(gain),
        holds=holds,
        undecided=undecided,
    )


def _better(other: str, folds: Mapping[str, Folds]) -> Claim:
    gain = _difference("mutag", "adaptive50", other, folds)
    holds, undecided = (False, "") if gain is None else gain.above()
    return _claim(
        f"mutag, {METHODS['adaptive50'].name}: better than {METHODS[other].name}",
        "difference > 0",
        None if gain is None else str(gain),
        holds=holds,
        undecided=undecided,
    )


def _not_reproduced(folds: Mapping[str, Folds]) -> Claim:
    """The 0.90 that the source tells of, beside all that might have been meant by it."""
    ours = folds.get("proteins_adaptive70")
    told = None
    if ours is not None:
        told = (
            f"{mean_of(accuracies_of(ours)).mean:.3f}; best fold {max(ours.mean('test')):.3f}, training "
            f"{sum(ours.mean('training')) / len(ours.mean('training')):.3f}, best epoch in validation "
            f"{sum(ours.mean('best')) / len(ours.mean('best')):.3f}"
        )
    reached = ours is not None and mean_of(accuracies_of(ours)).mean >= 0.90
    return _claim("proteins: an accuracy of 0.90 with fewer connections", ">= 0.90", told, holds=reached)


def _smoother(folds: Mapping[str, Folds]) -> Claim:
    ours, theirs = folds.get("mutag_adaptive50"), folds.get("mutag_dense")
    rougher = None if ours is None or theirs is None else paired(*theirs.beside(ours, "roughness"))
    holds, undecided = (False, "") if rougher is None else rougher.above()
    return _claim(
        f"mutag, {METHODS['adaptive50'].name}: smoother in validation than all connections",
        "mean change of an epoch smaller",
        None if rougher is None else f"smaller by {rougher}",
        holds=holds,
        undecided=undecided,
    )


def _sparsity(folds: Mapping[str, Folds], runs: Mapping[str, Path]) -> Claim:
    """How few connections cost no more than five points."""
    known = {share: folds[f"mutag_{name}"] for name, share in SPARSITY.items() if f"mutag_{name}" in folds}
    if len(known) < len(SPARSITY) or "mutag_dense" not in folds:
        return _claim("mutag, ever fewer connections", "10 % of them cost less than 0.05", None, holds=False)
    known[100] = folds["mutag_dense"]
    gain = paired(*known[10].beside(known[100]))
    holds, undecided = gain.above(-0.05)
    figure = draw_sparsity(known, runs["mutag_dense"] / "sparsity.png")
    told = ", ".join(f"{share} %: {mean_of(accuracies_of(known[share])).mean:.3f}" for share in sorted(known))
    return _claim(
        "mutag, ever fewer connections at a rate that adapts",
        "10 % of them cost less than 0.05",
        f"{gain} ({told})",
        holds=holds,
        undecided=undecided,
        figure=figure,
    )


def _claim(
    claim: str,
    expected: str,
    ours: str | None,
    *,
    holds: bool,
    undecided: str = "",
    figure: Path | None = None,
) -> Claim:
    if ours is None:
        reason = "no data" if DATA is None else "not run without FULL=1"
        return Claim(claim=claim, source=SOURCE, expected=expected, ours="not run", holds=False, open=reason)
    return Claim(
        claim=claim,
        source=SOURCE,
        expected=expected,
        ours=ours,
        holds=holds,
        open=UNDECIDED if undecided else "",
        figure=figure,
        note="a pair a fold, the mean over its seeds" if "pairs" in ours else "",
    )


def _told(found: Interval) -> str:
    return f"{found.mean:.4f} [{found.low:.4f}, {found.high:.4f}]"
