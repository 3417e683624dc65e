"""Logic gates: a directed network of tanh neurons that computes a truth table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from gradnet_cli.errors import SettingError
from gradnet_cli.model.network import Network
from gradnet_cli.numerics.truth_tables import NAMED, input_rows, named_table
from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.evaluation import Description, Evaluation
from gradnet_cli.problem import Problem
from gradnet_cli.settings.values import flag, integer, nearest

if TYPE_CHECKING:
    from gradnet_cli.objectives.drawing import Drawing
    from gradnet_cli.result import Result

MOST_INPUTS = 12  # 4,096 rows
RIGHT = 0.5  # the output from which a node says true


class LogicGates(Objective):
    """Minimise the mean squared error of the outputs over all rows of a truth table.

    The first nodes are the inputs, the last the outputs, all others hidden. From the inputs on their nodes
    and 0 elsewhere, every round is

        x_j <- tanh(sum_i x_i A_ij),

    a signal along each edge i -> j; with `bias` the node after the inputs is always 1. Without it the row of
    zeros gives zeros, whatever the network, because tanh is odd.

    Args:
        table: and, or, xor, nand, nor or xnor; or the output of every row, [0, 1, 1, 0], and where there are
            several a list of them, [[0, 0], [0, 1], [0, 1], [1, 0]]. Rows count up in binary, the first input
            is the highest digit
        inputs: number of input nodes, 1 to 12
        rounds: updates of all nodes, >= 1
        clamp: inputs keep their values in all rounds
        bias: one more node that is always 1

    Metrics: right (share of outputs on the right side of 0.5), worst (largest error of an output).
    """

    sense = "minimize"
    requires = ("directed",)
    batched = True
    flat_at_zero = True
    several_optima = True
    quantity = "mean squared error of the outputs"

    def __init__(self, *, table: object, inputs: int, rounds: int, clamp: bool, bias: bool) -> None:
        super().__init__()
        self.inputs = integer(setting="objective.inputs", value=inputs, minimum=1, maximum=MOST_INPUTS)
        self.rounds = integer(setting="objective.rounds", value=rounds, minimum=1)
        self.clamp = flag(setting="objective.clamp", value=clamp)
        self.bias = flag(setting="objective.bias", value=bias)
        outputs = read_table(table, inputs=self.inputs)
        if not self.bias and outputs[0].any():
            raise SettingError(
                setting="objective.table",
                value=table,
                allowed="asks for 1 where all inputs are 0, and tanh(0) is 0: it needs a node that is 1",
                hint="objective.bias=true",
            )
        self.outputs = outputs.shape[1]
        self.register_buffer("questions", torch.as_tensor(input_rows(self.inputs), dtype=torch.float64))
        self.register_buffer("answers", torch.as_tensor(outputs, dtype=torch.float64))
        self.questions: Tensor
        self.answers: Tensor

    @property
    def held(self) -> int:
        """Nodes with a given value in the beginning: the inputs, and the one that is always 1."""
        return self.inputs + int(self.bias)

    def prepare(self, problem: Problem) -> None:
        """See whether there are nodes enough.

        Raises:
            SettingError: the mask has too few
        """
        needed = self.held + self.outputs
        if problem.nodes < needed:
            parts = f"{self.inputs} inputs, {self.outputs} outputs" + (" and the bias" if self.bias else "")
            raise SettingError(
                setting="mask",
                value=problem.mask.name,
                allowed=f"has {problem.nodes} nodes, and {parts} need {needed}",
            )

    def forward(self, network: Network, step: int) -> Evaluation:
        """Score weights (..., E), one number a sample."""
        answers = self.answers.to(network.weights)
        error = self._run(network) - answers
        latest = error.detach().reshape(-1, *answers.shape)[-1]
        right = ((latest + answers > RIGHT) == (answers > RIGHT)).double().mean()
        return Evaluation(
            score=error.square().mean(dim=(-2, -1)),
            metrics={"right": float(right), "worst": float(latest.abs().max())},
        )

    def describe(self, network: Network) -> Description:
        """What each node is, and the table beside the outputs."""
        roles = np.full(network.nodes, "hidden", dtype="<U6")
        roles[: self.inputs] = "input"
        roles[self.inputs : self.held] = "one"
        roles[network.nodes - self.outputs :] = "output"
        arrays = {
            "truth_table_inputs": self.questions.cpu().numpy(),
            "truth_table_outputs": self.answers.cpu().numpy(),
            "found_outputs": self._run(network).cpu().numpy(),
        }
        return Description(node_data={"role": roles}, arrays=arrays)

    @classmethod
    def figures(cls, result: Result) -> Iterator[Drawing]:
        """The network and its truth table."""
        from gradnet_cli.objectives.logic_gates.figures import drawings

        return drawings(result)

    def _run(self, network: Network) -> Tensor:
        """Outputs (..., rows, outputs) after all rounds."""
        matrix = network.dense
        questions = self.questions.to(network.weights)
        rows = len(questions)
        given = torch.cat([questions, questions.new_ones(rows, int(self.bias))], dim=1)
        state = torch.cat([given, given.new_zeros(rows, network.nodes - self.held)], dim=1)
        # Nodes first .. held - 1 are put back after every round: with `clamp` all that were given.
        first = 0 if self.clamp else self.inputs
        for _ in range(self.rounds):
            state = torch.tanh(state @ matrix)
            fixed = given[:, first:].expand(*state.shape[:-1], self.held - first)
            state = torch.cat([state[..., :first], fixed, state[..., self.held :]], dim=-1)
        return state[..., network.nodes - self.outputs :]


def read_table(table: object, *, inputs: int) -> np.ndarray:
    """Outputs (2^n, m), bool, of a truth table as it is configured.

    Raises:
        SettingError: an unknown name, a table of the wrong length, entries other than 0 and 1
    """
    rows = 2**inputs
    if isinstance(table, str):
        if table not in NAMED:
            raise SettingError(
                setting="objective.table",
                value=table,
                allowed=f"must be {', '.join(NAMED)} or a list of {rows} outputs",
                hint=nearest(table, NAMED),
            )
        return named_table(table, inputs)
    if not isinstance(table, list | tuple) or len(table) != rows:
        length = f" and not {len(table)}" if isinstance(table, list | tuple) else ""
        raise SettingError(
            setting="objective.table",
            value=table,
            allowed=f"must have {rows} rows{length}: one for each of the 2^{inputs} cases of {inputs} inputs",
        )
    wide = [list(row) if isinstance(row, list | tuple) else [row] for row in table]
    if not wide[0] or any(len(row) != len(wide[0]) for row in wide):
        raise SettingError(
            setting="objective.table",
            value=table,
            allowed="must have as many outputs in each row, one or more",
        )
    if any(cell not in (0, 1) for row in wide for cell in row):
        raise SettingError(setting="objective.table", value=table, allowed="must hold 0 and 1 only")
    outputs: np.ndarray = np.array(wide) == 1
    return outputs
