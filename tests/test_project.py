"""What stands around the package agrees with it: bounds, targets of make, the workflow, how to cite."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[1]
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
FILES = [*PROJECT.glob(".github/**/*.yml"), PROJECT / "CITATION.cff", PROJECT / ".pre-commit-config.yaml"]


def package() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def as_bound(version: str) -> str:
    """A version without the zeros at its end: 2.4 and 2.4.0 are one bound."""
    return re.sub(r"(\.0)+$", "", version)


def test_the_lowest_constraints_are_the_bounds_of_the_package() -> None:
    wanted = {}
    for text in (*package()["dependencies"], *package()["optional-dependencies"]["launchers"]):
        name, bound = re.match(r"([\w-]+)>=([\d.]+)", text).groups()
        wanted[name] = as_bound(bound)
    lines = (PROJECT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    found = {name: as_bound(version) for name, version in (line.split("==") for line in lines)}
    assert found == wanted


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_can_be_read(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def test_continuous_integration_calls_targets_that_there_are() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    called = re.findall(r"^step make ([a-z-]+)", script, re.MULTILINE)
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            called += re.findall(r"^make ([a-z-]+)", step.get("run", ""), re.MULTILINE)
        called += [each["target"] for each in job.get("strategy", {}).get("matrix", {}).get("include", [])]
    assert {"install", "check", "test", "test-slow", "test-browser", "test-slurm"} <= set(called)
    assert set(called) <= TARGETS


def test_the_workflow_tries_every_version_that_the_package_allows() -> None:
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    tried = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert package()["requires-python"] == f">={tried[0]}"
    assert len(tried) == len(set(tried)) >= 4


def test_help_of_make_lists_every_target_that_people_call() -> None:
    told = set(re.findall(r"^([a-z-]+):.*  ## ", MAKEFILE, re.MULTILINE))
    assert TARGETS - told == {"run-lowest"}
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE).group(1)
    assert set(phony.replace("\\", " ").split()) == TARGETS


def test_how_to_cite() -> None:
    cited = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (cited["cff-version"], cited["type"], cited["title"]) == ("1.2.0", "software", package()["name"])
    assert cited["license"] == package()["license"]
    assert cited["authors"] == package()["authors"]
    (paper,) = cited["references"]
    assert [author["family-names"] for author in paper["authors"]] == ["Mikaberidze", "Mikaberidze", "Taylor"]
