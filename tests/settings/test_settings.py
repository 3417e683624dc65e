"""The settings' classes cover every setting that every run has, and take the defaults as they are."""

from copy import deepcopy
from dataclasses import fields

import pytest
import yaml

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.budget import Budget, Signs
from gradnet_cli.settings.catalog import config_directory, read_catalog
from gradnet_cli.settings.figures import FigureSettings
from gradnet_cli.settings.leaves import leaves
from gradnet_cli.settings.limits import Limits
from gradnet_cli.settings.resolution import resolve
from gradnet_cli.settings.sections import (
    Checkpoint,
    Cluster,
    Launcher,
    Logger,
    Prune,
    Resources,
    Stop,
    Trainer,
)
from gradnet_cli.settings.settings import FLAGS, OF_ANY_MASK, SECTIONS, VALUES, Settings
from tests.runs import composed

SECTION_CLASSES = {
    "figures": FigureSettings,
    "stop": Stop,
    "checkpoint": Checkpoint,
    "signs": Signs,
    "limits": Limits,
    "prune": Prune,
    "budget": Budget,
    "trainer": Trainer,
}
OPTIONAL = ("budget.", "signs.", "limits.", "noise.")  # have defaults of their own
NOISE = ("noise.additive", "noise.multiplicative", "noise.samples")
# Settings whose range does not depend on others.
CHECKED = [
    *VALUES,
    *(f"stop.{name}" for name in ("gap", "plateau", "improvement", "seconds")),
    *("checkpoint.updates", "checkpoint.seconds"),
    *("figures.draw", "figures.style", "figures.format"),
    *(f"prune.{name}" for name in ("below", "to", "share", "rescale", "retrain")),
    *(f"trainer.{field.name}" for field in fields(Trainer)),
    *NOISE,
    *(
        "signs.change",
        "signs.result",
        "budget.kind",
        "budget.rule",
        "budget.p",
        "budget.value",
        "logger.kind",
    ),
]


@pytest.fixture
def content() -> dict:
    """The defaults, as composed."""
    return deepcopy(resolve(composed()))


def place(content: dict, name: str) -> tuple[dict, str]:
    section, _, key = name.rpartition(".")
    return (content[section] if section else content), key


def test_defaults_pass(content: dict) -> None:
    settings = Settings.from_mapping(content)
    assert settings.most_updates == content["updates"]


def yaml_keys(group: str, *, of: type) -> None:
    for path in (config_directory() / group).glob("*.yaml"):
        found = yaml.safe_load(path.read_text())
        keys = set(found.get(group, found)) - {"_target_"}
        assert keys == {field.name for field in fields(of)}, path


def test_yaml_keys_and_fields_agree() -> None:
    root = yaml.safe_load((config_directory() / "config.yaml").read_text())
    sections = {key: value for key, value in root.items() if isinstance(value, dict) and key != "hydra"}
    assert set(sections) == {"figures", "stop", "checkpoint", "signs", "limits", "prune"}
    for name, values in sections.items():
        assert set(values) == {field.name for field in fields(SECTION_CLASSES[name])}
    assert set(root) - set(sections) - {"defaults", "hydra"} == {*VALUES, *OF_ANY_MASK}
    groups = [next(iter(entry)) for entry in root["defaults"] if isinstance(entry, dict)]
    known = {field.name for field in fields(Settings)}
    known -= {"given", *OF_ANY_MASK}
    assert known == set(VALUES) | set(sections) | (set(groups) - {"experiment"}) | {"resources"}
    yaml_keys("trainer", of=Trainer)
    yaml_keys("budget", of=Budget)
    yaml_keys("cluster", of=Cluster)
    slurm = yaml.safe_load((config_directory() / "cluster" / "slurm.yaml").read_text())
    assert set(slurm["resources"]) == {field.name for field in fields(Resources)}
    for group, kind in (("logger", Logger), ("launcher", Launcher)):
        for path in (config_directory() / group).glob("*.yaml"):
            assert set(yaml.safe_load(path.read_text()) or {}) <= {field.name for field in fields(kind)}
    assert set(FLAGS) < set(VALUES)


def test_every_common_setting_is_tested() -> None:
    catalog = read_catalog()
    common = {setting.key for setting in catalog.root}
    common |= {item.key for choice in catalog.groups["trainer"].choices.values() for item in choice.settings}
    common -= set(OF_ANY_MASK)  # which are checked as the problem is built: tests/problem/
    common -= {f"limits.{field.name}" for field in fields(Limits)}  # texts are names of columns there
    assert common == {name for name in CHECKED if not name.startswith(("noise.", "logger.", "budget."))}


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
@pytest.mark.parametrize("value", [{}, float("nan"), True])
def test_limits_are_numbers_or_columns(content: dict, name: str, value: object) -> None:
    content["limits"][name] = value
    with pytest.raises(SettingError) as caught:
        Settings.from_mapping(content)
    assert caught.value.setting == f"limits.{name}"


@pytest.mark.parametrize("name", CHECKED)
@pytest.mark.parametrize("value", [[], {}, "nonsense", -1.5, float("nan")])
def test_no_setting_takes_everything(content: dict, name: str, value: object) -> None:
    section, key = place(content, name)
    section[key] = value
    with pytest.raises(SettingError) as caught:
        Settings.from_mapping(content)
    assert caught.value.setting == name
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name in CHECKED if not name.startswith(OPTIONAL)])
def test_a_missing_setting_is_named(content: dict, name: str) -> None:
    section, key = place(content, name)
    del section[key]
    with pytest.raises(SettingError, match="is missing from the configuration") as caught:
        Settings.from_mapping(content)
    assert caught.value.setting == name


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("value", [None, 3, "nonsense", ["a"]])
def test_a_section_is_a_group_of_settings(content: dict, name: str, value: object) -> None:
    content[name] = value
    with pytest.raises(SettingError, match=f"^{name} = .*must be .*settings"):
        Settings.from_mapping(content)


def test_unknown_keys_of_sections_are_refused(content: dict) -> None:
    content["stop"]["gapp"] = 1
    with pytest.raises(SettingError, match=r"^stop\.gapp = 1: is unknown; stop has gap, plateau"):
        Settings.from_mapping(content)


def test_records_from_before_there_were_settings_of_any_mask_can_be_read(content: dict) -> None:
    older = {name: value for name, value in content.items() if name not in OF_ANY_MASK}
    assert Settings.from_mapping(older).node_path is None
    assert Settings.from_mapping(older).cost == content["cost"]


def test_accepted_extremes(content: dict) -> None:
    content |= {"seed": 2**32 - 1, "updates": 0, "dtype": "float32"}
    content["stop"] = {"gap": None, "plateau": None, "improvement": 0, "seconds": None}
    content["budget"] |= {"value": 1e-300, "p": 2}
    settings = Settings.from_mapping(content)
    assert settings.stop == Stop(gap=None, plateau=None, improvement=0.0, seconds=None)


def test_types_are_those_of_the_fields(content: dict) -> None:
    content |= {"updates": 1e3, "seed": 3.0}
    settings = Settings.from_mapping(content)
    assert (type(settings.updates), settings.updates) == (int, 1000)
    assert (type(settings.seed), settings.seed) == (int, 3)


def test_the_record_gives_the_same_settings_again(content: dict) -> None:
    settings = Settings.from_mapping(content)
    record = settings.to_mapping()
    names = dict(leaves(record))
    assert names["stop.gap"] == settings.stop.gap
    assert names["objective._target_"] == settings.objective.path
    assert record["mask"]["rows"] == content["rows"]
