"""Bad input: one line that names the setting, the value and what is allowed; exit 2; nothing left behind."""

import subprocess
import sys

import pytest

from tests.quick import quick

# arguments, and what the line must say
MISTAKES = [
    (["budgte.value=3"], "budgte.value = 3: is no setting. Did you mean budget.value=3?"),
    (["rwos=5"], "Did you mean rows=5?"),
    (["sead=1"], "Did you mean seed=1?"),
    (["stop.gpa=0.1"], "Did you mean stop.gap=0.1?"),
    (["value=2"], "Did you mean budget.value=2?"),
    (["mask.rows=5"], "mask.rows = 5: is no setting. Did you mean rows=5?"),
    (["left=4"], "is a setting of mask=bipartite, not of mask=grid. Did you mean mask=bipartite left=4?"),
    (["lefft=4"], "Did you mean left=4 with mask=bipartite?"),
    (["nonsense_without_like=1"], "is no setting; gradnet-run --help lists them all"),
    (["lr=0.1"], "Did you mean optimizer.lr=0.1 with optimizer=adam?"),
    (["max_updates=4"], "Did you mean updates=4?"),
    (["objective=kuramoto"], "Did you mean objective=kuramoto_synchrony?"),
    (["+foo=1"], "foo = 1: is no setting"),
    (["hydra.run.dirr=x"], "Did you mean hydra.run.dir=x?"),
    (["objektive=algebraic_conectivity"], "Did you mean objective=algebraic_connectivity?"),
    (["mask=gird"], "mask = gird: must be barabasi_albert, bipartite"),
    (["mask=gird"], "Did you mean mask=grid?"),
    (["mask=[grid]"], "mask = [grid]: must be"),
    (["budget=3"], "budget = 3: must be none, per_node, relative or total. Did you mean budget.value=3?"),
    (["experiment=grid_7"], "Did you mean experiment=grid_70?"),
    (["rows"], "rows: must have the form setting=value. Did you mean rows=...?"),
    (["rows=[1"], "rows = [1: cannot be read"),
    (["rows=4,5"], "rows = 4,5: is several values, which make a sweep: add -m"),
    (["mask=edge_list", "path=a,b.csv"], "path = a,b.csv: is several values"),
    (["mask=edge_list", "path=a,b.csv"], "a text with commas as 'path=\"a,b.csv\"'"),
    (["cols=${nowhere}"], "cols"),
    (["hydra/launcher=nowhere"], "hydra/launcher/nowhere"),
    (["--mulitrun"], "--mulitrun: is no flag; gradnet-run --help lists them. Did you mean --multirun?"),
    (["--config-dir", "nowhere"], "--config-dir = nowhere: must be a directory that exists"),
    (["--config-dir"], "expected one argument"),
    (["--config-path", "conf"], "--config-path: is no flag"),
    (["--cfg", "job", "rwos=5"], "Did you mean rows=5?"),
    (["--cfg", "job", "-m"], "leave out -m"),
    (["mask=gird", "--help"], "Did you mean grid?"),
    (["budget.value=-1"], "budget.value = -1: must be a finite number > 0"),
    (["budget.value=0"], "budget.value = 0: must be a finite number > 0"),
    (["budget.value=nan"], "budget.value = .nan: must be a finite number > 0"),
    (["budget.value=inf"], "budget.value = .inf: must be a finite number > 0"),
    (["budget.value=much"], "budget.value = much: must be a finite number > 0"),
    (["budget.value=true"], "budget.value = true: must be a finite number > 0"),
    (["budget.value=null"], "budget.value = null: must be a finite number > 0"),
    (["budget=none", "budget.value=1"], "budget.value = 1: must be null"),
    (["budget.rule=exactly"], "Did you mean exact?"),
    (["budget.p=0.5"], "budget.p = 0.5: must be a finite number >= 1"),
    (["signs.change=up"], "signs.change = up: must be any, increase or decrease"),
    (["seed=-1"], "seed = -1: must be an integer >= 0"),
    (["updates=1.5"], "updates = 1.5: must be an integer >= 0"),
    (["dtype=float46"], "dtype = float46: must be float64 or float32. Did you mean float64?"),
    (["figures=maybe"], "figures.draw = maybe: must be true or false"),
    (["stop.gap=1"], "stop.gap = 1: must be a number between 0 and 1, both excluded, or null"),
    (["stop.seconds=0"], "stop.seconds = 0: must be a finite number > 0 (seconds), or null"),
    (["stop.plateau=0"], "stop.plateau = 0: must be an integer >= 1, or null"),
    (["stop=3"], "stop = 3: must be a group of settings"),
    (["trainer.accelerator=gpuu"], "Did you mean gpu?"),
    (["trainer.threads=0"], "trainer.threads = 0: must be an integer >= 1, or null"),
    (["-m", "rows=4,5", "budgte.value=3"], "Did you mean budget.value=3?"),
    (["-m", "mask=grid,gird"], "Did you mean mask=grid?"),
    (["-m", "budget.value=1,-1"], "budget.value = -1: must be a finite number > 0"),
    (["rows=1"], "rows = 1: must be an integer >= 2"),
    (["mask=edge_list"], "path = null"),
    (["mask=edge_list", "path=nowhere.csv"], "path = nowhere.csv"),
    (["rows=100", "objective.solver=dense"], "objective.solver = dense"),
]


@pytest.mark.parametrize(("arguments", "says"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES])
def test_mistake_is_told_in_one_line(command, here, arguments: list[str], says: str) -> None:
    answer = command(*arguments)
    assert answer.exit_status == 2
    assert answer.out == ""
    assert answer.err.startswith("gradnet-run: ")
    assert answer.err.count("\n") == 1
    assert says in answer.err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("word", ["upper", "lower", "n", "dir", "epochs"])
def test_nothing_far_fetched_is_proposed(command, word: str) -> None:
    answer = command(f"{word}=5")
    assert answer.exit_status == 2
    assert answer.err == f"gradnet-run: {word} = 5: is no setting; gradnet-run --help lists them all\n"


def test_the_last_part_of_a_name_is_enough_for_a_proposal(command) -> None:
    assert (
        command("weight=5").err == "gradnet-run: weight = 5: is no setting. Did you mean limits.weight=5?\n"
    )


def test_a_mistyped_setting_in_an_experiment_is_not_ignored(command, here) -> None:
    experiment = here / "mine" / "experiment"
    experiment.mkdir(parents=True)
    (experiment / "study.yaml").write_text(
        "# @package _global_\n# A study.\nstop:\n  gpa: 0.1  # typing error\n"
    )
    answer = command("--config-dir", "mine", "experiment=study")
    assert answer.exit_status == 2
    assert (
        "stop.gpa = 0.1: is no setting (given in experiment=study). Did you mean stop.gap=0.1?" in answer.err
    )


def test_a_users_file_cannot_hide_behind_one_of_the_programs(command, here) -> None:
    (here / "mine" / "mask").mkdir(parents=True)
    (here / "mine" / "mask" / "grid.yaml").write_text("# @package _global_\n# Mine.\n")
    answer = command("--config-dir", "mine")
    assert answer.exit_status == 2
    assert "holds mask/grid.yaml, a name that the program uses itself; rename it" in answer.err


def test_malformed_yaml_of_the_users(command, here) -> None:
    (here / "mine" / "mask").mkdir(parents=True)
    (here / "mine" / "mask" / "broken.yaml").write_text("# @package _global_\nmask: [\n")
    answer = command("--config-dir", "mine", "mask=broken")
    assert answer.exit_status == 2
    assert answer.err.count("\n") == 1
    assert "broken.yaml" in answer.err


@pytest.mark.parametrize("argument", quick(["budgte.value=3", "budget.value=-1", "mask=gird"], 1))
def test_mistake_is_answered_without_torch(here, argument: str) -> None:
    code = (
        f"import sys; sys.argv = ['', '{argument}']; from gradnet_cli.cli.command import main; "
        "status = main();"
        "print(status, [name for name in ('torch', 'lightning', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=here)
    assert done.stdout == "2 []\n"


def test_installed_command_answers_a_mistake(installed, here) -> None:
    answer = installed("budgte.value=3")
    assert answer.exit_status == 2
    assert answer.err == "gradnet-run: budgte.value = 3: is no setting. Did you mean budget.value=3?\n"
    assert list(here.iterdir()) == []
