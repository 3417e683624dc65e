"""Commands as `subprocess` starts them, but forked from a process that has imported everything."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

COMMAND = Path(sysconfig.get_path("scripts")) / "gradnet-run"
ENTRY = "gradnet_cli.cli.command:main"  # what the console script calls
SERVER = Path(__file__).with_name("server.py")
STARTED_WITHIN, FORKED_WITHIN = 300, 60  # seconds, on a machine that is busy


class Process:
    """A command that was started; the part of `subprocess.Popen` that tests use.

    What it writes goes to files, so that it never waits for a reader.
    """

    def __init__(
        self, *, arguments: tuple[str, ...], told: socket.socket, stdout: IO[str], stderr: IO[str]
    ) -> None:
        self.args = arguments
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: int | None = None
        self._told = told
        told.settimeout(FORKED_WITHIN)
        self.pid = self._number()

    def _number(self) -> int:
        found = self._told.recv(4)
        if not found:
            raise RuntimeError("the process that forks commands is gone")
        return int(struct.unpack("!i", found)[0])

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status, or minus the signal that killed it.

        Raises:
            subprocess.TimeoutExpired: it runs on
        """
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = self._number()
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0) from None
        return self.returncode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        try:
            return self.wait(0.0)
        except subprocess.TimeoutExpired:
            return None

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end and return all that it has written."""
        self.wait(timeout)
        return self.stdout.read(), self.stderr.read()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # a test that has failed waits for nothing
            self.kill()
        self.wait()
        self.close()

    def close(self) -> None:
        """Let go of its streams."""
        self._told.close()
        self.stdout.close()
        self.stderr.close()


class ForkServer:
    """Starts commands; the process behind it begins with the first one and ends with `close`."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._started: list[Process] = []
        self._one_at_a_time = threading.Lock()

    def start(
        self,
        *arguments: str,
        directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
        stdout: int | None = None,
        closed: Collection[int] = (),
    ) -> Process:
        """Start `gradnet-run`, where this process stands and in its environment unless others are given.

        Args:
            stdout: descriptor to write to, in place of a file that `communicate` reads
            closed: standard streams, 1 and 2, that are closed before it begins, as `>&-` does
        """
        request = {
            "entry": ENTRY,
            "arguments": [str(COMMAND), *arguments],
            "directory": str(directory or Path.cwd()),
            "environment": dict(os.environ if environment is None else environment),
            "closed": list(closed),
        }
        text = json.dumps(request).encode()
        ours, theirs = socket.socketpair()
        (out, out_read), (err, err_read) = _file(), _file()
        with self._one_at_a_time, theirs, out, err, Path(os.devnull).open() as nothing:
            control = self._connected()
            streams = [
                nothing.fileno(),
                out.fileno() if stdout is None else stdout,
                err.fileno(),
                theirs.fileno(),
            ]
            socket.send_fds(control, [struct.pack("!I", len(text))], streams)
            control.sendall(text)
        process = Process(arguments=arguments, told=ours, stdout=out_read, stderr=err_read)
        self._started.append(process)
        return process

    def _connected(self) -> socket.socket:
        if self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, str(SERVER), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for the tests
                )
            ours.settimeout(STARTED_WITHIN)
            if ours.recv(1) != b"+":
                raise RuntimeError("the process that forks commands does not start")
            ours.settimeout(None)
            self._control = ours
        return self._control

    def close(self) -> None:
        """End what still runs, and the process behind it."""
        for process in self._started:
            if process._told.fileno() >= 0:
                process.kill()
                process.wait()
                process.close()
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.wait()


def _file() -> tuple[IO[str], IO[str]]:
    """A file without a name: to be written by one process, and to be read by another from its beginning."""
    descriptor, name = tempfile.mkstemp()
    try:
        return os.fdopen(descriptor, "w"), Path(name).open(encoding="utf-8")
    finally:
        Path(name).unlink()
