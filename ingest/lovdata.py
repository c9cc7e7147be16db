"""Lovdata's XML to documents: chapters, §§, ledd and lists; change notes, footnotes and future text left out.

What the files hold (4,214 documents counted): `id` attributes are ordinal, so places are read from
`data-lovdata-URL`; list letters stand only in `li@data-name`; text may follow a list
(`p.leddfortsettelse`); `html@lang` is unreliable; `dateInForce` may be «Kongen bestemmer».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

from ingest.markdown import slug
from kb.errors import SourceError
from kb.references import lovdata_url, parse
from kb.types import Document, Kind, Section, Source

LOADER_VERSION = "2"
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
        "data-marginOriginalId",
    }
)
_LEDD = frozenset({"legalP", "numberedLegalP", "defaultP", "marginIdArticle", "centeredP"})
_TITLE_TAGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCK_TAGS = frozenset({"li", "p", "tr", "caption", "div", "figcaption", "blockquote"})
_REPEALED = re.compile(r"\(\s*(?:opphevet|opphevd|oppheva|utgår|utgått)\s*\)", re.IGNORECASE)
_NYNORSK_ONLY = frozenset(
    {"ikkje", "ein", "eit", "dei", "frå", "vere", "gjeld", "kjem", "lova", "noko", "berre", "anna"}
)
_WORD = re.compile(r"\w+")

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
    """Every § below `parent` in order, and the text of chapters and annexes that have no §."""
    loose: list[str] = []
    for child in parent:
        kind = child.get("class", "")
        if child.tag in _TITLE_TAGS:
            headings = (*headings, _text(child))
        elif kind == "legalArticle":
            yield _article(child, headings, ref)
        elif child.tag == "section" or (
            child.tag == "div" and child.find(".//article[@class='legalArticle']") is not None
        ):
            yield from _sections(child, headings, ref)
        elif child.tag != "h1" and kind not in _LEFT_OUT and (text := _ledd_text(child)):
            loose.append(text)
    if loose:
        place = parent.get("data-lovdata-URL", "").partition(ref + "/")[2]
        yield Section(
            locator=place or f"avsnitt/{slug(headings[-1] if headings else 'innledning')}",
            text="\n\n".join(loose),
            title=headings[-1] if headings else "",
            headings=headings[:-1],
        )


def _article(article: Element, headings: tuple[str, ...], ref: str) -> Section:
    place = article.get("data-lovdata-URL", "").partition(ref + "/")[2]
    title_span = article.find(".//span[@class='legalArticleTitle']")
    value_span = article.find(".//span[@class='legalArticleValue']")
    written = _text(title_span) if title_span is not None else ""
    title = re.sub(r"^\((.*?)\)?\.?$", r"\1", written)  # older acts set titles in parentheses, with a full stop
    locator = (
        place or article.get("data-name") or (_text(value_span).replace(" ", "") if value_span is not None else "")
    )
    ledd = [text for child in article if (text := _ledd_text(child))]
    text = "\n\n".join(ledd)
    repealed = bool(article.get("data-repealeddate")) or bool(_REPEALED.search(written)) or (not text and not title)
    return Section(
        locator=locator,
        text=text or ("(Opphevet)" if repealed else title),
        title=title,
        headings=headings,
        see_also=tuple(dict.fromkeys(_links(article, f"{ref}/{locator}"))),
        in_force=not repealed,
    )


def _links(element: Element, own: str) -> Iterator[str]:
    """References to other paragraphs that the text of an element links to."""
    for child in element:
        if child.get("class", "") in _LEFT_OUT:
            continue
        place = parse(child.get("href", "")) if child.tag == "a" else None
        if place and place.section and place.section_ref != own:
            yield place.section_ref
        yield from _links(child, own)


def _ledd_text(element: Element) -> str:
    """One block of running text: a ledd with its lists, one item a line. Empty for what is left out."""
    if element.get("class", "") in _LEFT_OUT or element.tag in _TITLE_TAGS:
        return ""
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(_pieces(element)).split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(element: Element) -> Iterator[str]:
    if element.get("class", "") in _LEFT_OUT:
        return
    if element.tag == "br":
        yield "\n"
    if element.tag in _BLOCK_TAGS or (element.tag == "article" and element.get("class") in _LEDD):
        yield "\n" if element.tag != "article" else ""
    if element.tag == "li" and (name := element.get("data-name")):
        yield f"{name} "
    if element.tag in ("td", "th"):
        yield " "
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        yield from _pieces(child)
        if child.tag in ("ol", "ul", "table", "p", "div") and (child.tail or "").strip():
            yield "\n"
        yield re.sub(r"\s+", " ", child.tail or "")
    if element.tag in ("td", "th"):
        yield " |"


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
        match = re.search(r"\(([^()]+)\)\s*$", title)
        short = match[1] if match else ""
    names = [name.strip() for name in re.split(r"\s[–-]\s", short) if name.strip()]
    return tuple(name if name[1:2].isupper() else name[0].lower() + name[1:] for name in names)


def _commencement(text: str, today: date) -> tuple[date | None, bool]:
    """When a document came into force, and whether it has: «Kongen bestemmer» has not.

    Several dates mean parts that followed later; the act is in force from the first.
    """
    dates = sorted(date.fromisoformat(found) for found in re.findall(r"\d{4}-\d{2}-\d{2}", text))
    if dates:
        return dates[0], dates[0] <= today
    return None, "kongen" not in text.lower()


def _last_change(header: dict[str, Element]) -> date | None:
    for key in ("lastChangeInForce", "dateInForce"):
        dates = re.findall(r"\d{4}-\d{2}-\d{2}", _text(header[key])) if key in header else []
        if dates:
            return date.fromisoformat(max(dates))
    return None


def _language(text: str) -> str:
    """`nn` when more than one word in fifty is one that only nynorsk has."""
    found = _WORD.findall(text.lower())
    return "nn" if found and sum(word in _NYNORSK_ONLY for word in found) > len(found) / 50 else "nb"
