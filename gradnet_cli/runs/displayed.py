"""A result as Python has it in its hands: drawn, shown in a notebook, saved as a run."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gradnet_cli.errors import SettingError
from gradnet_cli.result import Result
from gradnet_cli.result.graphs import to_networkx
from gradnet_cli.settings.figures import STYLES
from gradnet_cli.settings.values import choice, nearest

if TYPE_CHECKING:
    import networkx
    import pandas
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class DisplayedResult(Result):
    """What was found, see Result; with figures, a picture in notebooks, and a way to disk.

    Attributes:
        original: the networkx graph that was asked about, whose names and attributes `graph()` gives back
    """

    original: networkx.Graph | None = field(default=None, repr=False)

    @classmethod
    def of(cls, result: Result, **further: Any) -> Self:
        """A result, with what it needs to be shown."""
        content = {each.name: getattr(result, each.name) for each in fields(Result)}
        return cls(**content, **further)

    def graph(self) -> networkx.Graph:
        """The network as a networkx graph, with the names and attributes of the graph that was given."""
        return to_networkx(self.problem, self.weights, node_data=self.node_data, original=self.original)

    def metrics_table(self) -> pandas.DataFrame:
        """The course of training, a row an update: step, seconds, score, bound, gap, and the metrics."""
        import pandas

        return pandas.DataFrame(dict(self.course))

    def plot(self, *names: str, style: str | None = None) -> Figures:
        """The figures that a run draws, shown in a notebook, and by name to be changed or saved.

        Args:
            names: of those that are wanted, ``network``, ``convergence`` ...; all that apply without any
            style: paper, slides or dark; that of the settings (``figures={"style": "dark"}``) where not given

        Raises:
            SettingError: there is no such figure of this result, or no such style
        """
        from gradnet_cli.report.figures import all_drawings

        drawn: dict[str, Figure] = {}
        if style is not None:
            choice(setting="style", value=style, choices=STYLES)
        for drawing in all_drawings(self, style=style):
            drawn[drawing.name] = drawing.figure
            if names and set(names) <= set(drawn):
                break
        for name in names:
            if name not in drawn:
                listed = ", ".join(drawn) or "none"
                allowed = f"is no figure of this result, which has {listed}"
                raise SettingError(setting="plot", value=name, allowed=allowed, hint=nearest(name, drawn))
        return Figures({name: drawn[name] for name in names or drawn})

    def save(self, directory: str | Path) -> Path:
        """Write the files of a run into a directory, which is made if missing, and return it.

        Raises:
            SettingError: the directory holds a run already
        """
        from gradnet_cli.runs.save import save

        names = None if self.original is None else list(self.original)
        return save(self, Path(directory), names=names)

    def __repr__(self) -> str:
        return f"<{self.objective} {', '.join(f'{name} {text}' for name, text in self._told())}>"

    def _repr_html_(self) -> str:
        """Score, bound, gap and a picture, for notebooks."""
        from gradnet_cli.report.figures import picture

        rows = "".join(
            f"<tr><th style='text-align:right'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in self._told()
        )
        source = picture(self, "network")
        drawn = f"<img src='{source}' alt='the network' style='max-width:420px'>" if source else ""
        title = html.escape(self.objective.replace("_", " "))
        return (
            "<div style='display:flex;gap:2em;align-items:center;flex-wrap:wrap'>"
            f"<table><caption><b>{title}</b></caption>{rows}</table>{drawn}</div>"
        )

    def _told(self) -> list[tuple[str, str]]:
        from gradnet_cli.report.panel import panel_rows

        return panel_rows(self, None)


class Figures(dict[str, "Figure"]):
    """Figures by name; the last line of a notebook's cell shows them."""

    def _repr_html_(self) -> str:
        from gradnet_cli.report.figures.style import data_address, styled

        with styled():
            return "".join(
                f"<img src='{data_address(figure)}' alt='{html.escape(name)}' style='max-width:100%'>"
                for name, figure in self.items()
            )
