"""The section `figures`, and its short form."""

import pytest

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.figures import FigureSettings
from gradnet_cli.settings.keywords import settings_from
from gradnet_cli.settings.overrides import decisive_settings, in_full


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("figures=false", "figures.draw=false"),
        ("figures=true,false", "figures.draw=true,false"),
        ("figures.style=dark", "figures.style=dark"),
        ("figures={style:dark}", "figures={style:dark}"),
        ("report=false", "report=false"),
    ],
)
def test_the_name_of_the_section_alone_draws_or_does_not(text: str, full: str) -> None:
    assert in_full(text) == full


def test_what_earlier_versions_recorded_is_read() -> None:
    assert FigureSettings.from_mapping(False) == FigureSettings(draw=False)


def test_one_format_or_several() -> None:
    assert FigureSettings(format="pdf").format == ("pdf",)
    assert FigureSettings(format=["svg", "pdf", "svg"]).format == ("svg", "pdf")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"style": "drak"}, "figures.style = drak: must be paper, slides or dark. Did you mean dark?"),
        ({"format": ["png", "jpg"]}, "figures.format = jpg: must be png, svg or pdf"),
        ({"format": []}, "figures.format = []: must be one or several of png, svg, pdf, like [png,pdf]"),
        ({"draw": "maybe"}, "figures.draw = maybe: must be true or false"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(given: dict, told: str) -> None:
    with pytest.raises(SettingError) as error:
        FigureSettings(**given)
    assert str(error.value) == told


def test_python_says_it_as_the_command_does() -> None:
    assert settings_from(figures=False).figures.draw is False
    chosen = settings_from(figures={"style": "slides", "format": ["png", "pdf"]}).figures
    assert chosen == FigureSettings(style="slides", format=("png", "pdf"))


def test_looks_of_figures_change_nothing_of_what_a_job_finds() -> None:
    assert decisive_settings(["rows=3", "figures.style=dark", "figures=false"]) == {"rows": 3}
