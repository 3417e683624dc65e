"""Good files of each format, and what people, programs and networks do to files."""

import gzip
import random
import re
from pathlib import Path

MADE = Path(__file__).parents[1] / "edge_files" / "made"
NAMED = {
    "names.csv": "Source,Target,Type,Weight\n"
    "Ada,Bob,Undirected,1.5\nBob,Cyd,Undirected,2\nCyd,Ada,Undirected,0.25\n",
    "comments.csv": "# made by hand\nfrom;to;weight;km\n0;1;1.5;10\n\n# weekend\n1;2;2;20\n2;3;0.25;30\n",
    "blanks.txt": "0 1 1.5\n1 2 2\n\n2 3 0.25\n3 0 4\n4 1 8\n",
    "years.csv": "From,Until,Source,Target,Weight\n1990,1999,0,1,1.5\n1991,1999,1,2,2\n1992,1999,2,0,4\n",
    "named.gml": 'graph [\n directed 1\n node [ id 4 label "Ada" ]\n node [ id 7 label "Bob &#38; Co" ]\n'
    " edge [ source 4 target 7 weight 1.5 ]\n edge [ source 7 target 4 weight 2 ]\n]\n",
    "named.net": '*Vertices 3\n1 "Ada"\n2 "Bob B"\n3 "Cyd"\n*Arcs\n1 2 1.5\n2 3 2\n3 1 4\n',
    "lists.net": "*Vertices 4\n*Edgeslist\n1 2 3\n2 3\n",
    "general.mtx": "%%MatrixMarket matrix coordinate integer general\n% counts\n"
    "4 4 5\n1 2 3\n2 1 3\n2 3 1\n3 4 7\n4 1 2\n",
    "pattern.mtx": "%%MatrixMarket matrix coordinate pattern symmetric\n4 4 3\n2 1\n3 2\n4 3\n",
    "skew.mtx": "%%MatrixMarket matrix array real skew-symmetric\n3 3\n1.5\n2\n4\n",
    "string.json": '{"directed": true, "multigraph": false, "graph": {},'
    ' "nodes": [{"id": "a", "x": 1, "y": 2}, {"id": "b"}],'
    ' "edges": [{"source": "a", "target": "b", "weight": 1.5}, {"source": "b", "target": "a", "weight": 2}]}',
}
TOKENS = [
    *(
        "1,5",
        "1.5",
        "1.0",
        "0.0",
        "01",
        "1e0",
        "1e3",
        "1_0",
        "nan",
        "inf",
        "-1",
        "0",
        "99",
        "x",
        "",
        "1/2",
        "٣",
        "1 ",
        "+1",
    ),
    *(
        "true",
        "True",
        "directed",
        "Undirected",
        "Source",
        "Target",
        "#a",
        '"',
        "'",
        "[",
        "]",
        "<",
        "&amp;",
        "{}",
        "1.5.2",
    ),
]
LINES = [
    "# weekend",
    "% note",
    "#weekend",
    "Source,Target,Weight",
    "source target",
    "",
    "   ",
    ",,",
    "0 0",
    "0,1,9",
    "1 2 9",
    "*Edges",
]
LETTERS = "0123456789,;.\t #%\"'-+eE<>[]{}/\nabé:=*&"


def good_files() -> list[tuple[str, bytes]]:
    """Names and contents of files that are read as they are."""
    made = [(path.name, path.read_bytes()) for path in sorted(MADE.iterdir()) if "directed" in path.name]
    return made + [(name, content.encode()) for name, content in NAMED.items()]


def spoil(content: bytes, chance: random.Random) -> bytes:
    """The file after one to three mishaps; many leave it right."""
    if content.startswith(b"\x1f\x8b") and chance.random() < 0.7:
        return gzip.compress(spoil(gzip.decompress(content), chance), mtime=0)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return _spoilt_bytes(content, chance)
        if content.startswith(b"PK"):
            return _spoilt_bytes(content, chance)
        content = chance.choice(MISHAPS)(text, chance)
    return content


def _spoilt_bytes(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return content[: chance.randrange(len(content))]
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 4])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _letter_replaced(text: str, chance: random.Random) -> bytes:
    place = chance.randrange(len(text) + 1)
    return (text[:place] + chance.choice(LETTERS) + text[place + 1 :]).encode()


def _letter_added(text: str, chance: random.Random) -> bytes:
    place = chance.randrange(len(text) + 1)
    return (text[:place] + chance.choice(LETTERS) + text[place:]).encode()


def _letter_lost(text: str, chance: random.Random) -> bytes:
    place = chance.randrange(len(text) + 1)
    return (text[:place] + text[place + 1 :]).encode()


def _cut(text: str, chance: random.Random) -> bytes:
    return text[: chance.randrange(len(text) + 1)].encode()


def _lines(text: str, chance: random.Random) -> bytes:
    lines = text.split("\n")
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(5)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(other, lines[place])
    elif kind == 2:
        lines[place], lines[other] = lines[other], lines[place]
    elif kind == 3:
        lines.insert(place, chance.choice(LINES))
    else:
        lines = [*lines, *lines[min(place, other) :]]
    return "\n".join(lines).encode()


def _token(text: str, chance: random.Random) -> bytes:
    places = [found.span() for found in re.finditer(r"[^\s,;\"<>\[\]{}=:]+", text)]
    if not places:
        return text.encode()
    start, end = chance.choice(places)
    return (text[:start] + chance.choice(TOKENS) + text[end:]).encode()


def _cells(text: str, chance: random.Random) -> bytes:
    """Cells of all lines, or of one, exchanged, lost or added."""
    delimiter = chance.choice([",", ";", "\t", " "])
    lines = text.split("\n")
    kind = chance.randrange(3)
    some = range(len(lines)) if chance.random() < 0.5 else [chance.randrange(len(lines))]
    for k in some:
        cells = lines[k].split(delimiter)
        if len(cells) < 2:
            continue
        if kind == 0:
            cells[0], cells[1] = cells[1], cells[0]
        elif kind == 1:
            cells.pop()
        else:
            cells.append("7")
        lines[k] = delimiter.join(cells)
    return "\n".join(lines).encode()


def _dressed(text: str, chance: random.Random) -> bytes:
    """What editors and other systems do to a whole file."""
    kind = chance.randrange(7)
    if kind == 0:
        return text.replace("\n", "\r\n").encode()
    if kind == 1:
        return b"\xef\xbb\xbf" + text.encode()
    if kind == 2:
        return text.encode("utf-16")
    if kind == 3:
        return text.upper().encode()
    if kind == 4:
        return text.replace(".", ",").encode()
    if kind == 5:
        return text.replace(",", ";").encode()
    return gzip.compress(text.encode(), mtime=0)


MISHAPS = [
    _letter_replaced,
    _letter_added,
    _letter_lost,
    _cut,
    _lines,
    _lines,
    _token,
    _token,
    _token,
    _cells,
    _dressed,
]
