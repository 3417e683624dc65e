"""Tables, their CSV files and verdicts, of made-up records and of those that are published."""

import csv
import dataclasses
import io

import pytest

from experiments.benchmark.comparison import compare
from experiments.benchmark.records import Record, read_records
from experiments.benchmark.report import HERE, TABLES, failures, table_text
from experiments.benchmark.rows import csv_text, read_csv
from experiments.benchmark.tables import (
    LAMBDA_2_COLUMNS,
    OBJECTIVE_COLUMNS,
    comparison_table,
    product_table,
    scaling_text,
)
from experiments.benchmark.tasks import OBJECTIVES, TASKS
from tests.benchmark.about import ABOUT
from tests.benchmark.conftest import renamed

LAMBDA_2, OTHERS = TABLES


@pytest.fixture
def records(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=70.0, updates=2, best={"score": 5e-4}, last={"score": 4e-4})
    return read_records([task], tmp_path)


@pytest.fixture
def table_of(task):
    return lambda records: comparison_table(LAMBDA_2_COLUMNS, compare([task], records))


@pytest.fixture
def compared(club, tmp_path, leave_club):
    """The comparison on the karate club, from directories that are left as asked."""

    def of(**found):
        task = found.get("task", club)
        leave_club(**found)
        (comparison,) = compare([task], read_records([task], tmp_path))
        return comparison

    return of


def row(comparison):
    return comparison_table(OBJECTIVE_COLUMNS, [comparison]).splitlines()[2]


def test_ratios_are_library_over_gradnet_run(task, records):
    (found,) = compare([task], records)
    assert found.ratio == pytest.approx(3500 / 0.1)
    assert found.training_over_command == pytest.approx(3500 / 5.0)
    assert found.command_ratio == pytest.approx(3505 / 5.0)
    assert found.memory_ratio == pytest.approx(202 / 401)
    assert found.share_ratio is None  # the score of a scaled run is not that of the whole one
    assert (found.fast, found.good, found.verdict) == (None, None, "none")  # nothing is asked


def test_a_scaled_time_and_a_quoted_score_are_labelled(records, table_of):
    scaled, quoted = table_of(records).splitlines()[2:4]
    assert "3,500 s *(scaled from 2 of 100 updates)*" in scaled
    assert "*not measured*" in scaled
    assert "*quoted* (1)" in quoted
    assert "0.97488" in quoted
    assert "35,010" in quoted  # 3,501 s / 0.1 s


def test_a_whole_run_needs_no_quotation(task, tmp_path, leave_product, leave_library, table_of):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=2000.0, updates=100, best={"score": 5.97e-4}, last={"score": 5e-4})
    table = table_of(read_records([task], tmp_path))
    assert "quoted" not in table
    assert "scaled" not in table
    assert "0.97490" in table


def test_only_the_way_that_a_figure_was_quoted_for_shows_it(records, table_of):
    product, library = records
    assert "quoted" not in table_of([product, dataclasses.replace(library, method="csr")])


def test_failures_stand_in_the_tables(task, tmp_path, leave_product, leave_library, table_of):
    leave_product(1, seconds=0.1, whole=5.0, status=1, error="it | broke")
    leave_library(seconds=1.0, updates=2, status=1)
    records = read_records([task], tmp_path)
    assert "failed with status 1: it / broke" in product_table([task], records)
    assert "failed with status 1: RuntimeError: no" in table_of(records)
    assert failures(records) == [
        "grid_70, gradnet-run: failed with status 1: it | broke",
        "grid_70, gradnet coo: failed with status 1: RuntimeError: no",
    ]
    text = table_text(LAMBDA_2, records, ABOUT)
    assert "## Failures" in text
    assert "Too few grids" in text


def test_the_ratio_is_of_medians_and_the_verdict_of_ratio_and_network(compared):
    found = compared(seconds=2.0, library=20.0)
    assert (found.product.seconds, found.ratio, found.library.scaled) == (2.0, 10.0, False)
    assert found.command_ratio == pytest.approx(25 / 6)
    assert found.verdict == "**holds**"


def test_verdicts_say_what_is_missing(compared):
    assert "too slow" in compared(seconds=10.0).verdict
    found = compared(misplaced=2)
    assert "network not as good" in found.verdict
    assert "too slow" not in found.verdict


def test_a_repeat_that_failed_leaves_no_verdict(compared, leave_product, club):
    leave_product(4, seconds=1.0, whole=2.0, status=1, error="out of memory", task=club)
    found = compared()
    assert found.notes == ["gradnet-run: failed with status 1: out of memory"]
    assert (found.ratio, found.verdict) == (10.0, "none")


def test_a_library_that_was_stopped_is_scaled_and_said_so(compared):
    found = compared(library=20.0, updates=50)
    assert (found.library.seconds, found.library.scaled) == (100.0, True)
    assert found.library.command_seconds == 105.0
    assert "100 s *(scaled from 50 of 250 updates)*" in row(found)
    assert "*not measured*" in row(found)


def test_an_update_needs_no_scaling_and_tells_after_how_many_the_outcome_is():
    (task,) = (task for task in OBJECTIVES if task.name == "quantum_50")
    common = {"task": task.name, "measured": "an update"}
    product = Record(**common, program="gradnet-run", seconds=0.01, outcome={"score": 1.003})
    library = Record(**common, program="gradnet", method="adam", seconds=0.7, outcome={"score": 0.4})
    library = dataclasses.replace(library, updates=50, updates_whole=1600)
    (found,) = compare([task], [product, library])
    assert not library.scaled
    assert found.training_over_command is None
    text = comparison_table(OBJECTIVE_COLUMNS, [found])
    assert "0.40000 bit *after 50 of 1,600 updates* (1)" in text
    assert "| 70 | >= 50 | **holds** |" in text
    assert "0.91210" in text


def test_failures_and_missing_runs_have_no_verdict(compared, tmp_path):
    found = compared(status=1)
    assert found.notes == ["gradnet: failed with status 1: RuntimeError: no"]
    assert found.verdict == "none"
    missing = read_records(OTHERS.tasks, tmp_path)
    text = table_text(OTHERS, missing, ABOUT)
    assert "gradnet: not run; gradnet-run: not run" in text
    assert "## Failures" in text


def test_rows_of_a_table_have_as_many_cells_as_its_head(task, club, records, table_of, compared, tmp_path):
    failed = compared(status=1)
    whole = compared()
    for text in (
        table_of(records),
        table_of(read_records([task], tmp_path / "nowhere")),
        product_table([task], records),
        product_table([club], read_records([club], tmp_path / "nowhere")),
        comparison_table(OBJECTIVE_COLUMNS, [failed, whole]),
    ):
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in rows}) == 1


def test_csv_holds_the_numbers_unrounded(task, records):
    product, library = csv.DictReader(io.StringIO(csv_text([task], records)))
    assert float(product["seconds"]) == 0.1
    assert product["ratio"] == ""
    assert float(library["ratio"]) == pytest.approx(35_000)
    assert (library["scaled"], library["share"], library["asked"]) == ("True", "", "")


def test_csv_holds_outcomes_and_verdicts(club, compared):
    found = compared(library=20.0)
    rows = list(csv.DictReader(io.StringIO(csv_text([club], [found.product, found.library]))))
    assert [each["misplaced"] for each in rows] == ["1", "1"]
    verdict = {name: rows[1][name] for name in ("ratio", "asked", "fast", "good")}
    assert verdict == {"ratio": "10.0", "asked": "5", "fast": "True", "good": "True"}


def test_csv_can_be_read_again(task, club, records, compared):
    found = compared(misplaced=2)
    mixed = [*records, found.product, found.library]
    assert read_csv(csv_text([task, club], mixed)) == mixed


def test_results_name_machine_date_commit_and_commands(records):
    text = table_text(LAMBDA_2, records, ABOUT)
    assert "gradnet-run's commit: 0123456789.\n" in text
    changed = ABOUT | {"commit": {"hash": "0123456789abcdef", "modified": True}}
    assert "commit: 0123456789, with changes since.\n" in table_text(LAMBDA_2, records, changed)
    assert "commit is not known.\n" in table_text(LAMBDA_2, records, ABOUT | {"commit": None})
    assert "2 cores of some processor" in text
    assert "2026-01-02 03:04 UTC" in text
    assert "gradnet-run rows=70\n" in text


def test_names_are_unique_and_settings_are_those_of_the_program(task):
    assert len({known.name for known in TASKS}) == len(TASKS)
    assert sum(len(table.tasks) for table in TABLES) == len(TASKS)
    assert task.overrides(full=False) == ["mask=grid", "rows=70", "stop.gap=0.001"]
    brief = renamed(task, brief={"stop.seconds": 60})
    assert brief.overrides(full=False)[-1] == "stop.seconds=60"
    assert brief.overrides(full=True) == task.overrides(full=True)


@pytest.mark.parametrize("known", TASKS, ids=lambda task: task.name)
def test_the_library_takes_every_update_when_asked_for_the_full_run(known):
    names = [run.name for run in known.library]
    assert len(set(names)) == len(names)
    for run in known.library:
        assert len(run.noise) == len(run.updates)
        options = run.options(full=True)
        assert "--seconds" not in options
        first = options.index("--updates") + 1
        assert options[first : first + len(run.updates)] == [str(number) for number in run.updates]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_published_table_is_that_of_the_published_numbers(table):
    records = read_csv((HERE / f"{table.name}.csv").read_text(encoding="utf-8"))
    text = (HERE / f"{table.name}.md").read_text(encoding="utf-8")
    assert comparison_table(table.columns, compare(table.tasks, records)) in text
    assert csv_text(table.tasks, records) == (HERE / f"{table.name}.csv").read_text(encoding="utf-8")
    if table.scaling:
        assert product_table(table.tasks, records) in text
        assert scaling_text(table.scaling, records) in text
    assert {record.task for record in records} == {task.name for task in table.tasks}
    assert not failures(records)
