"""The Lightning module: evaluate, record, step, project; and who may look on."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from gradnet_cli.errors import GradnetError, NumericalError
from gradnet_cli.model import ConstrainedWeights
from gradnet_cli.model.network import Network, topology_of
from gradnet_cli.objectives import Evaluation, Objective
from gradnet_cli.optimizers import Optimization
from gradnet_cli.optimizers.rewiring import Rewiring
from gradnet_cli.training.callback import Callback
from gradnet_cli.training.certificate import Certificate
from gradnet_cli.training.held_edges import follow
from gradnet_cli.training.proving import Proving
from gradnet_cli.training.record import Record
from gradnet_cli.training.starts import Further, Starts
from gradnet_cli.training.state import position, put_back

log = logging.getLogger(__name__)

OTHER_SIGN = 1e-6  # of the steepest slope: what a monotone score may miss its sign by
JUDGED_STEP = 0  # named to objectives that learn when they are judged: all networks on the same batch


class TrainingModule(LightningModule):
    """Trains the constrained weights for an objective, and what it learns beside them.

    Batches are the numbers 0, 1, ..., updates. At each the network is evaluated and recorded; then, unless it
    is the last or a callback has given a reason to stop, the optimizer takes its step and the constraints are
    restored. So every record belongs to the very weights that were scored, the last network is scored too,
    and the best weights are those that gave the best score. An objective that learns is trained by its loss
    and judged by its score in evaluation mode, once an epoch; then the best is the pair of weights and what
    was learned.

    Args:
        updates: most optimizer steps
        callbacks: told of everything in this order
        rewiring: exchanges edges, where not all candidates are held
        further: networks to begin with again when training has come to rest
        limit: a bound that is known before
    """

    def __init__(
        self,
        *,
        model: ConstrainedWeights,
        objective: Objective,
        optimization: Optimization,
        updates: int,
        callbacks: Sequence[Callback] = (),
        rewiring: Rewiring | None = None,
        further: Further | None = None,
        limit: float | None = None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.model = model
        self.objective = objective
        self.optimization = optimization
        self.updates = updates
        self.callbacks = list(callbacks)
        self.certificate = Certificate(model.feasible, objective, known=limit)
        self.proving = Proving(model=model, objective=objective, certificate=self.certificate)
        self.held = follow(rewiring, self)
        self.record = Record(bound=limit)
        self.step = 0
        self.gradient_unit: float | None = None
        self.began = time.perf_counter()
        self.starts = Starts(count=1 if further is None else further.count, sign=objective.sign)
        self._further = further
        self._fresh = position(self) if self.starts.several else None

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """The optimizer alone: its schedule is stepped here, once an update."""
        return self.optimization.optimizer

    def training_step(self, batch: Any, batch_idx: int) -> None:
        """One evaluation, and one update unless training ends here."""
        step = self.step = int(batch)
        optimizer: Any = self.optimizers()
        first: list[Tensor | None] = [self._evaluate(step)]
        if self._is_judged(step):
            self._remember(step)
            for callback in self.callbacks:
                callback.on_record(self)
        if step >= self.updates or self.record.stop_reason is not None:
            if self.record.stop_reason is None:
                self.record.stop_reason = f"all {self.updates} updates done{self.told_of_starts()}"
            self.trainer.should_stop = True
            return
        if self.record.turn:
            self._turn()
        else:
            self._update(optimizer, step, first)
        for callback in self.callbacks:
            callback.on_update(self)

    def _is_judged(self, step: int) -> bool:
        """Whether the network is recorded at this update: at the last, and of what learns once an epoch."""
        return not self.objective.learns or step % self.objective.epoch == 0 or step >= self.updates

    def _update(self, optimizer: Any, step: int, first: list[Tensor | None]) -> None:
        """Let the optimizer take its step, and restore the constraints.

        Args:
            first: the loss that was differentiated already
        """

        def closure() -> Tensor:
            # Methods with a line search ask for more evaluations; the first is that of the record.
            # Those look at points outside the constraints, where an objective need not be defined: they are
            # given the score of the nearest network inside.
            if not first:
                self.model.set_delta(self.model.delta.detach())
            loss = first.pop() if first else self._evaluate(step)
            assert loss is not None
            if self.held is not None:
                self.held.limit_gradient()
            if not self.optimization.constrained:
                self._follow_tangent()
            return loss

        optimizer.step(closure)
        self.proving.of_optimizer(self.optimization.optimizer)
        self.model.project()
        if self.optimization.schedule is not None:
            self.optimization.schedule.step()
        if self.held is not None:
            self.held.exchange(step)

    def _turn(self) -> None:
        """Leave the start at hand: begin with another network, or go on where the best start stood."""
        assert self._further is not None
        assert self._fresh is not None
        left = self.starts.number
        back = self.starts.turn(position(self))
        put_back(self._fresh if back is None else back, self)
        if back is None:
            self.model.set_delta(self._further.draw(self.starts.number))
        log.info(
            "update %d: from start %d to start %d of %d; the best is %.7g",
            self.record.step, left, self.starts.number, self.starts.count, self.record.best_score,
        )  # fmt: skip
        self.record.turn = False

    def told_of_starts(self) -> str:
        """Which of several starts the best network is from, for the reason why training ends."""
        starts = self.starts
        return f"; start {self.record.best_start} of {starts.tried} is the best" if starts.tried > 1 else ""

    @torch.no_grad()
    def _follow_tangent(self) -> None:
        """Replace the weights' gradient by the part that the budget allows, in units of its first size.

        Where the objective learns it keeps its size: the other gradients are of the same loss.
        """
        parameter = self.model.parameter
        if parameter.grad is None:
            return
        tangent = self.model.tangent_gradient()
        if self.objective.learns:
            self.gradient_unit = 1.0
        if self.gradient_unit is None:
            size = float(tangent.square().mean().sqrt())
            if size == 0:  # a stationary start says nothing of the size of gradients elsewhere
                parameter.grad.copy_(tangent)
                return
            self.gradient_unit = size
        parameter.grad.copy_(tangent / self.gradient_unit)

    @torch.no_grad()
    def confirm(self) -> Record:
        """Score the best network again as it will be scored at the end, and correct the record."""
        record = self.record
        if record.best_delta is not None and not self.objective.learns:
            judged = self._judge_best()
            record.best_score, record.best_limited = float(judged.score.mean()), judged.limited
            record.close_gap(ideal=self.objective.ideal)
        return record

    def _judge_best(self) -> Evaluation:
        """The score of the best network so far, which may lie on other edges."""
        record, feasible = self.record, self.model.feasible
        assert record.best_delta is not None
        if record.best_edges is None:
            return self._judge(self.model.base + record.best_delta, record.best_step)
        problem = feasible.problem.on(record.best_edges.cpu().numpy())
        topology = topology_of(problem, device=record.best_delta.device)
        network = Network(weights=record.best_delta, topology=topology, problem=problem)
        return self._judge_network(network, record.best_step)

    @torch.no_grad()
    def _judge(self, weights: Tensor, step: int) -> Evaluation:
        """The score of adjacency weights (E,) in evaluation mode."""
        return self._judge_network(self.model.network(weights), step)

    def _judge_network(self, network: Network, step: int) -> Evaluation:
        self.objective.eval()
        try:
            return self.objective(network, step)
        finally:
            self.objective.train()

    @torch.no_grad()
    def _judge_led(self, step: int) -> Evaluation:
        """What the objective wants of the network that it has scored provisionally, with all metrics."""
        judged = self.objective.judge(self.model.network(self.model.weights), step)
        return replace(judged, metrics={**self._evaluation.metrics, **judged.metrics})

    def _check_direction(self, gradient: Tensor) -> None:
        """Refuse a monotone objective whose loss has a gradient of the other sign: bounds rely on it."""
        declared = 1.0 if self.objective.grows else -1.0  # more weight lowers the loss, or raises it
        wrong = float((declared * gradient).max())
        if wrong > OTHER_SIGN * float(gradient.abs().max()):
            raise GradnetError(
                f"objective {self.objective.name} is declared {self.objective.monotone} in every weight, "
                "and is not: say the other direction, or none"
            )

    def _evaluate(self, step: int) -> Tensor:
        """The loss, differentiated; the network's score is kept."""
        self.zero_grad(set_to_none=True)
        if self.objective.learns:
            network = self.model(step)
            whole = self.objective.batched or not network.batch
            samples = [network] if whole else network.samples()
            loss = torch.stack([self.objective.loss(sample, step) for sample in samples]).mean()
        else:
            self._evaluation = self.objective(self.model(step), step)
            loss = -self.objective.sign * self._evaluation.score.mean()
        if loss.requires_grad:
            self.manual_backward(loss)
        return loss.detach()

    def _remember(self, step: int) -> None:
        record, objective = self.record, self.objective
        if objective.learns:
            self._evaluation = self._judge(self.model.weights.detach(), JUDGED_STEP)
        record.guide = None
        if self._evaluation.provisional:
            record.guide = float(self._evaluation.score.detach().mean())
            self._evaluation = self._judge_led(step)
        score = float(self._evaluation.score.detach().mean())
        gradient = self.model.parameter.grad
        finite = gradient is None or bool(gradient.isfinite().all())
        if not (math.isfinite(score) and finite):
            what = "gradient of the score is not finite" if math.isfinite(score) else f"score is {score}"
            kept = "" if record.delta is None else "; the last good weights are in checkpoints/"
            raise NumericalError(f"the {what} at update {step}{kept}")
        record.step = step
        record.score = score
        record.delta = self.model.delta.detach().clone()
        record.edges = None
        record.learned = objective.learned() if objective.learns else {}
        record.metrics = dict(self._evaluation.metrics)
        if self.starts.several:
            record.start = self.starts.number
            record.metrics = {"start": record.start, **record.metrics}
        if self.held is not None:
            record.metrics = {**record.metrics, **self.held.metrics}
        record.seconds = time.perf_counter() - self.began
        if self.model.disturbed(step) and not objective.learns:
            return  # the score of a disturbed network is not that of the network written, nor is its gradient
        if gradient is not None and objective.monotone is not None:
            self._check_direction(gradient)
        if self.held is not None:
            self.held.look(step)
        if record.guide is None and not (self.held is not None and self.held.proves):
            self.proving.at(self._evaluation, gradient=gradient)
            record.bound = self.certificate.bound
        sign = objective.sign
        safe = record.score - sign * (self._evaluation.error or 0.0)
        self.starts.add(safe, led=record.guide is not None)
        if objective.keeps_last or record.is_beaten_by(safe, self._evaluation.second, sign=sign):
            record.keep_as_best(safe, second=self._evaluation.second, limited=self._evaluation.limited)
        record.close_gap(ideal=self.objective.ideal)
