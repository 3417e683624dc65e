"""A signal comes to the program and not to Lightning, which would end the run as failed."""

import os
import signal
from pathlib import Path

import pytest

from gradnet_cli.runs.checkpoints import Checkpoints
from gradnet_cli.runs.interruption import Interrupted, interruptible
from gradnet_cli.runs.recorded import STATE_PATH
from tests.runs import run


def test_a_signal_after_the_update_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_update = Checkpoints.on_update

    def late(self: Checkpoints, module: object) -> None:
        on_update(self, module)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Checkpoints, "on_update", late)
    with pytest.raises(Interrupted, match="SIGTERM"), interruptible():
        run(tmp_path, "rows=4", "updates=50", "stop.gap=null", "stop.plateau=null")
    assert (tmp_path / STATE_PATH).is_file()
