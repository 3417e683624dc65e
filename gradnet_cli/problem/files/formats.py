"""Which reader reads a file: by what is told, by the ending of its name, by what it begins with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradnet_cli.errors import SettingError
from gradnet_cli.problem.files.adjacency import read_adjacency, read_delimited
from gradnet_cli.problem.files.attributed import DATA, read_attributed
from gradnet_cli.problem.files.columns import names_columns
from gradnet_cli.problem.files.delimited import split_line
from gradnet_cli.problem.files.edges import SNAP, is_plain, read_edges, read_headless_edges
from gradnet_cli.problem.files.gexf import read_gexf
from gradnet_cli.problem.files.gml import read_gml
from gradnet_cli.problem.files.graphml import read_graphml
from gradnet_cli.problem.files.konect import KONECT, read_konect
from gradnet_cli.problem.files.matpower import MATRIX, read_matpower
from gradnet_cli.problem.files.matrix_market import BANNER, read_matrix_market
from gradnet_cli.problem.files.node_link import read_node_link
from gradnet_cli.problem.files.npz import read_npz
from gradnet_cli.problem.files.pajek import read_pajek
from gradnet_cli.problem.files.source import Source
from gradnet_cli.problem.files.table import EdgeTable
from gradnet_cli.problem.files.tntp import TNTP, read_tntp
from gradnet_cli.settings.values import choice

Reader = Callable[[Source], EdgeTable]


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of file.

    Attributes:
        read: reads it
        endings: of the names of such files
        begins: found where such a file begins, or None: nothing in it tells
    """

    read: Reader
    endings: tuple[str, ...] = ()
    begins: re.Pattern[str] | None = None


FORMATS: Mapping[str, Format] = {
    "edges": Format(read=read_edges),
    "adjacency": Format(read=read_adjacency),
    "graphml": Format(read=read_graphml, endings=(".graphml",), begins=re.compile(r"<([\w.-]+:)?graphml\b")),
    "gexf": Format(read=read_gexf, endings=(".gexf",), begins=re.compile(r"<([\w.-]+:)?gexf\b")),
    "gml": Format(
        read=read_gml,
        endings=(".gml",),
        begins=re.compile(r"^\s*(Creator\s+\"|graph\s*\[|graph\s*\n\s*\[)", re.M),
    ),
    "pajek": Format(
        read=read_pajek,
        endings=(".net", ".paj", ".pajek"),
        begins=re.compile(r"\A\s*(%[^\n]*\n\s*)*\*(network|vertices)\b", re.I),
    ),
    "node_link": Format(read=read_node_link, endings=(".json",), begins=re.compile(r"\A\s*\{\s*(\"|\})")),
    "npz": Format(read=read_npz, endings=(".npz",), begins=re.compile(r"\APK\x03\x04.{1,60}?\.npy", re.S)),
    "matrix_market": Format(read=read_matrix_market, endings=(".mtx",), begins=BANNER),
    "matpower": Format(
        read=read_matpower,
        endings=(".m",),
        begins=re.compile(rf"^\s*function\s+(mpc|\[baseMVA)|{MATRIX.pattern}", re.M),
    ),
    "konect": Format(read=read_konect, endings=(".konect",), begins=KONECT),
    "tntp": Format(read=read_tntp, endings=(".tntp",), begins=TNTP),
    "networkx_edges": Format(read=read_attributed, begins=DATA),
}
SURE = {ending: name for name, format in FORMATS.items() for ending in format.endings if ending != ".net"}
# Endings of delimited text; the last ones are used for lists without a header.
TEXTS = (".csv", ".tsv", ".txt", ".dat", ".tab")
LISTS = (".edges", ".edgelist", ".el", ".wel", ".ncol")
NUMPY = ".npy"


def read_source(source: Source, *, told: str = "auto") -> EdgeTable:
    """Read a network.

    Args:
        source: the file
        told: its format, or ``auto``

    Raises:
        InputFileError: a file that cannot be read, or of which nothing tells how
    """
    table = reader_of(source, told=told)(source)
    source.note_idle()
    return table


def reader_of(source: Source, *, told: str = "auto") -> Reader:
    """What reads a file.

    Raises:
        InputFileError: nothing tells
        SettingError: there is no such format
    """
    if choice(setting="format", value=told, choices=("auto", *FORMATS)) != "auto":
        return FORMATS[told].read
    if source.ending in SURE:
        return FORMATS[SURE[source.ending]].read
    found = content_of(source)
    if found is not None:
        if source.ending not in (*TEXTS, *LISTS, ".net", ".xml", ""):
            source.note(f"read as {found}, by what it begins with")
        return FORMATS[found].read
    if source.path.name.startswith("out."):  # as the Koblenz collection calls its files
        return read_konect
    if source.ending in TEXTS:
        return read_edges if SNAP.search(source.begins()) else read_delimited
    if source.ending in LISTS:
        return read_headless_edges
    if source.ending == ".net":
        raise source.error(
            "must begin with *Vertices, as Pajek's files do; say format=edges if it is a list of edges"
        )
    if source.ending == "" and _is_list(source):
        return read_delimited
    known = ", ".join((*TEXTS, *LISTS, ".net", *SURE))
    raise source.error(f"must end in one of {known}, or say what it is by format=")


def _is_list(source: Source) -> bool:
    """Whether the first line that is no comment names columns, or holds the numbers of two nodes."""
    lines = [line for line in source.begins().splitlines() if line.strip() and line.lstrip()[0] not in "#%"]
    cells = split_line(lines[0]) if lines else []
    return names_columns(cells) or is_plain(cells)


def content_of(source: Source) -> str | None:
    """The format that the first letters of a file give away, or None."""
    head = source.begins()
    for name, format in FORMATS.items():
        if format.begins is None or (source.ending in (".csv", ".tsv") and name == "gml"):
            continue
        found = format.begins.search(head) if name in ("graphml", "gexf", "gml", "matpower") else None
        if found or format.begins.match(head.lstrip() if name == "konect" else head):
            return name
    return None


def check_format(value: object) -> str:
    """Return the name of a format or ``auto``.

    Raises:
        SettingError: there is no such format
    """
    if not isinstance(value, str):
        raise SettingError(
            setting="format", value=value, allowed=f"must be auto or one of {', '.join(FORMATS)}"
        )
    return choice(setting="format", value=value, choices=("auto", *FORMATS))
