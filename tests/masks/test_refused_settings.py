"""What masks refuse: one line that names the setting, its value and what is allowed."""

import math
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf, open_dict

from gradnet_cli.errors import InputFileError, SettingError
from gradnet_cli.problem import Mask
from gradnet_cli.problem.masks import build_mask
from gradnet_cli.settings.plugins import Plugin
from tests.runs import composed, settings_of

# What every mask may be given stands in the root of the configuration.
OF_ANY = {"node_path": None, "cost_power": 1.0, "distance": "auto"}
CONF = Path(__file__).parents[2] / "conf" / "mask"


def build(stem: str, **settings: Any) -> None:
    cfg = OmegaConf.merge({"seed": 0, **OF_ANY}, OmegaConf.load(CONF / f"{stem}.yaml"), settings)
    plain = OmegaConf.to_container(cfg, resolve=True)
    assert isinstance(plain, dict)
    built(plain["mask"], plain)  # type: ignore[index]


def built(mask: object, root: dict[Any, Any]) -> Mask:
    return build_mask(Plugin.from_mapping("mask", mask, root=root), seed=root.get("seed", 0))


@pytest.mark.parametrize(
    ("stem", "settings", "message"),
    [
        ("grid", {"rows": 1}, "rows = 1: must be an integer >= 2"),
        ("grid", {"rows": 2.5}, "rows = 2.5: must be an integer >= 2"),
        ("grid", {"rows": True}, "rows = true: must be an integer >= 2"),
        ("grid", {"rows": "many"}, "rows = many: must be an integer >= 2"),
        ("grid", {"rows": None}, "rows = null: must be an integer >= 2"),
        ("grid", {"rows": math.nan}, "rows = .nan: must be an integer >= 2"),
        ("grid", {"cols": 0}, "cols = 0: must be an integer >= 1"),
        ("grid", {"further": 5}, "further = 5: must be a list of integers >= 1, like [5, 4]"),
        ("grid", {"further": [5, 0]}, "further = [5, 0]: must be a list of integers >= 1, like [5, 4]"),
        ("grid", {"periodic": "yes"}, "periodic = yes: must be true or false"),
        ("grid", {"rows": 10**6}, "rows = 1000000: makes 1,000,000,000,000 nodes"),
        ("complete", {"nodes": 50_000}, "nodes = 50000: makes 50,000 nodes and 1,249,975,000 edges; at most"),
        ("complete", {"nodes": 1}, "nodes = 1: must be an integer >= 2"),
        ("complete", {"directed": 1}, "directed = 1: must be true or false"),
        ("bipartite", {"right": 0}, "right = 0: must be an integer >= 1"),
        ("erdos_renyi", {"probability": 0}, "probability = 0: must be a finite number > 0 and <= 1"),
        ("erdos_renyi", {"probability": 1.5}, "probability = 1.5: must be a finite number"),
        ("erdos_renyi", {"graph_seed": -1}, "graph_seed = -1: must be an integer >= 0"),
        ("random_geometric", {"radius": -0.1}, "radius = -0.1: must be a finite number > 0"),
        ("random_geometric", {"radius": math.inf}, "radius = .inf: must be a finite number > 0"),
        ("random_geometric", {"side": 0}, "side = 0: must be a finite number > 0 (length of the box)"),
        ("random_geometric", {"dimensions": 17}, "dimensions = 17: must be an integer >= 1 and <= 16"),
        ("random_geometric", {"nodes": 10**5, "radius": 1.0}, "radius = 1.0: makes 100,000 nodes and"),
        ("random_regular", {"degree": 100}, "degree = 100: must be an integer >= 1 and <= 99"),
        ("random_regular", {"nodes": 9, "degree": 3}, "degree = 3: must be even"),
        ("barabasi_albert", {"attachment": 0}, "attachment = 0: must be an integer >= 1"),
        ("fenna_matthews_olson", {"base": "coupling"}, "base = coupling: must be none or couplings. Did you"),
        ("karate", {"base": "weight"}, "base = weight: must be none or weights. Did you mean weights?"),
        (
            "networkx",
            {"generator": "wats_strogatz_graph"},
            "generator = wats_strogatz_graph: must be a graph generator of networkx, such as "
            "watts_strogatz_graph. Did you mean watts_strogatz_graph?",
        ),
        ("networkx", {"generator": "cycle"}, "Did you mean cycle_graph?"),
        ("networkx", {"generator": "read_gpickle"}, "generator = read_gpickle: must be a graph generator"),
        ("networkx", {"generator": "cycle_graph"}, "arguments.n = null: must be given: cycle_graph has n"),
        (
            "networkx",
            {"generator": "cycle_graph", "arguments": {"m": 3}},
            "arguments.m = 3: is unknown; cycle_graph has n",
        ),
        (
            "networkx",
            {"generator": "cycle_graph", "arguments": {"n": -3}},
            "arguments = {'n': -3}: cannot be used by cycle_graph",
        ),
        ("networkx", {"arguments": 3}, "arguments = 3: must be null or the generator's arguments by name"),
        (
            "networkx",
            {"generator": "random_powerlaw_tree_sequence", "arguments": {"n": 8, "tries": 10000}},
            "generator = random_powerlaw_tree_sequence: must return a graph, not list",
        ),
        ("edge_list", {}, "path = null: must be the path of a file"),
        ("triangular", {"rows": 5, "periodic": True}, "rows = 5: must be even where periodic=true"),
        ("triangular", {"rows": 4, "cols": 2, "periodic": True}, "cols = 2: must be an integer >= 3"),
        ("triangular", {"rows": 10**5}, "rows = 100000: makes 10,000,000,000 nodes"),
        ("hexagonal", {"rows": 3, "periodic": True}, "rows = 3: must be even where periodic=true"),
        ("hexagonal", {"rows": 0}, "rows = 0: must be an integer >= 1"),
        ("hypercube", {"dimensions": 25}, "dimensions = 25: must be an integer >= 1 and <= 24"),
        ("hypercube", {"dimensions": 23}, "dimensions = 23: makes 8,388,608 nodes and 96,468,992 edges"),
        ("layered", {"layers": [5]}, "layers = [5]: must have at least two layers, like [4, 8, 2]"),
        ("layered", {"layers": [5, 0]}, "layers = [5, 0]: must be a list of integers >= 1"),
        ("layered", {"layers": [10**4, 10**4]}, "makes 20,000 nodes and 100,000,000 edges"),
        ("layered", {"skip": -1}, "skip = -1: must be an integer >= 0"),
        ("stochastic_block", {"blocks": [1]}, "blocks = [1]: must have at least two nodes"),
        ("stochastic_block", {"blocks": [10**5] * 2, "p_in": 0.5}, "edges; at most"),
        ("stochastic_block", {"p_in": 1.5}, "p_in = 1.5: must be a finite number >= 0 and <= 1"),
        (
            "stochastic_block",
            {"blocks": [3, 3], "probabilities": [[1, 0.5]]},
            "must be null or a 2 x 2 matrix of numbers from 0 to 1, a row a block",
        ),
        (
            "stochastic_block",
            {"blocks": [3, 3], "probabilities": [[1, 2], [2, 1]]},
            "must be null or a 2 x 2",
        ),
        (
            "stochastic_block",
            {"blocks": [3, 3], "probabilities": [[1, 0.5], [0.2, 1]]},
            "must be symmetric unless directed=true: between blocks 0 and 1 it is 0.5 and 0.2",
        ),
        ("watts_strogatz", {"neighbours": 3}, "neighbours = 3: must be even"),
        (
            "watts_strogatz",
            {"nodes": 10, "neighbours": 10},
            "neighbours = 10: must be an integer >= 2 and <= 9",
        ),
        (
            "watts_strogatz",
            {"probability": -0.1},
            "probability = -0.1: must be a finite number >= 0 and <= 1",
        ),
        ("tree", {"branching": 1}, "branching = 1: must be an integer >= 2"),
        ("tree", {"height": 30}, "height = 30: makes 2,147,483,647 nodes"),
        (
            "random_tree",
            {"draw": "unifrm"},
            "draw = unifrm: must be uniform, preferential or recursive. Did you",
        ),
    ],
)
def test_settings(stem: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError) as caught:
        build(stem, **settings)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


class TestBuildMask:
    def test_unknown_key_beside_the_target(self) -> None:
        cfg = composed("rows=3")
        with open_dict(cfg):
            cfg.mask.row = 3
        with pytest.raises(
            SettingError, match=r"mask\.row = 3: .*stand at the top level\. Did you mean rows\?"
        ):
            settings_of(cfg)

    def test_setting_that_is_not_there(self) -> None:
        cfg = {
            "rows": 3,
            "mask": {"_target_": "gradnet_cli.problem.masks.grid.build", "settings": ["rows", "cols"]},
        }
        with pytest.raises(SettingError, match=r"cols = null: must be given"):
            built(cfg["mask"], cfg)

    def test_setting_that_is_not_listed(self) -> None:
        cfg = {
            "rows": 3,
            "cols": 3,
            "mask": {"_target_": "gradnet_cli.problem.masks.grid.build", "settings": ["rows"]},
        }
        with pytest.raises(
            SettingError, match=r"cols = null: must be given: gradnet_cli.problem.masks.grid.build needs"
        ):
            built(cfg["mask"], cfg)

    def test_setting_that_the_target_does_not_know(self) -> None:
        settings = ["rows", "cols", "periodc"]
        cfg = {
            "rows": 3,
            "cols": 3,
            "periodc": True,
            "mask": {"_target_": "gradnet_cli.problem.masks.grid.build", "settings": settings},
        }
        with pytest.raises(SettingError, match=r"periodc = true: is unknown .* Did you mean periodic\?"):
            built(cfg["mask"], cfg)

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            (None, "must be an import path"),
            ("build", "must be an import path"),
            ("no_such_module_here.build", "cannot be imported: ModuleNotFoundError"),
            (
                "gradnet_cli.problem.masks.grid.biuld",
                "names nothing that can be called .*Did you mean build?",
            ),
            ("gradnet_cli.problem.masks.grid.__doc__", "names nothing that can be called"),
            ("builtins.max", "cannot be called by name"),
            ("os.getpid", "must build a gradnet_cli.Mask, not int"),
        ],
    )
    def test_bad_target(self, target: object, message: str) -> None:
        with pytest.raises(SettingError, match=message):
            built({"_target_": target, "settings": []}, {})

    def test_module_in_the_current_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "star_mask_for_test.py").write_text(
            "import numpy as np\nfrom gradnet_cli.problem import Mask\n"
            "def build(*, leaves, seed):\n"
            "    edges = np.stack([np.zeros(leaves, dtype=int), 1 + np.arange(leaves)])\n"
            "    return Mask.from_edges(name=f'star {seed}', nodes=leaves + 1, edges=edges)\n"
        )
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.path", [*sys.path])
        cfg = {"_target_": "star_mask_for_test.build", "settings": ["leaves"]}
        mask = built(cfg, {"leaves": 4, "seed": 7})
        assert (mask.name, mask.nodes, mask.edges) == ("star 7", 5, 4)

    def test_an_error_inside_a_mask_is_not_hidden(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "broken_mask_for_test.py").write_text("def build(*, n):\n    return n + ''\n")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.path", [*sys.path])
        with pytest.raises(TypeError, match="unsupported operand"):
            built({"_target_": "broken_mask_for_test.build", "settings": ["n"]}, {"n": 3})


def test_errors_travel_between_processes() -> None:
    first = SettingError(setting="rows", value=1, allowed="must be an integer >= 2", hint="cols")
    other = InputFileError(setting="path", path="net.csv", allowed="is odd", line=7)
    for error in (first, other):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(other) == "path = net.csv, line 7: is odd"
