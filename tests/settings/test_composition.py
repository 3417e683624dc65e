"""What is composed for a second run, from parts of the first, is what would be composed for it alone."""

from pathlib import Path

import pytest

from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composer

KURAMOTO = "objective=kuramoto_synchrony"


@pytest.mark.parametrize(
    "line",
    [
        [KURAMOTO, "objective.frequencies=quantiles", "objective.frequencies=[1,2]"],
        [KURAMOTO, "objective.frequencies=[1,2]", "objective.frequencies=quantiles"],
        ["budget={value: 3.0}", "budget.kind=total"],
        ["budget.kind=per_node", "budget={kind: total, value: 3.0}"],
        ["prune.to=5", "prune.to=[1,2]", "prune.to=6"],
        ["dtype=float32", "dtype=float64"],
    ],
)
def test_a_second_run_is_composed_as_if_it_were_the_first(line: list[str]) -> None:
    composed = []
    for earlier in (["seed=1"], []):
        with Composer(CommandLine()) as composer:
            for seed in [*earlier, "seed=2"]:
                config = composer.compose([*line, seed])
        composed.append({key: value for key, value in config.items() if key != "hydra"})
    assert composed[0] == composed[1]


def test_a_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    """Files are read once for all that is composed, and no run changes what the next one gets."""
    file = tmp_path / "mask" / "mine.yaml"
    file.parent.mkdir()
    for rows in (3, 4, 13):
        file.write_text(f"# @package _global_\n# Mine.\ndefaults: [grid]\nrows: {rows}\n")
        for typed, made in ((["rows=7"], 7), ([], rows)):
            overrides = ["mask=mine", *typed]
            with Composer(CommandLine(overrides=overrides, config_dir=str(tmp_path))) as composer:
                config = composer.compose(overrides)
            mine = composer.catalog.groups["mask"].choices["mine"]
            assert {setting.key: setting.default for setting in mine.settings}["rows"] == str(rows)
            assert config.rows == made


def test_a_defaults_list_may_refer_to_a_choice(tmp_path: Path) -> None:
    place = tmp_path / "mask"
    place.mkdir()
    (place / "mine.yaml").write_text(
        "# @package _global_\n# Mine.\ndefaults: [grid, {/mask@_here_: '${noise}'}]\n"
    )
    for name, rows in (("none", 5), ("gaussian", 6)):
        (place / f"{name}.yaml").write_text(f"# @package _global_\n# Mine.\nrows: {rows}\n")
    for overrides, rows in (([], 5), (["noise=gaussian"], 6), (["rows=4"], 4)):
        with Composer(CommandLine(config_dir=str(tmp_path))) as composer:
            assert composer.compose(["mask=mine", *overrides]).rows == rows
