"""Sweeps and results shown in a notebook."""

import html.parser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

import gradnet_cli as gn
from gradnet_cli.report.files.metrics import read_metrics
from tests.api import losses
from tests.api.results import QUIET, towns
from tests.assertions import assert_found
from tests.cli.conftest import Command
from tests.runs import run


class TestSweeps:
    """load_sweep() is the sweep as a table."""

    def test_a_sweep_is_a_table(self, command: Command, here: Path) -> None:
        overrides = ("-m", "rows=3,4", "seed=0,1", "hydra.sweep.dir=mine", "report=false", "figures=false")
        assert command(*overrides).exit_status == 0
        table = gn.load_sweep("mine")
        assert list(table.columns[:4]) == ["job", "rows", "seed", "state"]
        assert table.rows.tolist() == [3, 3, 4, 4]
        assert set(table.state) == {"done"}
        assert table.score.dtype == float
        for directory, score in zip(table.directory, table.score, strict=True):
            one = gn.load(directory)
            assert one.score == score
            assert_found(one)
        best = table.loc[table.groupby("rows").score.idxmax()]
        assert best.rows.tolist() == [3, 4]
        with pytest.raises(
            gn.SettingError, match=r"^load = mine: is a sweep: gradnet_cli.load_sweep reads it"
        ):
            gn.load("mine")

    def test_what_is_none_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(gn.SettingError, match=r"^load_sweep = .*: must be the directory of a sweep"):
            gn.load_sweep(tmp_path / "missing")
        with pytest.raises(gn.SettingError, match=r"^load_sweep = .*: holds no runs"):
            gn.load_sweep(tmp_path)


class Page(html.parser.HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


class TestDisplay:
    """What is seen: repr, the page of a notebook, figures."""

    def test_one_line(self, found: Any) -> None:
        assert repr(found).startswith(f"<algebraic_connectivity score {found.score:.7g} ")
        assert "\n" not in repr(found)

    def test_a_notebook_shows_score_bound_and_picture(self, found: Any) -> None:
        page = Page(found._repr_html_())
        for word in ("score", "bound", "gap", "(proven)", "budget spent"):
            assert word in page.text
        (picture,) = [attributes for tag, attributes in page.tags if tag == "img"]
        assert picture["src"].startswith("data:image/png;base64,")

    def test_a_name_with_brackets_is_escaped(self) -> None:
        def odd(network: Any) -> torch.Tensor:
            return network.weights.square().sum()

        odd.__name__ = "<script>"
        result = gn.optimize(towns(), objective=odd, sense="minimize", updates=1, **QUIET)
        assert "script" not in [tag for tag, _ in Page(result._repr_html_()).tags]

    def test_figures_are_those_of_a_run(self, found: Any, saved: Path, tmp_path: Path) -> None:
        drawn = found.plot()
        assert set(drawn) == {path.stem for path in (saved / "figures").glob("*.png")}
        assert {"network", "convergence"} <= set(drawn)
        for name, figure in drawn.items():
            assert isinstance(figure, Figure)
            figure.savefig(tmp_path / f"{name}.png", dpi=60)
            with Image.open(tmp_path / f"{name}.png") as picture:
                assert picture.size[0] > 200
        page = Page(drawn._repr_html_())
        assert [attributes["alt"] for _, attributes in page.tags] == list(drawn)

    def test_figures_by_name(self, found: Any) -> None:
        assert list(found.plot("network", "convergence")) == ["network", "convergence"]
        with pytest.raises(gn.SettingError, match=r"^plot = netwrk: is no figure .* Did you mean network\?"):
            found.plot("netwrk")

    def test_the_style_of_the_process_is_left_alone(self, found: Any) -> None:
        import matplotlib as mpl

        before = dict(mpl.rcParams)
        found.plot("network")
        found._repr_html_()
        assert dict(mpl.rcParams) == before

    @pytest.mark.parametrize(
        "make",
        [
            lambda: gn.optimize(nx.gnp_random_graph(40, 0.2, seed=1), **QUIET),
            lambda: gn.optimize(nx.cycle_graph(5, nx.DiGraph), objective=losses.spread, matrix="sparse",
                                sense="minimize", updates=2, **QUIET),
            lambda: gn.optimize([("a", "b")], **QUIET),
            lambda: gn.optimize(towns(), updates=0, **QUIET),
        ],
        ids=["no places", "directed", "one edge", "no updates"],
    )  # fmt: skip
    def test_everything_can_be_drawn(self, make: Callable[[], Any]) -> None:
        result = make()
        assert_found(result)
        assert "network" in result.plot()
        assert "<img" in result._repr_html_()


def test_every_row_or_every_few(tmp_path: Path) -> None:
    options = {"gap": None, "updates": 11, "optimizer": "adam", "trainer": {"log_every": 4}}
    result = gn.optimize("grid", rows=4, **options, **QUIET)
    run(tmp_path, "rows=4", "stop.gap=null", "updates=11", "optimizer=adam", "trainer.log_every=4")
    assert list(result.course["step"]) == [0, 4, 8, 11] == list(read_metrics(tmp_path).step)
