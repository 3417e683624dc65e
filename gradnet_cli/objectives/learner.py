"""What is learned beside the network, taken out and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

import torch
from torch import Tensor, nn


class Learner(nn.Module):
    """A module whose parameters and buffers are kept with the network that they were judged with."""

    @final
    def learned(self) -> dict[str, Tensor]:
        """Copies of parameters and buffers, by name."""
        return {name: value.detach().clone() for name, value in self._state()}

    @final
    @torch.no_grad()
    def take_back(self, learned: Mapping[str, Tensor]) -> None:
        """Put parameters and buffers back that `learned` gave."""
        for name, value in self._state():
            if name in learned:
                value.copy_(learned[name])

    def _state(self) -> list[tuple[str, Tensor]]:
        return [*self.named_parameters(), *self.named_buffers()]
