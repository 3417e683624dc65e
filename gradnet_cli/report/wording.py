"""Numbers, shares and times as people read them: in the panel and in the pages."""

import math
from collections.abc import Callable, Iterable

LEAST_SHARE = 1e-8
"""A gap below this share is rounding error and is shown as such."""


def number(value: float) -> str:
    """Seven digits: all that a score is compared by."""
    return f"{value:.7g}"


def aligned(values: Iterable[float]) -> Callable[[float], str]:
    """How to write numbers that stand below each other: with as many decimals each, where sizes allow it."""
    sizes = [abs(value) for value in values if math.isfinite(value) and value]
    if not sizes or max(sizes) >= 1e7 or min(sizes) < 1e-3 * max(sizes) or max(sizes) < 1e-4:
        return number
    decimals = max(0, 6 - math.floor(math.log10(max(sizes))))
    if all(value == round(value) for value in sizes):
        decimals = 0
    return lambda value: f"{value:.{decimals}f}"


def aligned_exactly(values: Iterable[float]) -> Callable[[float], str]:
    """The same for numbers that were typed: none loses a digit."""
    texts = [number(value) for value in values if math.isfinite(value)]
    if any("e" in text for text in texts):
        return number
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    return lambda value: f"{value:.{decimals}f}"


def aligned_shares(values: Iterable[float]) -> Callable[[float], str]:
    """Shares in percent, without its sign: two digits of the smallest, as far as four decimals go."""
    smallest = min((100 * value for value in values if value > 0), default=1.0)
    decimals = min(max(1 - math.floor(math.log10(smallest)), 1), 4)
    return lambda share: f"{100 * share:.{decimals}f}"


def plain(value: float, digits: int = 3) -> str:
    """So many significant digits and never an exponent: 1,230 and 0.0000123."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return f"{float(text):,.10g}" if abs(value) >= 1000 else text
    if not math.isfinite(value):
        return text
    size = math.floor(math.log10(abs(float(text))))
    return f"{float(text):,.{max(digits - 1 - size, 0)}f}"


def percent(share: float, digits: int = 3) -> str:
    """A share >= 0 in percent; what is rounding error is said to be small and no more."""
    return (
        f"{plain(100 * share, digits)} %"
        if share >= LEAST_SHARE
        else f"below {plain(100 * LEAST_SHARE, 1)} %"
    )


def updates(count: int) -> str:
    """How many updates."""
    return f"{count:,} update{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
