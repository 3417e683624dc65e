"""Stratified splits: every class has its share, folds are disjoint, validation is nested."""

import numpy as np
import pytest

from gradnet_cli.datasets.dataset import TEST, TRAINING, VALIDATION
from gradnet_cli.datasets.splits import stratified
from tests.datasets import made


@pytest.mark.parametrize("count", [23, 188])
@pytest.mark.parametrize("folds", [2, 5, 10])
def test_all_folds_together(count: int, folds: int) -> None:
    labels = np.random.default_rng(count).choice(3, size=count, p=[0.6, 0.3, 0.1])
    labels[:4] = -1
    known = labels >= 0
    splits = [stratified(labels, folds=folds, fold=fold, validation=0.1, seed=7) for fold in range(folds)]
    tested = np.stack([split == TEST for split in splits])
    np.testing.assert_array_equal(tested.sum(axis=0), known)  # each once
    for split in splits:
        assert set(split[~known].tolist()) == {0}
        sizes = [int((split == part).sum()) for part in (TRAINING, VALIDATION, TEST)]
        assert sum(sizes) == known.sum()
        assert abs(sizes[2] - known.sum() / folds) < 1
        assert abs(sizes[1] - 0.1 * (known.sum() - sizes[2])) < 1
        for number in range(3):
            members = labels == number
            assert abs((split[members] == TEST).sum() - members.sum() / folds) <= 1
            rest = (split[members] != TEST).sum()
            assert abs((split[members] == VALIDATION).sum() - 0.1 * rest) <= 1
    other = stratified(labels, folds=folds, fold=0, validation=0.1, seed=8)
    assert (other != splits[0]).any()


def test_homophily_is_as_asked_and_the_rest_too() -> None:
    """Shares of some thousand edges, whose deviations are binomial."""
    from gradnet_cli.datasets import homophily

    for wanted in (0.1, 0.5, 0.9):
        data = homophily.build(
            size=1000, classes=4, degree=10, homophily=wanted, features=6, signal=3.0, fold=1, folds=4,
            validation=0.25, data_seed=2,
        )  # fmt: skip
        edges = data.edge_index.shape[1]
        assert abs(data.homophily - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / edges)
        assert abs(edges - 5000) < 4 * np.sqrt(5000)
        means = np.stack([data.features.dense()[data.labels == number].mean(axis=0) for number in range(4)])
        np.testing.assert_allclose(np.linalg.norm(means, axis=1), 3.0, atol=4 * np.sqrt(6 / 250))
        assert data.split.sizes == pytest.approx({"training": 563, "validation": 187, "test": 250}, abs=2)


def test_generated_data_are_those_of_their_seed() -> None:
    from tests.runs import settings

    one, other, third = (
        settings("data=homophily", "data.size=40", f"data.data_seed={seed}").data for seed in (0, 0, 1)
    )
    from gradnet_cli.datasets import build_dataset

    built = [build_dataset(each, seed=5) for each in (one, other, third)]
    sums = [None if data is None else data.checksum for data in built]
    assert sums[0] == sums[1] != sums[2]
    assert made.READ["split"] == "published"
