"""The graphs that are learned from, in batches."""

from __future__ import annotations

import math

import numpy as np

from gradnet_cli.errors import SettingError
from gradnet_cli.objectives.graph_classification.graphs import Graphs
from gradnet_cli.objectives.graph_classification.inputs import Inputs

DEALINGS = 8  # ways to deal graphs to batches: to make batches anew in each epoch takes as long as training


class Batches:
    """Batches of about one size, made once; an epoch takes each once, in an order of its own.

    Graphs are dealt to batches at random in `DEALINGS` ways, of which an epoch takes one.

    Args:
        inputs: where graphs are taken from
        members: (M,) which
        size: most graphs of a batch
        seed: of dealing and order

    Attributes:
        count: batches of an epoch

    Raises:
        SettingError: a batch of a single node, which nothing can be normalised over
    """

    def __init__(self, inputs: Inputs, members: np.ndarray, *, size: int, seed: int) -> None:
        self.count = math.ceil(len(members) / size)
        self._seed = seed
        dealings = 1 if self.count == 1 else DEALINGS
        random = np.random.default_rng([seed, 11])
        dealt = [np.array_split(random.permutation(members), self.count) for _ in range(dealings)]
        self._batches = [[inputs.take(part) for part in parts] for parts in dealt]
        if any(batch.nodes < 2 for parts in self._batches for batch in parts):
            allowed = "makes batches of one node, which nothing can be normalised over"
            raise SettingError(setting="objective.batch", value=size, allowed=allowed)

    def at(self, step: int) -> Graphs:
        """The batch of an update."""
        epoch, number = divmod(step, self.count)
        order = np.random.default_rng([self._seed, 12, epoch]).permutation(self.count)
        return self._batches[epoch % len(self._batches)][int(order[number])]
