"""What the tests of Python's side share: the command line, to compare with."""

from tests.cli.conftest import command, here, installed

__all__ = ["command", "here", "installed"]
