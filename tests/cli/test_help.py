"""`--help` lists everything, and imports next to nothing for it."""

import subprocess
import sys

import pytest

from gradnet_cli import __version__
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import config_directory, read_catalog
from gradnet_cli.settings.help import EXAMPLES, help_text

HEAVY = ("torch", "lightning", "hydra", "omegaconf", "numpy", "pandas", "matplotlib", "networkx", "rich")


def test_help_lists_every_group_choice_and_setting() -> None:
    text = help_text(width=100)
    lines = [line.strip(" *") for line in text.splitlines()]
    catalog = read_catalog()
    choices = list(catalog.choices())
    assert len(choices) == len(list(config_directory().glob("*/*.yaml")))
    for group in catalog.groups:
        assert f"\n{group}=" in text
    for choice in choices:
        assert any(line == choice.name or line.startswith(f"{choice.name} ") for line in lines), choice.name
        if choice.group != "experiment":
            for setting in choice.public_settings:
                assert any(line.startswith(f"{setting.key}=") for line in lines), setting.key
    for setting in catalog.root:
        assert any(line.startswith(f"{setting.key}={setting.default}") for line in lines), setting.key


@pytest.mark.parametrize("width", [50, 60, 80, 120])
def test_help_fits_the_terminal(width: int) -> None:
    entries = help_text(width=width).split("Settings of every run")[1]
    for line in entries.splitlines():
        if " " in line.strip():  # a long name alone on its line cannot be broken
            assert len(line) <= max(width, 66), line


def test_help_about_one_choice() -> None:
    text = help_text(["mask=grid", "rows=4"], width=80)
    assert text.startswith("mask=grid\n")
    assert "rows=30" in text
    assert "budget" not in text


@pytest.mark.parametrize("name", [group.name for group in read_catalog().groups.values()])
def test_help_about_a_group_lists_its_choices_and_no_others(name: str) -> None:
    text = help_text([name], width=80)
    assert text.startswith(f"{name}=...")
    lines = [line.strip(" *") for line in text.splitlines()]
    for group in read_catalog().groups.values():
        assert (f"\n{group.name}=..." in f"\n{text}") == (group.name == name)
    for choice in read_catalog().groups[name].choices:
        assert any(line == choice or line.startswith(f"{choice} ") for line in lines), choice


def test_help_about_sections_settings_and_choices_by_name() -> None:
    assert "stop.plateau=100" in help_text(["stop"])
    assert "rows" not in help_text(["stop"])
    assert "(mask=grid)" in help_text(["rows"], width=120)
    assert help_text(["karate"]).startswith("mask=karate\n")
    with pytest.raises(SettingError, match=r"^mas: is no group, choice or setting\. Did you mean mask\?$"):
        help_text(["mas"])


def test_help_about_an_unknown_choice() -> None:
    with pytest.raises(SettingError, match=r"mask = gird: must be .*grid.* Did you mean"):
        help_text(["mask=gird"])


def test_help_shows_the_users_own_choices(tmp_path) -> None:
    (tmp_path / "mask").mkdir()
    (tmp_path / "mask" / "wheel_of_fortune.yaml").write_text(
        "# @package _global_\n# A wheel.\nspokes: 5  # how many\n"
    )
    text = help_text(directories=[tmp_path], width=80)
    assert "wheel_of_fortune" in text
    assert "spokes=5" in text


def test_help_and_version_import_nothing_heavy() -> None:
    for flag in ("--help", "--version"):
        code = (
            f"import sys; sys.argv = ['', '{flag}']; from gradnet_cli.cli.command import main; "
            "status = main();"
            f"sys.exit(status or ' '.join(name for name in {HEAVY} if name in sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.stderr.strip() == "", flag
        assert done.stdout


def test_installed_command_answers(installed) -> None:
    answer = installed("-h")
    assert (answer.exit_status, answer.err) == (0, "")
    assert "Usage: gradnet-run" in answer.out
    version = installed("--version")
    assert version.out == f"gradnet-run {__version__}\n"


@pytest.mark.parametrize("example", [command for command, _ in EXAMPLES if "--help" not in command])
def test_examples_compose(command, example: str) -> None:
    arguments = [word for word in example.split()[1:] if word != "-m"]
    plain = [word.split(",")[0] for word in arguments]
    answer = command("--cfg", "job", *plain)
    assert (answer.exit_status, answer.err) == (0, "")
