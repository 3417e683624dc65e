"""The report of the studies: verdicts are computed, failures told; what was not computed is not true."""

import shlex
from pathlib import Path

import pytest

from experiments.claims import Claim, Run
from experiments.paper.execute import Executed, execute
from experiments.paper.judge import judge
from experiments.paper.report import headline, write_report
from experiments.paper.studies import Study, find_studies


def claim(*, holds: bool, figure: Path | None = None) -> Claim:
    return Claim(
        claim="a | claim & <more>", source="derived", expected=">= 1", ours="2", holds=holds, figure=figure
    )


def study(claims: object) -> Study:
    return Study(name="made_up", title="A made-up study", runs={"one": Run("rows=4")}, claims=claims)  # type: ignore[arg-type]


def executed(directory: Path, failure: str | None = None) -> Executed:
    return Executed(
        study="made_up",
        name="one",
        command="gradnet-run rows=4",
        directory=directory,
        seconds=1.0,
        failure=failure,
    )


def test_every_study_is_found_with_its_readme_and_its_runs() -> None:
    folders = {path.parent.name for path in Path("experiments").glob("*/claims.py")}
    studies = find_studies(full=True)
    assert {each.name for each in studies} == folders
    for each in studies:
        assert each.title != each.name, f"experiments/{each.name}/README.md has no heading"
        assert each.runs


def test_a_run_leaves_its_directory_and_a_failure_tells_why(tmp_path: Path) -> None:
    good = execute(study(None), "one", Run("rows=4 figures=false trainer=debug"), into=tmp_path)
    assert good.failure is None
    assert (good.directory / "summary.json").exists()
    bad = execute(study(None), "two", Run("rows=1"), into=tmp_path)
    assert bad.failure is not None
    assert "rows" in (tmp_path / "made_up" / "two.txt").read_text()


@pytest.mark.parametrize("holds", [True, False])
def test_verdicts_are_those_of_the_claims(tmp_path: Path, holds: bool) -> None:
    figure = tmp_path / "run" / "figure.png"
    figure.parent.mkdir()
    figure.write_bytes(b"png")
    judged = judge(study(lambda runs: [claim(holds=holds, figure=figure)]), [executed(tmp_path)])
    assert judged.holds is holds
    write_report([judged], tmp_path, seconds=60.0)
    page = (tmp_path / "index.html").read_text()
    table = (tmp_path / "index.md").read_text()
    assert ("does not hold" in page) is not holds
    assert ("does not hold" in table) is not holds
    assert "a | claim &amp; &lt;more&gt;" in page
    assert "a \\| claim" in table
    assert [path.read_bytes() for path in (tmp_path / "figures").iterdir()] == [b"png"]
    assert headline([judged], 60.0).startswith(f"{int(holds)} of 1 claims hold")


def test_what_could_not_be_computed_is_missing_and_not_true(tmp_path: Path) -> None:
    def broken(runs: object) -> list[Claim]:
        raise FileNotFoundError("summary.json")

    for judged in (
        judge(study(broken), [executed(tmp_path)]),
        judge(study(lambda runs: []), [executed(tmp_path)]),
        judge(study(lambda runs: [claim(holds=True)]), [executed(tmp_path, failure="it broke")]),
    ):
        assert not judged.holds
        assert judged.missing
        write_report([judged], tmp_path, seconds=1.0)
        assert "Not computed" in (tmp_path / "index.md").read_text()
        assert "made_up" in headline([judged], 1.0)


def test_a_study_says_which_of_its_runs_are_sweeps() -> None:
    """A directory is given as that of a run or that of a sweep, and the other one would be refused."""
    for each in find_studies(full=True):
        for name, run in each.runs.items():
            words = shlex.split(run.overrides)
            experiments = [word.partition("=")[2] for word in words if word.startswith("experiment=")]
            texts = [Path(f"conf/experiment/{experiment}.yaml").read_text() for experiment in experiments]
            assert run.sweep == any("mode: MULTIRUN" in text for text in texts), name
