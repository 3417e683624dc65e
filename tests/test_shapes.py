"""Shapes in annotations are more than words: they can be read, and are checked while tests run."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError

import gradnet_cli.model
import gradnet_cli.numerics
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.model.projections import project_box
from gradnet_cli.numerics.graphs import strengths
from gradnet_cli.numerics.spectra.eigenpairs import Eigenpairs
from gradnet_cli.numerics.supplied import with_gradient
from tests.samples import random_problem

MODULES = sorted(
    module.name
    for room in (gradnet_cli.model, gradnet_cli.numerics)
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
)


def functions(name: str) -> Iterator[Callable[..., Any]]:
    """All functions and methods of a module of its own."""
    for _, member in inspect.getmembers(importlib.import_module(name)):
        if getattr(member, "__module__", None) != name:
            continue
        for each in vars(member).values() if inspect.isclass(member) else (member,):
            function = getattr(each, "fget", None) or getattr(each, "func", None) or each
            if callable(function) and hasattr(function, "__code__"):
                yield inspect.unwrap(function)


@pytest.mark.parametrize("name", MODULES)
def test_annotations_can_be_read(name: str) -> None:
    """One that cannot, for want of a name or of a shape that is one, would go unchecked in silence."""
    found = list(functions(name))
    for function in found:
        get_type_hints(function, include_extras=True)
    assert found or hasattr(importlib.import_module(name), "__path__")  # a package hands on


@pytest.mark.parametrize(
    "call",
    [
        lambda: project_box(torch.zeros(3), lower=torch.zeros(2), upper=torch.ones(3)),
        lambda: project_box(torch.zeros(3).long(), lower=torch.zeros(3), upper=torch.ones(3)),
        lambda: strengths(np.zeros((2, 3), dtype=np.int64), np.zeros(4), nodes=2),
        lambda: with_gradient(torch.zeros(2, 3), value=0.0, slope=np.zeros(3)),
        lambda: Eigenpairs(values=np.zeros(2), vectors=np.zeros((5, 3)), residual=0.0),
        lambda: network_of(weights=7),
    ],
)
def test_wrong_shapes_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(TypeCheckError):
        call()


def network_of(*, weights: int) -> Network:
    problem = random_problem(0, nodes=8)
    assert problem.edges != 7
    return Network(weights=torch.zeros(weights), topology=topology_of(problem), problem=problem)
