"""The wheel, built and installed elsewhere, carries its configuration with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the installed wheel and nothing else; the libraries come from the environment."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, PROJECT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = place.glob("gradnet_run-*.whl")
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--target",
        place / "site",
        wheel,
    ]
    subprocess.run(install, check=True, capture_output=True)
    return place / "site"


def run(site: Path, here: Path, *arguments: str) -> subprocess.CompletedProcess:
    code = (
        "import sys; from gradnet_cli.cli import command as cli; "
        "print(cli.__file__, file=sys.stderr); sys.exit(cli.main())"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.startswith(str(site)), "not the checkout's package"
    return done


def test_the_wheel_holds_the_configuration(site: Path) -> None:
    packed = {
        path.relative_to(site / "gradnet_cli" / "conf") for path in site.glob("gradnet_cli/conf/**/*.yaml")
    }
    written = {path.relative_to(PROJECT / "conf") for path in PROJECT.glob("conf/**/*.yaml")}
    assert packed == written
    assert (site / "bin" / "gradnet-run").is_file()


def test_the_installed_wheel_answers(site: Path, tmp_path: Path) -> None:
    assert "mask=..." in run(site, tmp_path, "--help").stdout
    answer = run(site, tmp_path, "budgte.value=3")
    assert answer.returncode == 2
    assert answer.stderr.endswith("Did you mean budget.value=3?\n")


def test_the_installed_wheel_composes(site: Path, tmp_path: Path) -> None:
    answer = run(site, tmp_path, "--cfg", "job", "mask=complete", "nodes=5")
    assert answer.returncode == 0
    assert "nodes: 5" in answer.stdout


@pytest.mark.slow
def test_the_installed_wheel_runs(site: Path, tmp_path: Path) -> None:
    answer = run(site, tmp_path, "rows=4", "figures=false", "hydra.run.dir=run")
    assert answer.returncode == 0
    assert (tmp_path / "run" / "summary.json").is_file()
    assert (tmp_path / "run" / "report.html").is_file()  # its templates travel with the package
