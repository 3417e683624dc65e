"""Every mask in conf/mask is found by globbing, composed with its defaults, built and checked.

Its defaults are small enough for that. A mask with the setting ``path`` is given a small file.
"""

import importlib
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from gradnet_cli.errors import SettingError
from gradnet_cli.problem import Mask, Problem
from gradnet_cli.problem.candidates import offer_candidates
from gradnet_cli.problem.masks import build_mask
from gradnet_cli.settings.budget import Signs
from gradnet_cli.settings.limits import Limits
from gradnet_cli.settings.plugins import Plugin
from gradnet_cli.settings.settings import OF_ANY_MASK

ROOT = Path(__file__).parents[2]
CONF = ROOT / "conf"
STEMS = sorted(path.stem for path in (CONF / "mask").glob("*.yaml"))
FILES = sorted(path.stem for path in (ROOT / "gradnet_cli" / "problem" / "masks").glob("[!_]*.py"))
LARGEST_DEFAULT = 5000  # edges; `gradnet-run mask=NAME` should be quick


def composed(stem: str, *overrides: str) -> DictConfig:
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return compose("config", [f"mask={stem}", *overrides])


def built(stem: str, folder: Path, *overrides: str) -> Mask:
    cfg = composed(stem, *overrides)
    if "path" in cfg.mask.settings:
        content = "Source,Target,Type,Weight,x,y\n0,1,Undirected,1,0,0\n1,2,Undirected,2,3,4\n"
        (folder / "edges.csv").write_text(content)
        cfg.path = str(folder / "edges.csv")
    plain = OmegaConf.to_container(cfg, resolve=True)
    assert isinstance(plain, dict)
    return build_mask(Plugin.from_mapping("mask", plain["mask"], root=plain, name=stem), seed=plain["seed"])


@pytest.mark.parametrize("stem", STEMS)
class TestMask:
    def test_keeps_its_promises(self, stem: str, tmp_path: Path) -> None:
        mask = built(stem, tmp_path)
        budget = {"kind": "per_node", "value": 1.0}
        Problem.build(mask=mask, budget=budget, signs={})  # checks the mask
        assert mask.name == stem
        assert 1 <= mask.edges <= LARGEST_DEFAULT

    def test_is_reproducible(self, stem: str, tmp_path: Path) -> None:
        first, second = built(stem, tmp_path), built(stem, tmp_path)
        np.testing.assert_array_equal(first.edge_index, second.edge_index)
        np.testing.assert_array_equal(first.cost, second.cost)

    def test_it_can_be_a_base_network(self, stem: str, tmp_path: Path) -> None:
        """All pairs are candidates beside it, and what it says of nodes and edges still holds."""
        mask = built(stem, tmp_path)
        pairs = mask.nodes * (mask.nodes - 1) // 2
        for candidates, expected in (("all", pairs), ("complement", pairs - mask.edges)):

            def offer(candidates: str = candidates) -> tuple[Mask, Limits]:
                return offer_candidates(mask, Limits(), Signs(), candidates=candidates, given=False)

            if expected == 0:
                with pytest.raises(SettingError, match="candidates = complement: leaves no pair"):
                    offer()
                continue
            whole, limits = offer()
            budget = {"kind": "per_node", "value": 1.0}
            problem = Problem.build(mask=whole, budget=budget, signs={}, limits=limits)
            assert int((problem.lower < problem.upper).sum()) == expected
            assert problem.base.sum() == mask.edges

    def test_its_default_is_connected(self, stem: str, tmp_path: Path) -> None:
        """Else `gradnet-run mask=NAME` would end in an error."""
        from gradnet_cli.problem.requirements import check_requirements

        problem = Problem.build(mask=built(stem, tmp_path), budget={"kind": "none"}, signs={})
        check_requirements(problem, ["connected"])

    def test_a_seed_of_its_own_changes_random_graphs_only(self, stem: str, tmp_path: Path) -> None:
        seeded = "graph_seed" in composed(stem).mask.settings
        first, other = built(stem, tmp_path), built(stem, tmp_path, "seed=12345")
        same = np.array_equal(first.edge_index, other.edge_index)
        assert same != seeded or stem == "networkx"  # whose default generator draws nothing

    def test_yaml_hands_over_its_own_settings(self, stem: str, tmp_path: Path) -> None:
        own = OmegaConf.load(CONF / "mask" / f"{stem}.yaml")
        assert isinstance(own, DictConfig)
        of_any = set(OF_ANY_MASK)
        assert set(own) - {"mask"} - of_any == set(own.mask.settings) - of_any

    def test_file_and_yaml_have_the_same_stem(self, stem: str, tmp_path: Path) -> None:
        target = OmegaConf.load(CONF / "mask" / f"{stem}.yaml").mask._target_
        assert target == f"gradnet_cli.problem.masks.{stem}.build"
        assert importlib.import_module(f"gradnet_cli.problem.masks.{stem}").__doc__

    def test_yaml_says_what_each_setting_means(self, stem: str, tmp_path: Path) -> None:
        lines = (CONF / "mask" / f"{stem}.yaml").read_text().splitlines()
        assert lines[0] == "# @package _global_"
        assert lines[1].startswith("# ")
        for line in lines[2:]:
            assert not line or line == "mask:" or " # " in line or line.startswith("# Also: "), line


def test_every_file_has_its_yaml() -> None:
    assert FILES == STEMS
