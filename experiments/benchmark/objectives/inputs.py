"""What the library is given, and judged by: the very problem that gradnet-run has solved, from its files."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from omegaconf import OmegaConf

from experiments.runs import problem_of
from gradnet_cli.problem import Problem
from gradnet_cli.report.files.arrays import FILE_NAME as ARRAYS
from gradnet_cli.report.files.arrays import read_arrays
from gradnet_cli.report.files.nodes import FILE_NAME as NODES


def problem_arrays(objective: str, run: Path) -> dict[str, np.ndarray]:
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
    return common | _ADDED[objective](settings["objective"], problem, run)


def _kuramoto(settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
    chosen = {name: np.array(settings[name]) for name in ("horizon", "times")}
    return {**chosen, "frequency": _frequency(run)}


def _karate(settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
    return {name: np.array(settings[name]) for name in ("leaders", "opinions", "time")} | {
        "record": np.unique(problem.mask.node_data[settings["record"]], return_inverse=True)[1]
    }


def _quantum(settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
    return {}


def _reconstruction(settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
    arrays = read_arrays(run / ARRAYS)
    seen = {name: arrays[name] for name in ("before", "after", "true_weights")}
    chosen = {name: np.array(settings[name]) for name in ("interval", "threshold")}
    return {**seen, **chosen, "frequency": _frequency(run)}


def _frequency(run: Path) -> np.ndarray:
    return pd.read_csv(run / NODES)["frequency"].to_numpy(dtype=np.float64)


_ADDED = {
    "kuramoto": _kuramoto,
    "karate": _karate,
    "quantum": _quantum,
    "reconstruction": _reconstruction,
}
