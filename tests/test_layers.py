"""Imports go one way, from the command line down to the errors."""

import ast
from functools import cache
from pathlib import Path

import gradnet_cli

PACKAGE = Path(gradnet_cli.__file__).parent

# The rooms of the house, from the ground up: a file may import from its own room and from those before it.
ROOMS = (
    "errors",
    "numerics",
    "settings",
    "problem",
    "datasets",
    "model",
    "objectives",
    "optimizers",
    "training",
    "result",
    "solve",
    "report",
    "runs",
    "sweeps",
    "cli",
    "__main__",
)
CORE = ROOMS[: ROOMS.index("solve") + 1]
# Bad input is answered by these before torch is imported.
TORCH_FREE = {"errors", "settings", "problem", "datasets", "report", "cli", "sweeps"}


@cache
def imports(path: Path, *, at_once: bool = False) -> frozenset[str]:
    """Absolute names that a file imports, at its top or within functions, but not for type checkers alone.

    `at_once` leaves out those within functions.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
        if at_once and isinstance(node, ast.FunctionDef):
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
    return frozenset(names)


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def room(path: Path) -> str:
    """The module or folder at the root of the package that a file belongs to.

    An objective's own figures lie beside it, and belong to the report.
    """
    own, *below = path.relative_to(PACKAGE).parts
    return "report" if own == "objectives" and "figures" in below else own.removesuffix(".py")


FILES = sorted(path for path in PACKAGE.rglob("*.py") if room(path) != "__init__")


def test_every_room_has_its_place() -> None:
    assert {room(path) for path in FILES} <= set(ROOMS)


def test_imports_go_one_way() -> None:
    for path in FILES:
        own = room(path)
        named = [name.split(".") for name in imports(path)]
        others = {parts[1] for parts in named if parts[0] == "gradnet_cli" and parts[1:]}
        for other in others & set(ROOMS):
            assert ROOMS.index(other) <= ROOMS.index(own), f"{path}: {own} imports {other}"


def test_bad_input_can_be_answered_without_torch() -> None:
    early = [path for path in FILES if room(path) in TORCH_FREE]
    assert not [path for path in early if packages(path) & {"torch", "lightning"}]


def test_core_knows_no_hydra() -> None:
    core = [path for path in FILES if room(path) in CORE and room(path) != "settings"]
    assert not [path for path in core if packages(path) & {"hydra", "omegaconf"}]


def test_only_training_knows_lightning() -> None:
    assert {room(path) for path in FILES if "lightning" in packages(path)} == {"training"}


def test_an_objectives_figures_are_known_to_it_alone_and_loaded_when_they_are_drawn() -> None:
    for path in FILES:
        for name in imports(path):
            if name.startswith("gradnet_cli.objectives.") and ".figures" in name:
                home = PACKAGE.parent.joinpath(*name.split(".figures")[0].split("."))
                known = path == home / "objective.py" or path.is_relative_to(home / "figures")
                assert known, f"{path} imports {name}"
                assert room(path) == "report" or name not in imports(path, at_once=True), f"{path}: {name}"


def test_core_draws_nothing() -> None:
    assert not [path for path in FILES if room(path) in CORE and "matplotlib" in packages(path)]
