"""Files of tests stand in a folder of their own."""

import logging
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is told on the terminal."""
    caplog.set_level(logging.WARNING, logger="gradnet_cli")
    return caplog
