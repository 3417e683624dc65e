"""The one reading of the YAML files, and that every file documents itself."""

from pathlib import Path

import pytest

from gradnet_cli.settings.catalog import config_directory, read_catalog, read_choice

FILES = sorted(path for path in config_directory().glob("*/*.yaml") if path.parent.name != "hydra")


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_every_file_documents_itself(path: Path) -> None:
    choice = read_choice(path)
    assert choice.description, "the first comment says what the choice is"
    assert choice.description[0].endswith("."), "in a sentence"
    missing = [setting.key for setting in choice.public_settings if not setting.meaning]
    assert not missing, "each setting has a comment behind it"
    if choice.group == "experiment":
        assert any(f"gradnet-run experiment={choice.name}" in line for line in choice.description)


def test_root_documents_itself() -> None:
    catalog = read_catalog()
    assert all(setting.meaning for setting in catalog.root)
    for group in catalog.groups.values():
        assert group.meaning, group.name
        assert group.default is None or group.default in group.choices, group.name


def test_reading_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mask" / "odd.yaml"
    path.parent.mkdir()
    path.write_text(
        "# @package _global_\n"
        "# First line.\n"
        "# Second line.\n"
        "\n"
        "mask:\n"
        "  _target_: a.b.build\n"
        "  settings: [rows]\n"
        "rows: 30          # number of rows,\n"
        "                  # on two lines\n"
        "# not a part of it\n"
        "title: 'a # b'    # quoted\n"
        "path:             # nothing behind it\n"
        "sizes:            # a list in block style\n"
        "  - 1\n"
        "  - 2\n"
        "options: {a: 1}   # an open mapping\n"
        "deep:\n"
        "  inner: ${rows}  # nested\n"
        "bare: 1\n"
    )
    choice = read_choice(path)
    assert (choice.group, choice.name, choice.description) == ("mask", "odd", ("First line.", "Second line."))
    read = {setting.key: (setting.default, setting.meaning) for setting in choice.public_settings}
    assert read == {
        "rows": ("30", "number of rows, on two lines"),
        "title": ("'a # b'", "quoted"),
        "path": ("null", "nothing behind it"),
        "sizes": ("- 1 - 2", "a list in block style"),
        "options": ("{a: 1}", "an open mapping"),
        "deep.inner": ("${rows}", "nested"),
        "bare": ("1", ""),
    }


@pytest.mark.parametrize(
    ("header", "key"),
    [("", "noise.level"), ("# @package _global_\n", "level"), ("# @package a.b\n", "a.b.level")],
)
def test_package_line_places_the_settings(tmp_path: Path, header: str, key: str) -> None:
    path = tmp_path / "noise" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(f"{header}# Mine.\nlevel: 1  # how loud\n")
    assert [setting.key for setting in read_choice(path).settings] == [key]
