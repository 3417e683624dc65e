"""Where a network leads from the states that were observed, and what that misses of what was seen next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from gradnet_cli.model.network import Network
from gradnet_cli.numerics.dynamics.rates import Dynamics, PairwiseRates, squared_error
from gradnet_cli.numerics.dynamics.refinement import Refined, Scored, refined
from gradnet_cli.numerics.dynamics.stiffness import STABLE, fastest_rate, steps_for
from gradnet_cli.objectives.network_reconstruction.observations import Observations

SHARE = 2e-8  # of the squared change, that predictions may be off by in training
MOST_STEPS = 64  # from one sample to the next at level 0
LEVELS = 8


@dataclass(frozen=True, kw_only=True)
class Missed(Scored):
    """What predictions miss of the change.

    Attributes:
        score: its share, one number a sample
        rms_error: of a prediction in the last sample
    """

    rms_error: Tensor


class Prediction:
    """The next states under a network (E,), or under each of a batch (..., E).

    Runge-Kutta steps from one sample to the next are as many as stability asks for at level 0, and twice as
    many at each level more. Networks that are faster than MOST_STEPS can follow are scored badly.

    Args:
        seen: on the device of the network
        integral: rates are integrated along the observation instead: no steps are taken
        substeps: at least
        form: of the adjacency, one of gradnet_cli.numerics.coupling.FORMS
    """

    def __init__(
        self,
        network: Network,
        seen: Observations,
        *,
        dynamics: Dynamics,
        integral: bool,
        substeps: int,
        form: str,
    ) -> None:
        self._seen = seen
        self._dynamics = dynamics
        self._integral = integral
        self._least = substeps
        self._network = network
        self._form = form
        coupling = network.topology.coupling(network.weights.detach(), form=form)
        self._rates = PairwiseRates(dynamics, network.weights, coupling, network.strengths)

    @cached_property
    def steps(self) -> int:
        """Of Runge-Kutta from one sample to the next at level 0."""
        network, interval = self._network, self._seen.interval
        enough = STABLE * self._least / interval
        rate = fastest_rate(network.topology, network.weights, form=self._form, enough=enough)
        return steps_for(min(interval * rate / STABLE, float(MOST_STEPS)), least=self._least)

    @cached_property
    def fitted(self) -> tuple[Tensor, Tensor | None]:
        """Frequencies (..., N, 1), and the change (..., N, M) that edges leave unexplained if needed."""
        seen = self._seen
        if not self._integral and seen.constants is not None:
            return seen.constants, None
        rates = self._rates(seen.states)
        integral = (rates[..., seen.index] * seen.weight).sum(dim=-1)
        residual = seen.increments - seen.interval * integral
        if seen.constants is not None:
            return seen.constants, residual
        return residual.mean(dim=-1, keepdim=True) / seen.interval, residual

    def states(self, level: int) -> Tensor:
        """The state (..., N, M) that follows each of those observed."""
        seen, (constant, _) = self._seen, self.fitted
        steps = self.steps * 2**level
        return self._rates.step(seen.before, constant=constant, interval=seen.interval, substeps=steps)

    def missed(self, level: int) -> Missed:
        """What predictions miss."""
        seen, (constant, residual) = self._seen, self.fitted
        if self._integral:
            assert residual is not None
            missed = (residual - seen.interval * constant).square()
            total = seen.increments.square().sum()
        else:
            missed = squared_error(self._dynamics, self.states(level), seen.after)
            total = self._change
        error = missed.detach().reshape(-1, *missed.shape[-2:])[-1].mean().sqrt()
        return Missed(score=missed.sum(dim=(-2, -1)) / total, rms_error=error)

    def refined(self, *, accuracy: float) -> Refined[Missed]:
        """What predictions miss, with so many steps that it stands still."""
        if self._integral:
            return Refined(found=self.missed(0), error=0.0, level=0)
        return refined(self.missed, tolerance=accuracy, levels=LEVELS, relative=True)

    def coarse(self, level: int) -> bool:
        """Whether twice the steps lead elsewhere, by more than training bears."""
        apart = squared_error(self._dynamics, self.states(level), self.states(level + 1)).sum((-2, -1))
        return not bool((apart <= SHARE * self._change).all())

    @property
    def _change(self) -> Tensor:
        return squared_error(self._dynamics, self._seen.before, self._seen.after).sum()
