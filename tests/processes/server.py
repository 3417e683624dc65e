"""A process that has imported the program once and forks for each command.

Run as a script that is given the number of a socket. Each command is a process of its own, with its own
arguments, directory, environment, standard streams, signals and exit status, but without the seconds that
torch and Lightning take to be imported. What is computed here before a fork would be shared by all commands:
nothing is.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

LIBRARIES = (
    *("torch", "lightning.pytorch", "hydra", "omegaconf", "numpy", "scipy.sparse.linalg", "scipy.integrate"),
    *("pandas", "networkx", "pyamg", "jinja2", "rich.progress", "joblib"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
)


def import_program() -> None:
    """Import what commands import, except what is not installed."""
    import gradnet_cli

    names = [found.name for found in pkgutil.walk_packages(gradnet_cli.__path__, "gradnet_cli.")]
    for name in (*LIBRARIES, *names):
        if not name.endswith("__main__"):
            with suppress(ImportError):
                importlib.import_module(name)


def serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; return it in the process that is to carry it out, and None at the end."""
    while True:
        head, descriptors, _, _ = socket.recv_fds(control, struct.calcsize("!I"), 4)
        if not head:
            return None
        size, text = struct.unpack("!I", head)[0], b""
        while len(text) < size:
            text += control.recv(size - len(text))
        request: dict[str, Any] = json.loads(text)
        if os.fork() == 0:
            return attend(request, control, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def attend(request: dict[str, Any], control: socket.socket, descriptors: list[int]) -> dict[str, Any]:
    """Fork once more: this process waits for the command and tells its number and its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    *streams, told = descriptors
    if (pid := os.fork()) == 0:
        os.close(told)
        take_on(request, streams)
        return request
    os.write(told, struct.pack("!i", pid))
    for descriptor in (0, 1, 2, *streams):
        os.close(descriptor)
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):
        os.write(told, struct.pack("!i", os.waitstatus_to_exitcode(status)))
    os._exit(0)


def take_on(request: dict[str, Any], streams: list[int]) -> None:
    """Be the process that was asked for."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    for number in request["closed"]:
        os.close(number)
        setattr(sys, ("stdin", "stdout", "stderr")[number], None)  # as Python has it from its start
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv[:] = request["arguments"]
    sys.path[0] = os.path.dirname(sys.argv[0])  # noqa: PTH120 - as Python does it for a script


def main() -> int:
    control = socket.socket(fileno=int(sys.argv[1]))
    import_program()
    gc.freeze()  # objects that no command touches stay shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.sendall(b"+")
    request = serve(control)
    if request is None:
        return 0
    module, _, name = request["entry"].partition(":")
    result: int = getattr(importlib.import_module(module), name)()
    return result


if __name__ == "__main__":
    sys.exit(main())
