"""Results: as graph and matrix, saved and loaded."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas
import pytest
import scipy.sparse as sp

import gradnet_cli as gn
from tests.api import losses
from tests.api.results import NOT_IN_PYTHON, QUIET, assert_same, files, towns
from tests.assertions import assert_found, assert_written
from tests.cli.conftest import Command
from tests.quick import quick
from tests.runs import run


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
        assert table.score.max() == pytest.approx(found.score, rel=1e-4)  # less its residues


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
        header = (saved / "edges.csv").read_text().splitlines()[0]
        assert header == "Source,Target,Type,Weight,Cost,Base,Change"
        assert set(pandas.read_csv(saved / "nodes.csv").Id) == set(towns())
        assert set(nx.read_graphml(saved / "network.graphml")) == set(towns())
        assert json.loads((saved / "status.json").read_text())["state"] == "done"
        assert json.loads((saved / "manifest.json").read_text())["device"] == "cpu"
        page = (saved / "report.html").read_text()
        assert "Nippur" in page
        assert "algebraic_connectivity" in page or "algebraic connectivity" in page

    def test_the_files_are_those_of_a_run(self, forked: Command, here: Path) -> None:
        assert forked("rows=4", "hydra.run.dir=run", "animation=false").exit_status == 0
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

    def test_a_run_on_a_base_network_is_read_back_with_its_references(self, here: Path) -> None:
        result = gn.optimize(
            "karate",
            objective="spectral_radius",
            base="weights",
            updates=3,
            **QUIET,
            **{"signs.change": "decrease"},
        )
        assert set(result.references) == {"base", "uniform", "random"}
        radius = float(np.abs(np.linalg.eigvalsh(nx.to_numpy_array(nx.karate_club_graph()))).max())
        assert result.references["base"] == pytest.approx(radius, rel=1e-9)
        result.save("saved")
        assert_same(gn.load("saved"), result)
        header = Path("saved", "edges.csv").read_text().partition("\n")[0]
        assert header == "Source,Target,Type,Weight,Base,Change"

    def test_no_figures_and_no_page_where_settings_say_so(self, tmp_path: Path) -> None:
        gn.optimize("grid", rows=3, figures=False, report=False, **QUIET).save(tmp_path / "run")
        assert not (tmp_path / "run" / "figures").exists()
        assert not (tmp_path / "run" / "report.html").exists()

    @pytest.mark.parametrize(
        "names",
        quick(
            [
                [1, 2, 3, 4],
                [(0, 0), (0, 1), (1, 0), (1, 1)],
                ["1", 1, (1,), 1.5],
                ["a,b", 'say "x"', "new\nline", " "],
            ],
            *(2, 3),
        ),
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
                "updates=10",
            ),
            ("mask=random_geometric", "nodes=20", "cost=distance", "prune.to=25", "updates=10"),
            ("rows=3", "cols=4", "objective=kuramoto_synchrony", "objective.frequencies=normal", "updates=3"),
            (
                "rows=4",
                "objective=function",
                "function=tests.api.losses.connectivity",
                "sense=minimize",
                "updates=10",
            ),
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
