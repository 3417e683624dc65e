"""What is told of a graph neural network that has been trained: the test, predictions, connections."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from gradnet_cli.datasets import GraphData
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.classification.told import Told
from gradnet_cli.objectives.evaluation import Description
from gradnet_cli.objectives.graph_classification.wiring import Wiring


def description(logits: Tensor, network: Network, *, data: GraphData, wiring: Wiring) -> Description:
    """All of it, of the model in evaluation mode.

    Args:
        logits: (G, C) of all graphs
        network: the connections
    """
    told = Told(logits=logits, data=data, thing="graph")
    used = network.weights.detach().cpu().numpy() != 0
    source, target = network.topology.array
    return Description(
        metrics={
            **told.metrics,
            "density": float(used.sum() / sum(wiring.entries)),
        },
        node_data={
            "connections_in": np.bincount(target[used], minlength=network.nodes),
            "connections_out": np.bincount(source[used], minlength=network.nodes),
        },
        arrays={"confusion": told.confusion},
        tables=told.tables,
        data=data.record(),
        notes=[told.note],
    )
