"""What a release is made of agrees with itself: versions, archives, the container, the recipe."""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import jinja2
import pytest
import yaml

import gradnet_cli
from tests.readme import PROJECT
from tests.test_project import package

CONDA = {"torch": "pytorch", "matplotlib": "matplotlib-base"}
"""Names that packages have there and not on PyPI."""
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")


def recipe() -> dict:
    text = (PROJECT / "recipe" / "recipe.yaml").read_text(encoding="utf-8")
    syntax = jinja2.Environment(variable_start_string="${{", variable_end_string="}}", autoescape=False)
    return yaml.safe_load(syntax.from_string(text).render(yaml.safe_load(text)["context"]))


def test_one_version_everywhere() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\S+) - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    cited = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (cited["version"], str(cited["date-released"])) == released[0]
    assert gradnet_cli.__version__ == recipe()["package"]["version"] == released[0][0]
    assert changelog.index("## Unreleased") < changelog.index(f"## {released[0][0]}")


def test_the_recipe_asks_for_what_the_package_asks_for() -> None:
    wanted = {}
    for text in package()["dependencies"]:
        name, bounds = re.fullmatch(r"([\w-]+)(.+)", text).groups()
        wanted[CONDA.get(name, name)] = bounds
    wanted["python"] = package()["requires-python"]
    found = dict(text.split(" ", 1) for text in recipe()["requirements"]["run"])
    assert found == wanted
    built_with = dict(text.partition(" ")[::2] for text in recipe()["requirements"]["host"])
    assert f"hatchling{built_with['hatchling']}" in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    ((name, entry),) = package()["scripts"].items()
    assert recipe()["build"]["python"]["entry_points"] == [f"{name} = {entry}"]
    assert recipe()["about"]["license"] == package()["license"]


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="no repository to compare with")
def test_the_sdist_holds_the_repository(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, PROJECT]
    subprocess.run(build, check=True, capture_output=True)
    (path,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    tracked = {name for name in listed.stdout.split("\0") if name and (PROJECT / name).exists()}
    assert tracked - held <= {"outputs/.gitkeep"}


def copied() -> list[str]:
    """What the Dockerfile takes from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return [name for line in lines for name in line.split()]


def test_the_image_is_given_what_it_copies_and_nothing_else() -> None:
    given = re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(copied()) == sorted(given)


def test_the_wheel_can_be_built_from_what_the_image_copies(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in copied():
        path = PROJECT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(path, source / name)
    (line,) = re.findall(r"^RUN python -m pip (wheel .+) \.$", DOCKERFILE, re.MULTILINE)
    arguments = line.replace("/wheels", str(tmp_path / "wheels")).split()
    command = [sys.executable, "-m", "pip", *arguments, "--no-build-isolation", "--quiet", "."]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    assert len(list((tmp_path / "wheels").glob("gradnet_run-*.whl"))) == 1


def test_the_image_runs_the_command_as_nobody_in_particular() -> None:
    (tag,) = set(re.findall(r"^FROM python:(\d+\.\d+)-slim", DOCKERFILE, re.MULTILINE))
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert tag in workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    (entry,) = package()["scripts"]
    assert DOCKERFILE.rstrip().endswith(f'USER 1000\nWORKDIR /runs\nENTRYPOINT ["{entry}"]')
    assert "useradd --create-home --uid 1000" in DOCKERFILE
