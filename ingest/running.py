"""Running headers, footers and page numbers: lines that recur at the edges of a document's pages, found and left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ingest.pages import HEADING_SIZE, WORD, Line, body_size, usual_distance

EDGE_LINES = 4
"""How many lines at the top and the bottom of a page may be running headers and footers."""
MOST_RUNNING_WORDS = 20
"""Words a page may have of headers and footers; where every page has more and nothing else, they are the text."""
RUNNING_PAGES = 3
"""Pages a line must recur on to be running; a document of two pages has only two."""
EDGE_GAP = 1.2
"""How many times the usual distance of lines parts a header from the text."""
EDGE_STEP = 5.0
"""Points within which recurring lines stand equally high."""
_PAGE_LINE = re.compile(r"(?:side|page|s\.)\s*\d+(?:\s*(?:av|/|of)\s*\d+)?", re.IGNORECASE)
_ROMAN = re.compile(r"[ivxl]{1,6}")


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without the lines that recur at their top or bottom: headers, footers and page numbers.

    Lines are the same when they stand equally high and differ in digits only, or begin or end with a
    number that follows the page. Numbers that differ must be page numbers or at least never fall, so that
    the figures of a long table stay. Lines in large type are headings and stay, and so does what no wider
    space parts from the text.
    """
    seen: dict[_Place, dict[int, list[int]]] = defaultdict(dict)
    for number, page in enumerate(pages):
        for side in _SIDES:
            for line in _edge(page, side):
                for place in {*_places(line, side, number), *_cell_places(line, side)}:
                    seen[place].setdefault(number, _numbers(line.text))
    enough = min(RUNNING_PAGES, max(len(pages), 2))
    running = {place for place, found in seen.items() if len(found) >= enough and _counts_up(place[2], found)}
    body = body_size(pages)
    stripped = [_stripped(page, number, running, body) for number, page in enumerate(pages)]
    said = sum(len(line.text.split()) for page in pages for line in page)
    if not any(stripped) and said > MOST_RUNNING_WORDS * len(pages):
        return [list(page) for page in pages]  # copies of one page, such as a handout
    return stripped


_Place = tuple[str, int, str]
"""Where a line stands (`top` or `bottom`, height in steps of `EDGE_STEP`) and what it says with digits as 0."""
_SIDES = ("top", "bottom")
_CELL = "celle:"
"""Before what one cell of a line says."""
_FOLLOWS = "følger siden:"
"""Before the distance between page and number, in the place of a line that is known by its number."""


def _edge(page: Sequence[Line], side: str) -> Sequence[Line]:
    """The outermost lines of a page, from the edge inwards."""
    return page[:EDGE_LINES] if side == "top" else page[::-1][:EDGE_LINES]


def _places(line: Line, side: str, page: int) -> list[_Place]:
    height = round(line.y / EDGE_STEP)
    outer = re.findall(r"^\d{1,4}(?!\S)|(?<!\S)\d{1,4}$", line.text)
    return [
        (side, height, _pattern(line.text)),
        *((side, height, f"{_FOLLOWS}{int(number) - page}") for number in outer),
    ]


def _cell_places(line: Line, side: str) -> list[_Place]:
    """The same for each cell that has words: a header may pair the title with the name of the chapter."""
    height = round(line.y / EDGE_STEP)
    return [(side, height, f"{_CELL}{_pattern(cell.text)}") for cell in line.cells if WORD.search(cell.text)]


def _pattern(text: str) -> str:
    plain = " ".join(text.lower().split())
    return "0" if _ROMAN.fullmatch(plain) else re.sub(r"\d+", "0", plain)


def _numbers(text: str) -> list[int]:
    return [int(found[:9]) for found in re.findall(r"\d+", text)]


def _counts_up(pattern: str, found: Mapping[int, Sequence[int]]) -> bool:
    """True when every number on a recurring line stays, follows the page or, beside words, never falls."""
    if pattern.startswith(_FOLLOWS):
        return True
    columns = list(zip(*found.values(), strict=False))
    follows = [len({n - page for n, page in zip(column, found, strict=True)}) == 1 for column in columns]
    if not re.search(r"[^\W\d_]", pattern):
        return any(follows) or not columns
    words = re.search(r"[^\W\d_]{3}", pattern)
    return all(
        follow or len(set(column)) == 1 or (words and list(column) == sorted(column))
        for column, follow in zip(columns, follows, strict=True)
    )


def _stripped(page: Sequence[Line], number: int, running: set[_Place], body: float) -> list[Line]:
    left = list(page)
    for side in _SIDES:
        inwards, usual, drop = (left if side == "top" else left[::-1]), usual_distance(left), 0
        for n, line in enumerate(inwards[:EDGE_LINES]):
            inner = inwards[n + 1] if n + 1 < len(inwards) else None
            apart = inner is None or abs(line.y - inner.y) >= EDGE_GAP * usual
            runs = not running.isdisjoint(_places(line, side, number)) or _PAGE_LINE.fullmatch(line.text)
            in_part = n == 0 and not running.isdisjoint(_cell_places(line, side))
            if line.size >= HEADING_SIZE * body or not (runs or in_part):
                break
            if apart or (n == 0 and _PAGE_LINE.fullmatch(line.text)):
                drop = n + 1
        left = left[drop:] if side == "top" else left[: len(left) - drop]
    return left
