"""report.html without a browser: it is well formed, agrees with the files, and lets nothing in or out."""

import json
import shlex

import numpy as np
import pytest
from PIL import Image

from gradnet_cli.problem.masks import grid
from gradnet_cli.report.compared import gain
from gradnet_cli.report.html import write_run_report
from gradnet_cli.report.html.answer import proof
from gradnet_cli.report.html.pictures import pictures
from tests.report.pages import EVIL, Page, leave_run
from tests.work import calls


@pytest.fixture
def page(samples, grid_result, tmp_path):
    """The page of a finished run."""
    leave_run(tmp_path / "run", grid_result, samples.course)
    write_run_report(tmp_path / "run")
    return Page(tmp_path / "run" / "report.html")


def test_the_page_says_what_the_summary_says(page, tmp_path):
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    for name in ("score", "bound"):
        assert f"{summary[name]:.7g}" in page.text
    assert "No network within these settings can score above 0.003337" in page.text
    assert "within 0.012 % of that" in page.text
    assert "+17.8 %" in page.text
    assert "40 of 40" in page.text
    assert "gap reached" in page.text
    assert "multiplicity 2" in page.text
    assert "gradnet-run rows=5" in page.text
    assert "gradnet-run rerun=run" in page.text
    assert "Every setting is the default." in page.text


def test_the_view_holds_the_network(page, grid_result):
    data = page.data("network-data")
    edges = {(i, j): w for i, j, w in zip(data["source"], data["target"], data["weight"], strict=True)}
    listed = zip(*grid_result.problem.edge_index.tolist(), grid_result.weights.tolist(), strict=True)
    assert edges == {(i, j): pytest.approx(w, rel=1e-5) for i, j, w in listed}
    assert (data["x"][7], data["y"][7]) == (2, 1)
    assert data["columns"][0] == {"name": "Id", "numeric": True, "values": list(range(25))}
    assert not data["directed"]
    assert not data["exceeded"]


def test_nothing_leaves_the_page_and_no_other_script_runs(page):
    addresses = page.attributes("href") + page.attributes("src")
    assert all(address.startswith(("#", "./", "data:")) for address in addresses)
    assert "http:" not in page.source.replace("http://www.w3.org", "")
    assert "https:" not in page.source
    policy = next(found["content"] for tag, found in page.elements if "http-equiv" in found)
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "script-src 'sha256-" in policy
    assert not any(name.startswith("on") for _, found in page.elements for name in found)


def test_headings_and_controls_can_be_found_without_seeing_them(page):
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(tag) for tag in ("h1", "main", "nav", "canvas")] == [1, 1, 1, 2]
    ids = page.attributes("id")
    assert len(set(ids)) == len(ids)
    for name in ("aria-labelledby", "aria-describedby", "for"):
        assert {part for value in page.attributes(name) for part in value.split()} <= set(ids)
    assert {address[1:] for address in page.attributes("href") if address[0] == "#"} <= set(ids)
    assert ("html", {"lang": "en"}) in page.elements


def test_every_linked_file_is_there(page, tmp_path):
    linked = [address for address in page.attributes("href") if address.startswith("./")]
    assert len(linked) >= 9
    assert all((tmp_path / "run" / address).is_file() for address in linked)


def test_figures_are_part_of_the_page(samples, grid_result, tmp_path):
    leave_run(tmp_path / "run", grid_result, samples.course, figures=True)
    write_run_report(tmp_path / "run")
    page = Page(tmp_path / "run" / "report.html")
    images = [found for tag, found in page.elements if tag == "img"]
    assert len(images) == 4
    assert all(found["src"].startswith("data:image/") and len(found["alt"]) > 20 for found in images)
    assert images[0]["alt"] == "Figure: network. The network as drawn by its own geometry."
    with Image.open(tmp_path / "run" / "figures" / "network.png") as network:
        assert (images[0]["width"], images[0]["height"]) == tuple(map(str, network.size))
    assert len(page.source) < 2_000_000


def test_pictures_tell_their_size_and_caption(tmp_path):
    (tmp_path / "figures").mkdir()
    film = Image.new("P", (240, 120))
    film.save(tmp_path / "figures" / "animation.gif", comment="The network, as λ₂ grew.")
    Image.new("L", (30, 20)).save(tmp_path / "figures" / "plain.png")
    (tmp_path / "figures" / "plain.svg").write_text("<svg/>")
    (tmp_path / "figures" / "spoilt.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(99)))
    (tmp_path / "figures" / "alone.svg").write_text("<svg/>")
    found = {each.name: (each.width, each.height, each.caption) for each in pictures(tmp_path)}
    assert found == {
        "alone": (1, 1, ""),
        "plain": (30, 20, ""),
        "spoilt": (1, 1, ""),
        "animation": (240, 120, "The network, as λ₂ grew."),
    }


def test_a_films_size_is_kept_out(samples, grid_result, tmp_path, monkeypatch):
    monkeypatch.setattr("gradnet_cli.report.html.pictures.MOST_BYTES", 100)
    leave_run(tmp_path / "run", grid_result)
    (tmp_path / "run" / "figures").mkdir()
    (tmp_path / "run" / "figures" / "animation.gif").write_bytes(b"GIF89a" + bytes(200))
    write_run_report(tmp_path / "run")
    page = Page(tmp_path / "run" / "report.html")
    assert "Too large to be part of this page." in page.text
    assert "./figures/animation.gif" in page.attributes("href")


def test_differences_from_the_defaults_come_with_their_meaning(samples, grid_result, tmp_path):
    config = {"seed": 7, "stop": {"gap": "1e-3", "plateau": None, "improvement": 1e-6, "seconds": None}}
    leave_run(tmp_path / "run", grid_result, choices={"experiment": "karate"}, config=config)
    write_run_report(tmp_path / "run")
    text = Page(tmp_path / "run" / "report.html").text
    assert "seed 7 0 seed of every random number" in text
    assert "stop.plateau null 100" in text
    assert "experiment karate null" in text
    assert "stop.gap 1e-3" not in text  # the same number as the default


def test_texts_of_strangers_stay_texts(samples, tmp_path):
    labels = np.array([EVIL, "b", "c"])
    mask = samples.mask(
        [(0, 1), (1, 2)], nodes=3, labels=labels, node_data={EVIL: np.array([EVIL, "x", "y"])}
    )
    result = samples.result(mask, objective=EVIL, stop_reason=EVIL, metrics={EVIL: 1.0})
    leave_run(
        tmp_path / "run",
        result,
        state="failed",
        error=EVIL,
        choices={"mask": EVIL, "own": EVIL},
        config={"seed": EVIL},
        command=shlex.join(["gradnet-run", EVIL]),
    )
    write_run_report(tmp_path / "run")
    page = Page(tmp_path / "run" / "report.html")
    assert [tag for tag, _ in page.elements].count("script") == 6
    assert not any("onerror" in found for _, found in page.elements)
    assert "<script>alert" not in page.source
    assert "{{ 7*7 }}" in page.text
    assert page.data("network-data")["columns"][0]["values"][0] == EVIL


@pytest.mark.parametrize(("state", "told"), [("failed", "failed"), ("interrupted", "was interrupted")])
def test_a_run_that_found_nothing_says_so(tmp_path, state, told):
    leave_run(tmp_path / "run", None, state=state, error="the disk is full")
    write_run_report(tmp_path / "run")
    text = Page(tmp_path / "run" / "report.html").text
    assert f"This run {told}. the disk is full" in text
    assert "It left no result" in text
    assert "There is no result." in text
    assert "the score was" not in text
    assert "The network" not in text
    assert ("resume=run" in text) is (state == "interrupted")


def test_a_run_without_a_result_tells_how_far_it_came(samples, tmp_path):
    leave_run(tmp_path / "run", None, samples.course, state="interrupted")
    with (tmp_path / "run" / "metrics.csv").open("a") as file:
        file.write("21,2.1,0.9")  # the rest of the row was not written any more
    write_run_report(tmp_path / "run")
    text = Page(tmp_path / "run" / "report.html").text
    assert "After 20 updates the score was 0.975, its bound 1.005, the gap 2.99 %." in text


@pytest.mark.parametrize("name", ["summary.json", "status.json", "manifest.json", "nodes.csv", "network.npz"])
@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\x00{", b"Id,x\n1"])
def test_spoilt_files_spoil_their_part_only(grid_result, tmp_path, name, content):
    leave_run(tmp_path / "run", grid_result)
    (tmp_path / "run" / name).write_bytes(content)
    write_run_report(tmp_path / "run")
    assert "Every setting is the default." in Page(tmp_path / "run" / "report.html").text


def test_an_empty_directory_has_a_page_too(tmp_path):
    write_run_report(tmp_path)
    assert "has not said how it ended" in Page(tmp_path / "report.html").text


def test_a_reference_of_an_objective_of_ones_own_is_compared_with(samples, tmp_path):
    result = samples.result(grid.build(rows=3, cols=3), score=2.0, bound=3.0, references={"my_design": 1.0})
    leave_run(tmp_path / "run", result)
    write_run_report(tmp_path / "run")
    text = Page(tmp_path / "run" / "report.html").text
    assert "my design 1 +100 %" in text
    assert "score my design" not in text


def test_the_sentence_of_the_proof():
    content = {"sense": "minimize", "score": 2.0, "bound": 1.0, "gap": 1.0, "certified": True}
    assert "can score below 1" in proof(content)
    assert "reaches that limit" in proof(content | {"gap": 0})
    assert "better network may exist" in proof(content | {"bound": None, "gap": None})


@pytest.mark.parametrize(
    ("score", "reference", "told"),
    [(1.1, 1.0, "+10 %"), (0.9, 1.0, "−10 %"), (20.2, 1.0, "× 20.2"), (3e-7, 0.172, "÷ 573,000"), (1, 0, "")],
)
def test_gains_are_told_by_percent_or_as_multiples(score, reference, told):
    assert gain(score, reference, sense="maximize") == told


def test_a_page_takes_little_work(samples, tmp_path):
    counted = {}
    for rows in (3, 30, 60):  # the first time also imports
        run = tmp_path / str(rows)
        leave_run(run, samples.result(grid.build(rows=rows, cols=rows)), samples.course)
        counted[rows] = calls(lambda run=run: write_run_report(run))
    assert counted[30] < 40_000
    assert counted[60] < 4 * counted[30]  # four times the edges
