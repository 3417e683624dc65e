"""What a result can be turned into: a graph, a matrix, figures, the files of a run, and back again."""

import html.parser
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas
import pytest
import scipy.sparse as sp
import torch
from matplotlib.figure import Figure
from PIL import Image

import gradnet_cli as gn
from gradnet_cli.report.files.metrics import read_metrics
from tests.api import losses
from tests.assertions import assert_found, assert_written
from tests.cli.conftest import Command
from tests.runs import run

QUIET = {"progress": "none"}
NOT_IN_PYTHON = {
    ".hydra/hydra.yaml",
    ".hydra/overrides.yaml",
    "run.log",
    "checkpoints/last.pt",
    "checkpoints/state.pt",
}
"""What only a run has: how it was typed, what it logged, and what it is resumed from."""


def towns() -> nx.Graph:
    graph = nx.Graph()
    for name, x, y, size in (("Ur", 0, 0, 3), ("Uruk", 2, 1, 9), ("Nippur", 1, 3, 4), ("Eridu", -1, 1, 2)):
        graph.add_node(name, pos=(float(x), float(y)), size=size)
    graph.add_weighted_edges_from(
        [("Ur", "Uruk", 1.0), ("Uruk", "Nippur", 0.5), ("Nippur", "Eridu", 2.0), ("Eridu", "Ur", 1.0)],
    )
    graph.add_edge("Ur", "Nippur", weight=0.25)
    return graph


@pytest.fixture(scope="module")
def found() -> Any:
    result = gn.optimize(
        towns(), base=True, budget="+40%", cost="distance", prune={"below": 0.2, "rescale": False}, **QUIET
    )
    assert_found(result)
    return result


@pytest.fixture(scope="module")
def saved(found: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found.save(tmp_path_factory.mktemp("result") / "saved")


def files(directory: Path) -> set[str]:
    return {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and not path.name.startswith(".nfs")
    }


def assert_same(one: Any, other: Any) -> None:
    """Two results tell the same of everything."""
    np.testing.assert_array_equal(one.weights, other.weights)
    for name in (
        *("score", "bound", "gap", "certified", "sense", "objective", "quantity", "step"),
        *("updates", "seconds", "stop_reason", "budget_spent", "edges_used"),
    ):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("metrics", "references"):
        assert dict(getattr(one, name)) == dict(getattr(other, name)), name
    assert repr(one) == repr(other)
    assert (one.pruned is None) == (other.pruned is None)
    if one.pruned is not None:
        np.testing.assert_array_equal(one.pruned, other.pruned)
    for name in ("node_data", "arrays", "course"):
        mine, others = getattr(one, name), getattr(other, name)
        assert set(mine) == set(others), name
        for key in mine:
            np.testing.assert_array_equal(np.asarray(mine[key]), np.asarray(others[key]), err_msg=key)
    assert set(one.learned) == set(other.learned)
    for key in one.learned:
        assert torch.equal(one.learned[key], other.learned[key])
    assert (one.to_scipy() != other.to_scipy()).nnz == 0
    mine, others = one.graph(), other.graph()
    assert list(mine) == list(others)
    assert {frozenset(edge) for edge in mine.edges} == {frozenset(edge) for edge in others.edges}


class TestForms:
    """graph() and to_scipy()."""

    def test_a_graph_has_weights_costs_and_what_was_there(self, found: Any) -> None:
        graph = found.graph()
        assert graph.nodes["Uruk"] == {"pos": (2.0, 1.0), "size": 9}
        for source, target, data in graph.edges(data=True):
            assert set(data) == {"weight", "cost", "base", "change"}
            places = [np.array(graph.nodes[end]["pos"]) for end in (source, target)]
            assert data["cost"] == pytest.approx(np.linalg.norm(places[0] - places[1]))
            assert data["base"] == towns()[source][target]["weight"]

    def test_a_graph_is_ones_own_to_change(self, found: Any) -> None:
        found.graph().remove_node("Ur")
        found.graph().nodes["Uruk"]["size"] = 0
        assert found.graph().nodes["Uruk"]["size"] == 9
        assert "Ur" in found.graph()

    def test_a_matrix_is_in_the_order_of_the_nodes(self, found: Any) -> None:
        expected = nx.to_scipy_sparse_array(found.graph(), nodelist=list(towns()))
        assert abs(found.to_scipy() - expected).max() == 0

    def test_what_the_objective_found_of_nodes_is_in_the_graph(self) -> None:
        result = gn.optimize("karate", objective="opinion_dissonance", base="weights", updates=3, **QUIET)
        column = next(iter(result.node_data))
        assert [data[column] for _, data in result.graph().nodes(data=True)] == list(result.node_data[column])

    def test_the_course_is_a_table(self, found: Any) -> None:
        table = found.metrics_table()
        assert list(table.columns[:5]) == ["step", "seconds", "score", "bound", "gap"]
        assert len(table) == found.updates + 1
        assert table.score.max() == pytest.approx(found.score)


class TestFiles:
    """save() writes the very files of a run, and load() reads them."""

    def test_a_saved_result_comes_back(self, found: Any, saved: Path) -> None:
        back = gn.load(saved)
        assert_same(found, back)
        assert_found(back)
        assert {name: back.graph().nodes[name]["size"] for name in back.graph()} == dict(
            towns().nodes("size")
        )
        assert back.settings.stop == found.settings.stop
        assert set(back.plot()) == set(found.plot())

    def test_it_is_written_as_by_a_run(self, found: Any, saved: Path) -> None:
        assert_written(found, saved)
        assert (saved / "edges.csv").read_text().splitlines()[0] == "Source,Target,Type,Weight,Cost"
        assert set(pandas.read_csv(saved / "nodes.csv").Id) == set(towns())
        assert set(nx.read_graphml(saved / "network.graphml")) == set(towns())
        assert json.loads((saved / "status.json").read_text())["state"] == "done"
        assert json.loads((saved / "manifest.json").read_text())["device"] == "cpu"
        page = (saved / "report.html").read_text()
        assert "Nippur" in page
        assert "algebraic_connectivity" in page or "algebraic connectivity" in page

    def test_the_files_are_those_of_a_run(self, installed: Command, here: Path) -> None:
        assert installed("rows=4", "hydra.run.dir=run", "animation=false").exit_status == 0
        result = gn.optimize("grid", rows=4, **QUIET)
        result.save("saved")
        assert files(Path("run")) - NOT_IN_PYTHON == files(Path("saved")) - {"problem.npz"}
        for name in ("edges.csv", "nodes.csv", "network.graphml", "layout.csv"):
            if Path("run", name).exists():
                assert Path("run", name).read_bytes() == Path("saved", name).read_bytes(), name
        assert_same(gn.load("saved"), result)
        again = gn.load("run")
        np.testing.assert_array_equal(again.weights, result.weights)
        assert (again.score, again.bound, again.metrics) == (result.score, result.bound, result.metrics)

    def test_no_figures_and_no_page_where_settings_say_so(self, tmp_path: Path) -> None:
        gn.optimize("grid", rows=3, figures=False, report=False, **QUIET).save(tmp_path / "run")
        assert not (tmp_path / "run" / "figures").exists()
        assert not (tmp_path / "run" / "report.html").exists()

    @pytest.mark.parametrize(
        "names",
        [
            [1, 2, 3, 4],
            [(0, 0), (0, 1), (1, 0), (1, 1)],
            ["1", 1, (1,), 1.5],
            ["a,b", 'say "x"', "new\nline", " "],
        ],
        ids=str,
    )
    def test_names_of_any_type_come_back(self, names: list[Any], tmp_path: Path) -> None:
        graph = nx.relabel_nodes(nx.complete_graph(4), dict(enumerate(names)))
        result = gn.optimize(graph, **QUIET)
        back = gn.load(result.save(tmp_path / "run"))
        assert list(back.graph()) == names
        assert [type(name) for name in back.graph()] == [type(name) for name in names]
        assert_same(result, back)

    def test_names_that_cannot_be_written_come_back_as_texts(self, tmp_path: Path) -> None:
        names = [frozenset({1}), frozenset({2}), frozenset({3})]
        result = gn.optimize(nx.relabel_nodes(nx.complete_graph(3), dict(enumerate(names))), **QUIET)
        back = gn.load(result.save(tmp_path / "run"))
        assert list(result.graph()) == names
        assert list(back.graph()) == [str(name) for name in names]

    def test_a_matrix_a_function_and_what_was_learned(self, tmp_path: Path) -> None:
        matrix = sp.csr_array(np.array([[0, 1, 0.5], [0, 0, 1], [1, 0, 0]]))
        result = gn.optimize(
            matrix, base=True, budget=2, objective=losses.spread_dense, sense="minimize", updates=5, **QUIET
        )
        back = gn.load(result.save(tmp_path / "run"))
        assert_same(result, back)
        assert back.quantity == "spread_dense"
        assert back.problem.directed

    def test_a_directory_is_made_and_used_once(self, found: Any, saved: Path, tmp_path: Path) -> None:
        assert found.save(str(tmp_path / "deep" / "er")) == tmp_path / "deep" / "er"
        with pytest.raises(gn.SettingError, match=r"^save = .*saved: holds a run already; choose another"):
            found.save(saved)

    @pytest.mark.parametrize(
        "overrides",
        [
            (
                "mask=karate",
                "base=weights",
                "budget=relative",
                "budget.value=0.1",
                "objective=opinion_dissonance",
            ),
            ("mask=random_geometric", "nodes=20", "cost=distance", "prune.to=12"),
            ("rows=3", "cols=4", "objective=kuramoto_synchrony", "objective.frequencies=normal", "updates=3"),
            ("rows=4", "objective=function", "function=tests.api.losses.connectivity", "sense=minimize"),
            ("mask=complete", "nodes=6", "objective=quantum_capacity", "updates=3"),
            ("experiment=gates_xor", "updates=5"),
        ],
        ids=lambda overrides: " ".join(overrides),
    )
    def test_a_loaded_run_is_the_run(self, overrides: tuple[str, ...], command: Command, here: Path) -> None:
        answer = command(
            *overrides, "hydra.run.dir=run", "figures=false", "report=false", "trainer.progress=none"
        )
        assert answer.exit_status == 0, answer.err
        loaded = gn.load("run")
        original = run(here / "other", *overrides)
        summary = json.loads(Path("run/summary.json").read_text())
        np.testing.assert_array_equal(loaded.weights, original.weights)
        for name in ("score", "bound", "gap", "updates", "stop_reason", "objective", "budget_spent"):
            assert getattr(loaded, name) == summary[name], name
        for name in ("quantity", "objective_class", "step", "objective"):
            assert getattr(loaded, name) == getattr(original, name), name
        assert set(loaded.node_data) == set(original.node_data)
        assert set(loaded.arrays) == set(original.arrays)
        assert loaded.settings.to_mapping() | {"report": True} == original.settings.to_mapping() | {
            "trainer": loaded.settings.to_mapping()["trainer"]
        }
        assert_written(loaded, Path("run"))
        assert_found(loaded)

    def test_a_loaded_run_can_be_saved_again(self, saved: Path, tmp_path: Path) -> None:
        once = gn.load(saved)
        assert_same(once, gn.load(once.save(tmp_path / "again")))

    def test_files_beside_the_command_are_found_from_elsewhere(
        self, command: Command, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("net.csv").write_text("Source,Target,length\nUr,Uruk,2\nUruk,Nippur,3\n")
        answer = command("mask=edge_list", "path=net.csv", "cost=length", "hydra.run.dir=run", "report=false")
        assert answer.exit_status == 0, answer.err
        elsewhere = here / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
        assert list(gn.load("../run").graph()) == ["Ur", "Uruk", "Nippur"]
        assert Path.cwd() == elsewhere

    def test_what_cannot_be_loaded_is_told(self, saved: Path, tmp_path: Path) -> None:
        with pytest.raises(
            gn.SettingError, match=r"^load = .*: must be the directory of a run, and there is none"
        ):
            gn.load(tmp_path / "missing")
        (tmp_path / "status.json").write_text('{"state": "failed"}')
        with pytest.raises(
            gn.SettingError, match=r"must be the directory of a run that is done, .* is failed"
        ):
            gn.load(tmp_path)


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
        assert repr(found).startswith(f"<algebraic_connectivity score {found.score:.4g}"[:40])
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
            figure.savefig(tmp_path / f"{name}.png")
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
