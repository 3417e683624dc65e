"""Paired intervals are those of SciPy's t-test, and a verdict may be undecided."""

import numpy as np
import pytest
from scipy import stats

from experiments.claims import Claim
from experiments.graff.claims import claims
from experiments.paper.judge import Judged
from experiments.paper.report import headline
from experiments.paper.studies import Study
from experiments.statistics import paired


def test_the_interval_is_that_of_the_paired_t_test() -> None:
    random = np.random.default_rng(0)
    ours, theirs = random.normal(0.8, 0.05, 10), random.normal(0.75, 0.05, 10)
    wanted = stats.ttest_rel(ours, theirs).confidence_interval(0.95)
    found = paired(ours.tolist(), theirs.tolist())
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-12)
    assert found.mean == pytest.approx((ours - theirs).mean())
    with pytest.raises(ValueError, match="10 numbers are compared with 9"):
        paired(ours.tolist(), theirs[:9].tolist())


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([0.1, 0.12, 0.11], (True, "")),
        ([0.1, -0.1, 0.02], (False, "undecided")),
        ([-0.1, -0.12, -0.11], (False, "")),
    ],
)
def test_verdicts(differences: list[float], verdict: tuple[bool, str]) -> None:
    assert paired(differences, [0.0] * 3).above() == verdict


def test_what_is_left_open_neither_holds_nor_fails() -> None:
    def claim(**changes: object) -> Claim:
        given = {"claim": "a", "source": "b", "expected": "c", "ours": "d", "holds": True, **changes}
        return Claim(**given)  # type: ignore[arg-type]

    study = Study(name="a", title="A", runs={}, claims=lambda runs: [])
    judged = Judged(
        study=study, executed=[], claims=[claim(), claim(holds=False, open="no data")], missing=None
    )
    assert judged.holds
    assert headline([judged], 60) == "1 of 2 claims hold, 1.0 minutes; 1 left open, undecided or without data"
    assert [each.verdict for each in judged.claims] == ["holds", "no data"]
    with pytest.raises(ValueError, match="a claim that is no data does not hold"):
        claim(open="no data")


def test_without_data_the_theory_is_judged_and_the_rest_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.graff.claims.DATA", None)
    found = claims({})
    theory, rest = found[:3], found[3:]
    assert all(claim.holds for claim in theory)
    assert rest
    assert {claim.verdict for claim in rest} == {"no data"}
