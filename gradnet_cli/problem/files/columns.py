"""The names that columns go by."""

from __future__ import annotations

from collections.abc import Sequence

# By pairs: in "From,Until,Source,Target" the first is a year.
ENDS = (
    ("source", "target"),
    ("from", "to"),
    ("src", "dst"),
    ("src", "dest"),
    ("fromnodeid", "tonodeid"),
    ("from_id", "to_id"),
    ("source_id", "target_id"),
    ("node1", "node2"),
    ("node_1", "node_2"),
)
IDS = ("id", "node")
TYPE = "type"
# As Gephi writes them, and as people translate them.
DIRECTED = ("directed", "orienté", "dirigé", "gerichtet", "dirigido", "orientado", "orientato", "diretto")
UNDIRECTED = (
    "undirected",
    "non orienté",
    "non dirigé",
    "ungerichtet",
    "no dirigido",
    "no orientado",
    "não dirigido",
    "não orientado",
    "non orientato",
    "non diretto",
)
UNHEADED = ("Source", "Target", "Weight", "Time")  # what the columns of a file without a header are


def ends_of(names: Sequence[str]) -> tuple[int, int] | None:
    """The places of the columns that name the ends of edges, or None.

    Args:
        names: in any case
    """
    small = [name.strip().lower() for name in names]
    for source, target in ENDS:
        if source in small and target in small:
            return small.index(source), small.index(target)
    return None


def other_ends(names: Sequence[str]) -> bool:
    """Whether a second pair of columns could be the ends."""
    small = [name.strip().lower() for name in names]
    return sum(source in small and target in small for source, target in ENDS) > 1


def names_columns(cells: Sequence[str]) -> bool:
    """Whether a line is a header: it names the ends of edges, or an id of nodes."""
    return ends_of(cells) is not None or any(cell.strip().lower() in IDS for cell in cells)
