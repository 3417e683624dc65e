"""The notebook of docs/ runs as it stands there; in a kernel there is progress, and Ctrl-C works."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient

PATH = Path(__file__).parents[2] / "docs" / "notebooks" / "quickstart.ipynb"


def code(notebook: Any) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def committed() -> Any:
    return nbformat.read(PATH, as_version=4)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    notebook = nbformat.read(PATH, as_version=4)
    for cell in code(notebook).values():
        cell.outputs = []
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    NotebookClient(notebook, timeout=120, resources=where).execute()
    return notebook


def test_it_is_short(committed: Any) -> None:
    essential = [
        line
        for cell in code(committed).values()
        if "essential" in cell.metadata.get("tags", ())
        for line in cell.source.splitlines()
        if line.strip()
    ]
    assert 5 < len(essential) < 15
    assert PATH.stat().st_size < 300_000


def test_it_runs_and_answers_as_it_says(committed: Any, executed: Any) -> None:
    answers = [code(notebook)["answer"].outputs[0].data["text/plain"] for notebook in (committed, executed)]
    assert answers[0] == answers[1]
    assert answers[0].startswith("[('IST', 'ATH', 15.1)")


def test_progress_result_and_figure_are_shown(executed: Any) -> None:
    shown = code(executed)["optimize"].outputs
    assert [output.output_type for output in shown] == ["display_data", "execute_result"]
    assert shown[0].data["text/html"].startswith("<progress value=")
    assert "(proven)" in shown[1].data["text/html"]
    assert "<img src='data:image/png;base64," in shown[1].data["text/html"]
    (figure,) = code(executed)["figure"].outputs
    assert "alt='convergence'" in figure.data["text/html"]
    for cell in code(executed).values():
        assert not [output for output in cell.outputs if output.output_type in ("stream", "error")]


@pytest.fixture
def kernel() -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    manager, client = start_new_kernel(startup_timeout=120)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


ENDLESS = """
import gradnet_cli as gn
result = gn.optimize("grid", rows=5, gap=None, plateau=None, updates=10**7, optimizer="adam")
print(result.stop_reason, result.updates > 0)
"""


def test_the_stop_button_gives_the_best_so_far(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    client.execute(ENDLESS)
    drawn, printed = [], ""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        message = client.get_iopub_msg(timeout=120)
        kind, content = message["msg_type"], message["content"]
        if kind in ("display_data", "update_display_data"):
            drawn.append(content["data"]["text/html"])
            if len(drawn) == 3:
                manager.interrupt_kernel()
        elif kind == "stream":
            printed += content["text"]
        assert kind != "error", content
        if kind == "status" and content["execution_state"] == "idle" and drawn:
            break
    assert printed == "interrupted by SIGINT True\n"
    assert all("score" in text and "/10000000" in text for text in drawn)
    steps = [int(text.split("'")[1]) for text in drawn]
    assert steps == sorted(steps)
