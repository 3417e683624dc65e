"""Ctrl-C gives what was found so far; a second one gives the prompt back."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
import torch

import gradnet_cli as gn
from tests.assertions import assert_found

ENDLESS: dict[str, Any] = {"rows": 5, "progress": "none", "gap": None, "plateau": None, "updates": 10**6}


class Strike(gn.Callback):
    """Presses Ctrl-C at an update, so many times."""

    def __init__(self, *, at: int, times: int = 1) -> None:
        self._at = at
        self._times = times

    def on_record(self, module: Any) -> None:
        if module.record.step == self._at:
            for _ in range(self._times):
                os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("optimizer", ["auto", "adam", "lbfgs"])
def test_the_best_so_far_comes_back(optimizer: str) -> None:
    before = signal.getsignal(signal.SIGINT)
    result = gn.optimize("grid", **ENDLESS, optimizer=optimizer, callbacks=[Strike(at=7)])
    assert result.stop_reason == "interrupted by SIGINT"
    assert result.updates == 7
    assert_found(result)
    assert result.score == pytest.approx(max(result.course["score"]), rel=1e-9)
    assert list(result.course["step"]) == list(range(8))
    assert signal.getsignal(signal.SIGINT) is before


def test_it_is_as_good_as_any_other_result(tmp_path: Path) -> None:
    result = gn.optimize("grid", **ENDLESS, callbacks=[Strike(at=3)])
    back = gn.load(result.save(tmp_path / "run"))
    assert back.stop_reason == "interrupted by SIGINT"
    assert (back.weights == result.weights).all()
    assert "interrupted by SIGINT" in repr(back)


def test_a_second_one_raises(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        gn.optimize("grid", **ENDLESS, callbacks=[Strike(at=3, times=2)])
    assert signal.getsignal(signal.SIGINT) is before
    assert_found(gn.optimize("grid", **{**ENDLESS, "updates": 3}))


def test_before_anything_was_found_the_first_one_raises() -> None:
    class Slow(gn.Objective):
        sense = "minimize"

        def prepare(self, problem: gn.Problem) -> None:
            os.kill(os.getpid(), signal.SIGINT)

        def forward(self, network: gn.Network, step: int) -> gn.Evaluation:
            return gn.Evaluation(score=network.weights.square().sum())

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        gn.optimize("grid", **ENDLESS, objective=Slow())
    assert signal.getsignal(signal.SIGINT) is before


def test_within_an_update_it_waits_for_the_update_to_end() -> None:
    def strikes(network: Any, step: int) -> torch.Tensor:
        if step == 4 and network.weights.requires_grad:
            os.kill(os.getpid(), signal.SIGINT)
        return network.weights.square().sum()

    result = gn.optimize("grid", **ENDLESS, objective=strikes, sense="minimize")
    assert (result.updates, result.stop_reason) == (4, "interrupted by SIGINT")
    assert_found(result)


def test_what_failed_leaves_the_handler_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)

    def fails(network: Any, step: int) -> torch.Tensor:
        if step == 2:
            raise ZeroDivisionError
        return network.weights.square().sum()

    with pytest.raises(ZeroDivisionError):
        gn.optimize("grid", **ENDLESS, objective=fails, sense="minimize")
    assert signal.getsignal(signal.SIGINT) is before


SCRIPT = """
import signal
import gradnet_cli as gn

class Tell(gn.Callback):
    def on_record(self, module):
        if module.record.step == 1:
            print("ready", flush=True)

def slow(network):
    import time
    time.sleep(0.02)
    return network.weights.square().sum()

handler = signal.getsignal(signal.SIGINT)
try:
    result = gn.optimize(
        "grid", rows=4, objective=slow, sense="minimize", updates=10**6, plateau=None,
        progress="none", callbacks=[Tell()],
    )
    print(result.stop_reason, len(result.graph()), signal.getsignal(signal.SIGINT) is handler)
except KeyboardInterrupt:
    print("KeyboardInterrupt", signal.getsignal(signal.SIGINT) is handler)
"""


@pytest.mark.slow
def test_from_outside(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted by SIGINT 16 True\n"
        assert process.wait(timeout=60) == 0
