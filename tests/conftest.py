"""Settings of all tests."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from tests.processes.client import ForkServer
from tests.shapes import checked, look_anew

# Figures depend on the list of fonts that Matplotlib keeps in the home directory, which may be anybody's: the
# tests make their own. Workers are given that of the process which started them.
FONTS = None if "PYTEST_XDIST_WORKER" in os.environ else tempfile.mkdtemp(prefix="gradnet-run-matplotlib-")
if FONTS is not None:
    os.environ["MPLCONFIGDIR"] = FONTS

# What is imported from here on checks the shapes and types that its functions are given and return.
install_import_hook(["gradnet_cli.numerics", "gradnet_cli.model"], f"{checked.__module__}.{checked.__name__}")

# Machines are shared: how long an example takes says nothing.
# The slow tests try more of them: see the Makefile.
EXAMPLES = int(os.environ.get("GRADNET_EXAMPLES", "25"))
settings.register_profile("shared", deadline=None, max_examples=EXAMPLES)
settings.load_profile("shared")


def pytest_unconfigure() -> None:
    """Remove what Matplotlib kept for these tests."""
    if FONTS is not None:
        shutil.rmtree(FONTS, ignore_errors=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let every test look at the shapes anew."""
    look_anew(slow=item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Starts commands as processes of their own that need not import torch and Lightning again."""
    server = ForkServer()
    yield server
    server.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many random command lines were tried, and how they ended."""
    ended: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, number in report.user_properties:
                    if name.startswith("fuzz: "):
                        ended[name.removeprefix("fuzz: ")] += number
    tried = sum(number for name, number in ended.items() if name.startswith("exit "))
    if tried:
        listed = ", ".join(f"{name}: {number:,}" for name, number in sorted(ended.items()))
        terminalreporter.write_line(f"fuzz: {tried:,} command lines tried ({listed})")
