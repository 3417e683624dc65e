"""In a kernel of Jupyter Ctrl-C works: the stop button gives the best network so far."""

import time
from collections.abc import Iterator

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel


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


@pytest.mark.slow
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
