"""Imports go one way, from the command line down to the errors."""

import ast
from pathlib import Path

import pytest

import gradnet_cli

PACKAGE = Path(gradnet_cli.__file__).parent

# From the bottom up. What stands in one layer does not know its neighbours: model and objectives, say.
LAYERS = [
    {"errors", "catalog", "__init__"},
    {"values", "leaves", "interruption", "liveness", "lock"},
    {"numerics", "targets", "metrics"},
    {"budget", "mask"},
    {"problem"},
    {"requirements", "checks"},
    {"network", "edge_files", "atomic"},
    {"recorded"},
    {"reconstruction"},
    {"masks", "model", "objectives"},
    {"optimizers", "metrics"},
    {"training"},
    {"report"},
    {"pruning"},
    {"scoring", "references"},
    {"comparison"},
    {"run"},
    {"directories"},
    {"spelling", "help"},
    {"composition"},
    {"job"},
    {"start"},
    {"sweeps"},
    {"launch"},
    {"repetition"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# Whatever answers bad input does so before torch is imported.
TORCH_FREE = {
    "atomic",
    "metrics",
    "errors",
    "values",
    "targets",
    "budget",
    "mask",
    "requirements",
    "problem",
    "edge_files",
    "reconstruction",
    "masks",
}
TORCH_FREE |= {
    "comparison",
    "job",
    "launch",
    "leaves",
    "lock",
    "recorded",
    "repetition",
    "catalog",
    "checks",
    "spelling",
    "help",
    "composition",
    "directories",
    "interruption",
    "liveness",
    "report",
    "start",
    "sweeps",
}


def imports(path: Path) -> set[str]:
    """Absolute names that a file imports, at its top or within functions, but not for type checkers alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.add(node.module or "")
            if node.module == "gradnet_cli":
                names |= {f"gradnet_cli.{alias.name}" for alias in node.names}
    return names


def unit(path: Path) -> str:
    """The module or folder of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(PACKAGE)) for path in FILES])
def test_imports_go_one_way(path: Path) -> None:
    own = unit(path)
    assert own in LEVEL, "a new module has a place in LAYERS"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "gradnet_cli" and len(parts) > 1 and parts[1] in LEVEL:
            other = parts[1]
            assert other == own or LEVEL[other] < LEVEL[own], f"{own} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(PACKAGE)) for path in FILES])
def test_bad_input_can_be_answered_without_torch(path: Path) -> None:
    if unit(path) in TORCH_FREE:
        assert not {name.split(".")[0] for name in imports(path)} & {"torch", "lightning"}


def test_only_training_knows_lightning() -> None:
    knowing = {unit(path) for path in FILES if "lightning" in {name.split(".")[0] for name in imports(path)}}
    assert knowing <= {"training"}
