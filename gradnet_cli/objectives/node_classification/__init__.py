"""Node classification: features that flow on a graph, mixed by the network."""

from gradnet_cli.objectives.node_classification.objective import NodeClassification

__all__ = ["NodeClassification"]
