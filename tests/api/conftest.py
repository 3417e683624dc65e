"""What the tests of Python's side share: the command line, to compare with, and a result, also saved."""

from pathlib import Path
from typing import Any

import pytest

import gradnet_cli as gn
from tests.api.results import QUIET, towns
from tests.assertions import assert_found
from tests.cli.conftest import command, forked, here

__all__ = ["command", "forked", "here"]


@pytest.fixture(scope="module")
def found() -> Any:
    result = gn.optimize(
        towns(), base=True, budget="+40%", cost="distance", prune={"below": 0.2, "rescale": False}, **QUIET
    )
    assert_found(result)
    return result


@pytest.fixture(scope="module")
def saved(found: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found.save(tmp_path_factory.mktemp("result") / "saved")
