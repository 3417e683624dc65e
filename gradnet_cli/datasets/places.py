"""Where data sets lie: a file, a folder, or a folder that torch_geometric has made."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from gradnet_cli.datasets.files import PATH, refused
from gradnet_cli.errors import InputFileError, SettingError


def path_of(path: object, *, name: str) -> Path:
    """The file or folder that is named.

    Raises:
        SettingError: none is, or it is not there
    """
    if path is None:
        called = name or "the data set"
        allowed = (
            f"must be given: {called} does not come with the program, data.path=... says where its file or "
            "folder lies"
        )
        raise SettingError(setting=PATH, value=path, allowed=allowed, hint=None)
    if not isinstance(path, str | Path) or not str(path):
        raise SettingError(setting=PATH, value=path, allowed="must be a file or a folder")
    place = Path(path).expanduser()
    if not place.exists():
        raise refused(place, "is not there")
    return place


def folders(place: Path, *, name: str) -> Iterator[Path]:
    """A folder and those below it in which torch_geometric keeps the files of a data set as they came."""
    wanted = name.lower()
    below = sorted(each for each in place.iterdir() if each.is_dir())
    own = [each for each in below if wanted and each.name.lower() in (wanted, wanted.removesuffix("_old"))]
    for folder in (place, *own):
        yield from (folder, folder / "raw", folder / "geom_gcn" / "raw")


def installed(package: str, *parts: str) -> Path | None:
    """A folder within an installed package, which is not imported; None where there is none."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]).joinpath(*parts)
    return folder if folder.is_dir() else None


def unknown_form(place: Path, wanted: str) -> InputFileError:
    """The error for a folder in which nothing known lies."""
    return refused(place, f"holds no data set that can be read: there is no {wanted}")
