"""Names of nodes: within the dots where they are short and few, beside them otherwise, none over another."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradnet_cli.problem.mask import Mask
from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.fonts import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUMBERED_UP_TO = 40
"""Nodes without names up to which each carries its number."""
NAMED_UP_TO = 120
"""Nodes with names up to which each carries its own."""
INSIDE_UP_TO = 18.0
"""Points across the widest dot that holds a name."""
SMALLEST_DOT = 10.5
LETTERS = 6.5
"""Points of letters within dots."""
LONGEST = 28
"""Characters of a name; the rest of a longer one is left out."""
SAMPLES = 24
"""Points of each edge that are looked at when a place for a name is sought."""
REACHES = (1.5, 7.0, 14.0, 24.0, 36.0)
"""Points from the rim of a dot to its name, the nearest place first; from the second on a line joins them."""
EDGE_PENALTY, REACH_PENALTY = 0.6, 1.0


def names_of(mask: Mask) -> list[str]:
    """What nodes are called, or their numbers; long names are cut."""
    if mask.labels is None:
        return [str(number) for number in range(mask.nodes)]
    texts = (" ".join(str(label).split()) for label in mask.labels)
    return [text if len(text) <= LONGEST else text[: LONGEST - 1] + "…" for text in texts]


def are_told(mask: Mask) -> bool:
    """Whether there are few enough nodes for names."""
    return mask.nodes <= (NUMBERED_UP_TO if mask.labels is None else NAMED_UP_TO)


def dot_for(names: Sequence[str]) -> float | None:
    """Points across a dot that the longest of the names fits into; None where they are too long for any."""
    widest = max(width_of(name, LETTERS) for name in names)
    across = max(SMALLEST_DOT, widest + 3.2)
    return drawn(across) if len(names) <= NUMBERED_UP_TO and across <= INSIDE_UP_TO else None


def drawn(points: float) -> float:
    """Points as wide, beside the network, as on paper: where letters grow, dots would cover each other."""
    return style.points(points / 72)


def draw_inside(axes: "Axes", positions: np.ndarray, names: Sequence[str], *, across: float) -> None:
    """Dots with the names within."""
    axes.scatter(
        positions[:, 0],
        positions[:, 1],
        s=across**2,
        color=style.PAPER,
        edgecolors=style.INK,
        linewidths=0.8,
        zorder=3,
    )
    for name, (x, y) in zip(names, positions.tolist(), strict=True):
        axes.text(
            x, y, name, ha="center", va="center_baseline", fontsize=drawn(LETTERS), color=style.INK, zorder=4,
            parse_math=False,
        )  # fmt: skip


def draw_beside(
    figure: "Figure",
    axes: "Axes",
    positions: np.ndarray,
    names: Sequence[str],
    *,
    lines: np.ndarray,
    across: float,
    importance: np.ndarray,
) -> int:
    """Write each name beside its dot where it covers no other, no dot and as few edges as can be.

    The figure must be complete but for the names, for its layout is settled here. The important choose first;
    what finds no place in the panel is left out.

    Args:
        lines: ends (n, 2, 2) of the edges drawn
        across: points across the dots
        importance: (N,) of the nodes

    Returns:
        how many were written
    """
    from matplotlib import patheffects

    figure.draw_without_rendering()
    scale = 72.0 / figure.dpi
    spots = axes.transData.transform(positions) * scale
    panel = axes.get_window_extent()
    paper = np.array([[panel.x0, panel.y0], [panel.x1, panel.y1]]) * scale
    size = float(np.clip(9.5 - 0.035 * len(names), 5.2, 7.5))
    halo = [patheffects.withStroke(linewidth=1.6, foreground=style.PAPER)]
    boxes = _Boxes(spots, across=across, paper=paper, lines=_sampled(axes, lines) * scale)
    written = 0
    for node in np.argsort(-importance, kind="stable").tolist():
        wide, high = width_of(names[node], size), 1.15 * size
        place = boxes.place_for(spots[node], wide, high)
        if place is None:
            continue
        middle, far = place
        line = {
            "arrowstyle": "-",
            "linewidth": 0.4,
            "color": style.GREY,
            "shrinkA": 0,
            "shrinkB": across / 2,
        }
        text = axes.annotate(
            names[node],
            positions[node].tolist(),
            xytext=(middle - spots[node]).tolist(),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=size,
            color=style.INK,
            zorder=5,
            arrowprops=line if far else None,
            path_effects=halo,
            parse_math=False,
        )
        text.set_in_layout(False)
        written += 1
    return written


def _sampled(axes: "Axes", lines: np.ndarray) -> np.ndarray:
    """Points along lines (n, 2, 2), in pixels."""
    along = np.linspace(0.0, 1.0, SAMPLES)[:, None, None]
    points: np.ndarray = lines[None, :, 0] * (1 - along) + lines[None, :, 1] * along
    return np.asarray(axes.transData.transform(points.reshape(-1, 2)))


class _Boxes:
    """The places that are taken, in points: names as boxes, dots as circles."""

    def __init__(self, dots: np.ndarray, *, across: float, paper: np.ndarray, lines: np.ndarray) -> None:
        self._dots = dots
        self._radius = across / 2
        self._paper = paper
        self._lines = lines
        self._low = np.empty((0, 2))
        self._high = np.empty((0, 2))

    def place_for(self, spot: np.ndarray, wide: float, high: float) -> tuple[np.ndarray, bool] | None:
        """The best free middle of a box beside a dot, which is then taken, and whether it is far from it."""
        best, least = None, np.inf
        half = np.array([wide, high]) / 2
        for middle, reach in self._candidates(spot, half):
            low, up = middle - half, middle + half
            cost = REACH_PENALTY * reach
            if cost >= least:
                break
            if not self._is_free(low, up):
                continue
            inside = np.all((self._lines >= low) & (self._lines <= up), axis=1)
            cost += EDGE_PENALTY * float(np.count_nonzero(inside))
            if cost < least:
                best, least = (middle, reach > REACHES[0]), cost
        if best is not None:
            self._low = np.vstack([self._low, best[0] - half])
            self._high = np.vstack([self._high, best[0] + half])
        return best

    def _candidates(self, spot: np.ndarray, half: np.ndarray) -> Iterator[tuple[np.ndarray, float]]:
        for reach in REACHES:
            for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
                way = np.array([np.cos(angle), np.sin(angle)])
                # From the dot's rim to the rim of the box, whichever side of it comes first.
                with np.errstate(divide="ignore"):
                    to_rim = float(np.min(half / np.abs(way)))
                yield spot + way * (self._radius + reach + min(to_rim, float(half[0]))), reach

    def _is_free(self, low: np.ndarray, up: np.ndarray) -> bool:
        if (low < self._paper[0]).any() or (up > self._paper[1]).any():
            return False
        if len(self._low) and np.any(np.all((low < self._high) & (up > self._low), axis=1)):
            return False
        nearest = np.clip(self._dots, low, up)
        away = np.linalg.norm(self._dots - nearest, axis=1)
        return bool((away >= self._radius).all())
