"""The same networks on a graphics processor, where there is one."""

from pathlib import Path

import pytest
import torch

from tests.assertions import assert_written
from tests.runs import run

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")

CASES = {
    "algebraic_connectivity": ("rows=8",),
    "effective_resistance": ("objective=effective_resistance", "rows=6", "updates=20"),
    "spectral_radius": ("objective=spectral_radius", "rows=6", "updates=30"),
    "kuramoto": ("experiment=kuramoto_100", "nodes=30", "updates=30"),
    "kuramoto_steady": ("experiment=kuramoto_steady", "nodes=30", "updates=20"),
    "reconstruction": ("experiment=reconstruction_50", "nodes=12", "objective.degree=3", "updates=3"),
    "opinion": ("experiment=karate", "updates=30"),
    "quantum": ("experiment=quantum_50", "nodes=12", "updates=20"),
    "gates": ("experiment=gates_xor", "updates=100"),
    "noise": ("noise=gaussian", "rows=4", "updates=20"),
}


@pytest.mark.parametrize("case", CASES)
def test_gives_the_network_of_the_processor(case: str, tmp_path: Path) -> None:
    here = run(tmp_path / "cpu", *CASES[case])
    there = run(tmp_path / "gpu", *CASES[case], "trainer.accelerator=gpu")
    assert_written(there, tmp_path / "gpu")
    assert there.score == pytest.approx(here.score, rel=1e-6, abs=1e-9)
    assert (there.bound is None) == (here.bound is None)
