"""Plain Markdown and text files to documents: headings become sections, the rest is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.types import Document, Section, Source

LOADER_VERSION = "2"
LONGEST_HEADING = 80
"""Characters a line of a plain text file may have and still be a heading: one line on a page or a screen."""

_HEADING = re.compile(r"^#{1,6} +(.+?)[ #]*$", re.MULTILINE)
_BLOCK = re.compile(r"\S(?:.|\n(?![ \t]*(?:\n|\Z)))*")
"""A paragraph: everything up to the next blank line."""
_LISTED = re.compile(r"[-–—•·▪◦*+o]\s|\d+[.)]\s|[a-zæøå]\)\s", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'»”’)\]]*$")


def slug(text: str) -> str:
    """Lower case, æ ø å spelled out, everything else one dash: the last part of an `avsnitt/…` locator."""
    plain = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "tekst"


def load_markdown(text: str, source: Source) -> Document:
    """Sections by heading; text before the first heading stands under `avsnitt/innledning`."""
    found = [(match.start(), match.end(), match[1].strip()) for match in _HEADING.finditer(text)]
    return Document(source, sections_of(_parts(text, found), source))


def load_text(text: str, source: Source) -> Document:
    """Like `load_markdown`, for files without markup: a short line on its own with text under it is a heading too.

    Such a line stands between blank lines, has at most `LONGEST_HEADING` characters and no final
    punctuation, and is neither a list item nor the signature of a quotation. Nothing is left out: a line
    that has nothing under it stays with the text above.
    """
    found = [(match.start(), match.end(), match[1].strip()) for match in _HEADING.finditer(text)]
    found += _bare_headings(text)
    return Document(source, sections_of(_parts(text, sorted(found)), source))


def sections_of(parts: Iterable[tuple[tuple[str, ...], str]], source: Source) -> tuple[Section, ...]:
    """Sections of (headings, body) pairs, the innermost heading last; each locator is `avsnitt/<slug>` and used once.

    A part without headings is the introduction. Parts without a body are left out.
    """
    taken: set[str] = set()
    sections = []
    for headings, body in parts:
        if not body:
            continue
        first = locator = f"avsnitt/{slug(headings[-1] if headings else 'innledning')}"
        n = 1
        while locator in taken:
            locator = f"{first}-{(n := n + 1)}"
        taken.add(locator)
        title = headings[-1] if headings else ""
        sections.append(Section(locator, body, title=title, headings=(source.title, *headings[:-1])))
    return tuple(sections)


def _parts(text: str, headings: list[tuple[int, int, str]]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The text between headings, given as (start, end, heading)."""
    yield (), text[: headings[0][0] if headings else len(text)].strip()
    for n, (_, end, heading) in enumerate(headings):
        until = headings[n + 1][0] if n + 1 < len(headings) else len(text)
        yield (heading,), text[end:until].strip()


def _bare_headings(text: str) -> Iterator[tuple[int, int, str]]:
    blocks = [(match.start(), match.end(), match[0].strip()) for match in _BLOCK.finditer(text)]
    looks = [_looks_like_heading(block) for _, _, block in blocks]
    for n, (start, end, block) in enumerate(blocks[:-1]):
        opens = n == 0 or looks[n - 1] or _may_end_a_part(blocks[n - 1][2])
        if looks[n] and opens and not looks[n + 1] and not _HEADING.match(blocks[n + 1][2]):
            yield start, end, block


def _may_end_a_part(block: str) -> bool:
    """A paragraph that is a whole sentence or a list; after anything else, a short line signs what stands above it."""
    return bool(_ENDS_SENTENCE.search(block) or _LISTED.match(block.rpartition("\n")[2].strip()))


def _looks_like_heading(block: str) -> bool:
    return (
        len(block) <= LONGEST_HEADING
        and "\n" not in block
        and (block[0].isupper() or block[0].isdigit() or block[0] in '«"“§')
        and any(letter.isalpha() for letter in block)
        and block[-1] not in ".,;:!?…"
        and "://" not in block
        and "@" not in block
        and not _LISTED.match(block)
    )
