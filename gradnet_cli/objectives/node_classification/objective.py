"""Node classification: tell the classes of nodes from features that flow on a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from gradnet_cli.datasets import Dataset, NodeData
from gradnet_cli.model.network import Network
from gradnet_cli.objectives.classification.data import of_kind
from gradnet_cli.objectives.classification.objective import Classification
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.node_classification.channels import VARIANTS
from gradnet_cli.objectives.node_classification.model import MODELS, Model, Shape
from gradnet_cli.objectives.node_classification.nodes import Nodes
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, flag, integer, number

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

MOST_DROPPED = 0.99  # share
EMPTY = ("network", "adjacency", "distribution")  # figures that show nothing without edges


class NodeClassification(Classification):
    """Maximise the share of validation nodes whose class is told right.

    The nodes of the network are channels, and its weights say how channels mix: they are the matrix W0 of
    graph neural networks as gradient flows (GRAFF; Di Giovanni et al. 2022), whose positive eigenvalues
    attract neighbours to each other and whose negative ones repel. Features x of the graph's nodes are
    encoded into channels, F(0) = encoder(x); these flow,

        F <- F + tau (-F Omega + Abar F W + beta F(0)),    Abar = D^-1/2 A D^-1/2,

    until time T, and are decoded, logits = decoder(relu(F(T))). Encoder, decoder, the diagonal of W, Omega
    and beta are learned beside the network, all by the cross entropy on the training nodes. The score is the
    accuracy on the validation nodes: it says which update is the best, of several with the same accuracy the
    one with the lowest cross entropy there, and its gradient is zero where it has one. Test nodes are looked
    at once, when all is over.

    Everything is computed in float32.

    Args:
        dataset: a graph with features, labels and a split
        model: graff; mlp, the same without the graph (Abar = 1); or gcn, F <- relu(Abar F W) with Abar of the
            graph with loops (Kipf and Welling 2017) and one W for all layers
        variant: of the mixing, see gradnet_cli.objectives.node_classification.channels.Channels
        time, step: T and tau, > 0; the last step is shorter where they do not fit. A gcn has as many layers
        source, omega: whether beta and Omega are there
        layers: of the encoder, >= 1; those after the first are residual
        batch_norm: normalise the rates of each step over the nodes
        dropout, input_dropout: shares that are left out in training, of channels and of features
        seed: of the parameters at the start

    Metrics: accuracy_training, loss_training, loss_validation; at the end accuracy_test and loss_test.
    """

    requires = ("undirected",)
    quantity = "accuracy on validation nodes"

    def __init__(
        self,
        *,
        model: str,
        variant: str,
        time: float,
        step: float,
        source: bool,
        omega: bool,
        layers: int,
        batch_norm: bool,
        dropout: float,
        input_dropout: float,
        dataset: Dataset | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.model_name = choice(setting="objective.model", value=model, choices=MODELS)
        self.variant = choice(setting="objective.variant", value=variant, choices=VARIANTS)
        self.time = number(setting="objective.time", value=time, above=0)
        self.step = number(setting="objective.step", value=step, above=0)
        self.source = flag(setting="objective.source", value=source)
        self.omega = flag(setting="objective.omega", value=omega)
        self.layers = integer(setting="objective.layers", value=layers, minimum=1)
        self.batch_norm = flag(setting="objective.batch_norm", value=batch_norm)
        self.dropout = number(setting="objective.dropout", value=dropout, minimum=0, maximum=MOST_DROPPED)
        self.input_dropout = number(
            setting="objective.input_dropout", value=input_dropout, minimum=0, maximum=MOST_DROPPED
        )
        self.seed = seed
        self._dataset = dataset
        self._nodes: Nodes | None = None
        self.model: Model | None = None

    @property
    def data(self) -> NodeData:
        """What is learned from.

        Raises:
            SettingError: there is no data set, or one of many graphs
        """
        return of_kind(
            self._dataset,
            NodeData,
            wanted="a graph whose nodes have labels",
            other="a set of graphs with a label each",
            generated="homophily",
        )

    def prepare(self, problem: Problem) -> None:
        """Take the data set in, and make the parameters; those of an earlier run on the same sizes stay.

        Raises:
            SettingError: no data set, or none of this kind
        """
        data = self.data
        shape = Shape(
            features=data.features.width,
            channels=problem.nodes,
            classes=data.classes,
            model=self.model_name,
            variant=self.variant,
            time=self.time,
            step=self.step,
            source=self.source,
            omega=self.omega,
            layers=self.layers,
            batch_norm=self.batch_norm,
            dropout=self.dropout,
            input_dropout=self.input_dropout,
        )
        self._nodes = Nodes(data, loops=self.model_name == "gcn")
        if self.model is None or self.model.shape != shape:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                self.model = Model(shape)

    def loss(self, network: Network, step: int) -> Tensor:
        """Cross entropy on the training nodes, with dropout."""
        model, nodes, between = self._parts(network)
        members = nodes.members["training"]
        logits = model(nodes, between, training=self.training, members=members)
        return functional.cross_entropy(logits, nodes.labels[members]) + self._without_part(network)

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (E,), without dropout whatever the mode."""
        model, nodes, between = self._parts(network)
        logits = model(nodes, between, training=False)
        members = {name: nodes.members[name] for name in ("training", "validation")}
        found = self.evaluation(
            {name: (logits[chosen], nodes.labels[chosen]) for name, chosen in members.items()}
        )
        return replace(found, score=found.score + self._without_part(network))

    def describe(self, network: Network) -> Description:
        """Test the network, once; and how the features flow."""
        from gradnet_cli.objectives.node_classification.description import description

        model, nodes, between = self._parts(network)
        return description(model, nodes, between, data=self.data)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Learning, flow, mixing and embedding; they take the place of a network without edges."""
        from gradnet_cli.objectives.node_classification.figures import drawings

        for drawing in (*super().figures(result), *drawings(result)):
            yield drawing if result.edges_used else replace(drawing, replaces=EMPTY)

    def _without_part(self, network: Network) -> Tensor | float:
        """Zero, with a slope of zero where the network has no part in the logits."""
        return 0.0 * network.weights.sum() if self.variant == "D" else 0.0

    def _parts(self, network: Network) -> tuple[Model, Nodes, Tensor]:
        model = prepared(self.model)
        like = model.decoder.weight
        # The network has no part where channels do not mix, and its matrix need not be made.
        between = like.new_empty(0) if self.variant == "D" else network.dense.to(like)
        return model, prepared(self._nodes).to(like), between
