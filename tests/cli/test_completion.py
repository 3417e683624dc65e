"""What the Tab key offers, and that the program takes it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.completion import FLAGS, allowed_values, candidates
from gradnet_cli.settings.hydra import flags_parser
from tests.quick import quick
from tests.runs import composed, settings_of

CATALOG = read_catalog()
OFFERED = [
    (choice.group, choice.name, setting.key, value)
    for choice in CATALOG.choices()
    if choice.group != "experiment"
    for setting in choice.public_settings
    for value in allowed_values(setting)
] + [("", "", setting.key, value) for setting in CATALOG.root for value in allowed_values(setting)]

PLACES = sorted({each[:2] for each in OFFERED})


def offered(line: str) -> list[str]:
    return candidates(f"gradnet-run {line}", CATALOG)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ma", ["mask="]),
        ("mask=g", ["mask=grid"]),
        ("-m mask=grid,ka", ["mask=grid,karate"]),
        ("mask=complete nod", ["node_path=", "nodes="]),
        ("mask=complete row", []),
        ("ro", ["rows="]),
        ("rows=", ["rows=30"]),
        ("figures=", ["figures=false", "figures=true"]),
        ("dtype=", ["dtype=float32", "dtype=float64"]),
        ("initial=", ["initial=even", "initial=random", "initial=uniform"]),
        ("trainer.accelerator=", [f"trainer.accelerator={name}" for name in ("auto", "cpu", "gpu")]),
        ("-m trainer.accelerator=cpu,g", ["trainer.accelerator=cpu,gpu"]),
        ("signs.change=in", ["signs.change=increase"]),
        ("stop.gap=", ["stop.gap=0.001", "stop.gap=null"]),
        ("--cfg ", ["all", "hydra", "job"]),
        ("--mu", ["--multirun"]),
        ("res", ["resume="]),
        ("hydra.r", ["hydra.run.dir="]),
    ],
)
def test_what_is_offered(line: str, found: list[str]) -> None:
    assert offered(line) == found


def test_every_group_and_choice_is_offered_and_every_flag_exists() -> None:
    assert {f"{group}=" for group in CATALOG.groups} <= set(offered(""))
    for group in CATALOG.groups.values():
        assert offered(f"{group.name}=") == sorted(f"{group.name}={name}" for name in group.choices)
    assert set(offered("-")) == set(FLAGS)
    assert set(FLAGS) - {"--version"} <= set(flags_parser()._option_string_actions)


def test_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "first").mkdir(parents=True)
    (tmp_path / "net.csv").touch()
    assert offered("resume=r") == ["resume=runs/"]
    assert offered("resume=runs/") == ["resume=runs/first/"]
    assert offered("mask=edge_list path=./n") == ["path=./net.csv"]
    assert offered("--config-dir r") == ["runs/"]


def refused(config: DictConfig) -> str | None:
    """The setting that a configuration is refused for."""
    try:
        settings_of(config)
    except SettingError as error:
        return error.setting
    return None


@pytest.mark.parametrize(("group", "name"), quick(PLACES, *range(0, len(PLACES), 3)))
def test_the_program_takes_what_is_offered(group: str, name: str) -> None:
    for *where, key, value in OFFERED:
        if where == [group, name]:
            config = composed(*([f"{group}={name}"] if group else []))
            OmegaConf.update(config, key, yaml.safe_load(value))
            assert refused(config) != key, f"{key}={value}"  # something else may be missing beside it


def test_settings_that_default_to_a_word_offer_it() -> None:
    for setting in [
        *CATALOG.root,
        *(each for choice in CATALOG.choices() for each in choice.public_settings),
    ]:
        values = [value for value in allowed_values(setting) if value != "null"]
        if values and setting.default != "null":
            assert setting.default in values, setting.key


def test_a_shell_is_answered_without_hydra(here: Path) -> None:
    code = (
        "import sys; sys.argv = ['gradnet-run', '-sc', 'query=bash']; "
        "from gradnet_cli.cli.command import main; status = main();"
        "print(status, [name for name in ('torch', 'hydra', 'numpy') if name in sys.modules])"
    )
    environment = {**os.environ, "COMP_LINE": "gradnet-run mask=gr", "COMP_POINT": "19"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "mask=grid\n0 []\n"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_in_a_real_bash(here: Path) -> None:
    place = Path(sys.executable).parent
    script = (
        f'PATH="{place}:$PATH"; eval "$(gradnet-run -sc install=bash)"\n'
        'COMP_LINE="gradnet-run dtype=float"; COMP_POINT=23; COMP_WORDS=($COMP_LINE); COMP_CWORD=1\n'
        'hydra_bash_completion; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "dtype=float32\ndtype=float64\n", done.stderr
