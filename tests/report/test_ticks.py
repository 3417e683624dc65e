"""Tick labels say the same as those set as mathematics."""

import pytest

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.ticks import plain, plain_ticks


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("$\\mathdefault{0.25}$", "0.25"),
        ("$\\mathdefault{10^{-3}}$", "10⁻³"),
        ("$\\mathdefault{2\\times10^{12}}$", "2×10¹²"),
        ("$\\mathdefault{-10^{−3}}$", "-10⁻³"),
        ("$\\times\\mathdefault{10^{−3}}\\mathdefault{}$", "×10⁻³"),
        ("$\\lambda_2$", "$\\lambda_2$"),
        ("5 %", "5 %"),
        ("", ""),
    ],
)
def test_labels(label: str, text: str) -> None:
    assert plain(label) == text


def test_labels_of_a_figure() -> None:
    with style.paper():
        figure = style.new_figure(3, 3)
        axes = figure.subplots()
        axes.plot([1, 2], [1e-5, 1e3])
        axes.set_yscale("log")
        axes.plot([1e6, 2e6], [1, 2])
        plain_ticks(figure)
        figure.draw_without_rendering()
    labels = {label.get_text() for label in axes.get_yticklabels()}
    assert {"10⁻³", "10³"} <= labels
    assert axes.xaxis.get_offset_text().get_text() == "×10⁶"
