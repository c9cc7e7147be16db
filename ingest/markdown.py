"""Plain Markdown and text files to documents: headings become sections, the rest is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.types import Document, Section, Source

LOADER_VERSION = "1"
_HEADING = re.compile(r"^#{1,6} +(.+?)[ #]*$", re.MULTILINE)


def slug(text: str) -> str:
    """Lower case, æ ø å spelled out, everything else one dash: the last part of an `avsnitt/…` locator."""
    plain = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "tekst"


def load_markdown(text: str, source: Source) -> Document:
    """Sections by heading; text before the first heading stands under `avsnitt/innledning`."""
    seen: dict[str, int] = {}
    sections = []
    for heading, body in _parts(text):
        if not body:
            continue
        locator = f"avsnitt/{slug(heading or 'innledning')}"
        n = seen[locator] = seen.get(locator, 0) + 1
        sections.append(Section(locator if n == 1 else f"{locator}-{n}", body, title=heading, headings=(source.title,)))
    return Document(source, tuple(sections))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    found = list(_HEADING.finditer(text))
    yield "", text[: found[0].start() if found else len(text)].strip()
    for n, match in enumerate(found):
        end = found[n + 1].start() if n + 1 < len(found) else len(text)
        yield match[1].strip(), text[match.end() : end].strip()
