"""Generated graphs whose classes differ in how often edges join nodes of one kind."""

from __future__ import annotations

import numpy as np

from gradnet_cli.datasets.graph_data import GraphData
from gradnet_cli.datasets.splits import STRATIFIED, split_of
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import integer, number

KINDS = 2


def build(
    *,
    graphs: int,
    classes: int,
    least: int,
    most: int,
    degree: float,
    low: float,
    high: float,
    noise: int,
    fold: int,
    folds: int,
    validation: float,
    data_seed: int,
) -> GraphData:
    """Draw graphs of nodes of two kinds, about as many of either.

    Of the edges of a graph each joins nodes of one kind with a probability that its class decides, evenly
    spaced from `low` to `high`, and nodes of different kinds otherwise; apart from that the pairs are any,
    each once. Numbers of nodes, edges and kinds tell nothing of the class: whoever tells it has to look at
    neighbours. Nobody can do better than to count the edges within kinds.

    Args:
        graphs: how many, >= 2
        classes: >= 2
        least, most: nodes of a graph, any number between the two, least >= 4
        degree: mean edges of a node, > 0
        low, high: share of edges within kinds that is expected in the first class and in the last, 0 to 1
        noise: further features of a node that tell nothing, normal numbers
        fold, folds, validation: of the stratified split
        data_seed: of graphs and split

    Raises:
        SettingError: a setting out of range, or a degree that a graph has no pairs for
    """
    count = integer(setting="data.graphs", value=graphs, minimum=2)
    groups = integer(setting="data.classes", value=classes, minimum=2, maximum=count)
    fewest = integer(setting="data.least", value=least, minimum=4)
    largest = integer(setting="data.most", value=most, minimum=fewest)
    mean = number(setting="data.degree", value=degree, above=0)
    shares = np.linspace(
        number(setting="data.low", value=low, minimum=0, maximum=1),
        number(setting="data.high", value=high, minimum=0, maximum=1),
        groups,
    )
    columns = integer(setting="data.noise", value=noise, minimum=0)
    seed = integer(setting="data.data_seed", value=data_seed, minimum=0)
    random = np.random.default_rng([seed, 6])
    labels = np.arange(count) % groups
    sizes = random.integers(fewest, largest + 1, size=count)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    kinds, edges = [], []
    for first, size, label in zip(offsets, sizes, labels, strict=False):
        kind = random.permutation(np.arange(size) % KINDS)
        alike = random.binomial(round(mean * size / 2), shares[label])
        edges.append(first + _edges(kind, alike, round(mean * size / 2) - alike, random, degree=degree))
        kinds.append(kind)
    split = split_of(
        labels, {}, split=STRATIFIED, fold=fold, folds=folds, validation=validation, split_seed=seed
    )
    told = random.normal(size=(int(offsets[-1]), columns)).astype(np.float32)
    return GraphData(
        name="assortative",
        labels=labels.astype(np.int64),
        split=split,
        offsets=offsets,
        edge_index=np.concatenate(edges, axis=1),
        node_labels=np.concatenate(kinds),
        node_attributes=told if columns else None,
    )


def _edges(
    kind: np.ndarray, alike: int, unlike: int, random: np.random.Generator, *, degree: float
) -> np.ndarray:
    """So many edges (2, m) within and between the kinds (n,) of nodes, sorted."""
    source, target = np.triu_indices(len(kind), k=1)
    same = kind[source] == kind[target]
    chosen = []
    for pairs, wanted in ((np.flatnonzero(same), alike), (np.flatnonzero(~same), unlike)):
        if wanted > len(pairs):
            allowed = f"is more than a graph of {len(kind)} nodes has pairs for: {wanted} of {len(pairs)}"
            raise SettingError(setting="data.degree", value=degree, allowed=allowed)
        chosen.append(random.choice(pairs, size=wanted, replace=False))
    places = np.sort(np.concatenate(chosen))
    return np.stack([source[places], target[places]])
