"""Progress in a notebook."""

from __future__ import annotations

import sys
import time
from typing import Any

from gradnet_cli.runs.progress import describe
from gradnet_cli.training import Callback, TrainingModule

EVERY_SECONDS = 0.2  # each drawing is a message to the browser


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


class NotebookBar(Callback):
    """A bar with updates, time, score, bound and gap, below the cell that is running."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn = 0.0

    def on_record(self, module: TrainingModule) -> None:
        """Draw, now and then."""
        if self._handle is None or time.monotonic() - self._drawn >= EVERY_SECONDS:
            self._draw(module)

    def on_end(self, module: TrainingModule) -> None:
        """Leave the finished bar behind."""
        self._draw(module)

    def on_error(self, module: TrainingModule, error: BaseException) -> None:
        """Leave the bar where it ended."""
        self._draw(module)

    def _draw(self, module: TrainingModule) -> None:
        from IPython.display import HTML, display

        record = module.record
        text = f"{record.step}/{module.updates}  {record.seconds:.1f} s  {describe(record)}"
        shown = HTML(
            f"<progress value='{record.step}' max='{max(1, module.updates)}'></progress> "
            f"<code style='white-space:pre'>{text}</code>"
        )
        self._drawn = time.monotonic()
        if self._handle is None:
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)
