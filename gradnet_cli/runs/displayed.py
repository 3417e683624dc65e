"""A result as Python has it in its hands: drawn, shown in a notebook, saved as a run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gradnet_cli.result import Result
from gradnet_cli.result.graphs import to_networkx

if TYPE_CHECKING:
    import networkx
    import pandas
    from matplotlib.figure import Figure

    from gradnet_cli.runs.history import History


@dataclass(frozen=True, eq=False, kw_only=True)
class DisplayedResult(Result):
    """What was found, see Result; with figures, a picture in notebooks, and a way to disk.

    Attributes:
        history: the course of training, None of a run that was loaded: its directory has it
        original: the networkx graph that was asked about
        directory: of the run that was loaded
    """

    history: History | None = field(default=None, repr=False)
    original: networkx.Graph | None = field(default=None, repr=False)
    directory: Path | None = None

    @classmethod
    def of(cls, result: Result, **further: Any) -> Self:
        """A result, with what it needs to be shown."""
        content = {each.name: getattr(result, each.name) for each in fields(Result)}
        return cls(**content, **further)

    @property
    def course(self) -> pandas.DataFrame:
        """The course of training, a row an update: step, seconds, score, bound, gap, and the metrics."""
        from gradnet_cli.report.files.metrics import read_metrics

        if self.history is not None:
            return self.history.table()
        assert self.directory is not None
        return read_metrics(self.directory)

    def graph(self) -> networkx.Graph:
        """The network as a networkx graph, with the names and attributes of the graph that was given."""
        return to_networkx(self, original=self.original)
