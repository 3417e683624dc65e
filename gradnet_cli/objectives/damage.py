"""x"""
from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import torch

class Damage:
    def __init__(self, links: Any) -> None:
        self.links = links

    def prepare(self, problem, terms, *, requires):
        self.edges = np.arange(problem.edges)
        self.copies = [[replace(t, objective=copy.deepcopy(t.objective)) for _ in self.edges] for t in terms]

    def answers(self, owner, place, network, step):
        out = []
        for e, term in zip(self.edges, self.copies[place]):
            term.objective.train(owner.training)
            mask = torch.ones_like(network.weights); mask[..., e] = 0
            a = owner.answer(term, network.with_weights(network.weights * mask), step)
            out.append(replace(a, slope=None if a.slope is None else a.slope * mask))
        return out
