"""The data set of the right kind."""

from __future__ import annotations

from typing import TypeVar

from gradnet_cli.datasets import Dataset
from gradnet_cli.errors import SettingError

Kind = TypeVar("Kind", bound=Dataset)


def of_kind(dataset: Dataset | None, kind: type[Kind], *, wanted: str, other: str, generated: str) -> Kind:
    """A data set, as one of a kind.

    Args:
        dataset: what was given
        kind: its class
        wanted, other: what one of this kind is, and what one of another kind is
        generated: a choice of the group data that needs no files

    Raises:
        SettingError: there is no data set, or one of another kind
    """
    if isinstance(dataset, kind):
        return dataset
    what = "there is none" if dataset is None else f"this one is {other}"
    raise SettingError(
        setting="data",
        value="none" if dataset is None else dataset.name,
        allowed=f"must be {wanted}, and {what}",
        hint=f"data={generated}, which is generated",
    )
