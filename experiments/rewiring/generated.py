"""What needs no data: how connections are counted and explored, and what few of them cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from experiments.claims import Claim, Run
from experiments.runs import runs_of_sweep, settings_of, summary
from experiments.statistics import paired
from gradnet_cli.report.files.metrics import read_metrics

SEEDS = 8
KINDS = ("static", "set", "rigl", "adaptive")
SHARE = 0.2
SOURCE = "derived"
SWEPT = f"data.data_seed={','.join(map(str, range(SEEDS)))} figures=false report=false"
RUNS = {
    "generated_dense": Run(f"-m experiment=rewiring rewiring=none {SWEPT}", seconds=15),
    "generated_sparse": Run(
        f"-m experiment=rewiring rewiring={','.join(KINDS)} rewiring.density={SHARE} {SWEPT}", seconds=50
    ),
}


def generated_claims(runs: Mapping[str, Path]) -> list[Claim]:
    """Of the runs that are there."""
    if not set(RUNS) <= runs.keys():
        return []
    found: dict[str, dict[int, Path]] = defaultdict(dict)
    for name in RUNS:
        for run in runs_of_sweep(runs[name]):
            settings = settings_of(run)
            assert settings.data is not None
            found[settings.rewiring.kind][settings.data.arguments["data_seed"]] = run
    return [_counted(found), _explored(found), _rate(found), *_costs(found)]


def _counted(found: Mapping[str, Mapping[int, Path]]) -> Claim:
    """The number of connections of each layer, in the end."""
    wrong, exact = 0, round(SHARE * 6 * 16) + 3 * round(SHARE * 16 * 16)
    for kind in KINDS:
        for run in found[kind].values():
            wrong += summary(run)["metrics"]["edges_held"] != exact
    return Claim(
        claim=f"{SHARE:.0%} of the connections of each layer are held, whatever the rule",
        source=SOURCE,
        expected=f"{exact} of 864 in each of {len(KINDS) * SEEDS} networks",
        ours=f"other numbers in {wrong}",
        holds=wrong == 0,
    )


def _explored(found: Mapping[str, Mapping[int, Path]]) -> Claim:
    share = {
        kind: [summary(found[kind][seed])["metrics"]["edges_explored"] for seed in range(SEEDS)]
        for kind in KINDS
    }
    gain = paired(share["set"], share["rigl"])
    holds, undecided = gain.above()
    means = ", ".join(f"{kind} {np.mean(values):.2f}" for kind, values in share.items())
    return Claim(
        claim="what comes at random explores more of the connections than what comes by its slope",
        source="Mocanu et al. (2018); Evci et al. (2020)",
        expected="share ever held: difference of SET and RigL > 0",
        ours=f"{gain} ({means})",
        holds=holds and max(abs(value - SHARE) for value in share["static"]) < 0.01,
        open="" if holds else undecided,
        figure=None,
    )


def _rate(found: Mapping[str, Mapping[int, Path]]) -> Claim:
    """The adaptive rate follows the score: up where it did not fall, down where it did, within limits."""
    wrong = steps = 0
    for run in found["adaptive"].values():
        rows = read_metrics(run)
        rate, score = rows.rewiring_rate.to_numpy(), rows.score.to_numpy()
        for k in range(3, len(rate)):  # the first exchange is at the second epoch
            if rate[k] == 0 or rate[k - 1] == 0:
                continue
            factor = 1.1 if score[k - 1] >= score[k - 2] else 0.7
            steps += 1
            wrong += not np.isclose(rate[k], np.clip(rate[k - 1] * factor, 0.02, 0.5), rtol=1e-6)
    return Claim(
        claim="the rate that adapts rises by 1.1 where the score did not fall, and falls to 0.7 where it did",
        source=SOURCE,
        expected="0 exceptions",
        ours=f"{wrong} exceptions in {steps} epochs",
        holds=wrong == 0 and steps > 0,
    )


def _costs(found: Mapping[str, Mapping[int, Path]]) -> list[Claim]:
    """Test accuracies on the same generated graphs."""
    accuracy = {
        kind: [summary(found[kind][seed])["metrics"]["accuracy_test"] for seed in range(SEEDS)]
        for kind in ("none", *KINDS)
    }
    means = ", ".join(f"{kind} {np.mean(values):.3f}" for kind, values in accuracy.items())
    claims = []
    for kind, other, margin, text in (
        (
            "adaptive",
            "none",
            0.05,
            f"{SHARE:.0%} of them, at a rate that adapts, cost at most 0.05",
        ),
        ("rigl", "static", 0.0, "connections that come by their slope are better than those drawn at first"),
    ):
        gain = paired(accuracy[kind], accuracy[other])
        holds, undecided = gain.above(-margin)
        claims.append(
            Claim(
                claim=f"generated graphs: {text}",
                source=SOURCE,
                expected=f"difference in test accuracy > {-margin or 0:g}",
                ours=f"{gain} ({means})",
                holds=holds,
                open=undecided,
                note="a pair a set of generated graphs",
            )
        )
    return claims
