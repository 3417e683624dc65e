"""Claims and verdicts of a study that has run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.claims import Claim
from experiments.paper.execute import Executed
from experiments.paper.studies import Study


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A study with its claims.

    Attributes:
        missing: why claims could not be computed, in one line; None if all were
    """

    study: Study
    executed: list[Executed]
    claims: list[Claim]
    missing: str | None

    @property
    def holds(self) -> bool:
        """Whether every claim was computed and holds, but for those that are left open."""
        return self.missing is None and all(claim.holds or claim.open for claim in self.claims)


def judge(study: Study, executed: list[Executed]) -> Judged:
    """Compute a study's claims; one that cannot be computed is told as missing, and never as true."""
    failures = [f"{run.name}: {run.failure}" for run in executed if run.failure is not None]
    runs: dict[str, Path] = {run.name: run.directory for run in executed}
    try:
        claims = study.claims(runs)
    except Exception as error:  # a study's own code, on files that a failed run may have left out
        why = "; ".join(failures) or f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Judged(study=study, executed=executed, claims=[], missing=why)
    missing = "; ".join(failures) or (None if claims else "the study makes no claim")
    return Judged(study=study, executed=executed, claims=claims, missing=missing)
