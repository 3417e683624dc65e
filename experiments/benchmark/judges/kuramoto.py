"""How synchronous the oscillators are, by SciPy."""

from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from experiments.benchmark.judges.judge import Arrays, Judge, Outcome, adjacency
from experiments.benchmark.problem import frequency_of
from gradnet_cli.problem import Problem

TOLERANCE = 1e-10


class Kuramoto(Judge):
    """Mean of |mean exp(i theta)| over the times, from equal phases."""

    name = "kuramoto"

    def given(self, settings: dict[str, Any], problem: Problem, run: Path) -> dict[str, np.ndarray]:
        chosen = {name: np.array(settings[name]) for name in ("horizon", "times")}
        return {**chosen, "frequency": frequency_of(run)}

    def outcome(self, problem: Arrays, weights: np.ndarray) -> Outcome:
        coupling, frequency = adjacency(problem, weights), problem["frequency"]

        def rate(_: float, phases: np.ndarray) -> np.ndarray:
            sine, cosine = np.sin(phases), np.cos(phases)
            return frequency + cosine * (coupling @ sine) - sine * (coupling @ cosine)

        horizon = float(problem["horizon"])
        solved = solve_ivp(
            rate,
            (0, horizon),
            np.zeros_like(frequency),
            method="DOP853",
            t_eval=np.linspace(0, horizon, int(problem["times"])),
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )
        return {"score": float(np.abs(np.exp(1j * solved.y).mean(axis=0)).mean())}

    def told(self, outcome: Outcome) -> str:
        return f"r = {outcome['score']:.8f}"
