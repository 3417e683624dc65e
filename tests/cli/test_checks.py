"""The table of checks covers every setting that every run has, and takes the defaults as they are."""

import pytest
import yaml

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import config_directory, read_catalog
from gradnet_cli.settings.checks import CHECKS, check_settings


@pytest.fixture
def settings() -> dict:
    """The defaults, as composed."""
    root = yaml.safe_load((config_directory() / "config.yaml").read_text())
    for group in ("budget", "noise", "trainer", "logger"):
        choice = read_catalog().groups[group].default
        root[group] = yaml.safe_load((config_directory() / group / f"{choice}.yaml").read_text())
    return root


def test_defaults_pass(settings: dict) -> None:
    check_settings(settings)


def test_every_common_setting_is_checked() -> None:
    catalog = read_catalog()
    common = {setting.key for setting in catalog.root if not setting.key.startswith("signs.")}
    common |= {item.key for choice in catalog.groups["trainer"].choices.values() for item in choice.settings}
    assert common == {name for name in CHECKS if not name.startswith(("noise.", "logger."))}


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("value", [[], {}, "nonsense", -1.5, float("nan")])
def test_no_setting_takes_everything(settings: dict, name: str, value: object) -> None:
    section, _, key = name.rpartition(".")
    (settings[section] if section else settings)[key] = value
    with pytest.raises(SettingError) as caught:
        check_settings(settings)
    assert caught.value.setting == name
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", CHECKS)
def test_a_missing_setting_is_named(settings: dict, name: str) -> None:
    section, _, key = name.rpartition(".")
    del (settings[section] if section else settings)[key]
    with pytest.raises(SettingError, match="is missing from the configuration"):
        check_settings(settings)


def test_accepted_extremes(settings: dict) -> None:
    settings |= {"seed": 2**32 - 1, "updates": 0, "dtype": "float32"}
    settings["stop"] = {"gap": None, "plateau": None, "improvement": 0, "seconds": None}
    settings["budget"] |= {"value": 1e-300, "p": 2}
    check_settings(settings)
