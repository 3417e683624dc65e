import dataclasses

import pytest

from experiments.benchmark.records import Record, exponent, library_record, product_record, read_records


def test_median_of_times_and_largest_memory_of_the_repeats(task, tmp_path, leave_product):
    for repeat, seconds in enumerate([0.3, 0.1, 0.2], start=1):
        leave_product(repeat, seconds=seconds, whole=10 * seconds)
    record = product_record(task, tmp_path)
    assert (record.repeats, record.training_seconds, record.command_seconds) == (3, 0.2, 2.0)
    assert record.peak_memory_mib == 403.0
    assert not record.note


def test_share_is_over_the_optimum_of_the_grid(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    record = product_record(task, tmp_path)
    assert record.limit_kind == "optimum"
    assert record.limit == pytest.approx(3 / (70**2 - 1))  # 3 b / (n^2 - 1), b = 1
    assert record.share == pytest.approx(6.12e-4 / 6.123699e-4, rel=1e-6)


def test_share_is_over_the_bound_where_no_formula_gives_the_optimum(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    other = dataclasses.replace(task, settings={"mask": "barabasi_albert", "nodes": 4900})
    record = product_record(other, tmp_path)
    assert (record.limit, record.limit_kind) == (6.13e-4, "bound")


def test_a_failed_run_is_told_and_the_others_count(task, tmp_path, leave_product):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_product(2, seconds=0.1, whole=5.0, status=1, error="out of memory")
    record = product_record(task, tmp_path)
    assert record.note == "failed with status 1: out of memory"
    assert (record.repeats, record.training_seconds) == (1, 0.1)


def test_a_brief_run_of_the_library_is_scaled_and_has_no_score(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=70.0, updates=2, score=5e-4)
    record = library_record(task, "coo", tmp_path, product=product_record(task, tmp_path))
    assert record.scaled
    assert record.training_seconds == pytest.approx(3500)
    assert record.score is None
    assert record.command_seconds is None


def test_a_whole_run_of_the_library_keeps_its_score(task, tmp_path, leave_product, leave_library):
    leave_product(1, seconds=0.1, whole=5.0)
    leave_library(seconds=3501.0, updates=100, score=5.97e-4)
    record = library_record(task, "coo", tmp_path, product=product_record(task, tmp_path))
    assert not record.scaled
    assert record.training_seconds == 3501.0
    assert record.share == pytest.approx(5.97e-4 / 6.123699e-4, rel=1e-6)


def test_nothing_run_is_said_so(task, tmp_path):
    assert [record.note for record in read_records([task], tmp_path)] == ["not run", "not run"]


@pytest.mark.parametrize("power", [0.97, 1.2])
def test_exponent_of_a_power_law(power):
    records = [
        Record(task="grid", program="gradnet-run", nodes=nodes, training_seconds=3e-6 * nodes**power)
        for nodes in (10_000, 99_856, 1_000_000)
    ]
    assert exponent(records, "training_seconds") == pytest.approx(power, abs=1e-9)
    assert exponent(records[:1], "training_seconds") is None
    assert exponent(records, "command_seconds") is None
