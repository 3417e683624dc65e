"""The examples in the docstrings of the projections are true."""

import doctest
import importlib
import pkgutil

import pytest

from gradnet_cli.model import projections

# Files that begin with an underscore are for the others.
SETS = [
    module.name for module in pkgutil.iter_modules(projections.__path__) if not module.name.startswith("_")
]


@pytest.mark.parametrize("name", SETS)
def test_examples_are_true(name: str) -> None:
    module = importlib.import_module(f"{projections.__name__}.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
