"""Plain Markdown and text files to documents: headings become sections, the rest is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.types import Document, Section, Source

LOADER_VERSION = "3"
LONGEST_HEADING = 80
"""Characters a line of a plain text file may have and still be a heading: one line on a page or a screen."""

_HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})[ \t]+(?P<heading>\S[^\n]*)$", re.MULTILINE)
_UNDERLINED = re.compile(
    r"(?:\A|(?<=\n\n))(?![ \t]*(?:[-+*>|#]|\d+[.)]) ?)[ ]{0,3}(?P<heading>\S[^\n|]*)\n(?P<line>={3,}|-{3,})[ \t]*(?=\n|\Z)"
)
"""A line of its own with `===` or `---` right under it."""
_ANCHOR = re.compile(r"\{#[\w-]+\}$")
"""The name some editors give a heading, for links."""
_CODE = r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^ {0,3}(?P=fence)[`~]*[ \t]*$|.*)"
_NO_HEADINGS = re.compile(_CODE, re.MULTILINE | re.DOTALL)
_CODE_OR_COMMENT = re.compile(rf"(?P<code>{_CODE})|<!--(?:(?!<!--).)*?-->", re.MULTILINE | re.DOTALL)
_BARE = 7
"""The level of a heading without a mark: it stands below those that have one."""
_BLOCK = re.compile(r"\S(?:.|\n(?![ \t]*(?:\n|\Z)))*")
"""A paragraph: everything up to the next blank line."""
_LISTED = re.compile(r"[-–—•·▪◦*+o]\s|\d+[.)]\s|[a-zæøå]\)\s", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'»”’)\]]*$")


def slug(text: str) -> str:
    """Lower case, æ ø å spelled out, everything else one dash: the last part of an `avsnitt/…` locator."""
    plain = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "tekst"


def load_markdown(text: str, source: Source) -> Document:
    """Sections by heading, each with the headings above it; text before the first one stands under `avsnitt/innledning`.

    What looks like a heading inside a block of code is code. Comments, which no reader sees, are left out.
    """
    text = _without_comments(text)
    return Document(source, sections_of(_parts(text, _headings(text)), source))


def load_text(text: str, source: Source) -> Document:
    """Like `load_markdown`, for files without markup: a short line on its own with text under it is a heading too.

    Such a line stands between blank lines, has at most `LONGEST_HEADING` characters and no final
    punctuation, and is neither a list item nor the signature of a quotation. Nothing is left out: a line
    that has nothing under it stays with the text above.
    """
    bare = [(start, end, _BARE, line) for start, end, line in _bare_headings(text)]
    return Document(source, sections_of(_parts(text, sorted(_headings(text) + bare)), source))


def title_of(text: str) -> str:
    """The heading a Markdown text begins with, which is its title; empty if it begins otherwise."""
    text = _without_comments(text)
    first = next(iter(_headings(text)), None)
    return first[3] if first and not text[: first[0]].strip() else ""


def sections_of(parts: Iterable[tuple[tuple[str, ...], str]], source: Source) -> tuple[Section, ...]:
    """Sections of (headings, body) pairs, the innermost heading last; each locator is `avsnitt/<slug>` and used once.

    A part without headings is the introduction. Parts without a body are left out.
    """
    taken: set[str] = set()
    times: dict[str, int] = {}
    sections = []
    for headings, body in parts:
        if not body:
            continue
        first = locator = f"avsnitt/{slug(headings[-1] if headings else 'innledning')}"
        while locator in taken:
            times[first] = times.get(first, 1) + 1
            locator = f"{first}-{times[first]}"
        taken.add(locator)
        title = headings[-1] if headings else ""
        above = headings[1:-1] if headings[:1] == (source.title,) else headings[:-1]
        sections.append(Section(locator, body, title=title, headings=(source.title, *above)))
    return tuple(sections)


_Found = tuple[int, int, int, str]
"""A heading: where it starts and ends, its level (1 the highest) and what it says."""


def _without_comments(text: str) -> str:
    return _CODE_OR_COMMENT.sub(lambda match: match["code"] or "", text)


def _headings(text: str) -> list[_Found]:
    """The headings that are marked as such, in order."""
    text = _NO_HEADINGS.sub(lambda code: re.sub(r"[^\n]", "`", code[0]), text)
    found = [(match, len(match["level"])) for match in _HEADING.finditer(text)]
    found += [(match, 1 if match["line"].startswith("=") else 2) for match in _UNDERLINED.finditer(text)]
    said = ((match.start(), match.end(), level, _said(match["heading"])) for match, level in found)
    return sorted(heading for heading in said if heading[3])


def _said(heading: str) -> str:
    """A heading without closing marks (`## Mel ##`, but `C#` is a name) and without its name for links."""
    heading = _ANCHOR.sub("", heading.rstrip()).rstrip()
    unmarked = heading.rstrip("#")
    return heading if unmarked and not unmarked[-1].isspace() else unmarked.rstrip()


def _parts(text: str, headings: list[_Found]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The text between headings, with those above it; a heading over nothing at all is its own text."""
    yield (), text[: headings[0][0] if headings else len(text)].strip()
    path: list[tuple[int, str]] = []
    for n, (_, end, level, heading) in enumerate(headings):
        after = headings[n + 1] if n + 1 < len(headings) else (len(text), 0, 0, "")
        path = [above for above in path if above[0] < level]
        path.append((level, heading))
        body = text[end : after[0]].strip()
        yield tuple(said for _, said in path), body or (heading if after[2] <= level else "")


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
        and (not _LISTED.match(block) or block.isupper())
    )
