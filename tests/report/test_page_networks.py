"""The network within a page: placed as in the figures, directed, signed, changed, large."""

import numpy as np
import pytest

from gradnet_cli.problem.masks import bipartite, grid, hexagonal, karate, triangular
from gradnet_cli.report.html import write_run_report
from tests.report.pages import Page, leave_run


def test_directed_networks_keep_both_directions_and_their_names(samples, small_mask, tmp_path):
    result = samples.result(small_mask)
    leave_run(tmp_path / "run", result)
    write_run_report(tmp_path / "run")
    data = Page(tmp_path / "run" / "report.html").data("network-data")
    assert data["directed"] is small_mask.directed
    assert len(data["source"]) == result.edges_used
    assert len(data["x"]) == small_mask.nodes
    assert np.all(np.isfinite([data["x"], data["y"]]))


def test_a_network_without_positions_is_placed_as_in_its_figures(samples, tmp_path):
    from gradnet_cli.report.figures.views.layout import place_nodes

    mask = karate.build()
    weights = samples.weights(mask)
    weights[::3] = 0.0  # edges that ended count for the layout
    result = samples.result(mask, weights)
    leave_run(tmp_path / "run", result)
    write_run_report(tmp_path / "run")
    data = Page(tmp_path / "run" / "report.html").data("network-data")
    np.testing.assert_allclose(np.stack([data["x"], data["y"]], axis=1), place_nodes(result), rtol=1e-5)


@pytest.mark.parametrize("directed", [False, True])
def test_on_a_base_network_the_view_shows_the_change_of_each_edge(samples, tmp_path, directed):
    generator = np.random.default_rng(0)
    pairs = [(i, j) for i in range(12) for j in range(12) if (i != j if directed else i < j)]
    base = generator.uniform(0.5, 1.0, len(pairs)) * (generator.random(len(pairs)) < 0.5)
    mask = samples.mask(pairs, nodes=12, directed=directed, base=base, labels=np.array(list("lkjihgfedcba")))
    change = np.where(generator.random(len(pairs)) < 0.3, generator.uniform(0.1, 1.0, len(pairs)), 0.0)
    result = samples.result(mask, mask.base + change)
    leave_run(tmp_path / "run", result)
    write_run_report(tmp_path / "run")
    page = Page(tmp_path / "run" / "report.html")
    data = page.data("network-data")
    drawn = dict(zip(zip(data["source"], data["target"], strict=True), data["change"], strict=True))
    for i, j, weight, value in zip(*mask.edge_index.tolist(), result.weights, result.delta, strict=True):
        if weight:
            assert drawn.pop((i, j)) == pytest.approx(value, rel=1e-5, abs=1e-12)
    assert drawn == {}
    assert data["limit"] == pytest.approx(change.max(), rel=1e-5)
    assert "change of the edge weight" in page.text


def test_two_sides_stand_in_two_columns(samples, tmp_path):
    leave_run(tmp_path / "run", samples.result(bipartite.build(left=4, right=7)))
    assert not (tmp_path / "run" / "layout.csv").exists()
    write_run_report(tmp_path / "run")
    assert set(Page(tmp_path / "run" / "report.html").data("network-data")["x"]) == {0, 1}


def test_a_periodic_row_is_a_ring_in_the_page_too(samples, tmp_path):
    leave_run(tmp_path / "run", samples.result(grid.build(rows=20, cols=1, periodic=True)))
    write_run_report(tmp_path / "run")
    data = Page(tmp_path / "run" / "report.html").data("network-data")
    np.testing.assert_allclose(np.hypot(data["x"], data["y"]), 1.0, rtol=1e-5)


def test_of_many_edges_the_heaviest_are_drawn(samples, tmp_path, monkeypatch):
    monkeypatch.setattr("gradnet_cli.report.html.network_view.EDGES_DRAWN", 100)
    monkeypatch.setattr("gradnet_cli.report.html.network_view.NODES_DRAWN", 100)
    result = samples.result(grid.build(rows=20, cols=20))
    leave_run(tmp_path / "run", result)
    write_run_report(tmp_path / "run")
    page = Page(tmp_path / "run" / "report.html")
    drawn = page.data("network-data")
    heaviest = np.sort(result.weights)[-100:]
    np.testing.assert_allclose(drawn["weight"], heaviest, rtol=1e-5)
    assert "The heaviest 100 of 760 edges are drawn" in page.text
    place = dict(zip(drawn["columns"][0]["values"], zip(drawn["x"], drawn["y"], strict=True), strict=True))
    assert all((node % 20, node // 20) == spot for node, spot in place.items())


def test_networks_of_many_nodes_without_positions_are_placed_by_distance():
    from gradnet_cli.report.html.places import packed_places

    ring = np.arange(1000)
    places = packed_places(ring, (ring + 1) % 1000, nodes=1000)
    radius = np.linalg.norm(places, axis=1)
    assert radius.std() < 0.1 * radius.mean()
    # A ring, a path and nodes on their own: no two nodes in one place, and no part within another.
    source = np.concatenate([ring, 1000 + np.arange(9)])
    target = np.concatenate([(ring + 1) % 1000, 1001 + np.arange(9)])
    apart = packed_places(source, target, nodes=1015)
    assert len(np.unique(apart.round(6), axis=0)) == 1015
    low, high = apart[:1000].min(axis=0), apart[:1000].max(axis=0)
    assert not np.any(np.all((apart[1000:] >= low) & (apart[1000:] <= high), axis=1))


@pytest.mark.parametrize(
    ("mask", "period"),
    [
        (grid.build(rows=4, cols=5, periodic=True), [5, 4]),
        (triangular.build(rows=4, cols=5, periodic=True), [5, 2 * np.sqrt(3)]),
        (hexagonal.build(rows=4, cols=5, periodic=True), [5 * np.sqrt(3), 6]),
        (grid.build(rows=4, cols=5), None),
    ],
)
def test_edges_around_a_torus_are_known_by_its_period(samples, tmp_path, mask, period):
    leave_run(tmp_path / "run", samples.result(mask), config={"periodic": period is not None})
    write_run_report(tmp_path / "run")
    found = Page(tmp_path / "run" / "report.html").data("network-data").get("period")
    assert found == (None if period is None else pytest.approx(period))
    if mask.period is not None:
        assert mask.period == pytest.approx(period)
