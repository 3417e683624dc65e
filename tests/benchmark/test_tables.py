import csv
import dataclasses
import io

import pytest

from experiments.benchmark.records import read_records
from experiments.benchmark.report import results_text
from experiments.benchmark.tables import comparison_table, csv_text, product_table, ratios
from experiments.benchmark.tasks import TASKS
from tests.benchmark.about import ABOUT


@pytest.fixture
def records(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=70.0, updates=2, score=5e-4)
    return read_records([task], tmp_path)


def test_ratios_are_library_over_gradnet_run(records):
    product, library = records
    found = ratios(library, product)
    assert found["training_ratio"] == pytest.approx(3500 / 0.1)
    assert found["command_ratio"] == pytest.approx(3500 / 5.0)
    assert found["memory_ratio"] == pytest.approx(202 / 401)
    assert found["share_ratio"] is None  # the score of a scaled run is not that of the whole one


def test_a_scaled_time_and_a_quoted_score_are_labelled(records):
    scaled, quoted = comparison_table(records).splitlines()[2:4]
    assert "3,500 s *(scaled from 2 of 100 updates)*" in scaled
    assert "*not measured*" in scaled
    assert "*quoted* (1)" in quoted
    assert "0.97488" in quoted
    assert "35,010" in quoted  # 3,501 s / 0.1 s


def test_a_whole_run_needs_no_quotation(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=2000.0, updates=100, score=5.97e-4)
    table = comparison_table(read_records([task], tmp_path))
    assert "quoted" not in table
    assert "scaled" not in table
    assert "0.97490" in table


def test_failures_stand_in_the_tables(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0, status=1, error="it | broke")
    leave_library(seconds=1.0, updates=2, score=0.0, status=1)
    records = read_records([task], tmp_path)
    assert "failed with status 1: it / broke" in product_table(records)
    assert "failed with status 1: RuntimeError: no" in comparison_table(records)
    text = results_text(records, ABOUT)
    assert "## Failures" in text
    assert "Too few grids" in text


def test_rows_of_a_table_have_as_many_cells_as_its_head(records):
    for table in (comparison_table(records), product_table(records)):
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) == 1


def test_csv_holds_the_numbers_unrounded(records):
    product, library = csv.DictReader(io.StringIO(csv_text(records)))
    assert float(product["training_seconds"]) == 0.1
    assert product["training_ratio"] == ""
    assert float(library["training_ratio"]) == pytest.approx(35_000)
    assert library["scaled"] == "True"
    assert library["score"] == ""


def test_results_name_machine_date_and_commands(records):
    text = results_text(records, ABOUT)
    assert "2 cores of some processor" in text
    assert "2026-01-02 03:04 UTC" in text
    assert "gradnet-run rows=70\n" in text


def test_names_are_unique_and_settings_are_those_of_the_program(task):
    assert len({known.name for known in TASKS}) == len(TASKS)
    assert task.overrides(full=False) == ["mask=grid", "rows=70", "stop.gap=0.001"]


def test_only_the_way_that_a_figure_was_quoted_for_shows_it(records):
    product, library = records
    other = dataclasses.replace(library, method="csr")
    assert "quoted" not in comparison_table([product, other])
