"""Exciton transfer: how much of the light that an antenna takes up reaches a sink across a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.dynamics.driven_flow import DrivenFlow, propagator
from gradnet_cli.numerics.topology import Topology
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.objectives.exciton_transfer.generator import Generator
from gradnet_cli.objectives.exciton_transfer.sites import energies_of, site_of
from gradnet_cli.objectives.prepared import prepared
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import choice, integer, number

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

LEARN = ("none", "outer", "driving")
LARGEST = 10  # sites: the generator has (2 N + 2)^2 rows
DRIVING = ("A", "nu", "phi", "B", "mu", "theta")
FIRST_DRIVING = (1.0, 2.0, 0.0, 1.0, 2.0, 0.0)
STEP = 0.1  # of the splitting, in training, where the driving is slow and weak; see _steps
ORDER, MOST_HALVINGS = 4, 3  # of steps, outside training
COURSE_TIMES = 600


class ExcitonTransfer(Objective):
    """Maximise the probability P that a sink has taken an excitation up by a time T.

    A two-level antenna in a cavity with some photons hands excitations over to the `source` of a network of
    sites whose couplings are the weights; the sink drains one site at a rate; dephasing destroys coherence
    between sites. See Generator for the equations. Excitations are conserved, so that 2 N + 2 states of N
    sites are enough. Evaluation is exact: P = 1 - tr(exp(G T) rho), or, where the antenna's splitting and the
    energy of the sink's site are driven,

        sigma_z (1 + A sin(nu t + phi)),  M_sink,sink = B sin(mu t + theta),

    by a splitting of fourth order, whose steps are halved outside training until P stands still.

    Args:
        time: T [1 / coupling]
        energies: of the sites: a number for all, a list (N,), or a column of the nodes
        source, sink: nodes at the antenna and at the sink; None for the first and the last
        frequency: of a photon
        photons: at the beginning, >= 1
        dephasing: rate, >= 0
        rate: at which the sink drains its site, > 0
        outer: couplings of the antenna to the light, and to the source
        driving: A, nu, phi, B, mu, theta, or None for none
        learn: none, or what is learned beside the network: the outer couplings, or the driving, which then
            begins with the values given
    """

    sense = "maximize"
    requires = ("undirected", "budget")
    quantity = "probability that the sink is filled"
    smooth = True
    several_optima = True

    def __init__(
        self,
        *,
        time: float,
        energies: float | str | Sequence[float],
        source: object,
        sink: object,
        frequency: float,
        photons: int,
        dephasing: float,
        rate: float,
        outer: Sequence[float],
        driving: Sequence[float] | None,
        learn: str,
    ) -> None:
        super().__init__()
        self.time = number(setting="objective.time", value=time, above=0)
        self.energies, self.source, self.sink = energies, source, sink
        self.frequency = number(setting="objective.frequency", value=frequency)
        self.photons = integer(setting="objective.photons", value=photons, minimum=1)
        self.dephasing = number(setting="objective.dephasing", value=dephasing, minimum=0)
        self.rate = number(setting="objective.rate", value=rate, above=0)
        learn = choice(setting="objective.learn", value=learn, choices=LEARN)
        self.outer = self._owned("outer", _numbers("outer", outer, 2), learned=learn == "outer")
        if driving is None and learn == "driving":
            driving = FIRST_DRIVING
        self.driving: Tensor | None = None
        if driving is not None:
            self.driving = self._owned("driving", _numbers("driving", driving, 6), learned=learn == "driving")
        self._generators: tuple[Topology, Generator] | None = None
        self._sites: tuple[np.ndarray, int, int] | None = None

    def prepare(self, problem: Problem) -> None:
        """Find the sites among the nodes, and their energies.

        Raises:
            SettingError: too many nodes, a site that is no node, or energies that do not fit them
        """
        if not 2 <= problem.nodes <= LARGEST:
            allowed = f"is for 2 to {LARGEST} sites, and the mask has {problem.nodes:,} nodes"
            raise SettingError(setting="objective", value="exciton_transfer", allowed=allowed)
        source = site_of("source", self.source, problem, default=0)
        sink = site_of("sink", self.sink, problem, default=problem.nodes - 1)
        if source == sink:
            raise SettingError(
                setting="objective.sink", value=self.sink, allowed="must be another node than the source"
            )
        self._sites = (energies_of(self.energies, problem), source, sink)
        self._generators = None

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score P of weights (E,)."""
        generator = self._generator(network.topology)
        matrix = generator.matrix(self.outer, network.weights)
        state, error = self._propagated(generator, matrix)
        score = 1 - generator.trace.to(matrix) @ state
        metrics: dict[str, float] = {}
        if self.outer.requires_grad:
            metrics = {"light": float(self.outer[0].detach()), "entry": float(self.outer[1].detach())}
        if self.driving is not None and self.driving.requires_grad:
            metrics |= dict(zip(DRIVING, self.driving.detach().tolist(), strict=True))
        return Evaluation(score=score.to(network.weights), metrics=metrics, error=error)

    def describe(self, network: Network) -> Description:
        """Where the excitations are over time, here and with the same coupling on every edge."""
        weights = network.weights.detach()
        cost = torch.as_tensor(network.problem.cost).to(weights)
        even = torch.full_like(weights, float((cost * weights.abs()).sum() / cost.sum()))
        generator = self._generator(network.topology)
        arrays = {}
        for name, each in (("", weights), ("_even", even)):
            with torch.no_grad():
                times, states = self._course(generator, generator.matrix(self.outer, each))
            arrays[f"populations{name}"] = generator.populations(states)
        arrays["times"] = times
        assert self._sites is not None
        arrays["ends"] = np.array(self._sites[1:])
        return Description(node_data={"energy": self._sites[0]}, arrays=arrays)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """Populations over time."""
        from gradnet_cli.objectives.exciton_transfer.figures import drawings

        return drawings(result)

    def _owned(self, name: str, values: list[float], *, learned: bool) -> Tensor:
        tensor = torch.tensor(values, dtype=torch.float64)
        if learned:
            return nn.Parameter(tensor)
        return tensor

    def _generator(self, topology: Topology) -> Generator:
        """Of the edges of a network, made once."""
        if self._generators is None or self._generators[0] is not topology:
            energies, source, sink = prepared(self._sites)
            if self.driving is not None:
                energies = np.where(np.arange(len(energies)) == sink, 0.0, energies)
            generator = Generator(
                edge_index=topology.array,
                energies=energies,
                source=source,
                sink=sink,
                photons=self.photons,
                frequency=self.frequency,
                dephasing=self.dephasing,
                rate=self.rate,
            )
            self._generators = (topology, generator)
        return self._generators[1]

    def _propagated(self, generator: Generator, matrix: Tensor) -> tuple[Tensor, float | None]:
        """The state (D,) at the time T, and what P may be off by where that is more than it should."""
        start = generator.start.to(matrix)
        if self.driving is None:
            half = propagator(matrix, self.time / 2)  # applied twice: the last squaring is not needed
            return half @ (half @ start), None
        steps = self._steps()
        state = self._flow(generator, matrix, steps).end(start)
        if self.training:
            return state, None
        for _ in range(MOST_HALVINGS):
            steps, coarse = 2 * steps, state.detach()
            state = self._flow(generator, matrix, steps).end(start)
            change = abs(float(generator.trace.to(matrix) @ (state.detach() - coarse)))
            error = change / (2**ORDER - 1)
            if error <= self.accuracy:
                return state, None
        return state, error

    def _course(self, generator: Generator, matrix: Tensor) -> tuple[np.ndarray, Tensor]:
        """Times (P,) from 0 to T, and states (P, D)."""
        start = generator.start.to(matrix)
        if self.driving is None:
            one = propagator(matrix, self.time / COURSE_TIMES)
            states = [start]
            for _ in range(COURSE_TIMES):
                states.append(one @ states[-1])
            return np.linspace(0, self.time, COURSE_TIMES + 1), torch.stack(states)
        every = max(1, self._steps() // COURSE_TIMES)
        steps = every * -(-self._steps() // every)
        states = [start, *self._flow(generator, matrix, steps).course(start, every=every)]
        return np.linspace(0, self.time, len(states)), torch.stack(states)

    def _flow(self, generator: Generator, matrix: Tensor, steps: int) -> DrivenFlow:
        driving = self.driving
        assert driving is not None
        spin, sink = generator.turns(generator.spin), generator.turns(generator.sink_state)

        def speed(times: Tensor) -> Tensor:
            a, nu, phi, b, mu, theta = driving.unbind()
            of_spin, of_sink = a * torch.sin(nu * times + phi), b * torch.sin(mu * times + theta)
            return of_spin[:, None] * spin.to(times) + of_sink[:, None] * sink.to(times)

        return DrivenFlow(matrix, partner=generator.partner, speed=speed, step=self.time / steps, steps=steps)

    def _steps(self) -> int:
        """Steps that follow the driving, and its commutators with couplings of the order of one."""
        assert self.driving is not None
        a, nu, _, b, mu, _ = (abs(each) for each in self.driving.detach().tolist())
        return max(1, int(np.ceil(self.time * max(1.0, a, b, nu, mu) ** 0.5 / STEP)))


def _numbers(name: str, values: object, count: int) -> list[float]:
    if not isinstance(values, list | tuple) or len(values) != count:
        raise SettingError(
            setting=f"objective.{name}", value=values, allowed=f"must be a list of {count} numbers"
        )
    return [number(setting=f"objective.{name}", value=each) for each in values]
