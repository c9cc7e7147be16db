"""Page layout: placed pieces of text to lines, columns in reading order and paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SAME_LINE = 0.5
"""Baselines closer than this (in font sizes) are one line: a superscript is raised by about a third."""
CELL_GAP = 1.0
"""White space wider than this (in font sizes) parts two cells or columns; justified words stand closer."""
WORD_GAP = 0.12
"""White space wider than this (in font sizes) is a space; letters are set closer."""
PARAGRAPH_GAP = 1.35
"""Lines further apart than this many times the usual distance on the page begin a new paragraph."""
PART_GAP = 1.8
"""How many times the usual distance of lines parts two runs of lines from each other."""
COLUMN_LINES = 4
"""Lines each of two columns must have; fewer are more often a table or an address."""
COLUMN_CHARACTERS = 20
"""Characters the usual line of a column has at least; the cells of a table are shorter."""
RUNNING_ON = 0.3
"""The part of a column's lines that begin inside a sentence (small letter); cells of a table begin with a capital."""
WIDE_LINE = 35
"""Characters of lines so long that they are columns whatever they begin with."""
HEADING_SIZE = 1.15
"""How much larger than the body a heading is set."""
LONGEST_HEADING = 120
"""Characters of a heading: two lines in large type."""

_CHARACTERS = str.maketrans(
    {
        "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
        "\x7f": "•", "\uf0b7": "•", "\uf0a7": "•", "\uf0e0": "→",
    }
)  # fmt: skip
"""Ligatures as letters, so that words are found; bullets and arrows of symbol fonts (0x7f is one in WinAnsi)."""

_MARKER = re.compile(
    r"[-–—•·▪◦*\uf0b7\uf0a7]|\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zæøå]|[ivx]{1,4})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}"
)
_STARTS_ITEM = re.compile(rf"(?:{_MARKER.pattern})\s")
_LEADERS = re.compile(r"(?: ?[.…_]){4,} ?")
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'»”’)\]]*$")
_BROKEN = re.compile(r"(?P<head>[^\W_][\w'’-]*|[^\W_])[-\u00ad\u2010\u2011]$")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SUSPENDED = ("og", "eller", "samt", "men", "til", "enn", "som", "i", "på")
"""Words after which a hyphen stands for a word left out: «arbeids- og velferdsetaten»."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one baseline from `x0` to `x1` at height `y`, set in `size`; points, with y growing upwards."""

    x0: float
    x1: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """Cells on one baseline, from left to right; a line of running text is one cell."""

    cells: tuple[Piece, ...]

    @property
    def y(self) -> float:
        """The height of the first cell's baseline, points."""
        return self.cells[0].y

    @property
    def size(self) -> float:
        """The size most of the line's characters are set in, points."""
        return max(self.cells, key=lambda cell: len(cell.text)).size

    @property
    def text(self) -> str:
        """The cells with ` | ` between, or a space after a list marker."""
        texts = [cell.text for cell in self.cells]
        if len(texts) == 2 and _MARKER.fullmatch(texts[0]):
            return " ".join(texts)
        return " | ".join(texts)

    @property
    def is_row(self) -> bool:
        """True for the row of a table."""
        return " | " in self.text and len(self.cells) > 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that belongs together, and the size it is set in."""

    text: str
    size: float


def lines_of(pieces: Iterable[Piece]) -> list[Line]:
    """The lines of a page from top to bottom; pieces that touch are one cell, text drawn twice counts once."""
    rows: list[list[Piece]] = []
    for piece in sorted((piece for piece in pieces if piece.text.strip()), key=lambda piece: (-piece.y, piece.x0)):
        if rows and abs(rows[-1][0].y - piece.y) < SAME_LINE * max(rows[-1][0].size, piece.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [Line(tuple(_cells(sorted(row, key=lambda piece: piece.x0)))) for row in rows]


def _cells(row: Sequence[Piece]) -> Iterator[Piece]:
    cell: Piece | None = None
    for piece in row:
        if cell is None:
            cell = piece
            continue
        gap, size = piece.x0 - cell.x1, max(piece.size, cell.size)
        if piece.text == cell.text and abs(piece.x0 - cell.x0) < SAME_LINE * size:
            continue  # bold by drawing twice
        if gap >= CELL_GAP * size:
            yield _tidy(cell)
            cell = piece
            continue
        space = " " if gap > WORD_GAP * size and not cell.text.endswith(" ") and not piece.text.startswith(" ") else ""
        size = cell.size if len(cell.text) >= len(piece.text) else piece.size
        cell = Piece(cell.x0, max(cell.x1, piece.x1), cell.y, size, f"{cell.text}{space}{piece.text}")
    if cell is not None:
        yield _tidy(cell)


def _tidy(cell: Piece) -> Piece:
    text = _LEADERS.sub(" … ", " ".join(cell.text.translate(_CHARACTERS).split())).strip()
    return Piece(cell.x0, cell.x1, cell.y, cell.size, text)


def in_reading_order(lines: Sequence[Line]) -> list[list[Line]]:
    """Blocks of lines in the order they are read: a page of two or three columns goes down each before the next."""
    if (edge := _gutter(lines)) is None:
        return [list(lines)] if lines else []
    blocks: list[list[Line]] = []
    after_columns = False
    for run, apart in _runs(lines, edge):
        if apart:
            left, right = _halves(run, edge)
            blocks += [*in_reading_order(left), *in_reading_order(right)]
        elif blocks and not after_columns:
            blocks[-1].extend(run)
        else:
            blocks.append(run)
        after_columns = apart
    return blocks


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the right column begins, if some part of the page is set in columns."""
    starts = Counter(round(cell.x0) for line in lines for cell in line.cells)
    best: tuple[int, float] | None = None
    for start, count in starts.most_common(12):  # more left edges than that are a table
        if count < COLUMN_LINES:
            break
        edge = start - 2.0
        covered = sum(len(run) for run, apart in _runs(lines, edge) if apart)
        if covered and (best is None or covered > best[0]):
            best = covered, edge
    return best[1] if best else None


def _runs(lines: Sequence[Line], edge: float) -> Iterator[tuple[list[Line], bool]]:
    """Lines in runs that leave the edge free or cross it, and whether the run is two columns."""
    usual = median(line.size for line in lines)
    run: list[Line] = []
    for n, line in enumerate(lines):
        crosses = any(cell.x0 < edge < cell.x1 for cell in line.cells)
        if crosses or _is_heading_between(lines, n, edge, usual):
            yield from _apart(run, edge)
            yield [line], False
            run = []
        else:
            run.append(line)
    yield from _apart(run, edge)


def _apart(run: Sequence[Line], edge: float) -> Iterator[tuple[list[Line], bool]]:
    """A run parted where white space goes right across, so that a table under two columns is not taken for them."""
    if not run:
        return
    usual = usual_distance(run)
    parts: list[list[Line]] = [[run[0]]]
    for above, below in pairwise(run):
        if above.y - below.y > PART_GAP * usual:
            parts.append([])
        parts[-1].append(below)
    columns = [_is_columns(part, edge, COLUMN_LINES) for part in parts]
    columns = [
        sure or (any(columns[max(0, n - 1) : n + 2]) and _is_columns(part, edge, 1))
        for n, (part, sure) in enumerate(zip(parts, columns, strict=True))
    ]
    merged, was = parts[0], columns[0]
    for part, apart in zip(parts[1:], columns[1:], strict=True):
        if apart == was:
            merged += part
        else:
            yield merged, was
            merged, was = part, apart
    yield merged, was


def _is_heading_between(lines: Sequence[Line], n: int, edge: float, usual: float) -> bool:
    """A heading in larger type with nothing beside it in the right column."""
    line = lines[n]
    if line.size < HEADING_SIZE * usual or line.cells[-1].x0 >= edge:
        return False
    near = 2 * line.size
    return not any(abs(other.y - line.y) < near and other.cells[-1].x1 > edge for other in lines[max(0, n - 3) : n + 4])


def _halves(run: Sequence[Line], edge: float) -> tuple[list[Line], list[Line]]:
    left = [Line(cells) for line in run if (cells := tuple(cell for cell in line.cells if cell.x0 < edge))]
    right = [Line(cells) for line in run if (cells := tuple(cell for cell in line.cells if cell.x0 >= edge))]
    return left, right


def _is_columns(run: Sequence[Line], edge: float, least: int) -> bool:
    left, right = _halves(run, edge)
    return _is_prose(left, least) and _is_prose(right, least)


def _is_prose(lines: Sequence[Line], least: int) -> bool:
    """Enough long lines, many of them inside a sentence: text in a column rather than cells of a table."""
    if len(lines) < least:
        return False
    texts = [line.cells[0].text for line in lines]
    usual = median(map(len, texts))
    inside = sum(text[:1].islower() for text in texts) / len(texts)
    return usual >= COLUMN_CHARACTERS and (inside >= RUNNING_ON or usual >= WIDE_LINE)


def paragraphs_of(blocks: Sequence[Sequence[Line]], words: Counter[str]) -> list[Paragraph]:
    """Lines put together to paragraphs, words broken at line ends mended; `words` are those of the document."""
    paragraphs: list[Paragraph] = []
    before: Line | None = None
    for block in blocks:
        usual = usual_distance(block)
        right = max(cell.x1 for line in block for cell in line.cells)
        for n, line in enumerate(block):
            if before is None or not paragraphs:
                paragraphs.append(Paragraph(line.text, line.size))
            else:
                last = paragraphs[-1]
                same = abs(line.size - last.size) < 0.1 * max(line.size, last.size)
                if n == 0:
                    goes_on = same and line.text[:1].islower() and not _ENDS_SENTENCE.search(before.text)
                    join = "flow" if goes_on and not before.is_row and not line.is_row else "new"
                else:
                    join = _join(before, line, usual, right) if same or (before.is_row and line.is_row) else "new"
                if join == "new":
                    paragraphs.append(Paragraph(line.text, line.size))
                else:
                    text = mend(last.text, line.text, words) if join == "flow" else f"{last.text}\n{line.text}"
                    paragraphs[-1] = Paragraph(text, last.size)
            before = line
    return [Paragraph(paragraph.text.replace("\u00ad", ""), paragraph.size) for paragraph in paragraphs]


def usual_distance(block: Sequence[Line]) -> float:
    gaps = [above.y - below.y for above, below in pairwise(block)]
    near = [gap for gap, line in zip(gaps, block, strict=False) if 0 < gap < 2.2 * line.size]
    return median(near) if near else 0.0


def _join(above: Line, below: Line, usual: float, right: float) -> str:
    """`new` paragraph, a `line` of its own, or `flow`: the sentence goes on."""
    gap = above.y - below.y
    if gap > (PARAGRAPH_GAP * usual if usual else 2.2 * above.size):
        return "new"
    if above.is_row or below.is_row or _STARTS_ITEM.match(below.text):
        return "line"
    first, width = below.text.split(" ", 1)[0], below.cells[-1].x1 - below.cells[0].x0
    needed = (len(first) + 1) * width / max(len(below.text), 1)
    return "line" if above.cells[-1].x1 + needed < right - 0.5 * above.size else "flow"


def words_of(pages: Iterable[Iterable[Line]]) -> Counter[str]:
    """How often each word stands unbroken in the document, small letters; hyphenated words whole."""
    counted: Counter[str] = Counter()
    for page in pages:
        for line in page:
            for cell in line.cells:
                ends_broken = bool(_BROKEN.search(cell.text))
                found = [word.lower() for word in WORD.findall(cell.text)]
                counted.update(found[:-1] if ends_broken else found)
    return counted


def mend(above: str, below: str, words: Counter[str]) -> str:
    """Two lines of one paragraph as one, a word broken at the end of the first put together again.

    A hyphen that belongs to the word stays: after capitals or digits («NAV-loven», «16-åring»), before a
    capital («Nord-Norge»), after a single letter («e-post») or when the document writes it so elsewhere.
    A hyphen for a word left out («arbeids- og velferdsetaten») keeps its space.
    """
    broken = _BROKEN.search(above)
    if broken is None or not below[:1].isalnum():
        return f"{above} {below}"
    head = broken["head"].rpartition("-")[2] or broken["head"]
    tail = re.split(r"[^\w-]", below, maxsplit=1)[0].lower()
    stem = above[: broken.end() - 1]
    if above[-1] == "\u00ad":
        return stem + below
    if tail in _SUSPENDED:
        return f"{above} {below}"
    joined, hyphened = f"{head}{tail}".lower(), f"{head}-{tail}".lower()
    keeps = not below[0].islower() or len(head) == 1 or (head.isupper() and len(head) > 1) or head[-1].isdigit()
    if keeps or (words[hyphened] > words[joined]):
        return f"{stem}-{below}"
    return stem + below


def body_size(pages: Iterable[Iterable[Line]]) -> float:
    """The size most characters are set in, points; 0 when there are none."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def is_heading(paragraph: Paragraph, body: float) -> bool:
    """A short paragraph set larger than the body."""
    text = paragraph.text
    return (
        paragraph.size >= HEADING_SIZE * body
        and len(text) <= LONGEST_HEADING
        and len(re.findall(r"[^\W\d_]", text)) >= 2
        and not text.endswith((".", ",", ";"))
        and " | " not in text
    )
