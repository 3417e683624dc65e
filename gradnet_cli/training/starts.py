"""Several networks to begin with, where one start may end better than another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

LEAST_TRIAL, MOST_TRIAL = 10, 40  # updates until a start is compared with the best one
TRIAL_SHARE = 0.2  # of the updates in which the best start reached its best score: the length of a trial
RESTING = 50  # updates that the first start has to gain more than SLOW in; otherwise the others are tried
SLOW = 1e-3  # of all that it gained, and of its score
LEAD = 0.01  # of all that the best start gained: what another has to be ahead by at the end of its trial


@dataclass(frozen=True, kw_only=True)
class Further:
    """Networks to begin with after the first one.

    Attributes:
        count: of all starts, the first one included, >= 1
        draw: gives the change (E,) that start number 2, 3, ... begins with
    """

    count: int
    draw: Callable[[int], Tensor]


@dataclass(kw_only=True)
class Start:
    """One of several: what it has reached, in scores that grow, and where it stood when it was left.

    Attributes:
        number: 1, 2, ...
        best: of its networks up to each age, in updates
        led: the age from which on its score is the one wanted, see Evaluation.provisional
        position: see gradnet_cli.training.state.position; None of the start at hand
    """

    number: int
    best: list[float] = field(default_factory=list)
    led: int = 0
    position: dict[str, Any] | None = None

    @property
    def age(self) -> int:
        """Updates that it has had."""
        return len(self.best) - 1

    @property
    def trial(self) -> int:
        """The age at which others are compared with this one, once its own score is the one wanted."""
        share = int(TRIAL_SHARE * self.best.index(self.best[-1]))
        return max(min(max(share, LEAST_TRIAL), MOST_TRIAL), self.led)

    @property
    def rests(self) -> bool:
        """Whether it hardly moves any more."""
        if self.age < self.led + RESTING:
            return False
        best = self.best[-1]
        return best - self.best[-1 - RESTING] <= SLOW * min(best - self.best[0], abs(best))

    def lead_over(self, other: Start) -> float:
        """How much better it is than another one was at its age."""
        return self.best[-1] - other.best[min(self.age, other.age)]

    def excels(self, other: Start) -> bool:
        """Whether it is clearly better than another one was at its age."""
        return self.lead_over(other) > LEAD * (other.best[-1] - other.best[0])


class Starts:
    """The start at hand, the best of those that were left, and the most promising of those that were tried.

    When the first start hardly moves any more, and not before, the others begin in the updates that remain,
    each as a run of its own, for a trial of some updates. They are compared at the same age, for scores at
    different ages say little. The one that does best goes on, if it is clearly ahead of what the first one
    had reached by then, until it comes to rest, or falls behind at twice, four times, ... that age. Then, or
    if none is ahead, the first one goes on where it stood, unless it is beaten. So where nothing is to be
    gained the others cost a trial each.

    Args:
        count: of all starts, >= 1
        sign: +1 if scores are maximized, -1 if minimized
    """

    def __init__(self, *, count: int, sign: float) -> None:
        self.count = count
        self.tried = 1
        self._sign = sign
        self._phase = "first" if self.several else "last"
        self._at_hand = Start(number=1)
        self._champion: Start | None = None
        self._promising: Start | None = None

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return self.count > 1

    @property
    def number(self) -> int:
        """Of the start at hand."""
        return self._at_hand.number

    @property
    def score(self) -> float | None:
        """The best of the start at hand, None before there is one."""
        return self._sign * self._at_hand.best[-1] if self._at_hand.best else None

    @property
    def through(self) -> bool:
        """Whether all were tried, and the best one is at hand."""
        if self._phase != "last":
            return False
        return self._champion is None or self._at_hand.best[-1] > self._champion.best[-1]

    @property
    def over(self) -> bool:
        """Whether the start at hand hardly moves, has had its trial, or has fallen behind."""
        champion, at_hand = self._champion, self._at_hand
        if champion is None:
            return self._phase == "first" and at_hand.rests
        if self._phase == "trial":
            return at_hand.age >= champion.trial
        doublings, rest = divmod(at_hand.age, champion.trial)
        compared = rest == 0 and doublings > 1 and doublings.bit_count() == 1
        return compared and at_hand.lead_over(champion) <= 0

    def add(self, score: float, *, led: bool) -> None:
        """Count a network of this start in.

        Args:
            score: at its safe end
            led: that training follows another score here
        """
        best, signed = self._at_hand.best, self._sign * score
        best.append(max(signed, best[-1]) if best else signed)
        if led:
            self._at_hand.led = len(best)

    def turn(self, position: dict[str, Any]) -> dict[str, Any] | None:
        """Leave the start at hand.

        Args:
            position: where training stands in it

        Returns:
            where the one stood that is put back; None if a new one begins
        """
        left = self._at_hand
        left.position = position
        if self._phase == "first":
            self._phase, self._champion = "trial", left
        elif self._phase == "trial" and self._promises(left):
            self._promising = left
        if self._phase == "trial" and self.tried < self.count:
            self.tried += 1
            self._at_hand = Start(number=self.tried)
            return None
        self._phase = "last"
        back = self._promising or self._champion
        assert back is not None
        if self._promising is None:
            self._champion = None
        self._at_hand, self._promising = back, None
        stood, back.position = back.position, None
        back.best.pop()  # its network is scored again
        return stood

    def _promises(self, tried: Start) -> bool:
        assert self._champion is not None
        better = self._promising is None or tried.lead_over(self._promising) > 0
        return better and tried.excels(self._champion)

    @property
    def memory(self) -> dict[str, Any]:
        """All that its future depends on."""
        starts = (self._at_hand, self._champion, self._promising)
        return {
            "phase": self._phase,
            "tried": self.tried,
            "starts": [None if start is None else dict(vars(start)) for start in starts],
        }

    @memory.setter
    def memory(self, memory: dict[str, Any]) -> None:
        self._phase, self.tried = memory["phase"], memory["tried"]
        at_hand, champion, promising = (
            None if start is None else Start(**{**start, "best": list(start["best"])})
            for start in memory["starts"]
        )
        assert at_hand is not None
        self._at_hand, self._champion, self._promising = at_hand, champion, promising
