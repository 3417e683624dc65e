"""Checks of single settings: each returns the value in its type or raises a SettingError naming it.

YAML and the command line give strings, integers, floats, booleans and null; none is coerced in silence
(``rows=2.5`` and ``rows=true`` are errors, ``radius=1`` is the float 1.0).
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from gradnet_cli.errors import SettingError

T = TypeVar("T")
SHORTEST_PART = 3  # letters by which a longer word is recognised


def integer(*, setting: str, value: object, minimum: int | None = None, maximum: int | None = None) -> int:
    """Return value as an int within [minimum, maximum]; a bool or a float with a fraction is refused."""
    whole = _whole(value)
    if (
        whole is None
        or (minimum is not None and whole < minimum)
        or (maximum is not None and whole > maximum)
    ):
        allowed = "must be an integer" + _range(minimum, maximum)
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return whole


def integers(*, setting: str, value: object, minimum: int) -> list[int]:
    """Return value, a list of integers >= minimum; it may be empty."""
    if not isinstance(value, list | tuple) or any(not _at_least(item, minimum) for item in value):
        allowed = f"must be a list of integers >= {minimum}, like [5, 4]"
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return [int(item) for item in value]


def number(
    *,
    setting: str,
    value: object,
    above: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    meaning: str = "",
) -> float:
    """Return value as a finite float, > above, >= minimum and <= maximum where these are given.

    Args:
        meaning: told in brackets at the end of the message, ``mean strength per node``
    """
    usable = isinstance(value, numbers.Real) and not isinstance(value, bool)
    result = _to_float(value) if usable else math.nan
    if (
        not math.isfinite(result)
        or (above is not None and result <= above)
        or (minimum is not None and result < minimum)
        or (maximum is not None and result > maximum)
    ):
        limits = _range(minimum, maximum, above)
        allowed = f"must be a finite number{limits}" + (f" ({meaning})" if meaning else "")
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return result


def flag(*, setting: str, value: object) -> bool:
    """Return value, which must be true or false."""
    if not isinstance(value, bool):
        raise SettingError(setting=setting, value=value, allowed="must be true or false")
    return value


def choice(*, setting: str, value: object, choices: Iterable[str]) -> str:
    """Return value, which must be one of choices; otherwise the message names them and the nearest."""
    known = list(choices)
    if isinstance(value, str) and value in known:
        return value
    allowed = "must be " + (known[0] if len(known) == 1 else ", ".join(known[:-1]) + " or " + known[-1])
    raise SettingError(setting=setting, value=value, allowed=allowed, hint=nearest(value, known))


def fraction(*, setting: str, value: object) -> float:
    """Return value as a number strictly between 0 and 1."""
    allowed = "must be a number between 0 and 1, both excluded"
    try:
        result = number(setting=setting, value=value)
    except SettingError:
        result = 0.0
    if not 0 < result < 1:
        raise SettingError(setting=setting, value=value, allowed=allowed)
    return result


def optional(check: Callable[..., T], *, setting: str, value: object, **limits: Any) -> T | None:
    """Return what check(setting=, value=, **limits) does, but let null pass, and say so in the message."""
    if value is None:
        return None
    try:
        return check(setting=setting, value=value, **limits)
    except SettingError as error:
        raise SettingError(
            setting=setting, value=value, allowed=f"{error.allowed}, or null", hint=error.hint
        ) from None


def nearest(word: object, known: Iterable[str], *, slips_only: bool = False) -> str | None:
    """Return the known spelling that was most likely meant by word, or None where none is near.

    Near is what slips of the keys make of it, one in four letters, or a whole part of it (`karate` of
    `karate_club`); a name with points is near where each of its parts is.

    Args:
        slips_only: only what is hardly anything else: one slip in five letters, none in the first
    """
    typed = str(word).lower()
    found = [
        (distance, name)
        for name in known
        if (distance := _distance(typed, name.lower(), slips_only=slips_only)) is not None
    ]
    return min(found, key=lambda each: each[0])[1] if found else None


def _distance(word: str, name: str, *, slips_only: bool) -> float | None:
    """How far two spellings are from each other; None where they are not near."""
    parts, others = word.split("."), name.split(".")
    if len(parts) != len(others):
        return None
    total = 0.0
    for one, other in zip(parts, others, strict=True):
        distance = _distance_of_parts(one, other, slips_only=slips_only)
        if distance is None:
            return None
        total += distance
    return total


def _distance_of_parts(word: str, name: str, *, slips_only: bool) -> float | None:
    short, long = sorted((word, name), key=len)
    slips = _slips(word, name)
    if slips_only:
        return slips if slips <= len(long) // 5 and word[:1] == name[:1] else None
    if slips <= min(max(1, len(long) // 4), len(short) - 1):
        return slips
    if len(short) >= SHORTEST_PART and (long.startswith(short) or short in long.split("_")):
        return 1 + (len(long) - len(short)) / len(long)  # behind a slip
    return None


def _slips(word: str, name: str) -> int:
    """Letters inserted, left out, replaced, or exchanged with their neighbour (Damerau 1964)."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for at, letter in enumerate(word, 1):
        before, last, row = row, before, [at]
        for place, other in enumerate(name, 1):
            steps = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != other))
            if at > 1 and place > 1 and letter == name[place - 2] and word[at - 2] == other:
                steps = min(steps, last[place - 2] + 1)
            row.append(steps)
    return row[-1]


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None
    if isinstance(value, numbers.Integral):
        return int(value)
    number = float(value)
    return int(number) if math.isfinite(number) and number.is_integer() else None


def _range(minimum: float | None, maximum: float | None, above: float | None = None) -> str:
    limits = ((">", above), (">=", minimum), ("<=", maximum))
    words = " and ".join(f"{sign} {limit}" for sign, limit in limits if limit is not None)
    return f" {words}" if words else ""


def _at_least(value: object, minimum: int) -> bool:
    whole = _whole(value)
    return whole is not None and whole >= minimum


def _to_float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:  # an integer beyond 1e308
        return math.inf
