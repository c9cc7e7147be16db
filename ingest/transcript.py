"""Slide transcripts from slide-sharing sites to documents: one section per slide, the host page's own text removed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from kb.types import Document, Section, Source

LOADER_VERSION = "1"
LARGEST_GAP = 3
"""How many slide numbers may be missing in a row (slides without text); a larger jump is a number in the text."""
LONGEST_FOOTER = 8
"""Words a running footer may have: an organisation, a place and a date."""
FOOTER_SLIDES = 3
"""How many slides must end alike before it is a footer; less is chance."""
FOOTER_SHARE = 0.5
"""The part of the slides that must end alike; a deck repeats a word, but not on every other slide."""
LONGEST_TITLE = 100
"""Characters of a title: two lines on a slide."""

_OPENING = re.compile(
    r"(?:^|(?<=[—–\-\"”»]))\s*(?:Utskrift av presentasjonen|Presentation transcript):?[ \t]*$", re.MULTILINE
)
_CLOSING = re.compile(r"^(?:Laste? ned ppt\b|Download ppt\b).*", re.MULTILINE | re.DOTALL)
_HOST_LINE = re.compile(
    r"^(?:Presentasjon lastes\. Vennligst vent|Presentation is loading\. Please wait|Li[kg]nende presentasjoner"
    r"|Similar presentations|Annonser fra Google|Ads by Google|Presentasjon om: .*|Presentation on theme: .*"
    r"|Laste? ned ppt\b.*|Download ppt\b.*)\.?$"
)
_SLIDE = re.compile(r"(?:\A|(?<=\n\n))(?P<n>[1-9]\d{0,2})(?: (?P<line>.*))?$", re.MULTILINE)
_ARROWS = str.maketrans({"\uf0e0": "→", "\uf0df": "←", "\uf0f3": "↔", "\uf0de": "⇒", "\uf0a7": "•", "\uf0b7": "•"})
"""Wingdings and Symbol characters that slides use and no other font has."""


def is_transcript(text: str) -> bool:
    """True for text copied from a slide-sharing site: its own heading («Utskrift av presentasjonen») and a slide 1."""
    opening = _OPENING.search(text)
    return opening is not None and any(int(match["n"]) == 1 for match in _SLIDE.finditer(_plain(text[opening.end() :])))


def load_transcript(text: str, source: Source) -> Document:
    """One section `lysbilde/<n>` per slide that has text; slides without any are named in the warnings.

    A slide begins with its number after a blank line, and numbers ascend. What the host page wrote
    around the slides, and the footer that runs through them, is left out.
    """
    opening = _OPENING.search(text)
    body = _plain(_CLOSING.sub("", text[opening.end() :] if opening else text))
    found = list(_slides(body))
    slides = []
    for here, after in zip(found, [*found[1:], None], strict=True):
        text_of_slide = body[here.start("line") if here["line"] else here.end() : after.start() if after else len(body)]
        slides.append((int(here["n"]), [line.strip() for line in text_of_slide.split("\n") if line.strip()]))
    footer = _footer([lines for _, lines in slides])
    sections, empty = [], []
    if before := body[: found[0].start() if found else len(body)].strip():
        sections.append(Section("avsnitt/innledning", before, headings=(source.title,)))
    for n, lines in slides:
        title, shown = _title_and_text(_without_footer(lines, footer))
        if shown:
            sections.append(Section(f"lysbilde/{n}", shown, title=title, headings=(source.title,)))
        else:
            empty.append(n)
    return Document(source, tuple(sections), tuple(f"lysbilde {n} har ingen tekst" for n in empty))


def _plain(text: str) -> str:
    """Lines without the host page's own; exactly one blank line where there are several."""
    lines = [line.strip().translate(_ARROWS) for line in text.split("\n")]
    kept = "\n".join(line for line in lines if not _HOST_LINE.match(line))
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def _slides(body: str) -> Iterator[re.Match[str]]:
    """The lines that open a slide: the next number, or one a little further on if that one never comes."""
    candidates = list(_SLIDE.finditer(body))
    last_seen = {_key(match): at for at, match in enumerate(candidates)}
    last = 0
    for at, match in enumerate(candidates):
        n, capital = _key(match)
        skipped = range(last + 1, n)
        if not 0 <= len(skipped) <= LARGEST_GAP or n <= last:
            continue
        if any(last_seen.get((m, form), -1) > at for m in skipped for form in (True, False)):
            continue
        if not capital and last_seen.get((n, True), -1) > at:
            continue  # «3 kommuner deltok» inside slide 2, and «3 Veien videre» further down
        last = n
        yield match


def _key(match: re.Match[str]) -> tuple[int, bool]:
    """The number, and whether what follows looks like a title: anything but a small letter first."""
    return int(match["n"]), not (match["line"] or "")[:1].islower()


def _footer(slides: Sequence[Sequence[str]]) -> str:
    """The longest run of words that enough slides end with, digits as `0`; empty if there is none."""
    endings: Counter[tuple[str, ...]] = Counter()
    for lines in slides:
        words = _zeroed(" ".join(lines)).split()
        endings.update(tuple(words[-n:]) for n in range(1, min(LONGEST_FOOTER, len(words)) + 1))
    enough = max(FOOTER_SLIDES, FOOTER_SHARE * len(slides))
    running = [
        " ".join(words)
        for words, count in endings.items()
        if count >= enough and any(letter.isalpha() for word in words for letter in word)
    ]
    return max(running, key=len, default="")


def _without_footer(lines: Sequence[str], footer: str) -> list[str]:
    """Lines without the footer: at the end of the slide, and where it stands alone on a line."""
    kept = [line for line in lines if _zeroed(line) != footer]
    if footer and kept and _zeroed(kept[-1]).endswith(f" {footer}"):
        kept[-1] = kept[-1][: -len(footer)].rstrip()
    return kept


def _zeroed(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _title_and_text(lines: Sequence[str]) -> tuple[str, str]:
    """The title, and what the slide says.

    The first line is a title when more lines follow that do not go on with its sentence; otherwise the
    line is the text, and its beginning serves as title.
    """
    if not lines:
        return "", ""
    first, rest = lines[0], "\n".join(lines[1:])
    if rest and len(first) <= LONGEST_TITLE and not rest[0].islower():
        return first, rest
    return _beginning(first), "\n".join(lines)


def _beginning(line: str) -> str:
    """The first sentence, clause or words of a line: what can stand as its title."""
    if len(line) <= LONGEST_TITLE:
        return line
    if match := re.match(
        rf".{{3,{LONGEST_TITLE - 1}}}?[?!:](?= )|.{{3,{LONGEST_TITLE - 1}}}?[^\W\d]{{3}}(?=\. [A-ZÆØÅ])", line
    ):
        return match[0].rstrip(":")
    return line[:LONGEST_TITLE].rpartition(" ")[0].rstrip(" ,;–-") + " …"
