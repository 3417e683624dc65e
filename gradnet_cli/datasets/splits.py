"""Splits into training, validation and test: those that come with the data, or stratified ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradnet_cli.datasets.dataset import SETS, TEST, TRAINING, VALIDATION, Split
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import fraction, integer, nearest

STRATIFIED = "stratified"


def split_of(
    labels: np.ndarray,
    offered: Mapping[str, np.ndarray],
    *,
    split: object,
    fold: object,
    folds: object,
    validation: object,
    split_seed: object,
) -> Split:
    """The split that is asked for.

    Args:
        labels: (M,), -1 where none is known: these are in no set
        offered: splits (folds, M) that come with the data, by name
        split: ``stratified``, or the name of one of these
        fold: its number, from 0
        folds: of a stratified split, >= 2
        validation: share of what is not tested on, of a stratified split
        split_seed: of a stratified split

    Raises:
        SettingError: there is no such split, or fold
    """
    drawn = split == STRATIFIED
    if not drawn and split not in offered:
        known = ", ".join([*offered, STRATIFIED])
        own = "" if offered else ": the data have no splits of their own"
        hint = nearest(split, [*offered, STRATIFIED])
        raise SettingError(setting="data.split", value=split, allowed=f"must be {known}{own}", hint=hint)
    count = integer(setting="data.folds", value=folds, minimum=2) if drawn else len(offered[str(split)])
    number = integer(setting="data.fold", value=fold, minimum=0, maximum=count - 1)
    if drawn:
        share = fraction(setting="data.validation", value=validation)
        seed = integer(setting="data.split_seed", value=split_seed, minimum=0)
        sets = stratified(labels, folds=count, fold=number, validation=share, seed=seed)
    else:
        sets = np.where(labels >= 0, offered[str(split)][number], 0)
    made = Split(sets=sets.astype(np.int8), rule=str(split), fold=number, folds=count)
    _check(made, labels, setting="data.fold", value=fold)
    return made


def stratified(labels: np.ndarray, *, folds: int, fold: int, validation: float, seed: int) -> np.ndarray:
    """Sets (M,) in which every class has its share.

    The members of each class, in a random order, are dealt to the folds one by one; one fold is tested on.
    Of the others every 1/validation-th, class by class again, is for validation, and never seen by a test:
    the test fold is fixed before. All folds of a seed belong together: each thing is tested on once.
    """
    random = np.random.default_rng([seed, 3])
    known = np.flatnonzero(labels >= 0)
    order = known[np.lexsort((random.permutation(len(known)), labels[known]))]
    sets = np.zeros(len(labels), dtype=np.int8)
    tested = np.arange(len(order)) % folds == fold
    rest = order[~tested]
    counted = np.floor(np.arange(len(rest) + 1) * validation + 1e-9)
    sets[order[tested]] = TEST
    sets[rest] = np.where(np.diff(counted) > 0, VALIDATION, TRAINING)
    return sets


def _check(split: Split, labels: np.ndarray, **named: Any) -> None:
    for name in SETS:
        if not len(split.members(name)):
            allowed = f"leaves nothing for {name}: there are {int((labels >= 0).sum())} labels"
            raise SettingError(**named, allowed=allowed)
