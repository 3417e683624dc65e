"""What the library is given, and networks are judged by: the very problem of a run of gradnet-run."""

from pathlib import Path

import numpy as np
import pandas as pd
from omegaconf import OmegaConf

from experiments.benchmark.judges.judge import Judge
from experiments.runs import problem_of
from gradnet_cli.report.files.nodes import FILE_NAME as NODES


def problem_arrays(judge: Judge, run: Path) -> dict[str, np.ndarray]:
    """Mask, base and budget over ordered pairs (NaN for none) of a run, and what the objective adds."""
    problem = problem_of(run)
    settings = OmegaConf.to_container(OmegaConf.load(run / ".hydra" / "config.yaml"), resolve=True)
    assert isinstance(settings, dict)
    common = {
        "nodes": np.array(problem.nodes),
        "edge_index": problem.edge_index,
        "cost": problem.cost,
        "base": problem.base,
        "budget": np.array(np.nan if problem.budget_total is None else problem.budget_total),
    }
    return common | judge.given(settings["objective"], problem, run)


def frequency_of(run: Path) -> np.ndarray:
    """Natural frequencies (N,) of a run's oscillators."""
    return pd.read_csv(run / NODES)["frequency"].to_numpy(dtype=np.float64)
