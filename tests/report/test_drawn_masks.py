"""Masks that say how they are drawn: as they say, without axes, and edges around a torus as stubs."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection

from gradnet_cli.problem.masks import (
    grid,
    hexagonal,
    hypercube,
    layered,
    stochastic_block,
    tree,
    triangular,
    watts_strogatz,
)
from gradnet_cli.report.figures import network, style
from gradnet_cli.report.figures.views import layout, links
from gradnet_cli.report.files.layout import read_layout, write_layout
from gradnet_cli.runs.save import read_problem, write_problem
from tests.samples import random_problem

DRAWN = {
    "hypercube": hypercube.build(dimensions=4),
    "layered": layered.build(layers=[3, 5, 2], skip=1),
    "stochastic_block": stochastic_block.build(blocks=[25, 25], p_in=0.3, p_out=0.1, graph_seed=0),
    "tree": tree.build(branching=2, height=4),
    "watts_strogatz": watts_strogatz.build(nodes=50, neighbours=4, probability=0.2, graph_seed=0),
    "triangular": triangular.build(rows=7, cols=7),
    "hexagonal": hexagonal.build(rows=5, cols=5),
    "torus": hexagonal.build(rows=4, cols=5, periodic=True),
}


@pytest.fixture(autouse=True)
def paper():
    with style.paper():
        yield


def drawn_lines(figure) -> np.ndarray:
    """Ends (n, 2, 2) of all lines."""
    found = [each for each in figure.axes[0].collections if isinstance(each, LineCollection)]
    return np.concatenate([np.array(each.get_segments()) for each in found])


@pytest.mark.parametrize("name", DRAWN)
def test_nodes_lie_where_the_mask_says_and_there_are_no_axes(samples, name):
    mask = DRAWN[name]
    axes = network.plot(samples.result(mask)).axes[0]
    assert not axes.axison
    dots = [each for each in axes.collections if isinstance(each, PathCollection)]
    places = {tuple(place) for each in dots for place in np.asarray(each.get_offsets()).tolist()}
    if places:  # nodes with a number inside are texts
        assert places == {tuple(place) for place in mask.positions.tolist()}
    assert len(drawn_lines(axes.figure)) == mask.edges


@pytest.mark.parametrize("build", [triangular.build, hexagonal.build])
def test_edges_around_a_torus_are_stubs_of_half_their_length(samples, build):
    mask = build(rows=6, cols=5, periodic=True)
    figure = network.plot(samples.result(mask))
    lengths = np.linalg.norm(np.diff(drawn_lines(figure), axis=1)[:, 0], axis=1)
    flat = build(rows=6, cols=5)
    np.testing.assert_allclose(np.unique(lengths.round(6)), [0.5, 1.0])
    assert np.count_nonzero(lengths > 0.75) <= flat.edges
    # The panel shows the stubs whole.
    axes, ends = figure.axes[0], drawn_lines(figure).reshape(-1, 2)
    low, high = zip(axes.get_xlim(), axes.get_ylim(), strict=True)
    assert (ends >= low).all()
    assert (ends <= high).all()


def test_a_drawing_with_too_many_lines_is_a_matrix(samples):
    mask = layered.build(layers=[60, 60])
    assert mask.edges > network.LINKS_LAID_OUT_UP_TO
    figure = network.plot(samples.result(mask))
    assert figure.axes[0].images


def test_a_lattice_with_many_edges_keeps_its_lines(samples):
    mask = triangular.build(rows=50, cols=50)
    assert mask.edges > network.LINKS_LAID_OUT_UP_TO
    assert len(drawn_lines(network.plot(samples.result(mask)))) > 0.9 * mask.edges


def test_a_grid_with_further_candidates_has_row_one_at_the_top(samples):
    mask = grid.build(rows=3, cols=3)
    further = samples.mask(
        [*mask.edge_index.T.tolist(), [0, 8]], nodes=9, shape=(3, 3), positions=mask.positions
    )
    base = replace(further, base=np.where(np.abs(np.diff(further.edge_index, axis=0)[0]) < 4, 1.0, 0.0))
    axes = network.plot(samples.result(base)).axes[0]
    assert not axes.axison
    assert drawn_lines(axes.figure)[..., 1].max() <= 0  # downwards from row 1


def test_a_row_of_nodes_that_edges_pass_over_is_laid_out(samples, tmp_path):
    """On the circle of the base network, which is a ring; a path stays a line."""
    ring = grid.build(rows=12, cols=1, periodic=True)
    pairs = [(i, j) for i in range(12) for j in range(i)]
    whole = samples.mask(pairs, nodes=12, positions=ring.positions)
    near = np.isin(np.abs(np.diff(whole.edge_index, axis=0)[0]), (1, 11))
    result = samples.result(replace(whole, base=near.astype(float)))
    assert layout.places_of(whole) is None
    assert layout.places_of(grid.build(rows=12, cols=1)) is not None
    np.testing.assert_allclose(layout.place_nodes(result), layout.circle(12))
    write_layout(tmp_path / "layout.csv", result)
    np.testing.assert_allclose(read_layout(tmp_path / "layout.csv"), layout.circle(12), atol=1e-6)


def test_what_a_mask_says_of_its_drawing_is_saved(tmp_path):
    problem = random_problem(0)
    for mask in (DRAWN["torus"], DRAWN["tree"]):
        write_problem(tmp_path / "problem.npz", replace(problem, mask=mask))
        back = read_problem(tmp_path / "problem.npz").mask
        assert (back.schematic, back.period) == (mask.schematic, mask.period)
        segments = links.segments(back, back.positions, np.arange(back.edges))
        np.testing.assert_array_equal(segments, links.segments(mask, mask.positions, np.arange(mask.edges)))
