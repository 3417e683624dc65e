"""What MkDocs calls: pages are made before it looks at them, and their lists go into its navigation."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel

from docs.building import gallery, settings
from docs.building.pages import Made, make
from docs.building.session import ExampleError

LISTS = {f"{gallery.FOLDER}/": gallery.navigation, f"{settings.FOLDER}/": settings.navigation}
"""What stands in the navigation for the pages of a folder."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages that follow from the code into the navigation."""
    config.nav = _filled(config.nav)
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Make all pages, and hand them to MkDocs with the files that they show."""
    work = Path(config.site_dir).parent / "docs-runs"
    shutil.rmtree(work, ignore_errors=True)
    try:
        pages = make(work)
    except (ExampleError, ValueError) as error:
        raise PluginError(str(error)) from error
    for path, made in pages.items():
        _put(files, path, made, config)
    return files


def _put(files: Files, path: str, made: Made, config: MkDocsConfig) -> None:
    written = files.get_file_from_path(path)
    if written is not None:
        files.remove(written)
    files.append(File.generated(config, path, content=made.markdown))
    for target, source in made.files.items():
        if files.get_file_from_path(target) is None:
            # Names that begin with a dot are left out otherwise.
            inclusion = InclusionLevel.INCLUDED
            files.append(File.generated(config, target, abs_src_path=str(source), inclusion=inclusion))


def _filled(navigation: Any) -> Any:
    if isinstance(navigation, list):
        return [_filled(entry) for entry in navigation]
    if isinstance(navigation, dict):
        return {title: _filled(entry) for title, entry in navigation.items()}
    return LISTS[navigation]() if navigation in LISTS else navigation
