"""What is learned from: graphs with features, labels and splits, read like files; torch is not imported.

A data set is a function ``build(*, ...) -> Dataset`` that a YAML file of conf/data names by import path
(``_target_``). What objectives are handed is a `NodeData`, one graph whose nodes are classified, or a
`GraphData`, many graphs that are classified each as a whole.
"""

from gradnet_cli.datasets.build import build_dataset
from gradnet_cli.datasets.dataset import Dataset
from gradnet_cli.datasets.graph_data import GraphData
from gradnet_cli.datasets.node_data import NodeData

__all__ = ["Dataset", "GraphData", "NodeData", "build_dataset"]
