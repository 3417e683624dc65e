"""What other programs of this machine answer."""

from __future__ import annotations

import subprocess


def answer(*command: str, seconds: float) -> str | None:
    """What a program prints; None where it is not installed, fails, or takes longer than that."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
