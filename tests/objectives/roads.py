"""Small networks of roads, and those of a directory with published ones."""

import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from gradnet_cli.objectives import Objective, build_objective
from gradnet_cli.problem import Problem
from tests.runs import composed, problem_of, settings_of

DATA = os.environ.get("GRADNET_ROADS")
wants_data = pytest.mark.skipif(
    DATA is None, reason="GRADNET_ROADS is no directory with files of the Transportation Networks collection"
)
BRAESS_NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 5
<END OF METADATA>

~	init_node	term_node	capacity	length	free_flow_time	b	power	speed	toll	link_type	;
	1	3	1	100	0.00000001	1000000000	1	0	0	1	;
	1	4	1	100	50	0.02	1	0	0	1	;
	3	2	1	100	50	0.02	1	0	0	1	;
	3	4	1	100	10	0.1	1	0	0	1	;
	4	2	1	100	0.00000001	1000000000	1	0	0	1;
"""
BRAESS_TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW>   6.0
<END OF METADATA>

Origin 	1
    1 :      0.0;     2 :     6.0;
"""


def braess(directory: Path) -> tuple[str, str]:
    """Overrides of Braess' four nodes."""
    (directory / "braess_net.tntp").write_text(BRAESS_NET, encoding="utf-8")
    (directory / "braess_trips.tntp").write_text(BRAESS_TRIPS, encoding="utf-8")
    return (f"path={directory}/braess_net.tntp", f"objective.trips={directory}/braess_trips.tntp")


def grid(directory: Path, *, side: int = 5) -> str:
    """A grid of roads there and back as CSV: the override of its path."""
    generator = np.random.default_rng(0)
    rows = ["source,target,capacity,free_flow_time"]
    for (a, b), (c, d) in sorted(nx.grid_2d_graph(side, side).to_directed().edges):
        time, capacity = generator.uniform(1, 3), generator.uniform(5, 20)
        rows.append(f"{a * side + b},{c * side + d},{capacity!r},{time!r}")
    path = directory / "grid.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return f"path={path}"


def asked(*overrides: str) -> tuple[Objective, Problem]:
    """Objective and problem, on roads from a file."""
    config = composed("mask=edge_list", "directed=true", "objective=road_travel_time", *overrides)
    problem = problem_of(config)
    objective = build_objective(settings_of(config).objective, seed=0)
    objective.prepare(problem)
    return objective.eval(), problem


def published(name: str) -> tuple[str, str]:
    """Overrides of one of the collection's networks."""
    return (f"path={DATA}/{name}_net.tntp", f"objective.trips={DATA}/{name}_trips.tntp")
