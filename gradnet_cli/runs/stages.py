"""The stages of a run that was extended: what it was asked for before `resume=` changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from gradnet_cli.report.files.atomic import write_text
from gradnet_cli.report.files.documents import read_yaml

STAGES = Path(".hydra", "stages.yaml")  # within the directory of a run


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a run was asked for until it was taken up again with other settings.

    Attributes:
        overrides: of the stage
        ended: whether its training had come to its end; one that was changed on its way cannot be repeated
    """

    overrides: tuple[str, ...]
    ended: bool


def read_stages(directory: Path) -> tuple[Stage, ...]:
    """The stages before the present one, in their order; none of a run that was not extended."""
    content = read_yaml(directory / STAGES)
    return tuple(
        Stage(overrides=tuple(map(str, each["overrides"])), ended=bool(each["ended"]))
        for each in (content if isinstance(content, list) else ())
        if isinstance(each, dict) and isinstance(each.get("overrides"), list) and "ended" in each
    )


def write_stages(directory: Path, stages: Sequence[Stage]) -> None:
    """Record stages, whole or not at all."""
    content = [{"overrides": list(stage.overrides), "ended": stage.ended} for stage in stages]
    write_text(directory / STAGES, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
