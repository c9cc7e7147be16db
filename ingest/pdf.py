"""PDF to documents: one section per page, in reading order; the door to pypdf."""

from __future__ import annotations

import dataclasses
import io
import logging
import re
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ingest.drawing import MOST_FORMS, Drawing, TooSlow, check_time
from ingest.pages import (
    Paragraph,
    Piece,
    body_size,
    in_reading_order,
    is_heading,
    lines_of,
    paragraphs_of,
    words_of,
)
from ingest.running import without_running
from kb.errors import SourceError
from kb.types import Document, Section, Source

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader
    from pypdf.generic import Destination

LOADER_VERSION = "2"
LARGEST_FILE = 200_000_000
"""Bytes; public reports with photographs reach some tens of millions."""
MOST_PAGES = 3_000
"""The longest public reports have about a thousand."""
LONGEST_SECONDS = 120.0
"""For one file; a page takes 10–50 ms here, so 3,000 pages are done in time."""
LARGEST_STREAM = 20_000_000
"""Bytes of one unpacked stream; the text of a page is some thousand, and what it draws seldom above a million."""
MOST_OPERATIONS = 500_000
"""Operands and operators of one page; a detailed map has some hundred thousand."""
END_WITHIN = 1_024
"""The last bytes that must hold `%%EOF` (Acrobat's own rule); without it the file was cut off."""
LARGEST_PADDING = 1_000_000
"""Bytes of zeros or blanks some servers put after the end."""
WIDE_GAP = 4
"""Spaces in a row that part two cells: four are one font size wide, more than justified text has."""

BOTTOM = -100_000.0
"""The height of the last line of a page without places: the same on every page, and apart from the text."""
PLACED_SHARE = 0.4
"""Characters with a place per byte drawn; fonts of many characters take two bytes each."""

FILLED_IN = re.compile(
    r"^(?:microsoft|untitled|uten navn|\(anonymous\)$|document\d*$|dokument\d*$|powerpoint)|\.\w{3,4}$", re.IGNORECASE
)
"""Titles that programs write: «Microsoft Word - notat.doc», «PowerPoint-presentasjon», «Dokument1»."""

_BROKEN_FILE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pypdf lets through on broken files besides its own errors («broken PDF files might cause other Exceptions»)."""


def load_pdf(data: bytes, source: Source) -> Document:
    """One section `side/<n>` per page with text; n counts pages from 1, as a viewer does.

    Titles come from the outline or, without one, from lines in larger type; a source without a title takes
    the file's own. Pages without text are named in the warnings. Raises `SourceError` when the file is empty, broken, cut off, locked by a
    password, or larger than the limits above.
    """
    _check_ends(data, source)
    deadline = time.monotonic() + LONGEST_SECONDS
    with _limits(source):
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(data), strict=False)
        _unlock(reader, source)
        if (count := len(reader.pages)) > MOST_PAGES:
            raise SourceError(
                f"PDF-en {source.id!r} har {count} sider; grensen er {MOST_PAGES}. Del den i flere filer."
            )
        if not count:
            raise SourceError(f"PDF-en {source.id!r} har ingen sider. Lagre eller last den ned på nytt.")
        raw = [lines_of(_pieces(page, deadline)) for page in reader.pages]
        outline = _outline(reader)
        said = _metadata_title(reader)
    pages = without_running(raw)
    words, body = words_of(pages), body_size(pages)
    texts = [paragraphs_of(in_reading_order(page), words) for page in pages]
    titles = _titles_of_outline(outline, count) if outline else _titles_by_size(texts, body)
    if not source.title:
        first = next((above[0] for above in titles if above), "")
        source = dataclasses.replace(source, title=said or first or source.id)
    sections, warnings = [], []
    for n, (paragraphs, above) in enumerate(zip(texts, titles, strict=True), 1):
        if text := "\n\n".join(paragraph.text for paragraph in paragraphs).strip():
            title = above[-1] if above else ""
            sections.append(Section(f"side/{n}", text, title=title, headings=(source.title, *above[:-1])))
        else:
            warnings.append(f"side {n} har ingen tekst (skannet?)")
    return Document(source, tuple(sections), tuple(warnings))


def _check_ends(data: bytes, source: Source) -> None:
    """The cheap checks: something there, a PDF, whole, not too large."""
    if not data.strip(b"\0 \t\r\n"):
        raise SourceError(f"PDF-en {source.id!r} er tom. Last den ned på nytt eller ta den ut av manifestet.")
    if b"%PDF-" not in data[:1024]:
        raise SourceError(
            f"Filen til {source.id!r} er ikke en PDF (den begynner ikke med %PDF). Sjekk hva som er lagret."
        )
    if len(data) > LARGEST_FILE:
        size, limit = len(data) // 1_000_000, LARGEST_FILE // 1_000_000
        raise SourceError(f"PDF-en {source.id!r} er på {size} MB; grensen er {limit} MB. Lagre den uten bilder.")
    if b"%%EOF" not in data[-LARGEST_PADDING:].rstrip(b"\0 \t\r\n")[-END_WITHIN:]:
        raise SourceError(f"PDF-en {source.id!r} er avkuttet (slutten mangler). Last den ned på nytt.")


@contextmanager
def _limits(source: Source) -> Iterator[None]:
    """Run pypdf with our limits, quietly, and give its errors our name."""
    from pypdf import apply_configuration
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    logging.getLogger("pypdf").addHandler(_QUIET)
    try:
        with apply_configuration(
            zlib_maximum_output_length=LARGEST_STREAM,
            lzw_maximum_output_length=LARGEST_STREAM,
            run_length_maximum_output_length=LARGEST_STREAM,
            brotli_maximum_output_length=LARGEST_STREAM,
            array_based_stream_maximum_output_length=LARGEST_STREAM,
            stream_parsing_work_maximum_count=MOST_OPERATIONS,
            xform_maximum_invocations_per_extraction=MOST_FORMS,
        ):
            yield
    except TooSlow as error:
        raise SourceError(
            f"PDF-en {source.id!r} tok over {LONGEST_SECONDS:.0f} sekunder å lese. Del den i flere filer."
        ) from error
    except LimitReachedError as error:
        raise SourceError(
            f"PDF-en {source.id!r} er for innholdsrik til å leses trygt ({error}). Lagre den på nytt."
        ) from error
    except DependencyError as error:
        raise SourceError(
            f"PDF-en {source.id!r} er kryptert på en måte som ikke kan leses. Lagre den uten passord."
        ) from error
    except (PyPdfError, *_BROKEN_FILE) as error:
        raise SourceError(
            f"PDF-en {source.id!r} er skadet og kan ikke leses ({error}). Last den ned på nytt."
        ) from error


_QUIET = logging.NullHandler()
"""pypdf tells the log about every flaw it gets past; without a handler that would land on the terminal."""


def _unlock(reader: PdfReader, source: Source) -> None:
    """Open files anyone may open (no password to read, only to change); refuse the others."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError(f"PDF-en {source.id!r} er låst med passord. Lagre en kopi uten passord og bruk den.")


def _pieces(page: PageObject, deadline: float) -> list[Piece]:
    """The text of a page with its places, or line by line where most of it has none (rotated, odd fonts)."""
    from pypdf._text_extraction._layout_mode import text_show_operations

    drawing = Drawing(page, deadline)
    try:
        groups = text_show_operations(drawing.operations(), drawing.fonts)
    except _BROKEN_FILE:
        groups = []
    pieces = [
        piece
        for group in groups
        for piece in _split(
            Piece(
                group["tx"],
                max(group["displaced_tx"], group["tx"]),
                group["ty"] * group["flip_sort"],
                max(group["font_height"], 1.0),
                group["text"],
            )
        )
    ]
    if sum(len(piece.text) for piece in pieces) >= PLACED_SHARE * drawing.shown:
        return pieces

    def watch(*_: object) -> None:
        check_time(deadline)

    plain = [line for line in page.extract_text(visitor_operand_before=watch).split("\n") if line.strip()]
    heights = [0.0, *(-12.0 * n - 12.0 for n in range(1, len(plain) - 1)), BOTTOM]
    return [Piece(0.0, 5.0 * len(line), y, 10.0, line) for line, y in zip(plain, heights, strict=False)]


def _metadata_title(reader: PdfReader) -> str:
    """The title the file gives itself, unless a program filled it in; empty if there is none."""
    from pypdf.errors import PyPdfError

    try:
        title = " ".join((reader.metadata.title or "").split()) if reader.metadata else ""
    except (PyPdfError, *_BROKEN_FILE):
        return ""  # an ornament: the text is there without it
    return "" if FILLED_IN.search(title) else title


def _split(piece: Piece) -> Iterator[Piece]:
    """Pieces apart where wide white space stands for the distance between two cells; places by count of characters."""
    narrow = 0.5  # of the width of a letter: what a space is in most typefaces
    weights = [narrow if char == " " else 1.0 for char in piece.text]
    width = (piece.x1 - piece.x0) / (sum(weights) or 1.0)
    places = [piece.x0, *(piece.x0 + width * sum_ for sum_ in accumulate(weights))]
    for match in re.finditer(rf"\S+(?: {{1,{WIDE_GAP - 1}}}\S+)*", piece.text):
        yield Piece(places[match.start()], places[match.end()], piece.y, piece.size, match[0])


def _outline(reader: PdfReader) -> list[tuple[int, int, str]]:
    """The entries of the outline as (page from 0, depth from 0, title), in order of pages; broken ones left out."""
    entries: list[tuple[int, int, str]] = []

    def walk(items: Sequence[Destination | list[Any]], depth: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, depth + 1)
            elif (page := reader.get_destination_page_number(item)) is not None and (title := str(item.title).strip()):
                entries.append((page, depth, " ".join(title.split())))

    from pypdf.errors import PyPdfError

    try:
        walk(reader.outline, 0)
    except (PyPdfError, *_BROKEN_FILE):
        return []  # an ornament: the text is there without it
    return sorted((entry for entry in entries if entry[0] >= 0), key=lambda entry: entry[0])


def _titles_of_outline(entries: Sequence[tuple[int, int, str]], pages: int) -> list[tuple[str, ...]]:
    """For each page the first entry that begins on it, or the one that goes on, with those above it first."""
    titles: list[tuple[str, ...]] = []
    path: tuple[str, ...] = ()
    at = 0
    for page in range(pages):
        first: tuple[str, ...] | None = None
        while at < len(entries) and entries[at][0] <= page:
            _, depth, title = entries[at]
            path = (*path[:depth], title)
            first = first or path
            at += 1
        titles.append(first or path)
    return titles


def _titles_by_size(texts: Sequence[Sequence[Paragraph]], body: float) -> list[tuple[str, ...]]:
    """The same from lines in larger type: the larger stand above the smaller."""
    titles: list[tuple[str, ...]] = []
    path: list[Paragraph] = []
    for paragraphs in texts:
        first: tuple[str, ...] | None = None
        for heading in paragraphs:
            if is_heading(heading, body):
                path = [above for above in path if above.size > heading.size + 0.5]
                path.append(heading)
                first = first or tuple(" ".join(above.text.split()) for above in path)
        titles.append(first or tuple(" ".join(above.text.split()) for above in path))
    return titles
