"""Run directories, sweeps and parsed pages for the tests of report.html."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

from gradnet_cli import report
from gradnet_cli.result import Result
from gradnet_cli.runs.manifest import write_manifest
from gradnet_cli.runs.status import Status
from gradnet_cli.settings.catalog import config_directory
from gradnet_cli.sweeps.table import Sweep

VOID = {"meta", "link", "img", "input", "br", "hr"}

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&{{ 7*7 }}"


class Page(HTMLParser):
    """A page as a browser that forgives nothing reads it: elements that do not nest are an error."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.source = path.read_text(encoding="utf-8")
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.scripts: list[str] = []
        self.feed(self.source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.parts.append(data)

    @property
    def text(self) -> str:
        """What is to be read, with single spaces."""
        return " ".join(" ".join(self.parts).split())

    def attributes(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [str(found[name]) for _, found in self.elements if name in found]

    def data(self, name: str) -> Any:
        """The JSON within the script of this id."""
        inside = self.source.partition(f'id="{name}">')[2].partition("</script>")[0]
        return json.loads(inside)


def leave_run(
    directory: Path,
    result: Result | None,
    course: Callable[[Path], object] | None = None,
    *,
    state: str = "done",
    error: str | None = None,
    figures: bool = False,
    choices: dict[str, str | None] | None = None,
    config: dict[str, Any] | None = None,
    command: str = "gradnet-run rows=5",
) -> None:
    """Leave the files that a run of the default configuration leaves; None for one that found nothing."""
    (directory / ".hydra").mkdir(parents=True)
    status = Status(directory=directory)
    status.begin()
    chosen = {
        "mask": "grid",
        "budget": "per_node",
        "objective": "algebraic_connectivity",
        "optimizer": "auto",
        "noise": "none",
        "trainer": "cpu",
        "experiment": None,
        "hydra/launcher": "basic",
    }
    hydra = {"runtime": {"choices": chosen | (choices or {}), "cwd": str(directory.parent)}}
    (directory / ".hydra" / "hydra.yaml").write_text(yaml.safe_dump({"hydra": hydra}))
    root = yaml.safe_load((config_directory() / "config.yaml").read_text())
    plain = {key: value for key, value in root.items() if key not in ("defaults", "hydra")}
    (directory / ".hydra" / "config.yaml").write_text(yaml.safe_dump(plain | (config or {}), sort_keys=False))
    write_manifest(
        directory,
        seed=0,
        device="cpu",
        threads=1,
        dtype="float64",
        command=command,
    )
    if course is not None:
        course(directory)
    if result is not None:
        report.write(result, directory, figures=figures)
    if state != "running":
        status.finish(state=state, error=error)


def sweep_of(directory: Path, jobs: int) -> Sweep:
    """A sweep of many jobs, one in 50 of which failed and the last of which was interrupted."""
    rows: list[dict[str, Any]] = []
    for job in range(jobs):
        value, seed = 0.1 * (1 + job % 50), job // 50
        done = job % 50 != 17 and job != jobs - 1
        score = value * (0.9 + 0.003 * ((job * 7919) % 31)) if done else None
        rows.append(
            {
                "job": str(job),
                "budget.value": round(value, 10),
                "seed": seed,
                "state": "done" if done else "interrupted" if job == jobs - 1 else "failed",
                "score": score,
                "bound": None if score is None else value,
                "gap": None if score is None else (value - score) / value,
                "seconds": 0.5 + (job * 31 % 97) / 10,
                "error": None if done else f"budget.value = {value}: must be <b>smaller</b>",
                "directory": str(job),
            }
        )
    return Sweep(directory=directory, swept=("budget.value", "seed"), rows=rows, sense="maximize")
