"""Scales of colours in the look in use: of weights, of their changes, of what has an order or a sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures.looks import look

if TYPE_CHECKING:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap, Normalize


LINES_FROM = 0.25
"""Share of the shades that a hair-thin line would not be seen in."""


@dataclass(frozen=True, kw_only=True)
class WeightColours:
    """How weights are coloured: pale (none) to dark (largest), or two hues about zero when signs differ."""

    cmap: "Colormap"
    norm: "Normalize"
    extend: str

    def mappable(self) -> "ScalarMappable":
        """For a colour bar."""
        from matplotlib.cm import ScalarMappable

        return ScalarMappable(norm=self.norm, cmap=self.cmap)

    @property
    def limit(self) -> float:
        """The absolute weight at which colour and width saturate."""
        assert self.norm.vmax is not None
        assert self.norm.vmin is not None
        return float(max(abs(self.norm.vmax), abs(self.norm.vmin)))


def weight_colours(weights: np.ndarray, *, lines: bool = False) -> WeightColours:
    """Colours for weights (of any shape, NaN where there is none).

    Zero is the palest. Where a few weights tower over the rest, the scale ends at the 99th percentile of
    those in use, and the colour bar says so by its pointed end. `lines` on paper are seen however light they
    are: of two hues the whitish ones between are left out.
    """
    from matplotlib.colors import ListedColormap, Normalize

    size = np.abs(weights[np.isfinite(weights)])
    top = float(size.max(initial=0.0)) or 1.0
    in_use = size[size > 1e-3 * top]
    high = float(np.quantile(in_use, 0.99)) if len(in_use) else top
    extend = "neither"
    if high < 0.75 * top:
        top, extend = high, "max"
    if np.nanmin(weights, initial=0.0) < 0:
        hues = signed_colours()
        if lines:
            hues = ListedColormap(
                hues(np.concatenate([np.linspace(0, 0.36, 128), np.linspace(0.64, 1, 128)]))
            )
        return WeightColours(
            cmap=hues, norm=Normalize(-top, top), extend="both" if extend == "max" else extend
        )
    shades = weight_shades()
    if lines:
        shades = ListedColormap(shades(np.linspace(LINES_FROM, 1.0, 256)))
    return WeightColours(cmap=shades, norm=Normalize(0.0, top), extend=extend)


def change_colours(change: np.ndarray) -> WeightColours:
    """Colours for changes of weights (of any shape, NaN where there is none): blue for more, red for less.

    The palest still stand out from grey and from paper: near zero the hue jumps.
    """
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    size = np.abs(change[np.isfinite(change)])
    top = float(size.max(initial=0.0)) or 1.0
    in_use = size[size > 1e-3 * top]
    high = float(np.quantile(in_use, 0.99)) if len(in_use) else top
    extend = "neither"
    if high < 0.75 * top:
        top, extend = high, "both"
    least = 1e-3 * top  # below, it is rounding
    more, less = np.nanmax(change, initial=0.0) > least, np.nanmin(change, initial=0.0) < -least
    more_shades, less_shades = look().more, look().less
    rising = [(0.0, more_shades[0]), (0.5, more_shades[1]), (1.0, more_shades[2])]
    falling = [(0.0, less_shades[2]), (0.5, less_shades[1]), (1.0, less_shades[0])]
    if more and less:
        stops = [(0.5 * at, colour) for at, colour in falling]
        stops += [(0.5 + 0.5 * at, colour) for at, colour in rising]
        norm = Normalize(-top, top)
    elif less:
        stops, norm, extend = falling, Normalize(-top, 0.0), "min" if extend == "both" else extend
    else:
        stops, norm, extend = rising, Normalize(0.0, top), "max" if extend == "both" else extend
    cmap = LinearSegmentedColormap.from_list("change", stops, N=512)
    return WeightColours(cmap=cmap, norm=norm, extend=extend)


def weight_shades() -> "Colormap":
    """From next to nothing to much; the least stands out from the ground."""
    return ramp("weights", look().weights)


def signed_colours() -> "Colormap":
    """From much below zero over nothing to much above."""
    used = look()
    return ramp("signed", (*reversed(used.negative), used.nothing, *used.positive))


def ordered_colours(*, growing: bool = False) -> "Colormap":
    """For lines that have an order, each of which is seen on the ground.

    `growing` begins with what stands out least.
    """
    from matplotlib import colormaps

    dark = _luminance(look().paper) < 0.5
    shades = colormaps["viridis"](np.linspace(0.25, 1.0, 256) if dark else np.linspace(0.0, 0.88, 256))
    return ramp("ordered", shades[::-1] if growing and not dark else shades)


def shades_of(colour: str) -> "Colormap":
    """From the ground to a colour."""
    return ramp("shades", (look().paper, colour))


def tinted(colour: str) -> Any:
    """The ground with a touch of a colour."""
    return shades_of(colour)(0.2)


def letters_on(fill: Any) -> str:
    """Ink or paper, whichever can be read on a filled place."""
    used, behind = look(), _luminance(fill)

    def contrast(colour: str) -> float:
        low, high = sorted((_luminance(colour), behind))
        return (high + 0.05) / (low + 0.05)

    return max(used.ink, used.paper, key=contrast)


def ramp(name: str, shades: "Sequence[Any] | np.ndarray") -> "Colormap":
    """Colours in equal steps."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(name, list(shades), N=512)


def _luminance(colour: Any) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    from matplotlib.colors import to_rgb

    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
