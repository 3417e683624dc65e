"""What the README shows works as it stands there."""

import csv
import json
import re
from pathlib import Path

import pytest

from gradnet_cli.cli.arguments import VERBS, read
from gradnet_cli.settings.composition import Composed, Composer
from tests.readme import COMMANDS, FILES, IN_PYTHON, PROJECT, README, put_files

METHOD = "    @classmethod\n"
"""What a method that is added to the objective begins with."""


@pytest.fixture
def shown(here: Path) -> None:
    """The files of the README, where it says they are."""
    assert set(FILES) >= {
        "my_masks.py",
        "mine/mask/star.yaml",
        "my_losses.py",
        "my_models.py",
        "my_objectives.py",
        "mine/objective/evenness.yaml",
    }
    put_files(here)


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("arguments", COMMANDS, ids=[" ".join(words) for words in COMMANDS])
def test_commands_compose(command, arguments: list[str]) -> None:
    if "-m" in arguments:
        with Composer(read(["gradnet-run", *arguments]).line) as composer:
            assert len([Composed.check(config) for config in composer.runs()]) > 1
        return
    if arguments and arguments[0].partition("=")[0] in VERBS:
        took_up(command, arguments)
        return
    answer = command("--cfg", "job", *arguments)
    assert (answer.exit_status, answer.err) == (0, "")


def took_up(command, arguments: list[str]) -> None:
    """Put a small run of this program where the README says that one is."""
    verb, _, directory = arguments[0].partition("=")
    small = ("rows=4", "updates=5", "stop.gap=null", "figures=false", f"hydra.run.dir={directory}")
    assert command(*small).exit_status == 0
    if verb == "resume":
        status = Path(directory, "status.json")
        status.write_text(status.read_text().replace('"done"', '"interrupted"'))
    few = ["updates=8" if word.startswith("updates=") else word for word in arguments]
    answer = command(*few)
    assert (answer.exit_status, answer.err) == (0, "")


@pytest.mark.usefixtures("shown")
def test_ones_own_objective_draws(forked, here: Path) -> None:
    (method,) = re.findall(rf"```python\n({METHOD}.*?)```", README, re.DOTALL)
    assert len([line for line in method.splitlines() if line]) <= 8
    module = here / "my_objectives.py"
    text = module.read_text().replace("import Evaluation, Objective", "import Drawing, Evaluation, Objective")
    module.write_text(f"{text}\n{method}")
    options = ("objective=evenness", "rows=3", "trainer=debug", "hydra.run.dir=run")
    answer = forked("--config-dir", "mine", *options)
    assert (answer.exit_status, answer.err) == (0, "")
    assert {"evenness.png", "evenness.svg"} <= {path.name for path in Path("run/figures").iterdir()}
    assert "How evenly the weight lies on the nodes." in Path("run/report.html").read_text()


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("arguments", [words for words in COMMANDS if "--config-dir" in words], ids=" ".join)
def test_ones_own_mask_and_objective_run(forked, arguments: list[str]) -> None:
    answer = forked(*arguments, "trainer=debug", "figures=false", "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (0, "")
    assert Path("run/summary.json").is_file()


@pytest.mark.usefixtures("shown")
def test_ones_own_model_runs(forked) -> None:
    (arguments,) = (words for words in COMMANDS if "objective.model=my_models.Counts" in words)
    answer = forked(*arguments, "trainer=debug", "figures=false", "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (0, "")
    assert Path("run/predictions.csv").is_file()


@pytest.mark.usefixtures("shown")
def test_the_worked_example_of_stations_and_lines(command) -> None:
    (arguments,) = (words for words in COMMANDS if "path=stations.csv" in words)
    answer = command(*arguments, "figures=false", "report=false", "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (
        0,
        "gradnet-run: distances are km on the sphere, by lon and lat (distance=plane takes degrees)\n",
    )
    summary = json.loads(Path("run/summary.json").read_text())
    assert summary["gap"] < 1e-3
    assert 2.5 < summary["score"] / summary["metrics"]["score_base"] < 3
    added = {
        frozenset((row["Source"], row["Target"])): float(row["Change"]) * float(row["Cost"])
        for row in csv.DictReader(Path("run/edges.csv").read_text().splitlines())
    }
    first, second, *_ = sorted(added, key=lambda pair: -added[pair])
    assert (first, second) == ({"Hamburg", "Mainz"}, {"Berlin", "Ulm"})
    assert added[first] + added[second] > 0.95 * sum(added.values())


def test_the_mistake_is_answered_as_shown(command) -> None:
    (session,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    typed, line = session.splitlines()
    assert command(*typed.split()[2:]).err == f"{line}\n"


def test_python_runs_as_shown(command, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("-m", "rows=3,4", "hydra.sweep.dir=mine", "figures=false", "report=false").exit_status == 0
    names: dict[str, object] = {}
    first, *others = IN_PYTHON
    assert len([line for line in first.splitlines() if line]) <= 8
    for block in (first, *others):
        exec(compile(block, "README.md", "exec"), names)
    assert (here / "karate" / "report.html").is_file()
    assert names["run"].score == names["result"].score
    assert list(names["table"].state) == ["done", "done"]


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    "arguments", [words for words in COMMANDS if "objective=function" in words], ids=" ".join
)
def test_a_loss_of_the_library_runs(forked, arguments: list[str]) -> None:
    answer = forked(*arguments, "rows=4", "updates=20", "figures=false", "hydra.run.dir=run")
    assert (answer.exit_status, answer.err) == (0, "")
    assert Path("run/summary.json").is_file()


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (PROJECT / target).exists(), target
