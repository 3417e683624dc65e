"""What the README shows: its commands, its files, its Python."""

import re
import shlex
from pathlib import Path

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"file `([\w./]+)`:\n\n```\w+\n(.*?)```", README, re.DOTALL))
"""The files of one's own that it shows, by their names."""
IN_PYTHON: list[str] = re.findall(
    r"```python\n(.*?)```", README.split("## In Python")[1].split("## What a run leaves")[0], re.DOTALL
)
"""The blocks of Python that go together, in their order."""


def commands(text: str) -> list[list[str]]:
    """The arguments of each call of gradnet-run in the blocks of commands of a text."""
    return [
        shlex.split(line, comments=True)[1:]
        for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
        if line.startswith("gradnet-run")
    ]


COMMANDS = commands(README)


def put_files(directory: Path) -> None:
    """Write the files of the README where it says they are."""
    for name, text in FILES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
