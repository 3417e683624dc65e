"""What Hydra would do again for each composition, done once or left out."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from pathlib import Path

from hydra._internal import defaults_list
from hydra._internal.config_repository import ConfigRepository
from hydra._internal.defaults_list import Overrides
from hydra.core.default_element import InputDefault
from hydra.core.object_type import ObjectType
from hydra.plugins.config_source import ConfigResult, ConfigSource
from omegaconf import DictConfig, OmegaConf


class Repository(ConfigRepository):
    """Where Hydra finds YAML files; each is read once, and again when it was changed.

    Reading is a third of the time of a composition.
    """

    kept: dict[tuple[object, ...], ConfigResult] = {}  # noqa: RUF012 - one for the process

    def __init__(self, sources: Sequence[ConfigSource]) -> None:
        self.sources = list(sources)

    def __deepcopy__(self, _: object) -> Repository:
        """Hydra copies it for each composition, and may then look in other places."""
        return Repository(self.sources)

    def load_config(self, config_path: str) -> ConfigResult | None:
        """What stands in a file, as a copy: Hydra goes on to change it."""
        source = self._find_object_source(config_path=config_path, object_type=ObjectType.CONFIG)
        version = None if source is None else _version(source, config_path)
        if source is None or version is None:
            return super().load_config(config_path)
        key = (source.scheme(), source.provider, source.path, config_path, *version)
        if key not in self.kept:
            read = super().load_config(config_path)
            assert read is not None  # for its source was found
            self.kept[key] = read
        found = copy.copy(self.kept[key])
        found.config = copy.deepcopy(found.config)
        return found


def _version(source: ConfigSource, config_path: str) -> tuple[int, ...] | None:
    """What changes with a file's text; None where that is not known, () for what comes with Hydra."""
    if source.scheme() != "file":
        return () if source.scheme() == "pkg" else None
    try:
        found = Path(source.path, ConfigSource._normalize_file_name(config_path)).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextlib.contextmanager
def without_idle_maps() -> Iterator[None]:
    """Let Hydra map all choices for the defaults lists alone that refer to one by an interpolation.

    It does so for every file, which is a quarter of the time of a composition.
    """
    complete = defaults_list._create_interpolation_map

    def where_needed(overrides: Overrides, defaults_list: list[InputDefault], self_added: bool) -> DictConfig:
        if any(entry.is_interpolation() for entry in defaults_list):
            return complete(overrides, defaults_list, self_added)
        return OmegaConf.create()

    defaults_list._create_interpolation_map = where_needed
    try:
        yield
    finally:
        defaults_list._create_interpolation_map = complete
