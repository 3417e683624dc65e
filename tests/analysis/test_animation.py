"""Snapshots of the training, and the animation made of them."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gradnet_cli.report.files.metrics import read_metrics
from gradnet_cli.runs import snapshots
from tests.runs import run


def test_snapshots_are_what_was_scored(tmp_path: Path) -> None:
    result = run(tmp_path, "rows=4", "animation=true", "updates=5", "stop.gap=null")
    rows = read_metrics(tmp_path).set_index("step")
    paths = sorted((tmp_path / "snapshots").glob("*.npz"))
    assert [path.stem for path in paths] == [f"{step:06d}" for step in range(6)]
    for path in paths:
        with np.load(path) as snapshot:
            assert float(snapshot["score"]) == rows.loc[int(snapshot["step"]), "score"]
            assert result.problem.spent(snapshot["weights"]) == pytest.approx(16)


def test_a_long_run_leaves_few_and_evenly_spaced_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST", 5)
    run(tmp_path, "rows=3", "animation=true", "updates=43", "stop.gap=null", "stop.plateau=null")
    steps = sorted(int(path.stem) for path in (tmp_path / "snapshots").glob("*.npz"))
    assert len(steps) <= 5
    assert steps[0] == 0
    assert len(set(np.diff(steps))) == 1
    assert steps[-1] > 30


def test_none_unless_asked_for(tmp_path: Path) -> None:
    run(tmp_path, "rows=3", "updates=2")
    assert not (tmp_path / "snapshots").exists()


@pytest.mark.parametrize(
    "overrides",
    [
        ("rows=4",),
        pytest.param(("mask=complete", "nodes=5", "objective=spectral_radius"), marks=pytest.mark.slow),
        pytest.param(
            ("mask=barabasi_albert", "nodes=420", "objective=spectral_radius"), marks=pytest.mark.slow
        ),
    ],
    ids=["positions", "layout", "matrix"],
)
def test_animation_shows_every_snapshot(
    overrides: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)  # the film needs ffmpeg, which few machines have
    run(tmp_path, *overrides, "animation=true", "figures=true", "updates=3", "stop.gap=null")
    with Image.open(tmp_path / "figures" / "animation.gif") as film:
        assert film.n_frames >= 2  # equal frames become one
        assert film.n_frames <= 5
        assert max(film.size) <= 1000
    assert not (tmp_path / "figures" / "animation.mp4").exists()


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
def test_film_where_ffmpeg_is_installed(tmp_path: Path) -> None:
    run(tmp_path, "rows=3", "animation=true", "figures=true", "updates=2")
    assert (tmp_path / "figures" / "animation.mp4").read_bytes()[4:8] == b"ftyp"
