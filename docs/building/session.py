"""What a page shows is run: its commands and its Python, in one directory, within this process."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from docs.building.fences import Fence
from gradnet_cli.cli import command

COLUMNS = 88
"""Of the terminal that commands think they write to: what fits a page."""


class ExampleError(Exception):
    """Something that a page shows does not work."""


class Session:
    """The blocks of one page, run in their order."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._names: dict[str, object] = {"__name__": "page"}
        directory.mkdir(parents=True)

    def run(self, fence: Fence) -> str:
        """Do what a block says; what it prints.

        Raises:
            ExampleError: it does not work as shown
        """
        if fence.file:
            path = self.directory / fence.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.text, encoding="utf-8")
            return ""
        if fence.marks & {"cell", "compose", "shell", "library"}:
            return ""
        if fence.language == "bash":
            return "".join(self._succeed(line) for line in self._commands(fence))
        if fence.language == "console":
            return self._converse(fence.text)
        return self._python(fence.text) if fence.language == "python" else ""

    def _commands(self, fence: Fence) -> list[str]:
        ours = ("gradnet-run", "#", " ")
        others = [line for line in fence.text.splitlines() if line and not line.startswith(ours)]
        if others:
            raise ExampleError(f"{others[0]}: only gradnet-run is run; mark the block `shell`")
        return fence.commands

    def _succeed(self, line: str) -> str:
        status, output = self.command(line)
        if status != 0:
            raise ExampleError(f"{line}: exit status {status}\n{output}")
        return output

    def _converse(self, text: str) -> str:
        _, *exchanges = ("\n" + text).split("\n$ ")
        for exchange in exchanges:
            line, _, expected = exchange.partition("\n")
            _, output = self.command(line)
            if output.strip() != expected.strip():
                raise ExampleError(f"{line}\nanswers\n{output}\nand not\n{expected}")
        return ""

    def command(self, line: str) -> tuple[int, str]:
        """Call `gradnet-run` as the shell would; its exit status, and what it prints."""
        with _set_back(), contextlib.chdir(self.directory), _captured() as output:
            sys.argv = shlex.split(line, comments=True)
            status = command.main()
        return status, output.getvalue()

    def _python(self, text: str) -> str:
        with _set_back(), contextlib.chdir(self.directory), _captured() as output:
            sys.path.insert(0, str(self.directory))  # as where one stands with Python
            try:
                exec(compile(text, str(self.directory), "exec"), self._names)
            except Exception as error:
                raise ExampleError(f"{text}\n{type(error).__name__}: {error}") from error
        return output.getvalue()

    def close(self) -> None:
        """Forget the modules that the page has written, so that those of another may have their names."""
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", "")).startswith(f"{self.directory}{os.sep}"):
                del sys.modules[name]


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        yield output


@contextlib.contextmanager
def _set_back() -> Iterator[None]:
    """What a command sets in its process is set back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    typed, path = list(sys.argv), list(sys.path)
    environment = {name: os.environ.get(name) for name in ("COLUMNS", "MPLBACKEND")}
    os.environ.update(COLUMNS=str(COLUMNS), MPLBACKEND="agg")
    try:
        yield
    finally:
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:], root.level = handlers, level
        sys.argv, sys.path[:] = typed, path
        for name, value in environment.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
