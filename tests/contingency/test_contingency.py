"""States of power grids: flows against PYPOWER's, each outage against its flow, and the file written."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from experiments.rewiring.contingency import (
    EDGE_COLUMNS,
    LOADS,
    SIGNED,
    States,
    arrays_of,
    draw_states,
    load_grid,
    main,
    threshold_accuracies,
    threshold_accuracy,
)
from experiments.rewiring.outages import estimate, is_whole, topology_of, worst_loadings
from experiments.rewiring.power_flow import LOAD, SLACK, Flows, Grid, solve
from gradnet_cli.datasets import GraphData, build_dataset
from tests.runs import settings

api = pytest.importorskip("pypower.api", reason="PYPOWER is not installed")
CLOSE = 1e-9  # per unit
GRIDS = (*LOADS, "case14")
QUIET = {"VERBOSE": 0, "OUT_ALL": 0, "PF_TOL": 1e-12}


def case_of(name: str) -> dict:
    case: dict = getattr(api, name)()
    return case


def grid_of(name: str) -> Grid:
    return Grid.of_case(case_of(name), name=name)


def drawn(
    grid: Grid, *, count: int, seed: int, load: float = 0.8
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Loads, generation and branches in service of some states, every other one with an outage."""
    generator = np.random.default_rng(seed)
    loads = grid.load * 0.8 * generator.lognormal(0, 0.2, size=(count, grid.buses))
    generation = grid.generation * 0.8 * generator.uniform(0.8, 1.2, size=(count, 1))
    closed = np.ones((count, grid.branches), dtype=bool)
    spare = np.flatnonzero(topology_of(grid, closed[0]).spare)
    closed[np.arange(0, count, 2), generator.choice(spare, size=len(range(0, count, 2)))] = False
    return loads, generation, closed


def theirs(
    name: str, grid: Grid, loads: np.ndarray, generation: np.ndarray, closed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Voltages and flows at both ends by PYPOWER; None where it finds none."""
    case = case_of(name)
    case["bus"][:, 2], case["bus"][:, 3] = loads.real * grid.base, loads.imag * grid.base
    at = {int(number): k for k, number in enumerate(case["bus"][:, 0])}
    for row in case["gen"]:
        bus = at[int(row[0])]
        share = generation[bus].real / grid.generation[bus].real if grid.generation[bus].real else 0.0
        row[1] *= share
    case["branch"][:, 10] = closed
    found, solved = api.runpf(case, api.ppoption(**QUIET))
    if not solved:
        return None
    bus, branch = found["bus"], found["branch"]
    return (
        bus[:, 7] * np.exp(1j * np.deg2rad(bus[:, 8])),
        (branch[:, 13] + 1j * branch[:, 14]) / grid.base,
        (branch[:, 15] + 1j * branch[:, 16]) / grid.base,
    )


@pytest.mark.parametrize("name", GRIDS)
def test_flows_are_those_of_pypower(name: str) -> None:
    grid = grid_of(name)
    loads, generation, closed = drawn(grid, count=6, seed=1)
    flows = solve(grid, load=loads, generation=generation, closed=closed)
    compared = 0
    for state in range(6):
        found = theirs(name, grid, loads[state], generation[state], closed[state])
        assert bool(flows.converged[state]) is (found is not None)
        if found is None:
            continue
        compared += 1
        np.testing.assert_allclose(flows.voltage[state], found[0], rtol=0, atol=CLOSE)
        np.testing.assert_allclose(flows.into_source[state], found[1], rtol=0, atol=CLOSE)
        np.testing.assert_allclose(flows.into_target[state], found[2], rtol=0, atol=CLOSE)
    assert compared >= 5


def test_what_is_injected_is_what_was_asked_for_and_covers_the_losses() -> None:
    grid = grid_of("case24_ieee_rts")
    loads, generation, closed = drawn(grid, count=4, seed=2)
    flows = solve(grid, load=loads, generation=generation, closed=closed)
    injected = flows.injected(grid)
    wanted = generation - loads
    given, free = grid.kind != SLACK, grid.kind == LOAD
    np.testing.assert_allclose(injected.real[:, given], wanted.real[:, given], atol=CLOSE)
    np.testing.assert_allclose(injected.imag[:, free], wanted.imag[:, free], atol=CLOSE)
    losses = (flows.into_source + flows.into_target).real
    assert (losses[closed] >= -CLOSE).all()
    shunts = (grid.shunt * np.abs(flows.voltage) ** 2).real.sum(axis=1)
    np.testing.assert_allclose(injected.real.sum(axis=1), losses.sum(axis=1) + shunts, atol=CLOSE)


def test_a_load_that_cannot_be_carried_has_no_solution_and_spoils_no_other() -> None:
    grid = grid_of("case30")
    loads, generation, closed = drawn(grid, count=3, seed=3)
    loads[1] *= 20
    flows = solve(grid, load=loads, generation=generation, closed=closed)
    assert flows.converged.tolist() == [True, False, True]
    kept = [0, 2]
    alone = solve(grid, load=loads[kept], generation=generation[kept], closed=closed[kept])
    np.testing.assert_allclose(flows.of(np.array(kept)).voltage, alone.voltage, atol=CLOSE)


@pytest.mark.parametrize("name", LOADS)
def test_branches_are_spare_that_are_no_bridges(name: str) -> None:
    grid = grid_of(name)
    closed = np.ones(grid.branches, dtype=bool)
    closed[[1, 7]] = False
    graph = nx.MultiGraph()
    graph.add_edges_from((int(grid.source[k]), int(grid.target[k]), int(k)) for k in np.flatnonzero(closed))
    assert is_whole(grid, closed) is nx.is_connected(graph)
    several = {frozenset(ends) for ends in graph.edges() if graph.number_of_edges(*ends) > 1}
    bridges = {frozenset(ends) for ends in nx.bridges(nx.Graph(graph))} - several
    found = topology_of(grid, closed).spare
    for branch in range(grid.branches):
        ends = frozenset((int(grid.source[branch]), int(grid.target[branch])))
        assert bool(found[branch]) is (bool(closed[branch]) and ends not in bridges)


@pytest.mark.parametrize("name", LOADS)
def test_power_is_shifted_as_in_direct_current_flows(name: str) -> None:
    """Of linear flows the estimate is exact: here those after each outage are solved anew."""
    grid = grid_of(name)
    closed = np.ones(grid.branches, dtype=bool)
    closed[3] = False
    topology = topology_of(grid, closed)
    injected = np.random.default_rng(0).normal(size=grid.buses)
    injected -= injected.mean()

    def flows(kept: np.ndarray) -> np.ndarray:
        strength = kept / ((1 / grid.series).imag * np.abs(grid.tap))
        laplacian = np.zeros((grid.buses, grid.buses))
        for branch in range(grid.branches):
            ends = [grid.source[branch], grid.target[branch]]
            laplacian[np.ix_(ends, ends)] += strength[branch] * np.array([[1, -1], [-1, 1]])
        angles = np.linalg.pinv(laplacian) @ injected
        through: np.ndarray = strength * (angles[grid.source] - angles[grid.target])
        return through

    before = flows(closed)
    for out in np.flatnonzero(topology.spare):
        kept = closed.copy()
        kept[out] = False
        expected = flows(kept)
        shifted = before + topology.shift[:, out] * before[out]
        np.testing.assert_allclose(shifted[kept], expected[kept], atol=1e-9)


def test_the_worst_outage_is_the_worst_of_pypowers_flows() -> None:
    name = "case30"
    grid = grid_of(name)
    loads, generation, closed = drawn(grid, count=2, seed=4)
    loads, generation = 0.7 * loads, 0.7 * generation  # far from collapse
    topologies = [topology_of(grid, row) for row in closed]
    flows = solve(grid, load=loads, generation=generation, closed=closed)
    found = worst_loadings(grid, flows, topologies, load=loads, generation=generation)
    estimated = estimate(grid, flows, topologies)
    for state in range(2):
        worst, suffered = 0.0, np.zeros(grid.branches)
        for out in np.flatnonzero(topologies[state].spare):
            kept = closed[state].copy()
            kept[out] = False
            after = theirs(name, grid, loads[state], generation[state], kept)
            assert after is not None
            loading = np.maximum(np.abs(after[1]), np.abs(after[2])) / grid.rating
            worst, suffered = max(worst, float(loading.max())), np.maximum(suffered, loading)
        assert found[state] == pytest.approx(worst, abs=1e-7)
        # Estimates leave losses and reactive power alone: they are right to a few parts in a hundred.
        assert np.abs(estimated.suffered[state] - suffered).mean() < 0.03
        assert np.corrcoef(estimated.suffered[state], suffered)[0, 1] > 0.95


@pytest.fixture(scope="module")
def few() -> list[States]:
    return [
        draw_states(load_grid(name), count=20, load=LOADS[name], seed=0)
        for name in ("case24_ieee_rts", "case30")
    ]


def test_what_is_written_is_read_as_graphs(few: list[States], tmp_path: Path) -> None:
    arrays = arrays_of(few, seed=0)
    np.savez(tmp_path / "few.npz", **arrays)
    for split, fold in (("within", 1), ("unseen", 1)):
        plugin = settings(
            "data=graphs", f"data.path={tmp_path / 'few.npz'}", f"data.split={split}", f"data.fold={fold}"
        ).data
        assert plugin is not None
        data = build_dataset(plugin, seed=0)
        assert isinstance(data, GraphData)
        assert (data.graphs, data.nodes) == (40, 20 * 24 + 20 * 30)
        assert data.edge_features().shape == (sum(states.closed.sum() for states in few), len(EDGE_COLUMNS))
        np.testing.assert_array_equal(data.labels, np.concatenate([states.worst <= 1 for states in few]))
        sets = data.split.sets
        if split == "within":
            for part in (slice(0, 20), slice(20, 40)):
                assert [int((sets[part] == k).sum()) for k in (1, 2, 3)] == [14, 3, 3]
        else:
            assert (sets[20:] == 3).all()
            assert set(sets[:20]) == {1, 2}
    # The flow along an edge has the sign of source -> target, and edges are read in another order.
    graph = few[0]
    source, target = data.edge_index[:, : graph.closed[0].sum()]
    wanted = {
        (int(graph.grid.source[k]), int(graph.grid.target[k]), round(float(graph.edges[0, k, SIGNED[0]]), 5))
        for k in np.flatnonzero(graph.closed[0])
    }
    flows = data.edge_features()[: len(source), SIGNED[0]]
    assert wanted == {
        (int(i), int(j), round(float(f), 5)) for i, j, f in zip(source, target, flows, strict=True)
    }


def test_states_are_what_they_are_said_to_be(few: list[States]) -> None:
    for states in few:
        assert 0.1 < states.secure.mean() < 0.9
        assert (states.worst >= states.base).all()
        assert (states.estimated >= states.base - 1e-12).all()
        assert (states.closed.sum(axis=1) >= states.grid.branches - 2).all()
        assert all(is_whole(states.grid, row) for row in states.closed)
        loading = states.edges[:, :, EDGE_COLUMNS.index("loading")]
        np.testing.assert_allclose(np.where(states.closed, loading, 0).max(axis=1), states.base, rtol=1e-6)


def test_the_seed_says_which_states(few: list[States]) -> None:
    grid = few[1].grid
    again, other = (draw_states(grid, count=20, load=LOADS["case30"], seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(again.nodes, few[1].nodes)
    np.testing.assert_array_equal(again.worst, few[1].worst)
    assert not np.array_equal(other.nodes, few[1].nodes)


def test_the_threshold_is_the_best_on_training_states() -> None:
    generator = np.random.default_rng(0)
    for number in range(20):
        loading, secure = generator.normal(size=30), generator.random(30) < 0.5
        if number % 2:
            loading = np.round(loading)
        trained = generator.random(30) < 0.6
        limits = np.concatenate([[-9], np.sort(loading), [9]])
        middles = (limits[1:] + limits[:-1]) / 2
        best = max(((loading[trained] < limit) == secure[trained]).mean() for limit in middles)
        found = threshold_accuracy(loading, secure, trained=trained, tested=trained)
        assert found == pytest.approx(best)


def test_a_file_is_written_with_the_accuracy_of_thresholds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(
        [str(tmp_path / "made.npz"), "--grids", "case30", "--states", "20", "--load", "0.5", "0.9", "--plain"]
    )
    with np.load(tmp_path / "made.npz", allow_pickle=False) as file:
        arrays = dict(file)
    assert arrays["edge_attr"].shape[1] == EDGE_COLUMNS.index("suffered")
    assert "unseen_split" not in arrays
    told = capsys.readouterr().out
    accuracy = threshold_accuracies(arrays, fold=0)["base_loading"][0]
    assert f"base_loading: case30 {accuracy:.3f}" in told


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["x.npz", "--states", "3"], "--states 3: must be 10 or more"),
        (["x.npz", "--seed", "-1"], "--seed -1: must be 0 or more"),
        (["x.npz", "--load", "1", "0.5"], "--load: must be two numbers > 0, the lower one first"),
        (["x.npz", "--load", "0", "0.5"], "--load: must be two numbers > 0, the lower one first"),
        (["x.csv"], "must end in .npz"),
        (["nowhere/x.npz"], "in a folder that is there"),
        (["x.npz", "--grids", "case31"], "is no case of PYPOWER"),
        (["x.npz", "--grids", "runpf"], "is no case of PYPOWER"),
        (["x.npz", "--grids", "case118"], "has branches without a rating"),
        (["x.npz", "--states", "many"], "invalid int value"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    arguments: list[str],
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = str(ended.value) if isinstance(ended.value.code, str) else capsys.readouterr().err.splitlines()[-1]
    assert line in told
    assert "\n" not in told
    assert not list(tmp_path.iterdir())


def test_flows_of_no_state_are_none() -> None:
    grid = grid_of("case30")
    nothing = np.zeros((0, grid.buses), dtype=complex)
    flows = solve(grid, load=nothing, generation=nothing, closed=np.zeros((0, grid.branches), dtype=bool))
    assert isinstance(flows, Flows)
    assert flows.voltage.shape == (0, grid.buses)
