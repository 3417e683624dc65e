"""Graph classification: tell the classes of graphs by a neural network whose connections are trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gradnet_cli.datasets import Dataset, GraphData
from gradnet_cli.errors import SettingError
from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.objectives.classification.data import of_kind
from gradnet_cli.objectives.classification.objective import Classification
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.graph_classification.batches import Batches
from gradnet_cli.objectives.graph_classification.graphs import Graphs
from gradnet_cli.objectives.graph_classification.inputs import FEATURES, Inputs
from gradnet_cli.objectives.graph_classification.model import POOLINGS, Shape
from gradnet_cli.objectives.graph_classification.own_model import build_model, checked_name, try_out
from gradnet_cli.objectives.graph_classification.statistics import recalibrate, still
from gradnet_cli.objectives.graph_classification.wiring import Wiring
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, flag, integer, integers, number

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

MOST_DROPPED = 0.99  # share
KEPT = ("best", "last")


class GraphClassification(Classification):
    """Maximise the share of validation graphs whose class is told right.

    The nodes of the network are the units of a graph neural network, layer by layer, and its weights are the
    connections: a unit of a layer passes what it holds to those of the next that it is connected with. What
    else is learned, scales and shifts of units, readout, is the model's own, see
    gradnet_cli.objectives.graph_classification.model.Convolutions. Training makes the cross entropy on
    batches of training graphs small. The score is the accuracy on the validation graphs, judged once an
    epoch; its gradient is zero where it has one. Test graphs are looked at once, when all is over.

    Batch norms are told all training data before each judgement (`statistics.recalibrate`). Everything is
    computed in float32, with matrices that are zero where no connection is: what few connections save is
    weights, not time. In layers of 32 units sparse products would gain from a tenth of the connections on.

    Args:
        dataset: graphs with labels and a split
        model: gcn, gin or gine, or the import path of a torch module of your own, built with ``shape`` (a
            Shape) and called with Graphs and the matrices (n_l, n_l+1); it returns logits (G, C)
        perceptron: layers of connections from one convolution to the next, >= 1
        features: of the nodes, all, or kinds alone
        signed: attributes of edges, by number, whose sign is that of the direction, such as flows; of gine
        pooling: sum or mean over the nodes of each graph
        batch_norm: normalise the units over the batch
        dropout: share of the units that is left out in training
        batch: most graphs of a batch, >= 1
        keep: which judgement is the result, the best one (of several with the same accuracy the one with the
            lowest cross entropy on validation graphs) or the last one
        seed: of the parameters at the start, and of batches

    Metrics: accuracy_training, loss_training, loss_validation; at the end accuracy_test and loss_test.
    """

    requires = ("layered",)
    quantity = "accuracy on validation graphs"

    def __init__(
        self,
        *,
        model: str,
        perceptron: int,
        features: str,
        signed: Sequence[int],
        pooling: str,
        batch_norm: bool,
        dropout: float,
        batch: int,
        keep: str,
        dataset: Dataset | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.model_name = checked_name(model)
        self.perceptron = integer(setting="objective.perceptron", value=perceptron, minimum=1)
        self.features = choice(setting="objective.features", value=features, choices=FEATURES)
        self.signed = integers(setting="objective.signed", value=signed, minimum=0)
        self.pooling = choice(setting="objective.pooling", value=pooling, choices=POOLINGS)
        self.batch_norm = flag(setting="objective.batch_norm", value=batch_norm)
        self.dropout = number(setting="objective.dropout", value=dropout, minimum=0, maximum=MOST_DROPPED)
        self.batch = integer(setting="objective.batch", value=batch, minimum=1)
        self.keeps_last = choice(setting="objective.keep", value=keep, choices=KEPT) == "last"
        self.seed = seed
        self._dataset = dataset
        self._inputs: Inputs | None = None
        self._wiring: Wiring | None = None
        self._batches: Batches | None = None
        self._sets: dict[str, Graphs] = {}
        self._shape: Shape | None = None
        self.model: nn.Module | None = None

    @property
    def data(self) -> GraphData:
        """What is learned from.

        Raises:
            SettingError: there is no data set, or one of a single graph
        """
        return of_kind(
            self._dataset,
            GraphData,
            wanted="graphs with a label each",
            other="a single graph whose nodes have labels",
            generated="assortative",
        )

    def prepare(self, problem: Problem) -> None:
        """Take the data set in, and make the parameters; those of an earlier run on the same sizes stay.

        Raises:
            SettingError: no data set, or none of this kind; layers that do not fit
        """
        data, wiring = self.data, Wiring(problem)
        unsigned = self.model_name in ("gcn", "gin")  # they do not look at edges
        inputs = Inputs(data, features=self.features, signed=[] if unsigned else self.signed)
        self._check_layers(wiring.sizes, width=inputs.width)
        shape = Shape(
            sizes=wiring.sizes,
            edge_features=inputs.edge_width,
            classes=data.classes,
            model=self.model_name,
            perceptron=self.perceptron,
            pooling=self.pooling,
            batch_norm=self.batch_norm,
            dropout=self.dropout,
        )
        trained, listened = data.split.members("training"), data.split.members("validation")
        self._inputs, self._wiring = inputs, wiring
        self._batches = Batches(inputs, trained, size=self.batch, seed=self.seed)
        self.epoch = self._batches.count
        self._sets = {"training": inputs.take(trained), "validation": inputs.take(listened)}
        if self.model is None or self._shape != shape:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                self.model = build_model(shape)
                weights = torch.zeros(problem.edges, dtype=torch.float32)
                empty = Network(weights=weights, topology=topology_of(problem), problem=problem)
                batch = self._batches.at(0)
                with still(self.model):
                    try_out(self.model, batch, wiring.matrices(empty, like=batch.features), shape=shape)
            self._shape = shape

    def start(self, problem: Problem, uniform: np.ndarray) -> np.ndarray | None:
        """Connections of either sign, drawn from -1/sqrt(n) to 1/sqrt(n) for n that lead to the same unit."""
        if problem.base.any():
            return None
        leading = np.bincount(problem.edge_index[1], minlength=problem.nodes)[problem.edge_index[1]]
        size = 1 / np.sqrt(leading)
        drawn = torch.as_tensor(np.random.default_rng([self.seed, 13]).uniform(-size, size))
        feasible = FeasibleSet(problem)
        if problem.signs.result == "nonnegative":
            drawn = drawn.abs()
        found: np.ndarray = feasible.project(feasible.scaled(drawn)).numpy()
        return found

    def loss(self, network: Network, step: int) -> Tensor:
        """Cross entropy on a batch of the training graphs."""
        graphs = prepared(self._batches).at(step)
        logits = self.logits(network, graphs)
        return functional.cross_entropy(logits, graphs.labels)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), in evaluation mode whatever the mode."""
        with still(prepared(self.model)):
            logits = {"training": self._recalibrated(network)}
            logits["validation"] = self.logits(network, self._sets["validation"])
        return self.evaluation({name: (found, self._sets[name].labels) for name, found in logits.items()})

    def describe(self, network: Network) -> Description:
        """Test the network, once."""
        from gradnet_cli.objectives.graph_classification.description import description

        everything = prepared(self._inputs).take(np.arange(self.data.graphs))
        with still(prepared(self.model)):
            self._recalibrated(network)
            logits = self.logits(network, everything)
        return description(logits, network, data=self.data, wiring=prepared(self._wiring))

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Learning, confusion and connections."""
        from gradnet_cli.objectives.graph_classification.figures import drawings

        yield from super().figures(result)
        yield from drawings(result)

    def logits(self, network: Network, graphs: Graphs) -> Tensor:
        """What the model says of graphs, (G, C)."""
        graphs.to(network.weights)
        logits: Tensor = prepared(self.model)(graphs, self._matrices(network, graphs))
        return logits

    def _recalibrated(self, network: Network) -> Tensor:
        """Tell the batch norms of the model all training data; its logits of these."""
        trained = self._sets["training"]
        return recalibrate(prepared(self.model), lambda: self.logits(network, trained), rows=trained.nodes)

    def _matrices(self, network: Network, graphs: Graphs) -> list[Tensor]:
        return prepared(self._wiring).matrices(network, like=graphs.features)

    def _check_layers(self, sizes: Sequence[int], *, width: int) -> None:
        if sizes[0] != width:
            allowed = f"must begin with {width}, the features of a node of {self.data.name}"
            raise SettingError(setting="layers", value=list(sizes), allowed=allowed)
        if (len(sizes) - 1) % self.perceptron:
            allowed = (
                f"has {len(sizes) - 1} layers of connections, and must have a multiple of "
                f"{self.perceptron}, as many as a convolution has: see objective.perceptron"
            )
            raise SettingError(setting="layers", value=list(sizes), allowed=allowed)
