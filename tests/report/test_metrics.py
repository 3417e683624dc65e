import numpy as np
import pytest

from gradnet_cli.report.files.metrics import MetricsWriter, read_metrics


def test_rows_are_readable_while_the_run_goes_on(tmp_path):
    writer = MetricsWriter(directory=tmp_path)
    for step in range(1, 4):
        writer.append(
            step=step, seconds=0.5 * step, score=1 / step, bound=2.0, gap=0.1, metrics={"m": np.float64(step)}
        )
        text = (tmp_path / "metrics.csv").read_text()
        assert text.endswith("\n")
        assert len(text.splitlines()) == step + 1
        assert read_metrics(tmp_path)["step"].tolist() == [*range(1, step + 1)]
    writer.close()
    assert text.splitlines()[:2] == ["step,seconds,score,bound,gap,m", "1,0.5,1.0,2.0,0.1,1.0"]


def test_numbers_come_back_exactly(tmp_path):
    rng = np.random.default_rng(0)
    scores = rng.lognormal(sigma=30, size=200)
    with MetricsWriter(directory=tmp_path) as writer:
        for step, score in enumerate(scores):
            writer.append(step=step, seconds=0.0, score=score)
    assert read_metrics(tmp_path)["score"].to_numpy().tobytes() == scores.tobytes()


def test_what_is_missing_is_an_empty_cell(tmp_path):
    with MetricsWriter(directory=tmp_path) as writer:
        writer.append(step=1, seconds=0.0, score=1.0, metrics={"a": 1.0})
        writer.append(step=2, seconds=0.0, score=float("nan"), metrics={"a": None})
        writer.append(step=3, seconds=0.0, score=float("inf"))
    assert (tmp_path / "metrics.csv").read_text().splitlines()[1:] == [
        "1,0.0,1.0,,,1.0",
        "2,0.0,nan,,,",
        "3,0.0,inf,,,",
    ]
    table = read_metrics(tmp_path)
    assert table["bound"].isna().all()
    assert table["a"].isna().tolist() == [False, True, True]


def test_a_key_that_turns_up_later_widens_the_table(tmp_path):
    with MetricsWriter(directory=tmp_path) as writer:
        writer.append(step=1, seconds=0.0, score=1.0, metrics={"a": 1.0})
        writer.append(step=2, seconds=0.0, score=2.0, metrics={"b, c": 5.0})
        writer.append(step=3, seconds=0.0, score=3.0, metrics={"a": 2.0, "b, c": 6.0})
    table = read_metrics(tmp_path)
    assert list(table) == ["step", "seconds", "score", "bound", "gap", "a", "b, c"]
    assert table["score"].tolist() == [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(table["a"], [1.0, np.nan, 2.0])
    np.testing.assert_array_equal(table["b, c"], [np.nan, 5.0, 6.0])
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.csv"]


def test_a_line_cut_short_is_left_out(tmp_path, samples):
    samples.course(tmp_path, rows=3)
    path = tmp_path / "metrics.csv"
    path.write_text(path.read_text() + "4,0.4,0.")
    assert read_metrics(tmp_path)["step"].tolist() == [1, 2, 3]


def test_no_file_is_an_empty_table(tmp_path):
    assert len(read_metrics(tmp_path)) == 0
    assert "score" in read_metrics(tmp_path)


def test_a_metric_cannot_take_the_name_of_a_column(tmp_path):
    with MetricsWriter(directory=tmp_path) as writer, pytest.raises(ValueError, match="score"):
        writer.append(step=1, seconds=0.0, score=1.0, metrics={"score": 2.0})
