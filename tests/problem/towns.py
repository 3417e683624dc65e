"""Six towns in files, and problems on them."""

import logging
import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from omegaconf import OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from gradnet_cli.problem.build import build_problem
from gradnet_cli.problem.space import EARTH_RADIUS
from gradnet_cli.settings.composition import Composed
from tests.runs import composed

NAMES = ("Rome", "Oslo", "Bern", "Kyiv", "Paris", "Riga")
LON = (12.5, 10.75, 7.45, 30.52, 2.35, 24.1)
LAT = (41.9, 59.91, 46.95, 50.45, 48.86, 56.95)
LOAD = (3.0, 1.5, 0.25, 4.0, 2.0, -1.0)


def write(name: str, *lines: str) -> None:
    Path(name).write_text("\n".join(lines) + "\n")


def problem(*words: str) -> Problem:
    """The problem of a command line; what chooses nothing is set after composing, which takes long."""
    choices = [word for word in words if word.startswith(("mask=", "budget="))]
    config = composed(*choices)
    values = dict(word.split("=", 1) for word in words if word not in choices)
    for name, value in values.items():
        OmegaConf.update(config, name, yaml.safe_load(value), merge=False)
    return build_problem(Composed.check(config, given=frozenset(values)).settings)


def refusal(*words: str) -> str:
    with pytest.raises(SettingError) as caught:
        problem(*words)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def kilometres(one: int, other: int) -> float:
    """The distance by the angle between unit vectors (Kahan's formula, good at all angles)."""
    u, v = (
        np.array(
            [
                math.cos(math.radians(LAT[k])) * math.cos(math.radians(LON[k])),
                math.cos(math.radians(LAT[k])) * math.sin(math.radians(LON[k])),
                math.sin(math.radians(LAT[k])),
            ]
        )
        for k in (one, other)
    )
    return EARTH_RADIUS * 2 * math.atan2(float(np.linalg.norm(u - v)), float(np.linalg.norm(u + v)))
