"""Checks of single settings: each returns the value in its type or raises a SettingError naming it.

YAML and the command line give strings, integers, floats, booleans and null; none is coerced in silence
(``rows=2.5`` and ``rows=true`` are errors, ``radius=1`` is the float 1.0).
"""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from gradnet_cli.errors import SettingError

T = TypeVar("T")


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


def nearest(word: object, known: Iterable[str]) -> str | None:
    """Return the known spelling nearest to word, or None where none is near."""
    near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return near[0] if near else None


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
