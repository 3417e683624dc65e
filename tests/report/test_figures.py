from dataclasses import replace

import matplotlib
import matplotlib.figure
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection

from gradnet_cli.objectives.algebraic_connectivity.figures import grid as optimal_profiles
from gradnet_cli.objectives.opinion_dissonance.figures import factions
from gradnet_cli.problem.masks import bipartite, complete, grid, karate, random_geometric
from gradnet_cli.report.figures import adjacency, convergence, distribution, network, style
from gradnet_cli.report.figures import grid as profiles
from gradnet_cli.report.figures.views import columns, grids, layout, links, matrix, plane
from gradnet_cli.report.figures.views.order import node_order
from gradnet_cli.report.lattice import box_weights, lattice_of
from tests.runs import settings


@pytest.fixture(autouse=True)
def paper():
    with style.paper():
        yield


def collection(figure, kind=LineCollection):
    """The collection of that kind that carries data, and its values."""
    (found,) = [c for c in figure.axes[0].collections if isinstance(c, kind) and c.get_array() is not None]
    return found, np.asarray(found.get_array())


def test_each_grid_edge_has_the_colour_of_its_weight_at_its_place(grid_result):
    lines, values = collection(network.plot(grid_result))
    mask = grid_result.problem.mask
    drawn = {}
    for ((x0, y0), (x1, y1)), value in zip(lines.get_segments(), values, strict=True):
        drawn[int(5 * (y0 - 1) + x0 - 1), int(5 * (y1 - 1) + x1 - 1)] = value
    assert drawn == dict(zip(zip(*mask.edge_index.tolist(), strict=True), grid_result.weights, strict=True))


def test_large_grids_are_images_of_their_weights(samples):
    result = samples.result(grid.build(rows=130, cols=120))
    along_rows, along_columns = (axes.images[0].get_array() for axes in network.plot(result).axes[:2])
    lattice = lattice_of(result.problem.mask)
    np.testing.assert_array_equal(along_rows.filled(np.nan), lattice.field(result.weights, 1))
    np.testing.assert_array_equal(along_columns.filled(np.nan), lattice.field(result.weights, 0))


def test_block_means_are_means_of_what_is_known():
    field = np.arange(12.0).reshape(3, 4)
    field[0, 0] = np.nan
    assert grids.block_means(field, largest=4) is field
    np.testing.assert_allclose(grids.block_means(field, largest=2), [[(1 + 4 + 5) / 3, 4.5], [8.5, 10.5]])


def test_links_join_the_positions_of_their_nodes(samples):
    mask = random_geometric.build(nodes=40, radius=0.4, graph_seed=1)
    result = samples.result(mask)
    lines, values = collection(network.plot(result))
    ends = np.array(lines.get_segments())
    order = np.argsort(result.weights[result.used], kind="stable")
    np.testing.assert_array_equal(values, result.weights[result.used][order])
    np.testing.assert_array_equal(ends[:, 0], mask.positions[mask.edge_index[0, result.used]][order])
    np.testing.assert_array_equal(ends[:, 1], mask.positions[mask.edge_index[1, result.used]][order])


def test_directed_links_carry_arrows_and_keep_to_their_side(samples):
    mask = samples.mask(
        [(0, 1), (1, 0)], nodes=2, directed=True, positions=np.array([[0.0, 0.0], [1.0, 0.0]])
    )
    figure = network.plot(samples.result(mask, np.array([1.0, 2.0])))
    lines, _ = collection(figure)
    there, back = np.array(lines.get_segments())
    assert there[0, 1] < 0 < back[0, 1]
    _, values = collection(figure, PolyCollection)
    assert values.tolist() == [1.0, 2.0]


def test_bipartite_networks_stand_in_two_columns(samples):
    result = samples.result(bipartite.build(left=3, right=4))
    right = columns.sides(result)
    assert right.tolist() == [False] * 3 + [True] * 4
    positions = columns.place_in_columns(right)
    assert positions[:, 0].tolist() == [0.0] * 3 + [1.0] * 4
    assert (np.diff(positions[:3, 1]) < 0).all()
    assert len(collection(network.plot(result))[1]) == 12


def test_the_large_bipartite_matrix_is_the_block_between_the_sides(samples):
    result = samples.result(bipartite.build(left=70, right=65))
    image = network.plot(result).axes[0].images[0].get_array()
    np.testing.assert_allclose(image, result.weights.reshape(70, 65), rtol=1e-15)


def test_midpoints_are_binned_without_loss(samples):
    mask = random_geometric.build(nodes=500, radius=0.1, largest_component=True, graph_seed=0)
    result = samples.result(mask)
    total, count, _ = plane.bin_midpoints(result, mask.positions, result.weights)
    assert count.sum() == mask.edges
    assert total.sum() == pytest.approx(result.weights.sum(), rel=1e-12)


def test_a_matrix_of_blocks_keeps_means(samples, monkeypatch):
    monkeypatch.setattr(matrix, "MOST_BLOCKS", 2)
    result = samples.result(complete.build(nodes=4))
    w = dict(zip(zip(*result.problem.edge_index.tolist(), strict=True), result.weights, strict=True))
    blocks = matrix.adjacency_blocks(result, np.arange(4), result.weights)
    across = (w[0, 2] + w[0, 3] + w[1, 2] + w[1, 3]) / 4
    np.testing.assert_allclose(blocks, [[w[0, 1], across], [across, w[2, 3]]])


def test_the_adjacency_matrix_is_the_weights_in_its_order(samples):
    mask = complete.build(nodes=9)
    generator = np.random.default_rng(0)
    weights = generator.uniform(0.5, 1.0, mask.edges) * (generator.random(mask.edges) < 0.5)
    result = samples.result(mask, weights)
    image = adjacency.plot(result).axes[0].images[0].get_array().filled(np.nan)
    matrix_of = np.zeros((9, 9))
    matrix_of[tuple(mask.edge_index)] = weights
    matrix_of += matrix_of.T
    order = np.argsort(node_order(result).rank)
    np.testing.assert_array_equal(np.nan_to_num(image), matrix_of[np.ix_(order, order)])


def test_a_box_grid_is_compared_with_its_optimum(samples):
    mask = grid.build(rows=6, cols=8)
    lattice = lattice_of(mask)
    result = samples.result(mask)
    assert optimal_profiles.applies(result)
    panels = optimal_profiles.plot(result).axes
    for axes, axis in zip(panels, (1, 0), strict=True):
        chosen, position = lattice.along(axis)
        mean, optimum = axes.lines
        expected = [result.weights[chosen][position == x].mean() for x in range(1, lattice.shape[axis])]
        np.testing.assert_allclose(mean.get_ydata(), expected)
        np.testing.assert_allclose(optimum.get_ydata(), box_weights((6, 8), 1.0, axis))
        assert mean.get_xdata().tolist() == optimum.get_xdata().tolist() == [*range(1, lattice.shape[axis])]


@pytest.mark.parametrize("case", ["torus", "norm", "no budget", "costs", "base"])
def test_the_optimum_is_drawn_only_where_it_is_known(samples, case):
    mask = grid.build(rows=4, cols=4, periodic=case == "torus")
    if case in ("costs", "base"):
        further = {"cost": np.full(mask.edges, 2.0)} if case == "costs" else {"base": np.ones(mask.edges)}
        mask = samples.mask([*zip(*mask.edge_index.tolist(), strict=True)], nodes=16, shape=(4, 4), **further)
    budget = {
        "norm": {"kind": "total", "value": 16.0, "p": 2.0},
        "no budget": {"kind": "none", "value": None},
    }
    result = samples.result(samples.problem(mask, budget=budget.get(case)))
    assert profiles.applies(result)
    assert not optimal_profiles.applies(result)
    assert len(profiles.plot(result).axes[0].lines) == 1


def test_the_course_shows_score_bound_and_gap(samples, grid_result, tmp_path):
    table = samples.course(tmp_path, rows=100)
    left, right = convergence.plot(replace(grid_result, course=table)).axes
    score, bound, uniform = left.lines
    np.testing.assert_array_equal(score.get_ydata(), table["score"])
    np.testing.assert_array_equal(bound.get_ydata(), table["bound"])
    assert uniform.get_ydata()[0] == 0.0028335
    gap, target = right.lines
    np.testing.assert_allclose(gap.get_ydata(), 100 * table["gap"])
    assert target.get_ydata()[0] == pytest.approx(0.1)
    assert right.get_yscale() == "log"


def test_the_course_without_a_bound_has_one_panel(samples, grid_result, tmp_path):
    result = replace(grid_result, course=samples.course(tmp_path, bound=False))
    assert len(convergence.plot(result).axes) == 1


def test_the_course_of_several_starts_is_broken_where_another_begins(samples, grid_result, tmp_path):
    table = {**samples.course(tmp_path, rows=100, bound=False), "start": np.repeat([1, 2, 1], [50, 20, 30])}
    axes = convergence.plot(replace(grid_result, course=table)).axes[0]
    score, *others = axes.lines
    (broken,) = np.nonzero(np.isnan(score.get_ydata()))
    np.testing.assert_array_equal(broken, [50, 70])
    marks = [line.get_xdata()[0] for line in others if len(set(line.get_xdata())) == 1]
    np.testing.assert_array_equal(marks, table["step"][broken])


def test_a_long_course_is_thinned_and_keeps_its_end(samples, grid_result, tmp_path, monkeypatch):
    monkeypatch.setattr(convergence, "SHOWN", 10)
    result = replace(grid_result, course=samples.course(tmp_path, rows=95))
    steps = convergence.plot(result).axes[0].lines[0].get_xdata()
    assert len(steps) == 10
    assert (steps[0], steps[-1]) == (1, 95)


def test_no_course_draws_nothing(samples, grid_result, tmp_path):
    assert not convergence.applies(grid_result)
    assert not convergence.applies(replace(grid_result, course=samples.course(tmp_path, rows=0)))
    trained = replace(grid_result, course=samples.course(tmp_path, rows=1))
    assert convergence.applies(trained)
    assert not convergence.applies(replace(trained, updates=0))


@pytest.mark.parametrize("spread", [0.0, 0.3, 3.0])
def test_histograms_count_every_edge_in_use(samples, spread):
    mask = complete.build(nodes=40)
    weights = np.exp(spread * np.random.default_rng(0).normal(size=mask.edges))
    result = samples.result(mask, weights)
    left, right = distribution.plot(result).axes
    assert left.patches[0].get_data().values.sum() == result.edges_used
    assert right.patches[0].get_data().values.sum() == 40
    assert (left.get_xscale() == "log") == (spread == 3.0)


def test_few_towering_weights_do_not_blanch_the_rest():
    colours = style.weight_colours(np.r_[np.ones(500), 100.0])
    assert (colours.limit, colours.extend) == (1.0, "max")
    assert style.weight_colours(np.array([-2.0, 1.0])).norm.vmin == -2.0
    assert style.weight_colours(np.zeros(3)).limit == 1.0


def test_a_score_that_falls_by_decades_is_shown_by_its_logarithm():
    assert convergence.falls_by_decades("minimize", np.array([1.0, 1e-2, 1e-6]))
    assert not convergence.falls_by_decades("minimize", np.array([1.0, 0.1, 0.01]))
    assert not convergence.falls_by_decades("minimize", np.array([1.0, 0.1, 0.0]))
    assert not convergence.falls_by_decades("maximize", np.array([1e-6, 1e-2, 1.0]))


def test_layouts_lie_and_keep_all_distances():
    rng = np.random.default_rng(0)
    standing = rng.standard_normal((30, 2)) * (0.2, 1.0)
    turned = layout.lying(standing)
    assert turned[:, 0].std() > 2 * turned[:, 1].std()
    assert turned[0, 0] <= 0 <= turned[0, 1]
    between = [np.linalg.norm(places[:, None] - places[None], axis=-1) for places in (standing, turned)]
    np.testing.assert_allclose(*between, atol=1e-12)


def test_dots_leave_their_edges_to_be_seen(samples):
    result = samples.result(complete.build(nodes=60), None)
    axes = matplotlib.figure.Figure().subplots()
    positions = np.random.default_rng(0).uniform(size=(60, 2))
    usual = links.draw_dots(axes, result, positions)
    small = links.draw_dots(axes, result, positions, spacing=6.0)
    assert small == pytest.approx(links.SHARE_OF_EDGE * 6.0)
    assert usual > small


def test_bins_do_not_lie_empty_between_levels_that_many_values_share() -> None:
    """The optimal weights of a grid: 1.5 x (n - x) / (n^2 - 1), each on many edges."""
    places = np.arange(1, 70)
    weights = np.repeat(1.5 * places * (70 - places) / (70**2 - 1), 140)
    counts, _ = np.histogram(weights, distribution.bins_for(weights, logarithmic=False))
    assert len(counts) == 17
    assert counts.min() > 0


def test_values_of_their_own_have_the_bins_of_their_number() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    assert len(distribution.bins_for(values, logarithmic=False)) == 21
    assert len(distribution.bins_for(np.exp(values), logarithmic=True)) == 21


def test_nodes_that_are_larger_get_more_room() -> None:
    places = np.random.default_rng(0).uniform(size=(30, 2))
    sizes = np.where(np.arange(30) < 3, 3.0, 1.0)
    apart = layout.spread(places, sizes)
    least = np.ptp(places, axis=0).max() * layout.CLEARANCE * (sizes[:, None] + sizes) / 2
    distances = np.linalg.norm(apart[:, None] - apart[None], axis=2)
    others = ~np.eye(30, dtype=bool)
    assert (distances[others] >= (1 - 1e-5) * least[others]).all()
    assert (np.linalg.norm(places[:, None] - places[None], axis=2)[others] < 0.9 * least[others]).any()


def test_a_leader_covers_nobody(samples) -> None:
    """Marks of the karate club, in points on the page: squares beside squares keep their sides apart."""
    mask = karate.build(base="weights")
    faction = np.where(np.arange(34) < 17, 0, 33)
    opinion = np.where(faction == 0, 1.0, -1.0)
    data = {"opinion": opinion, "opinion_before": opinion, "faction": faction}
    chosen = settings("mask=karate", "objective=opinion_dissonance", "objective.record=club")
    told = {"leaders": np.array([0, 33])}
    result = samples.result(mask, mask.base, arrays=told, node_data=data, settings=chosen)
    figure = factions.plot(result)
    figure.canvas.draw()
    axes = figure.axes[0]
    marks = [each for each in axes.collections if isinstance(each, PathCollection)]
    places = (
        np.concatenate([axes.transData.transform(each.get_offsets()) for each in marks]) * 72 / figure.dpi
    )
    sizes = np.sqrt(np.concatenate([each.get_sizes() for each in marks]))
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (distances > (sizes[:, None] + sizes[None]) / 2).all()
