"""x"""

from __future__ import annotations

from typing import Any

import numpy as np

MODE = "hedge"
RATE = 1.0


class Shares:
    """mu on the simplex: how much each of several scores counts, the worst most."""

    def __init__(self, members: int) -> None:
        self.memory: dict[str, Any] = {"logs": np.zeros(members), "before": None, "count": 0, "spread": 0.0}

    def advance(self, scores: np.ndarray) -> np.ndarray:
        m = self.memory
        m["count"] += 1
        excess = scores - scores.min()
        scale = abs(scores.min()) if MODE.endswith("rel") else None
        if MODE == "soft":
            tau = max(abs(scores.min()), 1e-300) * RATE / m["count"]
            mu = np.exp(-excess / tau)
            return mu / mu.sum()
        logs, before = m["logs"], m["before"]
        mu = np.exp(logs - logs.max()); mu /= mu.sum()
        mean = float(mu @ excess)
        if MODE == "ratio":  # mu_i *= (worst/u_i)^rate
            size = max(abs(scores.min()), 1e-300)
            step = -RATE * np.log1p(excess / size)
        elif MODE == "opt":
            spread = float(np.sqrt(mu @ (excess - mean) ** 2))
            m["spread"] = max(spread, m["spread"])
            guess = excess if before is None else 2 * excess - before
            step = -RATE * guess / max(abs(scores.min()), 1e-300)
        else:
            step = -RATE * excess / max(abs(scores.min()), 1e-300)
        m["before"] = excess
        logs = logs + step
        logs = np.maximum(logs - logs.max(), -30.0)
        m["logs"] = logs
        mu = np.exp(logs); mu /= mu.sum()
        return mu
