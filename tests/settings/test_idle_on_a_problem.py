"""Settings that turn out to have no effect on a problem are told; training goes on."""

import logging
from pathlib import Path

import pytest

from tests.runs import run

GRID = ("rows=3", "updates=2")
WATTS = "arguments={n:8,k:4,p:0.1}"
QUANTUM = ("mask=complete", "nodes=5", "objective=quantum_capacity", "updates=2")


def told(caplog: pytest.LogCaptureFixture, directory: Path, *words: str) -> list[str]:
    """The warnings of a run."""
    with caplog.at_level(logging.WARNING):
        run(directory, *words)
    return [line for record in caplog.records if "has no effect" in (line := record.getMessage())]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("mask=networkx", "graph_seed=4", "updates=1"),
            "graph_seed has no effect: dodecahedral_graph draws nothing at random",
        ),
        ((*QUANTUM, "stop.gap=0.01"), "stop.gap has no effect: quantum_capacity has no proven bound"),
        (
            (*GRID, "optimizer.choices.adam.lr=0.1"),
            "optimizer.choices.adam.lr has no effect: the optimizer is multiplicative; "
            "optimizer=adam takes the other",
        ),
        (
            (*GRID, "objective.rank=6"),
            "objective.rank has no effect: up to 40 nodes all eigenvectors are kept",
        ),
        (
            (*GRID, "optimizer=adam", "optimizer.objective_lr=0.1"),
            "optimizer.objective_lr has no effect: algebraic_connectivity learns nothing beside the network",
        ),
        (
            ("experiment=gates_or", "updates=2", "prune.to=3", "prune.rescale=false"),
            "prune.rescale has no effect: there is no budget to scale to",
        ),
    ],
)
def test_it_is_told_and_why(caplog, tmp_path: Path, words: tuple[str, ...], line: str) -> None:
    assert told(caplog, tmp_path, *words) == [line]


@pytest.mark.parametrize(
    "words",
    [
        GRID,
        QUANTUM,
        (*QUANTUM, "stop.gap=null"),
        ("mask=networkx", "generator=watts_strogatz_graph", WATTS, "graph_seed=4", "updates=1"),
        (*GRID, "optimizer.choices.multiplicative.regrowth=0.4"),
        ("rows=7", "updates=2", "objective.rank=6"),
        (*GRID, "prune.to=9", "prune.rescale=false"),
    ],
)
def test_what_has_an_effect_or_was_not_given_is_not_told(caplog, tmp_path: Path, words) -> None:
    assert told(caplog, tmp_path, *words) == []
