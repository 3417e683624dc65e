"""Graph classification: a graph neural network whose connections are the network."""

from gradnet_cli.objectives.graph_classification.graphs import Graphs
from gradnet_cli.objectives.graph_classification.model import Shape
from gradnet_cli.objectives.graph_classification.objective import GraphClassification

__all__ = ["GraphClassification", "Graphs", "Shape"]
