"""Splitting: documents to passages, never across a section; in law, one passage per ledd."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.store import digest_of
from kb.types import Document, Passage, Section, Source

SPLITTER_VERSION = "2"
_HAS_LEDD = re.compile(r"^§|(?:^|/)a[\dA-Z][^/]*$")
"""Locators of §§ and of the articles of treaties and EU acts; annexes and other loose text have no ledd."""
LONGEST = 1_500
"""Characters a passage outside law may have before it is split between paragraphs: about what a reader takes in at once."""


def split(document: Document) -> list[Passage]:
    """All passages of a document, in order; every character of a section but the blank lines is in one."""
    return [
        _passage(document.source, section, locator, start, end)
        for section in document.sections
        for locator, start, end in (_ledd(section) if _HAS_LEDD.search(section.locator) else _paragraphs(section))
    ]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Spans between blank lines."""
    for match in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        yield match.start(), match.end()


def _ledd(section: Section) -> Iterator[tuple[str, int, int]]:
    for n, (start, end) in enumerate(_blocks(section.text), 1):
        yield f"{section.locator}/ledd/{n}", start, end


def _paragraphs(section: Section) -> Iterator[tuple[str, int, int]]:
    first = last = -1
    for start, end in _blocks(section.text):
        if first >= 0 and end - first > LONGEST:
            yield section.locator, first, last
            first = start
        first, last = (start if first < 0 else first), end
    if first >= 0:
        yield section.locator, first, last


def _passage(source: Source, section: Section, locator: str, start: int, end: int) -> Passage:
    text = section.text[start:end]
    indexed = (
        source.id,
        locator,
        str(start) if locator == section.locator else "",
        section.title,
        *section.headings,
        text,
        *section.questions,
        *section.words,
        *source.names[:2],
    )
    return Passage(digest_of(*indexed), source.id, locator, start, end, text, section)
