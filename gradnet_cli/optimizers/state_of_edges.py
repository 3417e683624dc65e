"""What any optimizer remembers of each edge, where edges are exchanged."""

from __future__ import annotations

import torch

from gradnet_cli.model import FeasibleSet
from gradnet_cli.model.exchange import Exchange
from gradnet_cli.optimizers.constrained import ConstrainedOptimizer


def follows_edges(optimizer: type | None) -> bool:
    """Whether all that an optimizer remembers of a parameter are numbers for each edge, or for all alike."""
    mixes = (torch.optim.LBFGS, ConstrainedOptimizer)
    return optimizer is not None and not issubclass(optimizer, mixes)


@torch.no_grad()
def forget(optimizer: torch.optim.Optimizer, parameter: torch.nn.Parameter, edges: torch.Tensor) -> None:
    """Let the optimizer begin anew with some edges of a parameter: its moments of them are zero.

    Args:
        parameter: (E,)
        edges: which, bool (E,)
    """
    for value in optimizer.state.get(parameter, {}).values():
        if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
            value[edges] = 0


def exchange(
    optimizer: torch.optim.Optimizer,
    feasible: FeasibleSet,
    change: Exchange,
    *,
    before: torch.nn.Parameter,
    now: torch.nn.Parameter,
) -> None:
    """Let the optimizer go on with a parameter on other edges: of new ones its moments are zero.

    Args:
        feasible: the constraints on them
        change: from the edges before
        before, now: the parameters on the edges before, and on these
    """
    if isinstance(optimizer, ConstrainedOptimizer):
        optimizer.exchange(feasible, change, before=before, now=now)
        return
    for group in optimizer.param_groups:
        group["params"] = [now if parameter is before else parameter for parameter in group["params"]]
    state = optimizer.state.pop(before, {})
    if state:
        optimizer.state[now] = {
            name: change.carried(value) if _of_edges(value, before) else value
            for name, value in state.items()
        }


def _of_edges(value: object, parameter: torch.nn.Parameter) -> bool:
    return isinstance(value, torch.Tensor) and value.shape == parameter.shape
