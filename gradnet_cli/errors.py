"""Every failure that the program explains in one line.

GradnetError                anything explained in one line; exit status 1
├── SettingError            a setting that cannot be used; exit status 2
│   └── InputFileError      a file that a setting names, with its line where there is one
└── NumericalError          NaN, infinity or a method that did not converge
"""

from __future__ import annotations

import math
from pathlib import Path

LONGEST_VALUE = 80  # characters of a value that a message repeats


class GradnetError(Exception):
    """Root of all failures that are told in one line, without a traceback."""


class SettingError(GradnetError):
    """A setting has a value that cannot be used.

    str(error) is one line, ``budget.value = -1: must be a finite number > 0 (mean strength per node)``.

    Args:
        setting: the name as it is typed on the command line, ``budget.value``
        value: what was given
        allowed: the whole clause after the colon, ``must be a finite number > 0``
        hint: the nearest right spelling, told as ``Did you mean ...?``
    """

    def __init__(self, *, setting: str, value: object, allowed: str, hint: str | None = None) -> None:
        self.setting = setting
        self.value = value
        self.allowed = allowed
        self.hint = hint
        super().__init__(self._message())

    def _where(self) -> str:
        return f"{self.setting} = {spell(self.value)}"

    def _message(self) -> str:
        question = f". Did you mean {self.hint}?" if self.hint else ""
        return one_line(f"{self._where()}: {self.allowed}{question}")

    def named(self, setting: str, *, hint: str | None = None) -> SettingError:
        """The same error of a setting by another name."""
        return _rebuild(type(self), {**self._arguments(), "setting": setting, "hint": hint or self.hint})

    def __reduce__(self) -> tuple[object, ...]:
        # Launchers send exceptions between processes; keyword-only constructors need help to be rebuilt.
        return _rebuild, (type(self), self._arguments())

    def _arguments(self) -> dict[str, object]:
        return {"setting": self.setting, "value": self.value, "allowed": self.allowed, "hint": self.hint}


class InputFileError(SettingError):
    """A file that a setting names is missing, empty or malformed.

    str(error) is one line, ``path = net.csv, line 7: the weight 'x' is not a number``.

    Args:
        setting: the setting that names the file
        path: the file
        allowed: what is wrong and what is allowed
        line: line number in the file, counted from 1, where there is one
        hint: the nearest right spelling (of a column, say)
    """

    def __init__(
        self,
        *,
        setting: str,
        path: str | Path,
        allowed: str,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.path = str(path)
        self.line = line
        super().__init__(setting=setting, value=self.path, allowed=allowed, hint=hint)

    def _where(self) -> str:
        # A path is repeated whole: cut short, it could not be found.
        place = "" if self.line is None else f", line {self.line}"
        return f"{self.setting} = {self.path}{place}"

    def _arguments(self) -> dict[str, object]:
        return {
            "setting": self.setting,
            "path": self.path,
            "allowed": self.allowed,
            "line": self.line,
            "hint": self.hint,
        }


class NumericalError(GradnetError):
    """A computation gave NaN or infinity, or an iteration did not converge."""


def spell(value: object) -> str:
    """Write a value as it would be typed in YAML, on one line, cut to LONGEST_VALUE characters."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    text = one_line(str(value))
    if not text:
        return "''"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def describe(error: BaseException) -> str:
    """An exception in one line: those of program and system as they are, others with their type before."""
    if isinstance(error, GradnetError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror + (f": {error.filename}" if error.filename else ""))
    text = one_line(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def one_line(text: str) -> str:
    """Join the lines of a text with single blanks; what cannot be printed is written as its escape."""
    return "".join(_visible(letter) for letter in " ".join(text.split()))


def _visible(letter: str) -> str:
    # Codes that move the cursor or turn the direction of writing would hide what is said.
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")


def _rebuild(kind: type[SettingError], arguments: dict[str, object]) -> SettingError:
    return kind(**arguments)  # type: ignore[arg-type]
