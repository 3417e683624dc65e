"""A graph whose edges join like with like as often as is asked for, with features that tell little alone."""

from __future__ import annotations

import numpy as np

from gradnet_cli.datasets.node_data import NodeData, undirected
from gradnet_cli.datasets.rows import SparseRows
from gradnet_cli.datasets.splits import STRATIFIED, split_of
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import integer, number


def build(
    *,
    size: int,
    classes: int,
    degree: float,
    homophily: float,
    features: int,
    signal: float,
    fold: int,
    folds: int,
    validation: float,
    data_seed: int,
) -> NodeData:
    """Draw a graph of classes of one size, after the stochastic block model.

    Of the expected edges of a node, `degree` of them, the share `homophily` goes to its own class and the
    rest to each other class alike. Features are normal numbers around the mean of the class, which is
    `signal` long and points in a random direction: at signal 1 and many features most nodes look like any.

    Args:
        size: nodes, >= 2 a class and fold
        classes: >= 2
        degree: expected edges of a node, > 0
        homophily: expected share of edges within classes, from 0 to 1
        features: how many, >= 1
        signal: length of the mean of a class, in standard deviations of a feature, >= 0
        fold, folds, validation: of the stratified split
        data_seed: of graph, features and split

    Raises:
        SettingError: a setting out of range, or a degree that the classes have no nodes for
    """
    nodes = integer(setting="data.size", value=size, minimum=4)
    kinds = integer(setting="data.classes", value=classes, minimum=2, maximum=nodes // 2)
    mean = number(setting="data.degree", value=degree, above=0)
    alike = number(setting="data.homophily", value=homophily, minimum=0, maximum=1)
    width = integer(setting="data.features", value=features, minimum=1)
    length = number(setting="data.signal", value=signal, minimum=0)
    seed = integer(setting="data.data_seed", value=data_seed, minimum=0)
    random = np.random.default_rng([seed, 4])
    labels = np.sort(np.arange(nodes) % kinds)
    sizes = np.bincount(labels)
    within = mean * alike / (sizes[0] - 1)
    between = mean * (1 - alike) / (nodes - sizes[0])
    if max(within, between) > 1:
        allowed = f"is more than the nodes of a class can have: {kinds} classes of {sizes.min()} nodes"
        raise SettingError(setting="data.degree", value=degree, allowed=allowed)
    source, target = np.triu_indices(nodes, k=1)
    chance = np.where(labels[source] == labels[target], within, between)
    joined = random.random(len(source)) < chance
    directions = random.normal(size=(kinds, width))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    values = length * directions[labels] + random.normal(size=(nodes, width))
    split = split_of(
        labels, {}, split=STRATIFIED, fold=fold, folds=folds, validation=validation, split_seed=seed
    )
    return NodeData(
        name="homophily",
        labels=labels.astype(np.int64),
        split=split,
        edge_index=undirected(np.stack([source[joined], target[joined]])),
        features=SparseRows.of_dense(values.astype(np.float32)),
    )
