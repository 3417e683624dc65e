"""report.html in a real Chromium: what is drawn, clicked and typed, and that nothing gets out."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradnet_cli.problem.masks import grid, karate
from gradnet_cli.report.html import write_run_report
from gradnet_cli.sweeps.page import write_sweep_report
from tests.browser import Chromium, Tab, find_chromium
from tests.report.pages import leave_run, sweep_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium is installed"),
]

INKED = """(() => {
  const canvas = document.getElementById("drawing");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let k = 0; k < pixels.length; k += 4)
    count += pixels[k] !== pixels[0] || pixels[k + 1] !== pixels[1] || pixels[k + 2] !== pixels[2];
  return count / (pixels.length / 4);
})()"""
"""The share of the drawing that is not its background, which the corner shows."""

PICTURE = 'document.getElementById("drawing").toDataURL()'
COLUMN = (
    '[...document.querySelectorAll("#jobs-table tbody tr:not([hidden]) > :nth-child({})")]'
    ".map((cell) => cell.textContent)"
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(profile=tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def run_page(samples: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run of a 30 x 30 grid, with its figures."""
    directory = tmp_path_factory.mktemp("runs") / "grid"
    leave_run(directory, samples.result(grid.build(rows=30, cols=30)), samples.course, figures=True)
    write_run_report(directory)
    return directory / "report.html"


@pytest.fixture(scope="module")
def sweep_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a sweep of 1,000 jobs."""
    directory = tmp_path_factory.mktemp("sweep")
    write_sweep_report(sweep_of(directory, 1000))
    return directory / "report.html"


def assert_quiet(tab: Tab, path: Path) -> None:
    assert tab.complaints == []
    assert tab.requests == [path.resolve().as_uri()]


def middle(tab: Tab, selector: str) -> tuple[float, float]:
    """The centre of an element, brought into view."""
    tab.run(f"document.querySelector('{selector}').scrollIntoView({{block: 'center', behavior: 'instant'}})")
    tab.settle()
    box = f"document.querySelector('{selector}').getBoundingClientRect()"
    x, y, width, height = tab.run(f"(({{x, y, width, height}}) => [x, y, width, height])({box})")
    return x + width / 2, y + height / 2


def enter(tab: Tab, name: str, value: str) -> None:
    """Fill in or choose in the control of this id."""
    tab.run(
        f"(() => {{ const control = document.getElementById('{name}'); control.value = '{value}';"
        "control.dispatchEvent(new Event(control.tagName === 'SELECT' ? 'change' : 'input')); })()"
    )
    tab.settle()


def test_the_network_is_drawn(chromium, run_page):
    tab = chromium.open(run_page)
    tab.settle()
    assert 0.02 < tab.run(INKED) < 0.6
    assert_quiet(tab, run_page)


@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_is_wider_than_the_screen(chromium, run_page, sweep_page, width):
    for page in (run_page, sweep_page):
        tab = chromium.open(page, width=width)
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert_quiet(tab, page)


def test_every_figure_is_shown(chromium, run_page):
    tab = chromium.open(run_page)
    shown = "[...document.images].map((image) => image.complete && image.naturalWidth > 100)"
    tab.wait(lambda: all(tab.run(shown)))
    assert len(tab.run(shown)) == 5


@pytest.mark.parametrize("dark", [False, True])
def test_colours_follow_the_system_until_the_button_is_pressed(chromium, run_page, dark):
    tab = chromium.open(run_page, dark=dark)
    tab.run("localStorage.clear(); delete document.documentElement.dataset.theme")
    background = "getComputedStyle(document.body).backgroundColor"
    brightness = "Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    assert (tab.run(brightness) < 128) is dark
    before, picture = tab.run(background), tab.run(PICTURE)
    tab.run("document.getElementById('theme').click()")
    tab.settle()
    assert tab.run(background) != before
    assert (tab.run(brightness) < 128) is not dark
    assert tab.run(PICTURE) != picture
    assert tab.run("document.getElementById('theme').textContent") == ("Dark" if dark else "Light")
    tab.run("localStorage.clear()")


def test_the_view_zooms_moves_and_comes_back(chromium, run_page):
    tab = chromium.open(run_page)
    x, y = middle(tab, "#drawing")
    whole = tab.run(PICTURE)

    def changed(before: str) -> str:
        tab.settle()
        now = tab.run(PICTURE)
        assert now != before
        return now

    tab.run("document.querySelector('[data-act=in]').click()")
    closer = changed(whole)
    tab.mouse("mousePressed", x, y, button="left", clickCount=1, buttons=1)
    tab.mouse("mouseMoved", x + 40, y + 30, button="left", buttons=1)
    tab.mouse("mouseReleased", x + 40, y + 30, button="left", clickCount=1)
    moved = changed(closer)
    tab.mouse("mouseWheel", x, y, deltaX=0, deltaY=-240)  # the click has given the view the wheel
    wheeled = changed(moved)
    for key in ("+", "-", "ArrowLeft", "ArrowUp"):
        tab.press(key)
    changed(wheeled)
    tab.press("0")
    tab.mouse("mouseMoved", 5, 5)
    tab.settle()
    assert tab.run(PICTURE) == whole


def test_the_wheel_scrolls_the_page_until_the_view_is_clicked(chromium, run_page):
    tab = chromium.open(run_page)
    x, y = middle(tab, "#drawing")
    picture, place = tab.run(PICTURE), tab.run("scrollY")
    tab.mouse("mouseWheel", x, y, deltaX=0, deltaY=200)
    tab.wait(lambda: tab.run("scrollY") > place)
    tab.mouse("mouseMoved", 5, 5)
    tab.settle()
    assert tab.run(PICTURE) == picture


def test_two_fingers_zoom(chromium, run_page):
    tab = chromium.open(run_page, width=390)
    x, y = middle(tab, "#drawing")
    whole = tab.run(PICTURE)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        tab.ask("Input.dispatchTouchEvent", type=kind, touchPoints=points)
    tab.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    tab.settle()
    assert tab.run(PICTURE) != whole
    assert tab.run("document.getElementById('drawing').classList.contains('zoomed')")


def test_a_node_tells_what_is_known_of_it(chromium, samples, tmp_path):
    leave_run(tmp_path / "run", samples.result(karate.build()))
    write_run_report(tmp_path / "run")
    tab = chromium.open(tmp_path / "run" / "report.html")
    tip = "document.getElementById('tip')"
    assert tab.run(f"{tip}.hidden")
    enter(tab, "find-node", "33")
    assert tab.run(f"{tip}.textContent").startswith("node 33clubOfficerstrength")
    enter(tab, "find-node", "nobody")
    assert tab.run(f"{tip}.hidden")
    assert tab.run("document.getElementById('found-node').textContent") == "no such node"
    picture = tab.run(PICTURE)
    enter(tab, "colour-by", "1")
    assert tab.run(PICTURE) != picture
    assert tab.complaints == []


def test_texts_of_strangers_do_not_run(chromium, samples, tmp_path):
    evil = "</script><script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">"
    mask = samples.mask([(0, 1), (1, 2)], nodes=3, labels=np.array([evil, "b", "c"]))
    result = samples.result(mask, objective=evil, metrics={evil: 1.0})
    leave_run(tmp_path / "run", result, state="failed", error=evil, command=shlex.join(["gradnet-run", evil]))
    write_run_report(tmp_path / "run")
    tab = chromium.open(tmp_path / "run" / "report.html")
    enter(tab, "find-node", "b")
    assert tab.run("document.title") != "taken"
    assert tab.run("document.images.length") == 0
    assert_quiet(tab, tmp_path / "run" / "report.html")


def test_the_network_is_printed_on_white(chromium, run_page):
    tab = chromium.open(run_page, dark=True)
    corner = "[...document.getElementById('drawing').getContext('2d').getImageData(0, 0, 1, 1).data]"
    assert max(tab.run(corner)[:3]) < 60
    tab.run("dispatchEvent(new Event('beforeprint'))")
    assert tab.run(corner) == [255, 255, 255, 255]
    tab.run("dispatchEvent(new Event('afterprint'))")
    assert max(tab.run(corner)[:3]) < 60


def test_a_script_that_got_in_would_not_run(chromium, run_page, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(run_page.read_text().replace("</main>", "<script>document.title='taken'</script></main>"))
    tab = chromium.open(page)
    assert tab.run("document.title") != "taken"
    assert any("Content Security Policy" in line for line in tab.complaints)


def test_a_network_of_20000_edges_is_drawn_in_a_few_strokes(chromium, samples, tmp_path):
    leave_run(tmp_path / "run", samples.result(grid.build(rows=101, cols=100)))
    write_run_report(tmp_path / "run")
    tab = chromium.open(tmp_path / "run" / "report.html")
    assert tab.run(INKED) > 0.02
    counted = tab.run("""new Promise((done) => {
      const pen = CanvasRenderingContext2D.prototype;
      const count = { stroke: 0, fill: 0, lineTo: 0 };
      for (const name of Object.keys(count)) {
        const own = pen[name];
        pen[name] = function (...given) { count[name]++; return own.apply(this, given); };
      }
      // What is asked for ten times before a frame is drawn once.
      for (let k = 0; k < 10; k++) document.querySelector("[data-act=out]").click();
      requestAnimationFrame(() => requestAnimationFrame(() => done(count)));
    })""")
    assert 0 < counted["stroke"] + counted["fill"] <= 50  # one for each level of weight
    assert counted["lineTo"] == tab.run("networkView.data.weight.length")  # once for each edge
    assert counted["lineTo"] > 19_900


def test_the_table_sorts_by_click_and_by_keyboard(chromium, sweep_page):
    tab = chromium.open(sweep_page)
    head = "document.querySelectorAll('#jobs-table thead th')"
    names = tab.run(f"[...{head}].map((cell) => cell.textContent)")
    assert names == ["job", "budget.value", "seed", "state", "score", "bound", "gap [%]", "seconds"]
    score = names.index("score") + 1

    def column() -> list[float | None]:
        return [float(text) if text else None for text in tab.run(COLUMN.format(score))]

    counted = tab.run(
        "(() => { const own = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent'); let read = 0;"
        "const counting = { ...own, get() { read++; return own.get.call(this); } };"
        "Object.defineProperty(Node.prototype, 'textContent', counting);"
        "const moves = new MutationObserver(() => {});"
        "moves.observe(document.querySelector('#jobs-table tbody'), { childList: true });"
        f"{head}[{score - 1}].querySelector('button').click();"
        "const moved = moves.takeRecords().reduce((sum, each) => sum + each.addedNodes.length, 0);"
        "Object.defineProperty(Node.prototype, 'textContent', own); return [read, moved]; })()"
    )
    assert counted == [0, 1000]  # no cell is read again, and each row is moved once
    known = [value for value in column() if value is not None]
    assert known == sorted(known)
    assert column()[len(known) :] == [None] * 21  # what has no score comes last
    assert tab.run(f"{head}[{score - 1}].getAttribute('aria-sort')") == "ascending"
    tab.run(f"{head}[{score - 1}].querySelector('button').focus()")
    tab.press("Enter")
    known = [value for value in column() if value is not None]
    assert known == sorted(known, reverse=True)
    assert column()[len(known) :] == [None] * 21
    assert tab.run(f"[...{head}].map((cell) => cell.getAttribute('aria-sort'))").count("descending") == 1
    tab.run(f"{head}[0].querySelector('button').click()")
    assert tab.run(COLUMN.format(1)) == [str(job) for job in range(1000)]
    assert_quiet(tab, sweep_page)


def test_the_table_is_filtered_by_state_and_words(chromium, sweep_page):
    tab = chromium.open(sweep_page)
    enter(tab, "state", "failed")
    assert set(tab.run(COLUMN.format(4))) == {"failed"}
    assert tab.run("document.getElementById('shown').textContent") == "20 of 1,000"
    enter(tab, "search", "67 1.8")
    assert 0 < len(tab.run(COLUMN.format(1))) < 20
    enter(tab, "state", "")
    enter(tab, "search", "nothing like it")
    assert tab.run(COLUMN.format(1)) == []


def test_a_page_without_scripts_still_says_everything(chromium, run_page):
    tab = chromium.open(run_page)
    tab.ask("Emulation.setScriptExecutionDisabled", value=True)
    tab.ask("Page.reload")
    tab.ask("Emulation.setScriptExecutionDisabled", value=False)
    tab.wait(lambda: tab.run("document.readyState") == "complete")
    assert "No network within these settings can score above" in tab.run("document.body.innerText")
