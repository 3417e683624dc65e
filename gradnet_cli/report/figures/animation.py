"""The network while it was trained: a GIF, and an MP4 where ffmpeg is installed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradnet_cli.report.figures import style
from gradnet_cli.report.figures.convergence import draw_scores
from gradnet_cli.report.figures.looks import look
from gradnet_cli.report.figures.views import grids, layout, links, names
from gradnet_cli.report.files.atomic import replacing
from gradnet_cli.report.lattice import lattice_of
from gradnet_cli.result.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAPTION = "The network while it was trained, beside the course of its score."
SNAPSHOTS = "snapshots"
"""Where training has left the weights, beside the folder of the figures."""
LINES_UP_TO = 20_000
"""Edges up to which each is drawn as a line."""
LAID_OUT_UP_TO = 400
"""Nodes up to which places are computed for a network without any."""
NODES_UP_TO = 400
"""Nodes up to which dots leave the lines between them to be seen."""
THINNEST = 0.5
DPI = 120
FRAMES_A_SECOND = 10
LAST_SECONDS = 2.0
"""How long the result is seen."""
COLOURS = 128
MATRIX = 400
"""Most rows of a matrix in the picture."""

Show = Callable[[np.ndarray], None]


def save(result: Result, directory: Path) -> list[Path]:
    """Save `animation.gif`, and `animation.mp4`, where it was asked for; nothing without snapshots."""
    snapshots = sorted((Path(directory).parent / SNAPSHOTS).glob("*.npz"))
    if not (snapshots and result.settings is not None and result.settings.animation and result.updates > 0):
        return []
    directory.mkdir(exist_ok=True)
    paths = [directory / "animation.gif"]
    _write_gif(paths[0], frames(result, snapshots))
    if shutil.which("ffmpeg"):
        paths.append(directory / "animation.mp4")
        _write_mp4(paths[1], frames(result, snapshots))
    return paths


def frames(result: Result, snapshots: list[Path]) -> Iterator["Figure"]:
    """One figure again and again, as it is at each snapshot, and last with the result."""
    figure = style.new_figure(style.WIDE, 3.5)
    left, right = figure.subplots(1, 2, width_ratios=[1.1, 1])
    show = _network(left, result)
    marker = _course(right, result)
    for path in snapshots:
        with np.load(path) as snapshot:
            step, score, weights = int(snapshot["step"]), float(snapshot["score"]), snapshot["weights"]
        show(weights)
        marker.set_data([step], [score])
        left.set_title(f"update {step}", loc="left")
        yield figure
    show(result.weights)
    marker.set_visible(False)
    left.set_title("result", loc="left")
    yield figure


def _course(axes: "Axes", result: Result) -> Any:
    columns = (result.course[name] for name in ("step", "score", "bound"))
    draw_scores(axes, result, *columns)
    axes.set_xlabel("update")
    style.whole_ticks(axes.xaxis, 5)
    return axes.plot([], [], "o", color=style.INK, markersize=5, zorder=5)[0]


def _network(axes: "Axes", result: Result) -> Show:
    """Draw the network once, and return what shows other weights (E,) in the same place and colours."""
    mask = result.problem.mask
    lattice = lattice_of(mask)
    placed = layout.places_of(mask)
    if mask.edges > LINES_UP_TO or not (placed is not None or mask.nodes <= LAID_OUT_UP_TO):
        return _matrix(axes, result)
    if lattice is not None and lattice.is_ring:
        return _lines(axes, result, layout.circle(mask.nodes))
    if lattice is not None and len(lattice.shape) == 2:
        return _lines(axes, result, grids.node_places(lattice.shape))  # row 1 at the top, as in every figure
    positions = layout.place_nodes(result) if placed is None else links.flat(placed)
    return _lines(axes, result, positions)


def _lines(axes: "Axes", result: Result, positions: np.ndarray) -> Show:
    from matplotlib.collections import LineCollection

    colours = style.weight_colours(result.weights)
    order = np.argsort(np.abs(result.weights), kind="stable")
    ends = np.stack(links.segments(result.problem.mask, positions, order), axis=1)
    widest = float(np.clip(60 / np.sqrt(max(result.edges_used, 1)), 1.2, 3.5))
    lines = LineCollection(list(ends), cmap=colours.cmap, norm=colours.norm, capstyle="round")
    axes.add_collection(lines)
    if len(positions) <= NODES_UP_TO:
        called = names.names_of(result.problem.mask) if names.are_told(result.problem.mask) else []
        inside = names.dot_for(called) if called else None
        if inside is not None:
            names.draw_inside(axes, positions, called, across=inside)
        else:
            links.draw_dots(axes, result, positions)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.03)
    axes.set_axis_off()

    def show(weights: np.ndarray) -> None:
        share = np.minimum(np.abs(weights[order]) / colours.limit, 1.0)
        lines.set_array(weights[order])
        lines.set_linewidth(np.where(share > 1e-3, THINNEST + (widest - THINNEST) * share, 0.0).tolist())

    return show


def _matrix(axes: "Axes", result: Result) -> Show:
    """The adjacency matrix in blocks: mean weight of the mask's edges within each."""
    problem = result.problem
    step = -(-problem.nodes // MATRIX)
    side = -(-problem.nodes // step)
    source, target = problem.edge_index // step
    place = source * side + target
    count = np.bincount(place, minlength=side * side).reshape(side, side)
    both = count if problem.directed else count + count.T

    def field(weights: np.ndarray) -> np.ndarray:
        total = np.bincount(place, weights, minlength=side * side).reshape(side, side)
        total = total if problem.directed else total + total.T
        return np.where(both > 0, total / np.maximum(both, 1), np.nan)

    final = field(result.weights)
    colours = style.weight_colours(final)
    image = axes.imshow(
        final, cmap=colours.cmap, norm=colours.norm, extent=(0, problem.nodes, problem.nodes, 0)
    )
    axes.set_xlabel("node")
    axes.set_ylabel("node")
    return lambda weights: image.set_data(field(weights))


def _write_gif(path: Path, pictures: Iterator["Figure"]) -> None:
    from PIL import Image

    def images() -> Iterator["Image.Image"]:
        for figure in pictures:
            picture = Image.fromarray(_pixels(figure)[..., :3].copy())
            yield picture.quantize(COLOURS, dither=Image.Dither.NONE)

    stream = images()
    first = next(stream)
    # Frames are drawn while they are written: no more than one or two are held at a time.
    with replacing(path) as beside:
        first.save(
            beside,
            format="GIF",
            save_all=True,
            append_images=_held(stream),
            comment=CAPTION,
            duration=round(1000 / FRAMES_A_SECOND),
            loop=0,
        )


def _write_mp4(path: Path, pictures: Iterator["Figure"]) -> None:
    from matplotlib.animation import FFMpegWriter

    writer = FFMpegWriter(fps=FRAMES_A_SECOND)
    figure = next(pictures)
    with replacing(path) as beside, writer.saving(figure, str(beside), _dpi()):
        writer.grab_frame()
        for _ in _held(pictures):
            writer.grab_frame()


def _held(stream: Iterator[Any]) -> Iterator[Any]:
    """The stream, its last element repeated for LAST_SECONDS."""
    last = None
    for last in stream:
        yield last
    for _ in range(round(LAST_SECONDS * FRAMES_A_SECOND) if last is not None else 0):
        yield last


def _dpi() -> float:
    """As many pixels whatever the style is, of which some have smaller figures."""
    return DPI * look().size


def _pixels(figure: "Figure") -> np.ndarray:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(_dpi())
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    # The places of the first frame hold for all, so that nothing moves but the network.
    figure.set_layout_engine("none")
    return np.asarray(canvas.buffer_rgba())
