"""What a picture of a network shows: its weights or, on a base network, how they have changed."""

from dataclasses import dataclass

import numpy as np

from gradnet_cli.numerics.graphs import used_edges
from gradnet_cli.report.figures import style
from gradnet_cli.result.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """Values (E,) by edge, which of them are drawn, their colours and what these mean.

    On a base network `values` are the changes of the weights, and the base is drawn in grey below them.
    """

    values: np.ndarray
    drawn: np.ndarray
    colours: style.WeightColours
    label: str
    on_base: bool

    @classmethod
    def of(cls, result: Result) -> "Shown":
        """The changes where there is a base network, the weights elsewhere."""
        if result.problem.base.any():
            change = result.delta
            return cls(
                values=change,
                drawn=used_edges(change),
                colours=style.change_colours(change),
                label="change of the edge weight",
                on_base=True,
            )
        return cls(
            values=result.weights,
            drawn=result.used,
            colours=style.weight_colours(result.weights, lines=True),
            label="edge weight",
            on_base=False,
        )

    @property
    def count(self) -> int:
        """How many edges are drawn in colour."""
        return int(np.count_nonzero(self.drawn))

    def of_blocks(self, blocks: np.ndarray) -> style.WeightColours:
        """Colours for means of the values over blocks of edges (of any shape, NaN where there is none)."""
        return style.change_colours(blocks) if self.on_base else style.weight_colours(blocks)


def gone(result: Result) -> np.ndarray:
    """Which edges of the base network are no longer used, bool (E,)."""
    gone: np.ndarray = used_edges(result.problem.base) & ~result.used
    return gone
