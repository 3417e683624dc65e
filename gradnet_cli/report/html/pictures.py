"""The figures of a directory, inlined as images."""

import base64
import html
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradnet_cli.report.html.page import link

log = logging.getLogger(__name__)

LINKED = (".pdf", ".mp4")
KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif"}
SHARP_UP_TO = 120_000
"""Bytes up to which the vector drawing is taken; beyond, the smaller of the two."""
MOST_BYTES = 4_000_000
"""Bytes of all images of a page together; a figure beyond is linked and not shown."""
WIDE = 1.8
"""Ratio of width to height from which a figure has a row of its own."""
HEAD = 8000
"""Characters of a drawing in which its size and its caption stand."""
FIRST = ("network", "grid", "convergence")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure: `source` is its data address, None if it is too large for the page; sizes in pixels."""

    name: str
    caption: str
    source: str | None
    width: int
    height: int
    links: dict[str, str]

    @property
    def is_named(self) -> bool:
        """Whether its name says more than its caption does."""
        return not (self.caption and self.name.startswith("sweep "))

    @property
    def why_not_shown(self) -> str:
        """What stands in its place."""
        if any(f".{kind.lower()}" in KINDS for kind in self.links):
            return "Too large to be part of this page."
        return "No image that a page can hold was asked for."

    @property
    def is_wide(self) -> bool:
        """Whether its letters can be read across the whole page only."""
        return self.width > WIDE * self.height


def pictures(directory: Path) -> list[Picture]:
    """The figures of `directory`/figures: the network and the course of training first, films last."""
    folder = Path(directory) / "figures"
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in (*KINDS, *LINKED) and not path.name.startswith("."):
            files.setdefault(path.stem, []).append(path)
    left = MOST_BYTES
    found = []
    for stem in sorted(files, key=_order):
        chosen = _choose(files[stem])
        shown = chosen is not None and chosen.stat().st_size <= left
        if chosen is not None and shown:
            left -= chosen.stat().st_size
        width, height, caption = _look(files[stem])
        found.append(
            Picture(
                name=stem.replace("_", " "),
                caption=caption,
                source=_data(chosen) if chosen is not None and shown else None,
                width=width,
                height=height,
                links={path.suffix[1:].upper(): link(f"figures/{path.name}") for path in files[stem]},
            )
        )
    return found


def _look(files: Sequence[Path]) -> tuple[int, int, str]:
    """Width, height and caption, by the head of the PNG, GIF or SVG; a square where there is none of them."""
    from PIL import Image

    for path in files:
        if path.suffix in (".png", ".gif"):
            try:
                with Image.open(path) as image:
                    caption = image.info.get("Description") or image.info.get("comment") or ""
                    told = caption.decode(errors="replace") if isinstance(caption, bytes) else str(caption)
                    return *image.size, told
            except Exception:  # a spoilt picture spoils its place in the page and no other
                log.info("%s could not be read.", path, exc_info=True)
    drawn = next((path for path in files if path.suffix == ".svg"), None)
    return (1, 1, "") if drawn is None else _look_at_drawing(drawn)


def _look_at_drawing(path: Path) -> tuple[int, int, str]:
    """The same of an SVG, which has no other file beside it."""
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(HEAD)
    size = re.search(r'<svg[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    told = re.search(r"<dc:description>(.*?)</dc:description>", head, re.DOTALL)
    if size is None:
        return 1, 1, ""
    return round(float(size[1])), round(float(size[2])), "" if told is None else html.unescape(told[1])


def _order(stem: str) -> tuple[int, str]:
    if stem == "animation":
        return len(FIRST) + 1, stem
    return (FIRST.index(stem) if stem in FIRST else len(FIRST)), stem


def _choose(files: list[Path]) -> Path | None:
    by_kind = {path.suffix: path for path in files if path.suffix in KINDS}
    sharp = by_kind.get(".svg")
    if sharp is not None and (sharp.stat().st_size <= SHARP_UP_TO or len(by_kind) == 1):
        return sharp
    return min(by_kind.values(), key=lambda path: path.stat().st_size, default=None)


def _data(path: Path) -> str:
    # As an image, so that a drawing's names and styles stay its own and nothing in it can run.
    return f"data:{KINDS[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"
