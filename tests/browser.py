"""A headless Chromium, spoken to over a pipe: pages opened from disk, looked at and clicked in."""

import base64
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
PATIENCE = 60.0
"""Seconds that an answer may take, for machines are shared."""


def find_chromium() -> str | None:
    """The browser's program, or None where none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """The browser, as long as the context lasts."""

    def __init__(self, *, profile: Path) -> None:
        program = find_chromium()
        assert program is not None
        # The browser reads commands from descriptor 3 and answers on 4.
        theirs_in, self._commands = map(_high, os.pipe())
        self._answers, theirs_out = map(_high, os.pipe())

        def connect() -> None:
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=connect,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        os.set_blocking(self._answers, False)
        self._buffer = b""
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._commands)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._answers)

    def ask(self, method: str, *, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command of the DevTools protocol and return its result; events met on the way are kept."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._next(deadline)
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            assert time.monotonic() < deadline, "the browser does not answer"
            try:
                self._buffer += os.read(self._answers, 1 << 20)
            except BlockingIOError:
                time.sleep(0.002)
        text, _, self._buffer = self._buffer.partition(b"\0")
        content: dict[str, Any] = json.loads(text)
        return content

    def open(self, path: Path, *, width: int = 1100, height: int = 900, dark: bool = False) -> "Tab":
        """Open a file in a new tab and wait until it is loaded."""
        return Tab(self, path, width=width, height=height, dark=dark)


class Tab:
    """An open page."""

    def __init__(self, browser: Chromium, path: Path, *, width: int, height: int, dark: bool) -> None:
        self.browser = browser
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=Path(path).resolve().as_uri())
        loaded = "location.protocol === 'file:' && document.readyState === 'complete'"
        self.wait(lambda: self.run(loaded))

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command to this page."""
        return self.browser.ask(method, session=self.session, **parameters)

    def run(self, script: str) -> Any:
        """The value of an expression."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "the page did not come to it"
            time.sleep(0.01)

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, key: str) -> None:
        """Press and release a key."""
        codes = {"Enter": ("\r", 13), "Tab": ("\t", 9)}
        text, code = codes.get(key, (key, 0))
        common = {"key": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text if len(text) == 1 else "", **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def mouse(self, kind: str, x: float, y: float, **further: Any) -> None:
        """Move, press, release or turn the wheel of the mouse."""
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **further)

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        """Save the page as PNG."""
        self.settle()
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings of the console, and exceptions that nothing caught."""
        found = []
        for event in self._own_events():
            method, content = event["method"], event["params"]
            told = {
                "Runtime.exceptionThrown": "error",
                "Runtime.consoleAPICalled": content.get("type"),
                "Log.entryAdded": content.get("entry", {}).get("level"),
            }
            if told.get(method) in ("error", "warning", "assert"):
                found.append(json.dumps(content))
        return found

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for, what it holds itself left out."""
        asked = [
            e["params"]["request"]["url"]
            for e in self._own_events()
            if e["method"] == "Network.requestWillBeSent"
        ]
        return [address for address in asked if not address.startswith("data:")]

    def _own_events(self) -> list[dict[str, Any]]:
        self.run("0")  # take in what has come
        return [event for event in self.browser.events if event.get("sessionId") == self.session]


def _high(descriptor: int) -> int:
    """The same pipe under a number that 3 and 4 cannot overwrite."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved
