"""What training knows of itself at an update; callbacks read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from gradnet_cli.training.certificate import relative_gap


@dataclass(kw_only=True)
class Record:
    """The network at an update, before the optimizer moves it on.

    Attributes:
        step: updates done so far
        seconds: since training began
        score: of this network, under the noise of this update if there is any
        bound, gap: proven, None where there is no proof; the gap is that of the best score
        guide: what led training instead where the score is not what it follows, else None
        metrics: the objective's
        delta: (E,) of the network that was scored
        edges: (2, E) where it lies, once edges were exchanged since; None for those that are held
        learned: parameters and buffers of the objective that it was scored with, by name
        best_second: what decided where several had the best score, see Evaluation.second
        best_limited: whether the bound speaks of that network; there is no gap where it does not
        best_score, best_step, best_start, best_delta, best_edges, best_learned: the best noise-free network
            so far; a score that has an error counts at its safe end
        start: which of several starts this network comes from
        turn: that this start is left here for another one
        stop_reason: why training ends here; None while it goes on
    """

    step: int = 0
    seconds: float = 0.0
    score: float = float("nan")
    guide: float | None = None
    bound: float | None = None
    gap: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    delta: Tensor | None = None
    edges: Tensor | None = None
    learned: Mapping[str, Tensor] = field(default_factory=dict)
    best_score: float | None = None
    best_second: float | None = None
    best_step: int = 0
    best_start: int = 1
    best_delta: Tensor | None = None
    best_edges: Tensor | None = None
    best_learned: Mapping[str, Tensor] = field(default_factory=dict)
    best_limited: bool = True
    start: int = 1
    turn: bool = False
    stop_reason: str | None = None

    def is_beaten_by(self, score: float, second: float | None, *, sign: float) -> bool:
        """Whether no network so far is as good as one with this score at its safe end.

        Args:
            second: what decides between equal scores, see Evaluation.second
            sign: +1 if scores are maximized, -1 if minimized
        """
        if self.best_score is None or score != self.best_score:
            return self.best_score is None or sign * (score - self.best_score) > 0
        return second is not None and self.best_second is not None and second < self.best_second

    def keep_as_best(self, score: float, *, second: float | None, limited: bool) -> None:
        """Remember the network at hand as the best one, with a score at its safe end."""
        self.best_score, self.best_second, self.best_limited = score, second, limited
        self.best_step, self.best_start = self.step, self.start
        self.best_delta, self.best_edges, self.best_learned = self.delta, None, self.learned

    def close_gap(self, *, ideal: float) -> None:
        """Take the gap between the best score and the bound, see Objective.ideal."""
        self.gap = None
        if self.best_score is not None and self.best_limited:
            self.gap = relative_gap(score=self.best_score, bound=self.bound, ideal=ideal)

    def keep_edges(self, edges: Tensor) -> None:
        """Remember that the networks so far lie on these edges (2, E), and not on those held from now on."""
        if self.edges is None:
            self.edges = edges
        if self.best_delta is not None and self.best_edges is None:
            self.best_edges = edges
