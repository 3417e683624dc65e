"""Colour bars that are in proportion to their panels."""

from typing import TYPE_CHECKING, Any

from gradnet_cli.report.figures.colours import WeightColours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLAT = 2.5
"""Ratio of width to height from which a colour bar lies below."""
BAR = 0.12
"""Inches across a colour bar."""


def colour_bar(
    figure: "Figure",
    axes: "Axes | list[Axes]",
    colours: WeightColours,
    label: str,
    *,
    box: tuple[float, float] | None = None,
    below: bool = False,
) -> None:
    """A slim colour bar to the right of `axes`, or below where they are flat.

    `box` is their width and height in inches where they are far from square: a bar in proportion to them
    would be a hair or a dot.
    """
    form: dict[str, Any] = {"fraction": 0.05, "pad": 0.02, "aspect": 28}
    if below:
        form["location"] = "bottom"
    if box is not None:
        width, height = box
        if width > FLAT * height:
            length = min(width, 4.0)
            form = {
                "location": "bottom",
                "shrink": length / width,
                "aspect": length / BAR,
                "fraction": BAR / (height + BAR),
                "pad": 0.02,
            }
        else:
            form |= {"aspect": height / BAR, "fraction": BAR / (width + BAR)}
    bar = figure.colorbar(colours.mappable(), ax=axes, extend=colours.extend, label=label, **form)
    bar.outline.set_linewidth(0.5)
    if below:  # a factor that all its numbers share stands on the right
        bar.set_label(label, loc="left")
    if bar.solids is not None:
        bar.solids.set_rasterized(True)
        bar.solids.set_edgecolor("face")
