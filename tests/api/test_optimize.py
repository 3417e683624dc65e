"""The command and Python are one path: the same words, the same files, the same refusals."""

import doctest
import importlib
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

import gradnet_cli as gn
from gradnet_cli.report.files.edges import write_edges
from gradnet_cli.report.files.metrics import read_metrics
from tests.cli.conftest import Command
from tests.runs import run, settings

SMALL = {"rows": 6, "progress": "none"}


def test_the_docstring_is_true() -> None:
    module = importlib.import_module("gradnet_cli.runs.optimize")
    outcome = doctest.testmod(module)
    assert outcome.attempted >= 4
    assert outcome.failed == 0


class TestTheCommand:
    """What Python finds is what the command finds."""

    @pytest.mark.parametrize(
        ("keywords", "overrides"),
        [
            ({}, ()),
            ({"budget": 2.5}, ("budget.value=2.5",)),
            ({"budget": {"kind": "total", "value": 7}}, ("budget=total", "budget.value=7")),
            ({"optimizer": "adam", "updates": 15}, ("optimizer=adam", "updates=15")),
            (
                {"optimizer": {"name": "adam", "lr": 0.1}, "updates": 15, "stop": {"gap": None}},
                ("optimizer=adam", "optimizer.lr=0.1", "updates=15", "stop.gap=null"),
            ),
            ({"gap": 1e-5}, ("stop.gap=1e-5",)),
            ({"initial": "random", "seed": 3}, ("initial=random", "seed=3")),
            ({"objective": "effective_resistance"}, ("objective=effective_resistance",)),
            ({"noise": "gaussian", "updates": 15, "seed": 5}, ("noise=gaussian", "updates=15", "seed=5")),
            ({"dtype": np.float32, "updates": 15}, ("dtype=float32", "updates=15")),
            (
                {"objective": "kuramoto_synchrony", "horizon": 5, "updates": 6},
                ("objective=kuramoto_synchrony", "objective.horizon=5", "updates=6"),
            ),
        ],
        ids=str,
    )
    def test_the_same_files_byte_for_byte(
        self, keywords: dict[str, Any], overrides: tuple[str, ...], tmp_path: Path
    ) -> None:
        typed = run(tmp_path / "typed", "rows=6", *overrides)
        called = gn.optimize("grid", **SMALL, **keywords)
        write_edges(tmp_path / "edges.csv", called.problem, called.weights)
        assert (tmp_path / "edges.csv").read_bytes() == (tmp_path / "typed" / "edges.csv").read_bytes()
        assert (called.score, called.bound, called.gap) == (typed.score, typed.bound, typed.gap)
        assert (called.updates, called.step, called.stop_reason) == (
            typed.updates,
            typed.step,
            typed.stop_reason,
        )
        assert called.references == typed.references
        told = read_metrics(tmp_path / "typed").drop(columns="seconds")
        assert called.metrics_table().drop(columns="seconds").equals(told)

    def test_the_command_as_a_process_too(self, forked: Command, here: Path) -> None:
        assert forked("rows=6", "hydra.run.dir=run", "figures=false").exit_status == 0
        gn.optimize("grid", **SMALL).save("saved")
        assert Path("saved/edges.csv").read_bytes() == Path("run/edges.csv").read_bytes()

    def test_settings_by_keyword_are_those_that_are_typed(self) -> None:
        called = gn.settings_from(
            optimizer={"name": "adam", "lr": 0.2, "betas": (0.8, 0.99)},
            stop={"gap": None, "plateau": np.int64(7)},
            objective="kuramoto_synchrony",
            frequencies=np.array([0.5, -0.5]),
            signs={"change": "increase"},
            **{"trainer.threads": 1, "trainer.progress": "none", "figures": False},
        )
        typed = settings(
            "optimizer=adam",
            "optimizer.lr=0.2",
            "optimizer.betas=[0.8,0.99]",
            "stop.gap=null",
            "stop.plateau=7",
            "objective=kuramoto_synchrony",
            "objective.frequencies=[0.5,-0.5]",
            "signs.change=increase",
        )
        assert called.to_mapping() == typed.to_mapping()

    @pytest.mark.parametrize(
        ("keywords", "overrides"),
        [
            ({"rows": 2.5}, ["rows=2.5"]),
            ({"rows": 0}, ["rows=0"]),
            ({"budget": -1}, ["budget.value=-1"]),
            ({"budget": "totl"}, ["budget=totl"]),
            ({"updats": 3}, ["updats=3"]),
            ({"nodes": 3}, ["nodes=3"]),
            ({"objective": "lambda"}, ["objective=lambda"]),
            ({"objective": "function", "sense": "maximize"}, ["objective=function", "sense=maximize"]),
            ({"optimizer": {"name": "adam", "lr": 0}}, ["optimizer=adam", "optimizer.lr=0"]),
            ({"stop": {"gapp": 1}}, ["stop.gapp=1"]),
            ({"gap": 2}, ["stop.gap=2"]),
            ({"dtype": "float16"}, ["dtype=float16"]),
            ({"seed": -1}, ["seed=-1"]),
            ({"trainer": "gpu"}, ["trainer=gpu"]),
            ({"budget": "+10%"}, ["budget=relative", "budget.value=0.1"]),
        ],
        ids=str,
    )
    def test_bad_input_is_told_in_the_same_words(
        self, keywords: dict[str, Any], overrides: list[str], command: Command
    ) -> None:
        if keywords == {"trainer": "gpu"} and torch.cuda.is_available():
            pytest.skip("there is a graphics processor")
        with pytest.raises(gn.SettingError) as caught:
            gn.optimize("grid", **{**SMALL, **keywords})
        answer = command("rows=6", *overrides)
        assert (answer.exit_status, answer.err) == (2, f"gradnet-run: {caught.value}\n")

    def test_a_score_that_is_no_number_is_told_in_the_same_words(
        self, command: Command, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (here / "losses.py").write_text("def loss(network):\n    return network().sum() * float('nan')\n")
        monkeypatch.syspath_prepend(here)
        from losses import loss  # type: ignore[import-not-found]

        with pytest.raises(gn.NumericalError) as caught:
            gn.optimize("grid", **SMALL, objective=loss, sense="minimize")
        answer = command("rows=6", "objective=function", "function=losses.loss", "sense=minimize")
        assert answer.exit_status == 1
        assert answer.err.startswith(f"gradnet-run: {caught.value}")


REFUSED = {
    "a mistyped argument": ({"budgte": 2}, r"budgte = 2: is no setting. Did you mean budget=2\?$"),
    "another one": ({"cots": "distance"}, r"cots = distance: is no setting. Did you mean cost=distance\?$"),
    "a value that is none": ({"updates": print}, "updates = .*: must be a number, a text, true, false, null"),
    "a setting of another optimizer": ({"lr": 0.1}, "optimizer.lr = 0.1: is a setting of optimizer=adam or"),
    "a setting of another objective": (
        {"horizon": 3},
        "objective.horizon = 3: is a setting of objective=kuramoto",
    ),
    "two settings of that name": (
        {"seconds": 3},
        r'seconds = ...: is the name of several settings: write \*\*{"stop.seconds": ...} or',
    ),
    "a section that is none": ({"stop": 3}, "stop = 3: must be a group of settings"),
    "a group that is none": (
        {"optimizer": 3},
        "optimizer = 3: must be the name of a choice, or its settings",
    ),
    "a budget that is none": ({"budget": [1]}, r"budget.value = \[1\]: must be a finite number > 0"),
    "a share that is none": ({"budget": "+x%"}, r'budget = \+x%: must be a number with a %, "\+20%"'),
    "an objective that is none": (
        {"objective": 3},
        "objective = 3: must be the name of an objective, an Obj",
    ),
    "a class": (
        {"objective": gn.Objective},
        r"objective = Objective: is a class, and one of its kind is wanted: Objective\(...\)",
    ),
    "a sense of a name": (
        {"sense": "minimize"},
        "sense = minimize: belongs to a function, and the objective has",
    ),
    "progress": (
        {"progress": "br"},
        "trainer.progress = br: must be auto, bar, lines or none. Did you mean bar",
    ),
    "a callback alone": ({"callbacks": gn.Callback()}, "callbacks = .*: must be a list of objects"),
    "a callback that is none": ({"callbacks": [print]}, "callbacks = .*: must be a list of objects of subcl"),
    "a directory": ({"hydra": {"run": {"dir": "x"}}}, "hydra = .* is for runs that write a directory"),
    "an experiment": ({"experiment": "karate"}, "experiment = karate: is for runs that write a directory"),
    "a film": ({"animation": True}, "animation = true: is for runs that write a directory: use the command"),
    "a tracker": ({"logger": "tensorboard"}, "logger = tensorboard: is for runs that write a directory"),
    "checkpoints": ({"checkpoint.seconds": 3}, "checkpoint.seconds = 3: is for runs that write a directory"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_told_in_one_line(case: str) -> None:
    keywords, line = REFUSED[case]
    with pytest.raises(gn.SettingError, match=f"^{line}") as caught:
        gn.optimize(nx.path_graph(4), **{"progress": "none", **keywords})
    assert "\n" not in str(caught.value)
