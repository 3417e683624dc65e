"""Which of the settings that a sweep names its jobs have: not all choices of a group have the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from omegaconf import DictConfig

from gradnet_cli.settings.catalog import Catalog
from gradnet_cli.settings.diagnosis import Diagnosis, has_setting
from gradnet_cli.settings.hydra import Override, OverrideType
from gradnet_cli.settings.terms import TERMS, is_within_terms

Overrides = tuple[Override, ...]


class Sharing:
    """Gives each job of a sweep those of its overrides that name a setting of its choices.

    Args:
        catalog: what selects a choice
        diagnosis: what is wrong with a setting that no job has
        compose: a configuration from choices alone
    """

    def __init__(
        self, catalog: Catalog, diagnosis: Diagnosis, *, compose: Callable[[Sequence[str]], DictConfig]
    ) -> None:
        self._catalog = catalog
        self._diagnosis = diagnosis
        self._compose = compose

    def of(self, jobs: Sequence[Overrides]) -> list[Overrides]:
        """The overrides of each job; jobs that differ in settings alone that they do not have are one.

        Raises:
            SettingError: a setting that none of the jobs has
        """
        own = [tuple(override for override in job if self._belongs(override, job)) for job in jobs]
        had = {override.key_or_group for job in own for override in job}
        for job in jobs:
            for override in job:
                key = override.key_or_group
                if key not in had:
                    frames = list({id(frame): frame for frame in map(self._frame, jobs)}.values())
                    value = override.get_value_element_as_str()
                    raise self._diagnosis.unknown_to_all(frames, key, value)
        if sum(map(len, own)) == sum(map(len, jobs)):
            return own
        return list({tuple(override.input_line for override in job): job for job in own}.values())

    def _belongs(self, override: Override, job: Overrides) -> bool:
        plain = override.type == OverrideType.CHANGE and not override.is_hydra_override()
        if not plain or self._selects(override):
            return True
        return has_setting(self._frame(job), TERMS if is_within_terms(override) else override.key_or_group)

    def _frame(self, job: Overrides) -> DictConfig:
        """What a job's choices make, its settings left out; composed once for the same choices."""
        return self._compose(
            [each.input_line or "" for each in job if self._selects(each) or each.is_hydra_override()]
        )

    def _selects(self, override: Override) -> bool:
        return self._catalog.selects(override.key_or_group)


def partial_settings(jobs: Sequence[Overrides]) -> dict[str, int]:
    """Settings that some of the jobs have, each with the number of these jobs."""
    count = Counter(key for job in jobs for key in {override.key_or_group for override in job})
    return {key: number for key, number in count.items() if number < len(jobs)}
