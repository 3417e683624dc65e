"""Transfer from an antenna to a sink: published values, all states instead of few, driving, and bad input."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.numerics.dynamics.driven_flow import DrivenFlow, propagator
from gradnet_cli.numerics.spectra.hermitian import HermitianSpace
from gradnet_cli.objectives.exciton_transfer import ExcitonTransfer
from gradnet_cli.problem import Mask, Problem
from gradnet_cli.problem.masks import fenna_matthews_olson
from tests.assertions import assert_found
from tests.samples import mask_of

USUAL: dict[str, Any] = {
    "time": 30.0, "energies": 0.5, "source": None, "sink": None, "frequency": 15.0, "photons": 3,
    "dephasing": 0.1, "rate": 0.05, "outer": [1.0, 1.0], "driving": None, "learn": "none",
}  # fmt: skip
STAR = nx.relabel_nodes(nx.star_graph(6), {0: 1, 1: 0})
# "Driving enhanced exciton transfer", arXiv 2411.17906.
DRIVING = [4.076843, 4.544354, 1.171762, -3.624757, -3.886065, -4.871515]


def built(mask: Mask, **settings: Any) -> tuple[ExcitonTransfer, Problem]:
    budget = {"kind": "total", "value": 1.0}
    problem = Problem.build(mask=mask, budget=budget, signs={"result": "any"})
    objective = ExcitonTransfer(**{**USUAL, **settings})
    objective.prepare(problem)
    return objective.eval(), problem


def filled(mask: Mask, weights: np.ndarray | None = None, **settings: Any) -> float:
    objective, problem = built(mask, **settings)
    values = torch.as_tensor(np.ones(problem.edges) if weights is None else weights, dtype=torch.float64)
    with torch.no_grad():
        network = Network(weights=values, topology=topology_of(problem), problem=problem)
        evaluation = objective(network, 0)
    assert evaluation.error is None
    return float(evaluation.score)


@pytest.mark.parametrize(
    ("graph", "settings", "early", "late"),
    [
        (nx.path_graph(3), {"frequency": 0.2446}, 0.300265, 1.0),
        (nx.path_graph(3), {}, 0.004810, 0.034608),
        (nx.path_graph(5), {}, 0.003426, 0.033975),
        (nx.path_graph(7), {}, 0.002629, 0.033330),
        (STAR, {}, 0.001270, 0.031620),
    ],
    ids=["resonant", "chain 4", "chain 6", "chain 8", "star"],
)
def test_published_transfers(graph: nx.Graph, settings: dict[str, Any], early: float, late: float) -> None:
    assert filled(mask_of(graph), **settings) == pytest.approx(early, abs=1e-6)
    assert filled(mask_of(graph), time=1200.0, **settings) == pytest.approx(late, abs=1e-6)


def test_the_light_harvesting_complex() -> None:
    mask = fenna_matthews_olson.build(base="couplings")
    assert (mask.nodes, len(mask.edge_index.T)) == (7, 21)
    assert filled(mask, mask.base, energies="energy") == pytest.approx(0.000782, abs=1e-6)
    assert filled(mask, mask.base, energies="energy", time=1200.0) == pytest.approx(0.032717, abs=1e-6)


@pytest.mark.parametrize(("dephasing", "late"), [(1.0, 0.177794), (10.0, 0.687343)])
def test_dephasing_helps_off_resonance(dephasing: float, late: float) -> None:
    chain = mask_of(nx.path_graph(3))
    assert filled(chain, dephasing=dephasing, time=1200.0) == pytest.approx(late, abs=1e-6)


def all_states(couplings: np.ndarray, *, time: float, energies: float = 0.5) -> float:
    """The sink's population in the whole space: photons 0 to 3, antenna, network, sink; by SciPy."""
    sites = len(couplings)
    sizes = (4, 2, sites + 1, 2)

    def whole(*factors: np.ndarray | None) -> np.ndarray:
        result = np.eye(1)
        for factor, size in zip(factors, sizes, strict=True):
            result = np.kron(result, np.eye(size) if factor is None else factor)
        return result

    def jump(to: int, origin: int, size: int) -> np.ndarray:
        matrix = np.zeros((size, size))
        matrix[to, origin] = 1.0
        return matrix

    lower, raised = np.diag(np.sqrt(np.arange(1.0, 4.0)), k=1), jump(1, 0, 2)
    network = np.zeros((sites + 1, sites + 1))
    network[1:, 1:] = couplings + energies * np.eye(sites)
    taken = whole(lower, raised, None, None)
    handed = whole(None, raised, jump(0, 1, sites + 1), None)
    h = whole(15.0 * lower.T @ lower, None, None, None) + whole(None, np.diag([-1.0, 1.0]), None, None)
    h = h + whole(None, None, network, None) + taken + taken.T + handed + handed.T
    drain = np.sqrt(0.05) * whole(None, None, jump(0, sites, sites + 1), raised)
    place = np.diag(whole(None, None, np.diag(np.arange(sites + 1.0)), None))
    elsewhere = 0.1 * (place[:, None] != place)

    def rates(_: float, flat: np.ndarray) -> np.ndarray:
        rho = flat.reshape(h.shape)
        turned = -1j * (h @ rho - rho @ h) - elsewhere * rho
        lost = drain.T @ drain
        return (turned + drain @ rho @ drain.T - 0.5 * (lost @ rho + rho @ lost)).ravel()

    start = np.zeros(h.shape, dtype=complex)
    first = np.ravel_multi_index((3, 0, 0, 0), sizes)
    start[first, first] = 1.0
    solved = solve_ivp(rates, (0, time), start.ravel(), method="DOP853", rtol=1e-9, atol=1e-11)
    sink = np.diag(whole(None, None, None, np.diag([0.0, 1.0])))
    return float((sink * np.diag(solved.y[:, -1].reshape(h.shape)).real).sum())


@pytest.mark.parametrize(
    ("sites", "time"),
    [(3, 4.0), pytest.param(7, 4.0, marks=pytest.mark.slow)],
    ids=["64 states", "128 states"],
)
def test_few_states_are_enough(sites: int, time: float) -> None:
    """Excitations are conserved, and what is in the sink is no longer looked at."""
    graph = nx.complete_graph(sites)
    mask = mask_of(graph)
    weights = np.random.default_rng(0).normal(size=len(mask.edge_index.T))
    matrix = np.zeros((sites, sites))
    matrix[tuple(mask.edge_index)] = weights
    expected = all_states(matrix + matrix.T, time=time)
    assert expected > 1e-5
    assert filled(mask, weights, time=time) == pytest.approx(expected, abs=1e-8)


def driven_by_scipy(time: float) -> float:
    """A chain of three sites with the published driving, in the eight states, step by step."""
    a, nu, phi, b, mu, theta = DRIVING
    excited, place = np.tile([0, 1], 4), np.repeat(np.arange(4), 2)
    left = 3 - excited - (place > 0)
    h = np.diag(15.0 * left + 2.0 * excited - 1 + 0.5 * np.isin(place, [1, 2]))
    for k in range(4):
        h[2 * k, 2 * k + 1] = h[2 * k + 1, 2 * k] = np.sqrt(left[2 * k])
    h[1, 2] = h[2, 1] = 1.0
    for k in (2, 3, 4, 5):
        h[k, k + 2] = h[k + 2, k] = 1.0
    lost = 0.1 * (place[:, None] != place) + 0.025 * np.add.outer(1.0 * (place == 3), 1.0 * (place == 3))

    def rates(t: float, flat: np.ndarray) -> np.ndarray:
        rho = flat.reshape(8, 8)
        of_spin, of_sink = a * np.sin(nu * t + phi), b * np.sin(mu * t + theta)
        now = h + np.diag(of_spin * (2 * excited - 1) + of_sink * (place == 3))
        return (-1j * (now @ rho - rho @ now) - lost * rho).ravel()

    start = np.zeros(64, dtype=complex)
    start[0] = 1.0
    solved = solve_ivp(rates, (0, time), start, method="DOP853", rtol=1e-9, atol=1e-11)
    return float(1 - np.trace(solved.y[:, -1].reshape(8, 8)).real)


def test_published_driving() -> None:
    chain = mask_of(nx.path_graph(3))
    assert filled(chain, driving=DRIVING, time=6.0) == pytest.approx(driven_by_scipy(6.0), abs=1e-7)
    assert filled(chain, driving=DRIVING) == pytest.approx(0.163682, abs=1e-4)


@pytest.mark.slow
def test_published_driving_in_the_end() -> None:
    chain = mask_of(nx.path_graph(3))
    assert driven_by_scipy(30.0) == pytest.approx(filled(chain, driving=DRIVING), abs=1e-7)
    assert filled(chain, driving=DRIVING, time=1200.0) == pytest.approx(0.999995, abs=1e-6)


def test_the_splitting_is_of_fourth_order() -> None:
    """Two coupled oscillators, one with a driven frequency, against SciPy."""
    free = torch.tensor(
        [[0.0, 1.0, 0.4, 0.0], [-1.0, 0.0, 0.0, 0.4], [-0.4, 0.0, 0.0, 2.0], [0.0, -0.4, -2.0, 0.0]]
    )
    free = free.double()
    sign = torch.tensor([1.0, -1.0, 0.0, 0.0], dtype=torch.float64)
    start = torch.tensor([1.0, 0.0, 0.0, 0.5], dtype=torch.float64)

    def rates(t: float, y: np.ndarray) -> np.ndarray:
        turned = free.numpy() @ y
        turned[:2] += 3 * np.sin(2 * t) * np.array([y[1], -y[0]])
        return turned

    exact = solve_ivp(rates, (0, 4.0), start.numpy(), method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    errors = []
    for steps in (16, 32, 64):
        flow = DrivenFlow(
            free,
            partner=torch.tensor([1, 0, 2, 3]),
            speed=lambda t: 3 * torch.sin(2 * t)[:, None] * sign,
            step=4.0 / steps,
            steps=steps,
        )
        assert len(flow.course(start, every=8)) == steps // 8
        errors.append(float(np.abs(flow.end(start).numpy() - exact).max()))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert errors[0] < 1e-2
    assert orders[-1] == pytest.approx(4, abs=0.5)


def test_propagators_and_coordinates() -> None:
    random = np.random.default_rng(0)
    matrix = random.normal(size=(5, 5))
    expected = torch.linalg.matrix_exp(torch.as_tensor(matrix * 7))
    torch.testing.assert_close(propagator(torch.as_tensor(matrix), 7.0), expected, rtol=1e-10, atol=1e-9)
    space = HermitianSpace(4)
    first, second = (random.normal(size=(4, 4)) + 1j * random.normal(size=(4, 4)) for _ in range(2))
    first, second = first + first.conj().T, second + second.conj().T
    inner = space.coordinates(first) @ space.coordinates(second)
    assert inner == pytest.approx(np.trace(first.conj().T @ second).real)


@pytest.mark.parametrize("learn", ["outer", "driving"])
def test_what_is_learned_has_the_slopes_of_differences(learn: str) -> None:
    objective, problem = built(mask_of(nx.path_graph(3)), learn=learn, time=2.0, driving=DRIVING)
    objective.train()
    weights = torch.tensor([0.8, 1.3], dtype=torch.float64, requires_grad=True)
    network = Network(weights=weights, topology=topology_of(problem), problem=problem)
    score = objective(network, 0).score
    (parameter,) = objective.parameters()
    found, of_weights = torch.autograd.grad(score, [parameter, weights])
    step = 1e-5
    for owner, slopes in ((parameter, found), (weights, of_weights)):
        for k in range(len(owner)):
            scores = []
            for sign in (1, -1):
                with torch.no_grad():
                    owner[k] += sign * step
                    network = Network(weights=weights, topology=topology_of(problem), problem=problem)
                    scores.append(float(objective(network, 0).score))
                    owner[k] -= sign * step
            assert float(slopes[k]) == pytest.approx((scores[0] - scores[1]) / (2 * step), rel=1e-4, abs=1e-9)


def test_couplings_found_beat_even_ones() -> None:
    settings = {"frequency": 0.2446, "time": 10.0, "budget": {"kind": "total", "value": 6.0}}
    result = gn.optimize(
        nx.path_graph(4), objective="exciton_transfer", progress="none", updates=12, starts=1, **settings
    )
    assert_found(result)
    assert result.score > 1.05 * result.references["uniform"]
    populations = result.arrays["populations"]
    assert populations[-1, -1] == pytest.approx(result.score, abs=1e-9)
    assert np.diff(populations[:, -1]).min() > -1e-12
    assert populations.min() > -1e-12


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"learn": "all"}, r"^objective.learn = all: must be none, outer or driving"),
        ({"source": 9}, r"^objective.source = 9: is no node of the mask: nodes are 0 \.\. 2"),
        ({"sink": 0}, r"^objective.sink = 0: must be another node than the source"),
        ({"energies": [1.0, 2.0]}, r"^objective.energies = \[1.0, 2.0\]: must have a number for each"),
        ({"energies": "energy"}, r"^objective.energies = energy: is no column of node data"),
        ({"driving": [1.0, 2.0]}, r"^objective.driving = \[1.0, 2.0\]: must be a list of 6 numbers"),
        ({"outer": 1.0}, r"^objective.outer = 1.0: must be a list of 2 numbers"),
        ({"time": 0}, r"^objective.time = 0: must be"),
        ({"photons": 0}, r"^objective.photons = 0: must be"),
        ({"dephasing": -1}, r"^objective.dephasing = -1: must be"),
        ({"rate": 0}, r"^objective.rate = 0: must be"),
    ],
)
def test_bad_input_is_one_line(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingError, match=told):
        built(mask_of(nx.path_graph(3)), **settings)


def test_large_masks_are_refused() -> None:
    with pytest.raises(SettingError, match=r"is for 2 to 10 sites, and the mask has 11 nodes"):
        built(mask_of(nx.path_graph(11)))
