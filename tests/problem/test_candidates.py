"""Candidates beside a base network: the right pairs, the base kept, and one line where there are none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Problem
from tests.runs import composed, problem_of, run

QUIET: Mapping[str, Any] = {"progress": "none", "candidates": "complement"}
KARATE = ("mask=karate", "base=weights")


def built(*overrides: str) -> Problem:
    return problem_of(composed(*overrides))


def pairs(problem: Problem, chosen: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(*problem.edge_index[:, chosen].tolist(), strict=True))


def free(problem: Problem) -> np.ndarray:
    return problem.lower < problem.upper


class TestComplement:
    @pytest.mark.parametrize(
        ("overrides", "graph"),
        [
            (KARATE, nx.karate_club_graph()),
            (("mask=grid", "rows=3", "cols=4"), nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 4))),
            (("mask=tree", "height=3"), nx.balanced_tree(2, 3)),
            (
                ("mask=networkx", "generator=cycle_graph", "arguments={n:7}", "base=weights"),
                nx.cycle_graph(7),
            ),
        ],
    )
    def test_pairs_that_may_change_are_those_of_networkx(
        self, overrides: tuple[str, ...], graph: nx.Graph
    ) -> None:
        problem = built(*overrides, "candidates=complement")
        complement = nx.complement(graph)
        assert pairs(problem, free(problem)) == {(min(edge), max(edge)) for edge in complement.edges}
        assert pairs(problem, problem.base != 0) == {(min(edge), max(edge)) for edge in graph.edges}
        np.testing.assert_array_equal(problem.cost, 1.0)

    def test_base_weights_and_costs_stay_with_their_edges(self, tmp_path: Path) -> None:
        path = tmp_path / "net.csv"
        path.write_text("Source,Target,Weight,lim\n0,3,2.5,4\n1,2,0.5,7\n0,1,1.5,9\n2,3,0,1\n")
        problem = built("mask=edge_list", f"path={path}", "base=Weight", "candidates=complement")
        found = dict(zip(map(tuple, problem.edge_index.T.tolist()), problem.base.tolist(), strict=True))
        # An edge without weight is none of the base network.
        assert found == {(0, 1): 1.5, (0, 2): 0, (0, 3): 2.5, (1, 2): 0.5, (1, 3): 0, (2, 3): 0}
        assert pairs(problem, free(problem)) == {(0, 2), (1, 3), (2, 3)}
        limits = built(
            "mask=edge_list", f"path={path}", "base=Weight", "candidates=complement", "limits.weight=lim"
        )
        assert limits.upper[free(limits)].tolist() == [np.inf, np.inf, 1.0]  # of those the file names

    def test_directed_pairs(self) -> None:
        overrides = ("mask=layered", "layers=[2,2]", "directed=true", "candidates=complement")
        problem = built(*overrides)
        graph = nx.DiGraph([(0, 2), (0, 3), (1, 2), (1, 3)])
        assert pairs(problem, free(problem)) == set(nx.complement(graph).edges)

    def test_distance_prices_all_pairs(self) -> None:
        problem = built("mask=random_geometric", "nodes=15", "cost=distance", "candidates=complement")
        places = problem.mask.positions
        assert places is not None
        i, j = problem.edge_index
        np.testing.assert_allclose(problem.cost, np.hypot(*(places[i] - places[j]).T))

    def test_only_additions_are_found_and_they_are_the_best(self, tmp_path: Path) -> None:
        """The ring of 4 and its two diagonals: by symmetry each gets half the budget."""
        overrides = ("mask=grid", "rows=4", "cols=1", "periodic=true", "candidates=complement")
        result = run(tmp_path, *overrides, "budget=total", "budget.value=3", "stop.gap=1e-6")
        new = result.problem.base == 0
        np.testing.assert_array_equal(result.weights[~new], 1.0)
        np.testing.assert_allclose(result.weights[new], 0.75, atol=1e-5)
        # lambda_2 of a ring with diagonals of weight w: min(2 + 2 w, 4).
        assert result.score == pytest.approx(3.5, rel=1e-5)
        assert result.bound is not None
        assert result.bound >= 3.5 * (1 - 1e-9)


class TestAll:
    def test_the_base_network_may_change_too(self) -> None:
        problem = built(*KARATE, "candidates=all")
        assert free(problem).all()
        assert problem.edges == 34 * 33 // 2
        assert problem.base.sum() == nx.karate_club_graph().size(weight="weight")

    def test_nothing_is_lost_against_the_edges_alone(self, tmp_path: Path) -> None:
        """More candidates, no worse a network: the bound of the fewer is below the score of the more."""
        few, many = (
            run(tmp_path / name, *KARATE, f"candidates={name}", "budget=relative", "budget.value=0.5")
            for name in ("edges", "all")
        )
        assert few.bound is not None
        assert many.score > few.bound


class TestRefused:
    @pytest.mark.parametrize(
        ("overrides", "line"),
        [
            (("mask=karate",), "candidates = complement: needs a base network, and there is none: say which"),
            (("mask=complete",), "candidates = complement: leaves no pair: the base network joins each with"),
            (("mask=grid", "rows=200"), "candidates = complement: makes 40,000 nodes and 799,980,000 edges"),
            (
                (*KARATE, "limits.fixed=[0-1]"),
                "limits.fixed = ['0-1']: has no effect with candidates=complement",
            ),
            (
                (*KARATE, "signs.change=decrease"),
                "signs.change = decrease: leaves nothing to do with candidates=complement",
            ),
        ],
    )
    def test_one_line(self, overrides: tuple[str, ...], line: str) -> None:
        with pytest.raises(SettingError) as caught:
            built(*overrides, "candidates=complement")
        assert line in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_price_that_other_pairs_lack(self, tmp_path: Path) -> None:
        path = tmp_path / "net.csv"
        path.write_text("Source,Target,Weight,length\n0,1,1,4\n1,2,1,7\n")
        with pytest.raises(SettingError, match="cost = length: must be unit or distance, which price all"):
            built("mask=edge_list", f"path={path}", "base=Weight", "cost=length", "candidates=all")

    def test_a_word_that_it_is_not(self) -> None:
        with pytest.raises(
            SettingError, match=r"candidates = complemet: must be .* Did you mean complement\?"
        ):
            built(*KARATE, "candidates=complemet")


class TestPython:
    def test_of_a_graph(self) -> None:
        graph = nx.path_graph(["a", "b", "c", "d"])
        budget = {"kind": "total", "value": 2}
        result = gn.optimize(graph, base=True, budget=budget, stop={"gap": 1e-6}, **QUIET)
        found = result.graph()
        assert [found.edges[edge]["weight"] for edge in graph.edges] == [1, 1, 1]
        assert found.size(weight="weight") == pytest.approx(3 + 1)
        # Every way to share the budget among the three pairs, in steps of 1/50.
        shares = np.array([(k, m, 50 - k - m) for k in range(51) for m in range(51 - k)]) / 50
        pairs = ((0, 1), (1, 2), (2, 3), (0, 2), (0, 3), (1, 3))
        incidence = np.array([np.eye(4)[i] - np.eye(4)[j] for i, j in pairs])
        weights = np.column_stack([np.ones((len(shares), 3)), shares])
        laplacians = np.einsum("ke,ei,ej->kij", weights, incidence, incidence)
        best = np.linalg.eigvalsh(laplacians)[:, 1].max()
        assert best * (1 - 1e-5) <= result.score <= best + 0.02 * 2

    def test_needs_a_base_network(self) -> None:
        with pytest.raises(SettingError, match="candidates = complement: needs a base network"):
            gn.optimize(nx.path_graph(4), **QUIET)

    def test_of_a_problem_it_is_settled(self) -> None:
        problem = built("mask=grid", "rows=3")
        with pytest.raises(
            SettingError, match="candidates = complement: belongs to the Problem that is given"
        ):
            gn.optimize(problem, **QUIET)
