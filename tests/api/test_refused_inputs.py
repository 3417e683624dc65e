"""What optimize refuses: one line that names the argument, the value and what is allowed."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
import torch

import gradnet_cli as gn
from tests.api.material import roads

GRAPH = roads()
SQUARE = sp.csr_array(nx.to_numpy_array(nx.cycle_graph(4)))
MASK = gn.Mask.from_edges(name="mine", nodes=3, edges=np.array([[0, 1], [1, 2]]))
PROBLEM = gn.Problem.build(mask=MASK, budget=gn.Budget(kind="total", value=3), signs=gn.Signs())
RECTANGLE = sp.csr_array(np.ones((2, 3)))
PARALLEL = nx.MultiGraph([("a", "b", {"length": 1}), ("a", "b", {"length": 2})])
SAME_PLACE = nx.Graph([("a", "b")])
SAME_PLACE.add_nodes_from(["a", "b"], pos=(1, 1))

REFUSED = {
    "no network": (
        3,
        {},
        "network = int: must be a networkx graph, a SciPy sparse matrix, an array of edges",
    ),
    "nothing": (None, {}, "network = NoneType: must be a networkx graph"),
    "a generator": ((pair for pair in [(0, 1)]), {}, "network = generator: must be a networkx graph"),
    "a mistyped mask": ("gird", {}, "mask = gird: must be .* Did you mean mask=grid"),
    "no edges": ([], {}, r"network = array \(0,\): must have a row an edge, \(M, 2\)$"),
    "an empty array": (np.zeros((0, 2), int), {}, r"network = array \(0, 2\): must have a row an edge"),
    "an empty graph": (nx.Graph(), {}, "mask = graph: has 0 nodes and must have at least 2"),
    "a graph without edges": (nx.empty_graph(3), {}, "mask = graph: has no edge"),
    "a transposed array": (
        np.array([[0, 1, 2], [1, 2, 3]]),
        {},
        r"network = array \(2, 3\): must have a row an edge, \(M, 2\); give its transpose",
    ),
    "a transposed list": ([[0, 1, 2], [1, 2, 3]], {}, r"network = array \(2, 3\): .*; give its transpose"),
    "a dense matrix": (
        np.ones((4, 4)),
        {},
        r"network = array \(4, 4\): .*; of an adjacency matrix give scipy.sparse.csr_array\(matrix\)",
    ),
    "edges with weights": (
        [(0, 1, 0.5), (1, 2, 2.0), (2, 0, 1.0), (0, 3, 1.0)],
        {},
        r"network = array \(4, 3\): .*; weights and costs go into base= and cost=",
    ),
    "edges of several lengths": ([(0, 1), (1, 2, 3)], {}, r"network = array \(2,\): must have a row an edge"),
    "words for edges": (["ab", "cd"], {}, r"network = array \(2,\): must have a row an edge"),
    "a flat array": (np.arange(4), {}, r"network = array \(4,\): must have a row an edge"),
    "numbers that are no integers": (
        np.array([[0.5, 1.0], [1.0, 2.0]]),
        {},
        r"network = array \(2, 2\): must hold integers or names, not float64 values",
    ),
    "missing ends": (np.array([[0, np.nan], [1, 2]]), {}, "must hold integers or names, not float64 values"),
    "a missing name": ([("a", None)], {}, "network = edges: None cannot name a node"),
    "a missing number": ([("a", float("nan"))], {}, "network = edges: nan cannot name a node"),
    "a sparse tensor": (torch.eye(3).to_sparse(), {}, r"network = array \(3, 3\): must have a row an edge"),
    "truth values": (np.array([[True, False]]), {}, "must hold integers or names, not bool values"),
    "a loop": ([("a", "b"), ("b", "b")], {}, "network = edges: the edge b-b is a self-loop"),
    "a loop of numbers": (np.array([[0, 1], [7, 7]]), {}, "network = edges: the edge 7-7 is a self-loop"),
    "a contradiction": (
        [("a", "b"), ("b", "c"), ("b", "a")],
        {"cost": [1, 2, 3]},
        "cost = 3.0: the edge b-a comes twice, and had 1 before",
    ),
    "a contradiction of weights": (
        [("a", "b"), ("b", "a")],
        {"base": [1, 2]},
        "base = 2.0: the edge b-a comes twice, and had 1 before",
    ),
    "too few costs": (
        [(0, 1), (1, 2)],
        {"cost": [1]},
        r"cost = array \(1,\): must be one number for each of the 2",
    ),
    "one cost": ([(0, 1), (1, 2)], {"cost": 2}, "cost = 2: must be one number for each of the 2 edges"),
    "costs that are none": (
        [(0, 1), (1, 2)],
        {"cost": ["a", "b"]},
        "cost = .*: must be numbers, one for each edge",
    ),
    "a negative cost": (
        [("a", "b"), ("b", "c")],
        {"cost": [1, -1]},
        "cost of edge b-c is -1 and must be > 0",
    ),
    "lengths of no places": ([(0, 1), (1, 2)], {"cost": "distance"}, "cost = distance: needs positions"),
    "a base by name": (
        [(0, 1), (1, 2)],
        {"base": "weight"},
        "base = weight: must be numbers, one for each edge",
    ),
    "a base at will": ([(0, 1), (1, 2)], {"base": True}, "base = true: must be numbers, one for each edge"),
    "a rectangle": (RECTANGLE, {}, r"network = matrix \(2, 3\): must be square"),
    "a vector": (sp.coo_array(np.ones(3)), {}, r"network = matrix \(3,\): must be square"),
    "a complex matrix": (SQUARE.astype(complex), {}, "network = matrix of complex128: must hold numbers"),
    "an infinite matrix": (SQUARE * np.inf, {}, "network = matrix: has entries that are not finite"),
    "a matrix of zeros": (sp.csr_array((3, 3)), {}, "mask = matrix: has no edge"),
    "a matrix's base by name": (SQUARE, {"base": "weight"}, "base = weight: must be True: the entries are"),
    "a matrix's cost by name": (SQUARE, {"cost": "length"}, "cost = length: must be unit or distance"),
    "costs of another size": (
        SQUARE,
        {"cost": [1, 2, 3, 4]},
        r"cost = array \(4,\): must be unit, or a matrix \(4, 4\)",
    ),
    "missing costs": (SQUARE, {"cost": sp.eye_array(4).tocsr()}, "cost of edge 0-1 is 0 and must be > 0"),
    "costs that contradict": (
        SQUARE,
        {"cost": np.arange(16).reshape(4, 4)},
        "cost = matrix: must be symmetric, as the network is, and differs at 0-1",
    ),
    "a mistyped attribute": (
        GRAPH,
        {"base": "weigth"},
        "base = weigth: must be an attribute of every edge; .* Did you mean weight",
    ),
    "a missing attribute": (
        GRAPH,
        {"cost": "length"},
        "cost = length: must be an attribute of every edge; the attributes are kind, lanes, weight",
    ),
    "an attribute of some": (
        GRAPH,
        {"cost": "weight"},
        "cost = weight: must be an attribute of every edge; the edge a-4.5 has none",
    ),
    "an attribute of words": (
        GRAPH,
        {"cost": "kind"},
        r"cost = kind: must hold numbers, and of the edge a-\('b', 2\) it is 'road'",
    ),
    "a graph's base by number": (
        GRAPH,
        {"base": 3},
        "base = 3: must be True or the name of an edge attribute",
    ),
    "a graph without places": (
        nx.path_graph(3),
        {"cost": "distance"},
        "cost = distance: needs positions: node data x and y, or lon and lat",
    ),
    "nodes in one place": (
        SAME_PLACE,
        {"cost": "distance"},
        "cost = distance: would be 0: nodes a and b lie at the same place",
    ),
    "parallel edges of two costs": (
        PARALLEL,
        {"cost": "length"},
        "cost = 2.0: must be the same for parallel edges: between a and b it is 1 and 2",
    ),
    "a directed graph": (
        nx.DiGraph([(0, 1), (1, 0)]),
        {},
        "mask = graph: is directed, and the objective is for undirected",
    ),
    "two components": (nx.Graph([(0, 1), (2, 3)]), {}, "mask = graph: has 2 components"),
    "a share of nothing": (
        GRAPH,
        {"budget": "+20%"},
        r"budget = \+20%: is a share of what the base network costs, and there is none: base=True",
    ),
    "a mask's cost": (MASK, {"cost": "unit"}, "cost = unit: belongs to the Mask that is given"),
    "a mask's base": (MASK, {"base": True}, "base = true: belongs to the Mask that is given"),
    "a problem's budget": (PROBLEM, {"budget": 2}, "budget = 2: belongs to the Problem that is given"),
    "a problem's signs": (
        PROBLEM,
        {"signs": {"change": "increase"}},
        "signs = .* belongs to the Problem that is given",
    ),
    "sizes of a graph": (
        GRAPH,
        {"rows": 3},
        "rows = 3: is a setting of mask=grid, and the network is given itself",
    ),
    "sizes of another mask": (GRAPH, {"side": 3}, "side = 3: is a setting of mask=random_geometric"),
    "a mask beside a graph": (GRAPH, {"mask": "grid"}, "mask = grid: is what optimize is given first"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_told_in_one_line(case: str) -> None:
    network, settings, line = REFUSED[case]
    with pytest.raises(gn.SettingError, match=line) as caught:
        gn.optimize(network, progress="none", **settings)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
