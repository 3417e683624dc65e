"""Noise on the weights while they are trained."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.settings.values import choice, integer, number

SCHEDULES = ("constant", "linear", "cosine")


class Noise:
    """Gaussian noise, in samples that run as a batch, annealed to zero: A' = A (1 + m xi) + a w0 eta.

    xi and eta are independent standard normal numbers and w0 is the uniform weight, so that a means the same
    on every mask and at every budget.

    Args:
        additive: a, standard deviation in units of the uniform weight, >= 0
        multiplicative: m, standard deviation relative to each weight, >= 0
        samples: size of the batch, >= 1
        schedule: how the amplitude falls from the first update to the last: constant, linear or cosine; the
            last two end at zero
        until: share of the updates after which there is no noise at all, 0 < until <= 1; the rest refines
            what the noise has found
        seed: of the noise alone
    """

    def __init__(
        self,
        *,
        additive: float,
        multiplicative: float,
        samples: int,
        schedule: str,
        until: float = 1.0,
        seed: int,
    ) -> None:
        number(setting="noise.additive", value=additive, minimum=0)
        number(setting="noise.multiplicative", value=multiplicative, minimum=0)
        integer(setting="noise.samples", value=samples, minimum=1)
        choice(setting="noise.schedule", value=schedule, choices=SCHEDULES)
        number(setting="noise.until", value=until, above=0, maximum=1)
        if samples > 1 and additive == multiplicative == 0:
            raise SettingError(
                setting="noise.samples",
                value=samples,
                allowed="must be 1 without noise: all samples are alike",
            )
        self.additive = additive
        self.multiplicative = multiplicative
        self.samples = samples
        self.schedule = schedule
        self.until = until
        self._generator = torch.Generator().manual_seed(seed)

    @property
    def state(self) -> Tensor:
        """Of the random numbers."""
        return self._generator.get_state()

    @state.setter
    def state(self, state: Tensor) -> None:
        self._generator.set_state(state)

    @classmethod
    def none(cls) -> Noise:
        """Undisturbed weights."""
        return cls(additive=0.0, multiplicative=0.0, samples=1, schedule="constant", seed=0)

    def amplitude(self, *, step: int, updates: int) -> float:
        """The factor on both standard deviations at an update: 1 at first, and how it falls."""
        if self.additive == self.multiplicative == 0:
            return 0.0
        progress = step / max(1.0, updates * self.until)
        if progress >= 1.0 and self.until < 1.0:
            return 0.0
        progress = min(1.0, progress)
        if self.schedule == "constant":
            return 1.0
        if self.schedule == "linear":
            return 1.0 - progress
        return 0.5 * (1 + math.cos(math.pi * progress))

    def disturb(
        self, weights: Float[Tensor, " edges"], *, amplitude: float, unit: float
    ) -> Float[Tensor, "{self.samples} edges"]:
        """Samples (S, E) of disturbed weights for weights (E,)."""
        shape = (self.samples, *weights.shape)
        disturbed = weights.expand(shape)
        if self.multiplicative:
            disturbed = disturbed * (1 + amplitude * self.multiplicative * self._normal(shape, weights))
        if self.additive:
            disturbed = disturbed + amplitude * self.additive * unit * self._normal(shape, weights)
        return disturbed

    def _normal(self, shape: tuple[int, ...], like: Tensor) -> Tensor:
        # Drawn on the processor, so that every device sees the same numbers.
        return torch.randn(shape, generator=self._generator, dtype=like.dtype).to(like.device)
