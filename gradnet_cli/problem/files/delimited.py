"""Cells of delimited text: comma, semicolon, tab or blanks, with the line of each row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace

import numpy as np

from gradnet_cli.errors import InputFileError, one_line
from gradnet_cli.problem.files.columns import names_columns
from gradnet_cli.problem.files.source import Source

DELIMITERS = ("\t", ";", ",")
BLANKS = r"\s+"
SAMPLE = 30  # lines by which the delimiter is chosen
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
COMMENT = re.compile(r"[ \t]*[#%]")
SEPARATOR = re.compile(r"sep=([,;\t|])[,;\t]*\n", re.IGNORECASE)  # as Excel writes it in the first line
PROSE = re.compile(r"[ \t]*[#%]+( |$)")  # under a header, #name is a name and "# text" a comment


@dataclass(frozen=True, eq=False, kw_only=True)
class TextTable:
    """Cells of a delimited file as text, comments and blank lines left out.

    Attributes:
        source: the file
        names: column names as the file spells them; empty while the first row may still be a header
        cells: one (M,) object array of str a column
        lines: (M,) line numbers, or None where quoted line breaks make rows and lines differ
        first_line: the line number of the first row
        above: the comment line right above the first row, or None
    """

    source: Source
    names: list[str]
    cells: list[np.ndarray]
    lines: np.ndarray | None
    first_line: int
    above: str | None = None

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.cells[0])

    @property
    def words_above(self) -> list[str]:
        """The cells of the comment right above the first row, which may be a header."""
        return split_line(self.above.lstrip("#% \t")) if self.above else []

    def error(self, allowed: str, *, row: int) -> InputFileError:
        """Make the error that names the line of a row."""
        return self.source.error(allowed, line=None if self.lines is None else int(self.lines[row]))

    def find(self, names: tuple[str, ...]) -> int | None:
        """Return the place of the first column with one of these names, in any case."""
        return next((k for k, name in enumerate(self.names) if name.lower() in names), None)

    def row(self, place: int) -> list[str]:
        """The cells of a row, without blanks around them."""
        return [str(column[place]).strip() for column in self.cells]

    def headed(self) -> TextTable:
        """The table whose first row names the columns; further rows that repeat it are left out and told.

        Raises:
            InputFileError: a name that stands there twice
        """
        names = self.row(0)
        doubled = next((name for k, name in enumerate(names) if name and name in names[:k]), None)
        if doubled is not None:
            raise self.source.error(f"has the column '{doubled}' twice", line=self.first_line)
        kept = np.ones(self.rows, dtype=bool)
        kept[0] = False
        again = np.all([column == column[0] for column in self.cells], axis=0)
        again[0] = False
        if again.any():
            where = "" if self.lines is None else f" (line {int(self.lines[np.argmax(again)])})"
            self.source.note(f"{int(again.sum())} lines that repeat the header left out{where}")
        return replace(self.kept(kept & ~again), names=names)

    def named(self, names: list[str]) -> TextTable:
        """The table with these names for its columns, all its rows being data."""
        return replace(self, names=names)

    def kept(self, kept: np.ndarray) -> TextTable:
        """The table of some of its rows, (M,) bool."""
        lines = None if self.lines is None else self.lines[kept]
        return replace(self, cells=[column[kept] for column in self.cells], lines=lines)


def read_table(
    source: Source, *, delimiter: str | None = None, header: bool | None = None, after: int = 0
) -> TextTable:
    """Read all cells as text; rows keep their line numbers, blank lines and comments are left out.

    A line that begins with # or % is a comment. Under a header it is one only if a blank follows: #name is a
    name.

    Args:
        source: the file
        delimiter: ``BLANKS`` or one letter, or None: the one that gives each line as many cells
        header: whether the first line that is no comment names the columns, None: see ``names_columns``
        after: the number of lines that belong to something else

    Raises:
        InputFileError: no text, rows of different lengths, or nothing at all
    """
    text = source.text
    if delimiter is None and (told := SEPARATOR.match(text)):
        delimiter, after = told.group(1), 1
    start, skipped, above = _first_line(source, text, after)
    first = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    if header is None:
        header = source.header
        source.heeded.add("header")
    pattern = PROSE if header or (header is None and names_columns(split_line(first))) else COMMENT
    if ("#" in text or "%" in text) and re.search(r"^[ \t]*[#%]", text[start:], re.MULTILINE):
        text = text[:start] + _without_comments(source, text[start:], pattern)
    lines = [line for line in text[start : start + 65536].split("\n") if line.strip()][:SAMPLE]
    delimiter = delimiter or choose_delimiter(lines)
    _refuse_decimal_commas(source, lines, delimiter, line=skipped + 1)
    body = text[start:]  # pandas would heed quotation marks in lines that it is to skip
    frame = _parse(source, body, delimiter=delimiter, skipped=skipped)
    cells = [frame[k].fillna("").to_numpy(dtype=object) for k in frame]
    whole = len(frame) == body.count("\n") + (not body.endswith("\n"))
    kept = np.any([column != "" for column in cells], axis=0)
    table = TextTable(
        source=source,
        names=[],
        cells=[column[kept] for column in cells],
        lines=skipped + 1 + np.flatnonzero(kept) if whole else None,
        first_line=skipped + 1,
        above=above,
    )
    if not table.rows:
        raise source.error("the file is empty")
    return table


def split_line(line: str) -> list[str]:
    """The cells of one line."""
    delimiter = choose_delimiter([line])
    if delimiter == BLANKS:
        return [cell.strip('"') for cell in line.split()]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]


def choose_delimiter(lines: list[str]) -> str:
    """The delimiter that gives all lines as many cells, two at least; blanks if none does so better."""
    if not lines:
        return BLANKS
    best, fewest = BLANKS, None
    for delimiter in DELIMITERS:
        counts = [_cells(line, delimiter) for line in lines]
        if counts[0] < 2:
            continue
        if len(set(counts)) == 1:
            best = delimiter
            break
        if fewest is None or counts[0] > fewest:
            best, fewest = delimiter, counts[0]
    # Blanks and tabs side by side, as in "1 2<tab>0.5", are one kind of gap between numbers.
    if best == "\t" and all(re.fullmatch(rf"({NUMBER}\s*)+", line.strip()) for line in lines):
        return BLANKS
    return best


def _cells(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), []))
    except csv.Error:
        return line.count(delimiter) + 1


def _first_line(source: Source, text: str, after: int) -> tuple[int, int, str | None]:
    """Where the first line of data starts, its number from 0, the comment above."""
    start, above, comments = 0, None, 0
    for skipped, line in enumerate(io.StringIO(text)):
        if skipped < after:
            pass
        elif COMMENT.match(line):
            above, comments = line.strip(), comments + 1
        elif line.strip():
            return start, skipped, above
        start += len(line)
    if comments:
        raise source.error("holds only comments: each line begins with # or %")
    raise source.error("the file is empty")


def _without_comments(source: Source, text: str, pattern: re.Pattern[str]) -> str:
    """The text with comments made blank lines, so that lines keep their numbers."""
    lines = text.split("\n")
    cells = len(split_line(lines[0]))
    kept, left_out = 0, 0  # of those that could be meant otherwise
    for k, line in enumerate(lines):
        if not COMMENT.match(line):
            continue
        if not pattern.match(line):
            kept += 1
            continue
        left_out += not PROSE.match(line) or (pattern is PROSE and len(split_line(line)) == cells)
        lines[k] = ""
    if kept:
        source.note(f"{kept} lines begin with # or % and a name: they are read, a comment has a blank there")
    if left_out:
        source.note(f"{left_out} lines that begin with # or % left out as comments")
    return "\n".join(lines)


def _refuse_decimal_commas(source: Source, lines: list[str], delimiter: str, *, line: int) -> None:
    """Refuse "1 2 1,5", of which a comma would make the cells "1 2 1" and "5"."""
    if delimiter == "," and any(
        re.fullmatch(rf"\s*{NUMBER}[ \t]+({NUMBER}[ \t]+)*\d+,\d+\s*", text) for text in lines
    ):
        raise source.error("decimal commas are not read: write 1.5 for 1,5", line=line)


def _parse(source: Source, text: str, *, delimiter: str, skipped: int):  # type: ignore[no-untyped-def]
    import pandas

    try:
        return pandas.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            low_memory=False,
        )
    except pandas.errors.ParserError as error:
        raise _malformed(error, source=source, skipped=skipped) from error


def _malformed(error: Exception, *, source: Source, skipped: int) -> InputFileError:
    text = one_line(str(error)).removeprefix("Error tokenizing data. C error: ")
    if match := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", text):
        expected, line, seen = (int(group) for group in match.groups())
        said = f"has {seen} cells, and the lines above have {expected}"
        return source.error(said, line=skipped + line)
    if match := re.search(r"EOF inside string starting at row (\d+)", text):
        return source.error("a quotation mark is not closed", line=skipped + 1 + int(match.group(1)))
    return source.error(f"is malformed: {text}")
