"""A clock that counts work instead of seconds, for measurements whose result is known."""

_worked = 0.0
speed = 1.0
"""Of the machine that the work is done on."""


def work(amount: float) -> None:
    """Do so much."""
    global _worked
    _worked += amount / speed


def ticks() -> float:
    """The time, which work alone lets pass; looking at it takes next to none."""
    work(1e-9)
    return _worked


def reference() -> None:
    """A unit of work."""
    work(1.0)
