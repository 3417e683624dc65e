"""Places, names and orders of nodes in figures, and what figures show of a base network."""

import logging
from dataclasses import replace

import matplotlib
import networkx as nx
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.text import Annotation

from gradnet_cli.problem.masks import grid, karate
from gradnet_cli.problem.masks import networkx as generated
from gradnet_cli.report import figures
from gradnet_cli.report.figures import adjacency, distribution, network, style
from gradnet_cli.report.figures.views import layout, names
from gradnet_cli.report.figures.views.order import node_order
from tests.samples import mask_of


@pytest.fixture(autouse=True)
def paper():
    with style.paper():
        yield


def built(generator, *, base="none", **arguments):
    return generated.build(
        generator=generator,
        arguments=arguments or None,
        base=base,
        largest_component=False,
        graph_seed=0,
    )


def boxes(figure, kind=Annotation):
    """Boxes of all names in pixels, by name."""
    figure.draw_without_rendering()
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for text in figure.axes[0].texts if isinstance(text, kind)]
    return {text.get_text(): matplotlib.text.Text.get_window_extent(text, renderer) for text in texts}


def test_all_seventy_seven_names_are_written_and_none_over_another(samples):
    mask = built("les_miserables_graph")
    figure = network.plot(samples.result(mask))
    placed = boxes(figure)
    assert set(placed) == set(nx.les_miserables_graph())
    panel = figure.axes[0].get_window_extent()
    found = list(placed.values())
    for k, box in enumerate(found):
        assert panel.x0 <= box.x0
        assert box.x1 <= panel.x1
        for other in found[k + 1 :]:
            across, up = (
                min(box.x1, other.x1) - max(box.x0, other.x0),
                min(box.y1, other.y1) - max(box.y0, other.y0),
            )
            assert across <= 1 or up <= 1  # a pixel is half a point


@pytest.mark.parametrize("labels", [["7", "12"], ["mno", "abc"], ["WWW", "abc"], ["Rome", "Ulm"]])
def test_names_within_dots_fit_into_them(samples, labels):
    mask = samples.mask(
        [(0, 1)], nodes=2, labels=np.array(labels), positions=np.array([[0.0, 0.0], [3.0, 1.0]])
    )
    figure = network.plot(samples.result(mask))
    (dots,) = [each for each in figure.axes[0].collections if len(each.get_offsets()) == 2]
    across = float(np.sqrt(dots.get_sizes()[0])) * figure.dpi / 72
    inside = boxes(figure, kind=matplotlib.text.Text)
    written = {name: box for name, box in inside.items() if name in labels}
    assert set(written) == set(labels)
    if labels[0] in ("WWW", "Rome"):  # too wide for any dot
        centres = figure.axes[0].transData.transform(mask.positions)
        for box, centre in zip((written[name] for name in labels), centres, strict=True):
            nearest = np.clip(centre, (box.x0, box.y0), (box.x1, box.y1))
            assert np.linalg.norm(nearest - centre) >= across / 2 - 1
    else:
        assert max(box.width for box in written.values()) < across - 2 * figure.dpi / 72


@pytest.mark.parametrize("shape", [(10.0, 1.0), (1.0, 1.0), (1.0, 5.0)])
def test_positions_keep_their_proportions_and_fill_the_panel(samples, shape):
    positions = np.random.default_rng(0).uniform(size=(60, 2)) * shape
    pairs = [(k, k + 1) for k in range(59)]
    figure = network.plot(samples.result(samples.mask(pairs, nodes=60, positions=positions)))
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert axes.get_aspect() == 1
    panel = axes.get_window_extent()
    low, high = axes.transData.transform([positions.min(axis=0), positions.max(axis=0)])
    filled = (high - low) / (panel.width, panel.height)
    assert filled.max() > 0.85
    assert (filled > 0.5).all() or min(panel.width, panel.height) < 1.2 * network.SHORTEST * figure.dpi


def test_degrees_are_named_and_a_map_is_as_wide_as_the_sphere(samples):
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    lon, lat = np.array([0.0, 10.0, 20.0]), np.array([55.0, 65.0, 60.0])
    positions = np.stack([lon, lat], axis=1)
    mask = samples.mask([(0, 1), (1, 2)], nodes=3, positions=positions, node_data={"lon": lon, "lat": lat})
    axes = network.plot(samples.result(mask)).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("longitude [°]", "latitude [°]")
    assert axes.get_aspect() == pytest.approx(2.0, rel=1e-12)
    plane = samples.mask([(0, 1), (1, 2)], nodes=3, positions=positions)
    assert network.plot(samples.result(plane)).axes[0].get_xlabel() == "x"


@pytest.mark.parametrize(
    "graph",
    [
        nx.cycle_graph(30),
        nx.cycle_graph(300),
        nx.circulant_graph(40, [1, 2, 3]),
        nx.connected_watts_strogatz_graph(60, 4, 0.1, seed=1),
        nx.relabel_nodes(
            nx.cycle_graph(25), dict(enumerate(np.random.default_rng(0).permutation(25).tolist()))
        ),
    ],
    ids=["cycle", "long cycle", "circulant", "small world", "shuffled"],
)
def test_rings_are_drawn_as_rings(samples, graph):
    result = samples.result(mask_of(graph))
    places = layout.place_nodes(result)
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 1.0, rtol=1e-12)
    if dict(graph.degree) == dict.fromkeys(graph, 2):
        side = np.array([np.linalg.norm(places[i] - places[j]) for i, j in graph.edges])
        np.testing.assert_allclose(side, 2 * np.sin(np.pi / len(graph)), rtol=1e-9)
    assert node_order(result).name == "around the ring"


@pytest.mark.parametrize(
    "graph",
    [
        nx.path_graph(20),
        nx.karate_club_graph(),
        nx.star_graph(20),
        nx.barbell_graph(8, 0),
        nx.ladder_graph(9),
    ],
)
def test_what_is_no_ring_is_not(samples, graph):
    assert layout.ring_of(samples.result(mask_of(graph))) is None


def lines_of(figure):
    """The collections of lines of the network, the base's first."""
    return [each for each in figure.axes[0].collections if isinstance(each, LineCollection)]


def test_a_periodic_row_is_a_ring(samples):
    (lines,) = lines_of(network.plot(samples.result(grid.build(rows=24, cols=1, periodic=True))))
    ends = np.array(lines.get_segments())
    assert len(ends) == 24
    np.testing.assert_allclose(np.linalg.norm(ends, axis=2), 1.0, rtol=1e-12)


def test_laid_out_nodes_do_not_cover_each_other(samples):
    places = layout.place_nodes(samples.result(karate.build()))
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(34, 1)]
    assert apart.min() >= 0.99 * layout.CLEARANCE * np.ptp(places, axis=0).max()
    together = layout.spread(np.array([[0.0, 0.0]] * 3 + [[1.0, 0.0]] * 2))
    assert np.linalg.norm(together[:, None] - together[None], axis=2)[np.triu_indices(5, 1)].min() > 0


def test_the_matrix_is_ordered_by_the_fiedler_vector(samples):
    """Two cliques with shuffled names come apart: networkx's Fiedler vector tells the same sides."""
    shuffled = np.random.default_rng(1).permutation(16).tolist()
    graph = nx.relabel_nodes(nx.barbell_graph(8, 0), dict(enumerate(shuffled)))
    mask = mask_of(graph)
    rank = node_order(samples.result(mask, np.ones(mask.edges))).rank
    vector = nx.fiedler_vector(graph, normalized=True, seed=0)
    first = {node for node, value in zip(graph, vector, strict=True) if value > 0}
    assert {frozenset(np.flatnonzero(rank < 8).tolist()), frozenset(np.flatnonzero(rank >= 8).tolist())} == {
        frozenset(first),
        frozenset(set(graph) - first),
    }


def test_groups_come_first_in_the_order(samples):
    order = node_order(samples.result(karate.build()))
    assert order.name == "by club"
    assert [name for name, _ in order.groups] == ["Mr. Hi", "Officer"]
    clubs = nx.get_node_attributes(nx.karate_club_graph(), "club")
    assert {clubs[node] for node in np.flatnonzero(order.rank < order.groups[0][1]).tolist()} == {"Mr. Hi"}


@pytest.fixture
def changed(samples):
    """A base of four edges: one gains, one loses, one is gone, one stays; and a new one, a hair."""
    pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]
    base = np.array([10.0, 20.0, 10.0, 10.0, 0.0])
    mask = samples.mask(pairs, nodes=5, base=base)
    weights = dict(zip(pairs, (10.4, 19.8, 0.0, 10.0, 0.05), strict=True))
    return samples.result(
        mask, np.array([weights[i, j] for i, j in zip(*mask.edge_index.tolist(), strict=True)])
    )


def test_what_was_added_and_removed_is_seen_against_a_grey_base(samples, changed):
    figure = network.plot(changed)
    grey, lines = lines_of(figure)
    assert len(grey.get_segments()) == 3  # what is gone is not there any more
    assert {tuple(colour) for colour in grey.get_colors()} == {to_rgba(style.BASE)}
    lines.update_scalarmappable()
    change = np.asarray(lines.get_array())
    np.testing.assert_allclose(np.sort(change), [-10.0, -0.2, 0.05, 0.4], rtol=1e-12)
    for value, colour, style_of in zip(change, lines.get_colors(), lines.get_linestyles(), strict=True):
        red, _, blue, _ = colour
        assert (blue > red + 0.1) if value > 0 else (red > blue + 0.1)
        assert (style_of[1] is not None) == (value == -10.0)
    # A hair among wide lines is at least a point wide.
    assert min(lines.get_linewidths()) >= 0.9
    told = {text.get_text() for text in figure.axes[0].get_legend().get_texts()}
    assert told == {"base network", "more weight (2 edges, 1 of them new)", "less weight (1)", "gone (1)"}


def test_matrix_and_distribution_show_the_change_too(changed):
    weights, change = (axes.images[0].get_array() for axes in adjacency.plot(changed).axes[:2])
    assert weights.filled(0.0).sum() == pytest.approx(2 * changed.weights.sum())
    assert change.filled(0.0).sum() == pytest.approx(2 * changed.delta.sum())
    left = distribution.plot(changed).axes[0]
    before, after = (patch.get_data().values.sum() for patch in left.patches)
    assert (before, after) == (4, 4)


def test_a_base_network_on_a_grid_is_drawn_with_its_changes(samples):
    mask = grid.build(rows=4, cols=4)
    pairs = list(zip(*mask.edge_index.tolist(), strict=True))
    on_base = samples.mask(pairs, nodes=16, shape=(4, 4), base=np.ones(24))
    result = samples.result(on_base, np.ones(24) + np.eye(24)[5])
    grey, lines = lines_of(network.plot(result))
    assert len(grey.get_segments()) == 24
    assert len(lines.get_segments()) == 1
    i, j = pairs[5]
    np.testing.assert_array_equal(
        lines.get_segments()[0], [[i % 4 + 1, -(i // 4) - 1], [j % 4 + 1, -(j // 4) - 1]]
    )


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("with_base", [False, True])
def test_a_network_without_weights_or_changes_is_drawn(samples, tmp_path, directed, with_base, caplog):
    pairs = [(i, j) for i in range(6) for j in range(6) if (i != j if directed else i < j)]
    base = np.ones(len(pairs)) if with_base else None
    mask = samples.mask(pairs, nodes=6, directed=directed, base=base)
    problem = samples.problem(mask, budget={"kind": "none", "value": None}, signs={"result": "any"})
    weights = problem.base.copy()
    changes = {"bound": None, "gap": None, "certified": False, "references": {}}
    assert figures.draw_all(samples.result(problem, weights, **changes), tmp_path)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_long_names_are_cut():
    mask = mask_of(nx.path_graph(2))
    assert names.names_of(mask) == ["0", "1"]
    long = replace(mask, labels=np.array(["a" * 60, "b\nc"]))
    assert names.names_of(long) == ["a" * (names.LONGEST - 1) + "…", "b c"]
