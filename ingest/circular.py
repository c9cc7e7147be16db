"""Circulars in Lovdata's web format to documents: a section per heading, cited by the number it has or the place it stands.

What the format holds (R20-00 counted): headings `h2`–`h6`; classes `morTag_*`; change marks in `p.morTag_amf`;
behind a heading a reference to the paragraph it explains, with `subpart` for its ledd. `data-refid` repeats and
is mostly empty, and the `id` attributes count places, as we do below a § that numbers nothing itself.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

from ingest.markdown import slug
from kb.references import parse
from kb.types import Document, Section, Source

LOADER_VERSION = "1"

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTS = ("ul", "ol")
_BLOCKS = _HEADINGS | frozenset(
    "main article section div blockquote center form dl dd dt figure details p pre ul ol table".split()
)
_LEFT_OUT = frozenset(
    "script style noscript template iframe object svg nav header footer aside button select textarea input".split()
)
_MARK_CLASS = "morTag_amf"
_FURNITURE = re.compile(
    r"foot-?note|fotnote|breadcrumb|br[øo]dsmul|cookie|\bmeny|\bmenu|navbar|navigation|toolbar|verkt[øo]y|\btoc\b|"
    r"innholdsfortegnelse|\bshare|print|skriv-?ut|skip-?link|sr-only|visually-hidden|banner",
    re.IGNORECASE,
)
"""Classes and ids of what surrounds the text of a circular on its page, and of footnotes."""
_CHANGED = r"(?:rundskrivet er |helt |sist )?(?:endr(?:et|a)|tilf[øo]y\w*|omarbeid\w*|utarbeid\w*|opphev\w*|revider\w*|nytt?)\b"
_MARK = re.compile(rf"\[?\s*{_CHANGED}", re.IGNORECASE)
_BRACKETED_MARK = re.compile(
    rf"\s*\[\s*{_CHANGED}[^\[\]]{{0,200}}?\d{{1,2}}[/.]\d{{2}}[^\[\]]{{0,200}}\]", re.IGNORECASE
)
"""«[Endret 1/11, 9/15]»; «[opphevet]» has no date and is part of the text."""
_DAY = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_MONTH = re.compile(r"\b(\d{1,2})/(\d{2})\b")
_MADE_BY = re.compile(r"utarbeid\w+ av\s*([^\W\d][^,.\d]+)", re.IGNORECASE)
_LAST_CENTURY = 66
"""Two-digit years from here on are of the last century: the first national insurance act is of 1966."""

_PARAGRAPH = re.compile(
    r"(?:til\s+)?§{1,2}\s*(\d+(?:-\d+)?)(?:\s?((?<!\s)[a-zæøå]|[a-hj-z])(?![\wæøå]))?", re.IGNORECASE
)
"""«§ 20-1 a. Forholdet»; a letter set apart must not be the word «i»."""
_WRITTEN_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})+)\.?(?=\s)|(\d{1,3})\.?(?=\s+[A-ZÆØÅ§«])")
"""«3.2. Nærmere om» and «1 Innledning», but not «3 måneders frist»."""
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(slots=True)
class _Heading:
    """A heading and the numbering below it: `scope` is what the numbers written there count from."""

    level: int
    title: str = ""
    locator: str = ""
    number: str = ""
    scope: str = ""
    children: int = 0


@dataclass(frozen=True, slots=True)
class _Mark:
    """A change mark: it dates the circular and is not part of its text."""

    text: str


@dataclass(frozen=True, slots=True)
class _Explains:
    """The reference behind a heading, e.g. `lov/1997-02-28-19/§20-4/ledd/1`."""

    ref: str


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, a list or a table; the last two stay with a paragraph that ends in a colon."""

    text: str
    follows: bool = False


_Piece = _Heading | _Mark | _Explains | _Block


def is_circular(root: Element) -> bool:
    """Whether a page carries Lovdata's marking of circulars."""
    return any("morTag_" in (element.get("class") or "") for element in root.iter("p"))


def load_circular(root: Element, source: Source) -> Document:
    """Sections by heading, named `punkt/<number>`; the last change told by any mark is the date.

    A mark that tells only the month («06/23») counts as its first day. Text before the first heading
    is `avsnitt/innledning`, and below a heading without any number the place is `avsnitt/<slug>`.
    """
    body = root.find("body")
    pieces = list(_pieces(root if body is None else body))
    said = (p.title for p in pieces if isinstance(p, _Heading) and p.level == 1)
    title = source.title or next(said, "") or " ".join((root.findtext("head/title") or "").split()) or source.id
    marks = [piece.text for piece in pieces if isinstance(piece, _Mark)]
    makers = (match[1].strip() for mark in marks if (match := _MADE_BY.search(mark)))
    source = dataclasses.replace(
        source,
        title=title,
        publisher=source.publisher or next(makers, ""),
        date=source.date or max((day for mark in marks for day in change_dates(mark)), default=None),
    )
    return Document(source, tuple(_sections(pieces, title)))


def change_dates(mark: str) -> list[date]:
    """The dates a change mark tells: «[Endret 1/11, 9/15]», «Sist endret 10.10.2025, se …»."""
    written = [(int(year), int(month), int(day)) for day, month, year in _DAY.findall(mark)]
    for month, year in _MONTH.findall(mark):
        written.append((int(year) + (1900 if int(year) >= _LAST_CENTURY else 2000), int(month), 1))
    dates = []
    for year, month, day in written:
        try:
            dates.append(date(year, month, day))
        except ValueError:
            continue  # a slip of the pen such as 13/21 tells nothing
    return dates


def _sections(pieces: list[_Piece], title: str) -> Iterator[Section]:
    above, blocks, explains = [_Heading(0, locator="avsnitt/innledning")], list[str](), list[str]()
    seen: dict[str, int] = {}

    def section() -> Section:
        here = above[-1]
        n = seen[here.locator] = seen.get(here.locator, 0) + 1
        return Section(
            locator=here.locator if n == 1 else f"{here.locator}-{n}",
            text="".join(blocks).strip(),
            title=here.title,
            headings=(title, *(heading.title for heading in above[1:-1])),
            see_also=tuple(dict.fromkeys(explains)),
        )

    for piece in pieces:
        match piece:
            case _Heading():
                if blocks:
                    yield section()
                blocks, explains = [], []
                above = [heading for heading in above if heading.level < piece.level]
                if piece.level > 1:
                    above.append(_numbered(piece, above[-1]))
            case _Explains(ref):
                explains.append(ref)
            case _Block(text, follows):
                blocks.append(("\n" if follows and blocks and blocks[-1].endswith(":") else "\n\n") + text)
            case _Mark():
                pass
    if blocks:
        yield section()


def _numbered(heading: _Heading, parent: _Heading) -> _Heading:
    """Give a heading its number: what it writes itself, a § where none is above it, else its place below its parent."""
    parent.children += 1
    if written := _WRITTEN_NUMBER.match(heading.title):
        heading.scope = parent.scope
        heading.number = ".".join(part for part in (parent.scope, written[1] or written[2]) if part)
    elif parent.number:
        heading.number = heading.scope = f"{parent.number}.{parent.children}"
    elif paragraph := _PARAGRAPH.match(heading.title):
        heading.number = heading.scope = paragraph[1] + (paragraph[2] or "").lower()
    heading.locator = f"punkt/{heading.number}" if heading.number else f"avsnitt/{slug(heading.title)}"
    return heading


def _pieces(container: Element) -> Iterator[_Piece]:
    """Headings, change marks, references and blocks of text below `container`, in reading order."""
    loose = [container.text or ""]
    for child in container:
        if child.tag == "a" and (ref := _explained(child)):
            yield _Explains(ref)
        elif _is_left_out(child) or child.tag in _BLOCKS:
            yield from _paragraph("".join(loose))
            loose = []
            if not _is_left_out(child):
                yield from _block(child)
        else:
            loose.append(_inline(child))
        loose.append(_spaces(child.tail))
    yield from _paragraph("".join(loose))


def _block(element: Element) -> Iterator[_Piece]:
    if element.tag in _HEADINGS:
        title = " ".join(_inline(element).split())
        yield _Heading(int(element.tag[1]), _BRACKETED_MARK.sub("", title).strip())
        yield from (_Mark(mark) for mark in _BRACKETED_MARK.findall(title))
    elif element.tag in ("ul", "ol"):
        yield from _lines(_items(element))
    elif element.tag == "table":
        yield from _lines(
            " | ".join(" ".join(_inline(cell).split()) for cell in row if cell.tag in ("td", "th"))
            for row in element.iter("tr")
        )
    elif element.tag in ("p", "pre"):
        text = _inline(element)
        if _MARK_CLASS in (element.get("class") or "") and _MARK.match(text.strip()):
            yield _Mark(text)
        else:
            yield from _paragraph(text)
    else:
        yield from _pieces(element)


def _paragraph(text: str) -> Iterator[_Piece]:
    yield from (_Mark(mark) for mark in _BRACKETED_MARK.findall(text))
    lines = (" ".join(line.split()) for line in _BRACKETED_MARK.sub("", text).split("\n"))
    if kept := "\n".join(line for line in lines if line):
        yield _Block(kept)


def _lines(lines: Iterable[str]) -> Iterator[_Piece]:
    if kept := "\n".join(line.strip() for line in lines if line.strip(" |")):
        yield _Block(kept, follows=True)


def _items(listed: Element) -> Iterator[str]:
    """«– first», or «a) first» and «1. first» where the list is numbered; lists inside come after their item."""
    start = listed.get("start") or "1"
    for n, item in enumerate((child for child in listed if child.tag == "li"), int(start) if start.isdecimal() else 1):
        marker = "–" if listed.tag == "ul" else f"{_letter(n)})" if listed.get("type") in ("a", "A") else f"{n}."
        yield f"{marker} {' '.join(_inline(item, without=_LISTS).split())}"
        for inner in _lists_in(item):
            yield from _items(inner)


def _lists_in(element: Element) -> Iterator[Element]:
    """The lists inside, but not the lists inside those."""
    for child in element:
        if child.tag in _LISTS:
            yield child
        else:
            yield from _lists_in(child)


def _letter(n: int) -> str:
    return chr(ord("a") + (n - 1) % 26)


def _inline(element: Element, without: Collection[str] = ()) -> str:
    """Text on a line, blocks inside set apart by a space; left out are notes, and elements `without`."""
    if element.tag == "br":
        return "\n"
    text = [_spaces(element.text)]
    for child in element:
        if not _is_left_out(child) and child.tag not in without:
            text += [" " if child.tag in _BLOCKS else "", _inline(child, without), " " if child.tag in _BLOCKS else ""]
        text.append(_spaces(child.tail))
    return _power("".join(text)) if element.tag == "sup" else "".join(text)


def _power(text: str) -> str:
    """«(1 – 0,0075)³», as «(1 – 0,0075)3» is another number."""
    return text.translate(_POWERS) if text.strip().isdecimal() else f"^{text}"


def _spaces(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _explained(link: Element) -> str:
    """The paragraph a heading's own link points at; empty for other links."""
    if link.get("type") != "forarbeid":
        return ""
    whole, subpart = link.get("data-id") or "", link.get("subpart") or ""
    place = parse(f"{whole}/{subpart}") or parse(whole)
    return str(place) if place else ""


def _is_left_out(element: Element) -> bool:
    if element.tag in _LEFT_OUT:
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(named.strip()) and bool(_FURNITURE.search(named))
