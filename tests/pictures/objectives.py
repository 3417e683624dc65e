"""The kinds of figures that objectives draw of what they tell."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from gradnet_cli.objectives.algebraic_connectivity.figures import grid as optimal_profiles
from gradnet_cli.objectives.classification.figures import confusion, learning
from gradnet_cli.objectives.exciton_transfer.figures import populations
from gradnet_cli.objectives.graph_classification.figures import connections, layers
from gradnet_cli.objectives.kuramoto_synchrony.figures import (
    synchrony_matrix,
    synchrony_phases,
    synchrony_strength,
)
from gradnet_cli.objectives.logic_gates.figures import gates
from gradnet_cli.objectives.mixing_rate.figures import spectrum
from gradnet_cli.objectives.network_reconstruction.figures import prediction, reconstruction
from gradnet_cli.objectives.node_classification.figures import embedding, flow
from gradnet_cli.objectives.node_classification.figures import spectrum as mixing_spectrum
from gradnet_cli.objectives.opinion_dissonance.figures import factions, opinions
from gradnet_cli.objectives.quantum_capacity.figures import quantum
from gradnet_cli.objectives.road_travel_time.figures import traffic
from gradnet_cli.objectives.supply_dissipation.figures import veins
from gradnet_cli.problem import Problem
from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.masks import complete, grid, layered, triangular
from gradnet_cli.result import Result
from tests.pictures.kinds import Kind, of_result
from tests.pictures.samples import asked, course, geometric, near, plane, result, shares


def kinds() -> Iterator[Kind]:
    """All of them."""
    yield of_result("grid_optimum", optimal_profiles, boxed)
    yield of_result("populations", populations, excitons)
    for name, module in (
        ("matrix", synchrony_matrix),
        ("phases", synchrony_phases),
        ("strength", synchrony_strength),
    ):
        yield of_result(f"synchrony_{name}", module, oscillators)
    yield of_result("gates", gates, xor)
    yield of_result("spectrum", spectrum, averaging)
    yield of_result("prediction", prediction, reconstructed)
    yield of_result("reconstruction", reconstruction, reconstructed)
    for name, module in (
        ("confusion", confusion),
        ("embedding", embedding),
        ("flow", flow),
        ("learning", learning),
    ):
        yield of_result(name, module, classes)
    yield of_result("mixing_spectrum", mixing_spectrum, classes)
    yield of_result("factions", factions, friends)
    yield of_result("opinions", opinions, friends)
    yield of_result("layers", layers, classifier)
    yield of_result("connections", connections, classifier)
    yield of_result("quantum", quantum, fibres)
    yield of_result("traffic", traffic, roads)
    yield of_result("veins", veins, leaf)


def boxed() -> Result:
    """A grid with a budget, and weights beside its best ones."""
    mask = grid.build(rows=6, cols=9)
    budget = {"kind": "per_node", "value": 1.0}
    problem = Problem.build(mask=mask, budget=budget, signs={})
    return result(mask, 0.2 + 0.2 * shares(mask.edges), problem=problem)


def excitons() -> Result:
    """Four sites between an antenna and a sink."""
    times = np.linspace(0, 20, 101)
    sites = [0.05 * np.exp(-times / 10) * np.sin(times / (1 + k)) ** 2 for k in range(4)]
    antenna = 0.02 + 0.01 * np.cos(3 * times) * np.exp(-times / 8)
    sink = [0.004 * share * (times + np.sin(times) / 2) for share in (1.0, 0.4)]
    found, even = (np.stack([antenna, *sites, filled], axis=1) for filled in sink)
    told = {"times": times, "populations": found, "populations_even": even, "ends": np.array([0, 3])}
    return result(complete.build(nodes=4), arrays=told)


@cache
def oscillators() -> Result:
    """Forty oscillators with uniform frequencies that are joined as theory says."""
    nodes, times = 40, np.linspace(0, 10, 60)
    omega = (np.arange(nodes) + 0.5) / nodes
    mask = complete.build(nodes=nodes)
    offset = 2 * omega - 1
    circle = np.abs(np.hypot(*offset[mask.edge_index]) - 1.0)
    across = offset[mask.edge_index].prod(axis=0) < 0
    weights = np.where((circle < 0.12) & across, np.exp(-((circle / 0.06) ** 2)), 0.0)
    phases = 0.1 * offset * (1 - np.exp(-times[:, None]))
    told = {
        "frequency": omega,
        "phase": phases[-1],
        "lag": np.array(0.0),
        "locked": np.array(True),
        "time": times,
        "order": np.abs(np.exp(1j * phases).mean(axis=1)),
        "track_nodes": np.arange(nodes),
        "track_phases": phases,
    }
    return result(mask, weights, arrays=told)


def xor() -> Result:
    """A gate of two inputs, one hidden node and an output."""
    mask = complete.build(nodes=4, directed=True)
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    answers = np.array([[0], [1], [1], [0]], dtype=float)
    told = {
        "truth_table_inputs": bits,
        "truth_table_outputs": answers,
        "found_outputs": answers * 0.9 + np.array([[0.05], [0.02], [-0.5], [0.0]]),
    }
    roles = np.array(["input", "input", "hidden", "output"])
    return result(mask, 6 * shares(mask.edges) - 3, arrays=told, node_data={"role": roles})


def averaging() -> Result:
    """Eigenvalues of averaging before and after."""
    modes = np.cos(np.linspace(0.4, 2.4, 20))
    told = {"modes": 0.9 * modes, "modes_before": modes}
    return result(
        geometric(20, 0.4), arrays=told, settings=asked("objective=mixing_rate", "objective.measure=mixing")
    )


@cache
def reconstructed() -> Result:
    """A network found from the motion on it, with small errors."""
    mask = complete.build(nodes=16)
    truth = (shares(mask.edges, 2) > 0.8).astype(float)
    times = np.linspace(0, 5, 30)
    before = np.sin(times[:, None] + shares(16)) * np.exp(-times[:, None] / 3)
    after = np.sin(times[:, None] + 0.17 + shares(16)) * np.exp(-(times[:, None] + 0.17) / 3)
    told = {
        "true_weights": truth,
        "times": times,
        "before": before,
        "after": after,
        "predicted": after + 0.002 * (shares(after.size).reshape(after.shape) - 0.5),
    }
    rows = course(12, bound=False)
    rows |= {"score": 10.0 ** -np.arange(12), "f1": np.minimum(1.0, np.arange(12) / 5)}
    weights = truth + 1e-3 * truth * (shares(mask.edges, 5) - 0.5)
    return result(mask, weights, arrays=told, course=rows, settings=asked("objective=network_reconstruction"))


@cache
def classes() -> Result:
    """Three classes of nodes, told apart."""
    labels = np.arange(90) % 3
    angle = 2 * np.pi * (labels / 3 + 0.12 * (shares(90) - 0.5))
    radius = 5 + 4 * shares(90, 9)
    told = {
        "confusion": np.array([[24, 1, 0], [0, 25, 0], [0, 12, 13]]),
        "embedding": np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1),
        "embedding_shares": np.array([0.6, 0.3]),
        "labels": labels,
        "tested": np.arange(90) % 4 == 0,
        "times": np.linspace(0, 2, 5),
        "dirichlet_energy": np.exp(-np.linspace(0, 2, 5)),
        "energy": -(np.linspace(0, 2, 5) ** 2),
        "mixing_eigenvalues": np.sort(3 * shares(40) - 1.4),
    }
    step = np.arange(41.0)
    further = {
        "accuracy_training": 1 - 0.6 * np.exp(-step / 5),
        "loss_training": np.exp(-step / 6),
        "loss_validation": 0.1 + np.exp(-step / 5) + 0.004 * step,
    }
    found = {"accuracy_test": 0.88}
    return result(complete.build(nodes=8), arrays=told, course=course(bound=False, **further), metrics=found)


def classifier() -> Result:
    """Layers of units, of which some pass nothing on."""
    mask = layered.build(layers=[9, 6, 6, 3], directed=True)
    size = 2 * shares(mask.edges) - 1
    return result(mask, np.where(np.abs(size) > 0.5, size, 0.0))


@cache
def friends() -> Result:
    """A club that falls apart: friendships between two leaders' camps were cut."""
    places = plane(20)
    edges = near(places, 0.4)
    camp = np.where(places[:, 0] < 0.5, "west", "east")
    mask = Mask.from_edges(
        name="listed",
        nodes=20,
        edges=edges,
        positions=places,
        base=np.ones(edges.shape[1]),
        node_data={"club": camp},
    )
    weights = (camp[edges[0]] == camp[edges[1]]).astype(float)
    leaders = np.array([int(places[:, 0].argmin()), int(places[:, 0].argmax())])
    before = 1 - 2 * places[:, 0]
    after = np.where(places[:, 0] < 0.55, 1.0, -1.0)  # one goes with the other camp
    times = 8 * np.linspace(0, 1, 40) ** 2
    told = {
        "leaders": leaders,
        "times": times,
        "course": after * (1 - np.exp(-times[:, None])),
        "course_before": before * (1 - np.exp(-times[:, None])),
    }
    faction = np.where(after > 0, leaders[0], leaders[1])
    data = {"opinion": after, "opinion_before": before, "faction": faction}
    chosen = asked("mask=karate", "objective=opinion_dissonance", "objective.record=club")
    return result(mask, weights, arrays=told, node_data=data, settings=chosen)


def fibres() -> Result:
    """A cheapest tree, most of which carries weight."""
    mask = geometric(18, 0.5)
    source, target = mask.edge_index
    tree = np.array([int(np.flatnonzero(target == node)[0]) for node in range(1, 18) if node in target])
    weights = np.zeros(mask.edges)
    weights[tree[:-2]] = 0.4 + shares(len(tree) - 2)
    joined = np.isin(np.arange(18), [source[tree[:-2]], target[tree[:-2]]]).astype(float)
    return result(
        mask, weights, arrays={"cheapest_tree": mask.edge_index[:, tree]}, node_data={"joined": joined}
    )


def roads() -> Result:
    """Traffic on a grid before and after."""
    mask = grid.build(rows=4, cols=4)
    both = 2 * mask.edges
    told = {
        "flow": 30 * shares(both),
        "capacity": 10 + 20 * shares(both, 4),
        "flow_before": 30 * shares(both, 8),
        "capacity_before": np.full(both, 15.0),
    }
    return result(mask, arrays=told)


def leaf() -> Result:
    """A source in a corner that supplies all other nodes."""
    mask = triangular.build(rows=6, cols=6)
    weights = 0.01 + shares(mask.edges) ** 4
    load = np.full(mask.nodes, -1.0 / (mask.nodes - 1))
    load[0] = 1.0
    told = {"carries": shares(mask.edges) > 0.3, "flow": np.sqrt(weights), "source": np.array([0])}
    return result(mask, weights, arrays=told, node_data={"load": load}, metrics={"patterns": 1.0})
