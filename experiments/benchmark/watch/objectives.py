"""What each objective is watched on: a small and a larger problem, as settings of the command."""

SIZES = ("small", "large")
GRIDS = {"small": "mask=grid rows=6", "large": "mask=grid rows=16"}
"""Where nothing else is said below."""
MASKS = {
    "algebraic_connectivity": {"small": "mask=grid rows=10", "large": "mask=grid rows=70"},
    "distance_to_network": {
        "small": "mask=karate base=weights",
        "large": "mask=grid rows=25 candidates=all",
    },
    "exciton_transfer": {"small": "mask=complete nodes=5", "large": "mask=complete nodes=8"},
    "function": {"small": "mask=grid rows=6", "large": "mask=grid rows=40"},
    "graph_classification": {
        "small": "experiment=rewiring data.graphs=40 data.folds=4",
        "large": "experiment=rewiring data.graphs=400 layers=[6,32,32,32,32]",
    },
    "logic_gates": {"small": "experiment=gates_and", "large": "experiment=gates_xor"},
    "node_classification": {"small": "data.size=60", "large": "data.size=2000"},
    "quantum_capacity": {"small": "mask=grid rows=6", "large": "mask=random_geometric nodes=500"},
    "road_travel_time": {"small": "mask=grid rows=4", "large": "mask=grid rows=7"},
    "spanning_trees": {"small": "mask=grid rows=10", "large": "mask=grid rows=60"},
    "sparsity": {"small": "mask=grid rows=6", "large": "mask=complete nodes=600"},
    "spectral_radius": {"small": "mask=grid rows=10", "large": "mask=grid rows=60"},
    "supply_dissipation": {"small": "mask=grid rows=6", "large": "mask=grid rows=60"},
}
EVENNESS = "experiments.benchmark.watch.objectives.evenness"
FURTHER = {
    "exciton_transfer": "objective.time=2",
    "function": f"function={EVENNESS} sense=minimize objective.concave=true",
    "network_reconstruction": "objective.samples=60",
    "node_classification": "data.folds=2 data.features=8",
    "road_travel_time": "objective.pairs=12 objective.volume=0.5",
    "sum": "objective.terms=[algebraic_connectivity,{name:effective_resistance,weight:-0.1}]",
    "worst": "objective.terms=[algebraic_connectivity,{name:spectral_radius,weight:-0.1}]",
}
"""What objectives want beside the mask."""


def words(objective: str, size: str) -> list[str]:
    """The settings of a run of three updates."""
    mask = MASKS.get(objective, GRIDS)[size]
    return [f"objective={objective}", *mask.split(), *FURTHER.get(objective, "").split()]


def evenness(network):
    """Mean square of the strengths, a function as people write it."""
    return network().sum(1).square().mean()
