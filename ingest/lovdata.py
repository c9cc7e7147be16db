"""Lovdata's XML to documents: chapters, §§, ledd and lists; change notes, footnotes and future text left out.

What the files hold (4,214 documents counted): `id` attributes are ordinal, so places are read from
`data-lovdata-URL`; list letters stand only in `li@data-name`, numbers in the margin only in
`span.data-marginOriginalId`; text may follow a list (`p.leddfortsettelse`), and lists may stand beside their
ledd; `data-repealeddate` also marks §§ that were repealed once and are back; `html@lang` is unreliable;
`dateInForce` may be «Kongen bestemmer».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

from ingest.amendments import read_changes
from ingest.markdown import slug
from kb.errors import SourceError
from kb.references import lovdata_url, parse
from kb.types import Document, Kind, Section, Source

LOADER_VERSION = "4"
LICENCE = "NLOD 2.0"

_LEFT_OUT = frozenset(
    {
        "changesToParent",
        "footnotes",
        "footnote",
        "footnotereference",
        "futureLegalArticle",
        "document-change",
        "futuretitle",
        "legalArticleHeader",
    }
)
_LEDD = frozenset({"legalP", "numberedLegalP"})
"""What Lovdata counts as ledd; `defaultP` and `centeredP` are text between them."""
_TITLE_TAGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCK_TAGS = frozenset({"article", "p", "div", "ol", "ul", "caption", "figcaption", "blockquote"})
_REPEALED = re.compile(r"\W*(?:opphevet|opphevd|oppheva|utgår|utgått)\b", re.IGNORECASE)
_REPEALED_TITLE = re.compile(r"\(\s*(?:opphevet|opphevd|oppheva|utgår|utgått)\s*\)", re.IGNORECASE)
_REPEALED_TEXT = re.compile(r"\((?:opphevet|opphevd|oppheva)\b[^()]*(?:\([^()]*\)[^()]*)*\)?\.?", re.IGNORECASE)
_COMING = re.compile(r"\b(?:tilføyes|tilføyast|(?:vert|blir) (?:tilføy|føyd til))", re.IGNORECASE)
_NYNORSK_ONLY = frozenset(
    {"ikkje", "ein", "eit", "dei", "frå", "vere", "gjeld", "kjem", "lova", "noko", "berre", "anna"}
)
_WORD = re.compile(r"\w+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENDS = re.compile(rf"^{_DATE.pattern}\s+[–-]\s+{_DATE.pattern}$|oppheves\s+{_DATE.pattern}$")

Element = ElementTree.Element


def load_lovdata(xml: bytes, today: date) -> Document:
    """Read one document of Lovdata's archives; `today` decides what is in force.

    Raises `SourceError` when the XML is broken or is not a Lovdata document.
    """
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise SourceError(
            f"XML-en fra Lovdata er ødelagt ({error}). Slett mellomlageret og kjør «navkb sync» på nytt."
        ) from error
    header = {cell.get("class", ""): cell for cell in root.iter("dd")}
    body = root.find(".//main")
    if body is None or "refid" not in header:
        raise SourceError("Filen er ikke et Lovdata-dokument: den mangler RefID eller innhold.")
    ref = _text(header["refid"])
    sections = tuple(_unique(_sections(body, (), ref)))
    in_force_from, in_force = _commencement(_text(header["dateInForce"]) if "dateInForce" in header else "", today)
    title = _text(header["title"]) if "title" in header else ref
    text = " ".join(section.text for section in sections[:20])
    source = Source(
        id=ref,
        kind=Kind(ref.partition("/")[0]),
        title=title,
        names=_names(_text(header["titleShort"]) if "titleShort" in header else "", title),
        publisher="Lovdata",
        date=_last_change(header),
        in_force_from=in_force_from,
        in_force=in_force,
        language=_language(text),
        licence=LICENCE,
        url=lovdata_url(ref),
    )
    return Document(source, sections)


def _sections(parent: Element, headings: tuple[str, ...], ref: str) -> Iterator[Section]:
    """The text of chapters and annexes that stands outside §§, then every § below `parent`, in order."""
    headings = (*headings, *(_text(child) for child in parent if _is_heading(child)))
    loose = [text for part in _parts(parent) if part.get("class") != "legalArticle" and (text := _block(part))]
    if loose:
        place = parent.get("data-lovdata-URL", "").partition(ref + "/")[2]
        yield Section(
            locator=place or f"avsnitt/{slug(headings[-1] if headings else 'innledning')}",
            text="\n\n".join(loose),
            title=headings[-1] if headings else "",
            headings=headings[:-1],
        )
    for child in parent:
        if child.get("class") == "legalArticle":
            yield _article(child, headings, ref)
        elif child.tag == "section":
            yield from _sections(child, headings, ref)


def _is_heading(element: Element) -> bool:
    return element.tag in _TITLE_TAGS or element.get("role") == "heading"  # there is no h7: deep annexes have a div


def _parts(parent: Element) -> Iterator[Element]:
    """The blocks of text in a § or chapter.

    Of what an act changes in other acts, only its own words on commencement and repeal are among them.
    """
    for child in parent:
        if child.get("class") == "document-change":
            repeals = (change for change in child if change.get("data-repeal-part"))
            own = (change for change in repeals if change.find("article[@class='defaultP']") is None)
            yield from (part for home in (child, *own) for part in home if part.get("class") in _LEDD)
        elif child.tag not in ("h1", "section") and not _is_heading(child):
            yield child


def _article(article: Element, headings: tuple[str, ...], ref: str) -> Section:
    place = article.get("data-lovdata-URL", "").partition(ref + "/")[2]
    title_span = article.find(".//span[@class='legalArticleTitle']")
    value_span = article.find(".//span[@class='legalArticleValue']")
    written = _text(title_span) if title_span is not None else ""
    title = re.sub(r"^\((.*?)\)?\.?$", r"\1", written)  # older acts set titles in parentheses, with a full stop
    locator = (
        place or article.get("data-name") or (_text(value_span).replace(" ", "") if value_span is not None else "")
    )
    text = "\n\n".join(_ledd(article))
    changes = " ".join(_text(child) for child in article if child.get("class") == "changesToParent")
    coming = not text and bool(_COMING.search(changes))
    repealed = not coming and _is_repealed(article, written, text, changes)
    return Section(
        locator=locator,
        text=text or ("(Opphevet)" if repealed else title or "(Ikke i kraft)"),
        title=title,
        headings=headings,
        see_also=tuple(dict.fromkeys(_links(article, f"{ref}/{locator}"))),
        in_force=not repealed and not coming,
        changes=tuple(read_changes(changes, ref.partition("/")[0])),
    )


def _is_repealed(article: Element, title: str, text: str, changes: str) -> bool:
    """A § with text is repealed only when its title or its text says so: the date may be of an earlier § with its number."""
    if text:
        return bool(_REPEALED_TITLE.search(title) or _REPEALED_TEXT.fullmatch(text))
    dated = bool(article.get("data-repealeddate"))
    return dated or not title or bool(_REPEALED.match(title)) or "opphev" in changes.lower()


def _ledd(article: Element) -> list[str]:
    """The ledd of a §: lists, tables and unnumbered text beside a ledd belong to the ledd before them.

    Numbered points after «I denne forskrift betyr:» are one ledd with it, and words that stand over «(1)» are part of
    the first ledd, so that «(2)» is always the second.
    """
    ledd: list[str] = []
    counted, introduces = False, ""
    for part in _parts(article):
        kind, text = part.get("class", ""), _block(part)
        if not text:
            continue
        numbered = kind in ("numberedLegalP", "marginIdArticle")
        if not ledd:
            opens = True
        elif numbered:
            point = introduces not in ("", kind, "marginIdArticle")
            opens = not point and not (text.startswith("(1)") and len(ledd) == 1)
        else:
            opens = kind == "legalP" or (not counted and kind in ("defaultP", "centeredP"))
        if opens:
            ledd.append(text)
            counted = counted or kind in _LEDD
            introduces = kind if text.endswith(":") else ""
        else:
            ledd[-1] += f"\n{text}"
    return ledd


def _links(element: Element, own: str) -> Iterator[str]:
    """References to other paragraphs that the text of an element links to."""
    for child in element:
        if child.get("class", "") in _LEFT_OUT:
            continue
        place = parse(child.get("href", "")) if child.tag == "a" else None
        if place and place.section and place.section_ref != own:
            yield place.section_ref
        yield from _links(child, own)


class _Lines:
    """Running text as it is put together: a line for each paragraph, list item and row of a table."""

    def __init__(self) -> None:
        self._lines = [""]
        self._bare = False
        """The line holds nothing but the letter of a list item, so its text goes on it."""

    def __str__(self) -> str:
        lines = (re.sub(r"\s+", " ", line).strip() for line in self._lines)
        return "\n".join(line for line in lines if line)

    def write(self, text: str) -> None:
        self._lines[-1] += text
        self._bare = self._bare and not text.strip()

    def raised(self, text: str) -> None:
        """10 with a raised 6 is 10^6, not 106."""
        self.write(f"^{text}" if self._lines[-1][-1:].isdigit() and text[:1].isdigit() else text)

    def new_line(self) -> None:
        if not self._bare:
            self._lines.append("")

    def item(self, name: str) -> None:
        self._lines.append(f"{name} " if name else "")
        self._bare = bool(name)


def _block(element: Element) -> str:
    """One block of running text: a ledd with its lists, one item a line. Empty for what is left out."""
    lines = _Lines()
    _put(element, lines)
    return str(lines)


def _put(element: Element, lines: _Lines) -> None:
    """Add an element and all that stands in it."""
    kind = element.get("class", "")
    if kind in _LEFT_OUT:
        return
    if element.tag == "li":
        lines.item(element.get("data-name", ""))
    elif kind == "data-marginOriginalId":
        lines.item(_text(element))
        return
    elif element.tag == "tr":
        lines.new_line()
        lines.write(" | ".join(_cell(cell) for cell in element).rstrip("| "))
        return
    elif element.tag == "sup":
        lines.raised(_text(element))
        return
    elif element.tag in _BLOCK_TAGS or element.tag == "br":
        lines.new_line()
    lines.write(re.sub(r"\s+", " ", element.text or ""))
    for child in element:
        _put(child, lines)
        if child.tag in _BLOCK_TAGS or child.tag == "table" or child.get("class") == "miscHeadline":
            lines.new_line()
        lines.write(re.sub(r"\s+", " ", child.tail or ""))


def _cell(cell: Element) -> str:
    """A cell of a table on one line."""
    return _block(cell).replace("\n", " ")


def _text(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(_pieces_of_title(element))).strip()


def _pieces_of_title(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.get("class", "") not in _LEFT_OUT:
            yield " " if child.tag == "br" else ""
            yield from _pieces_of_title(child)
        yield child.tail or ""


def _unique(sections: Iterator[Section]) -> Iterator[Section]:
    """Keep locators apart: treaties and annexes may repeat a number the act itself uses."""
    seen: dict[str, int] = {}
    for section in sections:
        n = seen[section.locator] = seen.get(section.locator, 0) + 1
        if n == 1:
            yield section
        else:
            yield replace(section, locator=f"{section.locator}({n})")


def _names(short: str, title: str) -> tuple[str, ...]:
    """«Sosialtjenesteloven – sotjl» → sosialtjenesteloven, sotjl; else what the title ends with in parentheses."""
    if not short:
        match = re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", title)
        short = match[1] if match else ""
    short = re.sub(r"\s\((?:bokmål|nynorsk)\)", "", short)
    names = [name.strip() for name in re.split(r"\s[–-]\s", short) if name.strip()]
    return tuple(name if name[1:2].isupper() else name[0].lower() + name[1:] for name in names)


def _commencement(text: str, today: date) -> tuple[date | None, bool]:
    """When a document came into force, and whether it is: «Kongen bestemmer» and «Ikkje i kraft» are not.

    Several dates mean parts that followed later; the act is in force from the first. «2020-05-20 – 2026-01-01» and
    «oppheves 2026-07-01» end it. Some name a year only: «Inntektsåret 2014».
    """
    dates = sorted(date.fromisoformat(found) for found in _DATE.findall(text))
    if dates:
        ended = bool(_ENDS.search(text)) and dates[-1] <= today
        return dates[0], dates[0] <= today and not ended
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", text)]
    return None, not text or (bool(years) and min(years) <= today.year)


def _last_change(header: dict[str, Element]) -> date | None:
    for key in ("lastChangeInForce", "dateInForce"):
        dates = _DATE.findall(_text(header[key])) if key in header else []
        if dates:
            return date.fromisoformat(max(dates))
    return None


def _language(text: str) -> str:
    """`nn` when more than one word in fifty is one that only nynorsk has."""
    found = _WORD.findall(text.lower())
    return "nn" if found and sum(word in _NYNORSK_ONLY for word in found) > len(found) / 50 else "nb"
