"""Web pages to documents: circulars by their numbers, other pages by their headings, without what surrounds the text.

The door to trafilatura (which tells the text of a page from its menus, banners and footers) and to lxml.
"""

from __future__ import annotations

import codecs
import dataclasses
import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from ingest.circular import LOADER_VERSION as CIRCULAR_VERSION
from ingest.circular import is_circular, load_circular
from ingest.markdown import slug
from kb.errors import SourceError
from kb.types import Document, Section, Source

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LOADER_VERSION = f"2.{CIRCULAR_VERSION}"
LARGEST_PAGE = 20_000_000
"""Bytes of one page; the longest circular we know is under 1 MB."""
MOST_ELEMENTS = 100_000
"""Elements of one page; the longest circular has 5,000, and trafilatura needs ten seconds for this many at worst."""

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})|<\?xml[^>]{0,200}?encoding=[\"']([\w-]{3,20})", re.I
)
_SINGLE_BYTE = re.compile(r"iso-?8859-\d{1,2}|(?:windows-|cp)125\d|latin-?1|macintosh", re.I)
"""Charsets of pages that are not UTF-8; a name such as punycode would decode at the speed a hostile page decides."""
_CHARSET_WITHIN = 4_096
"""Bytes in which a page says its charset: browsers look at the first 1,024, sloppy pages need more."""
_BEFORE_FIRST_TAG = re.compile(r"(?:\s+|<!--.*?-->|<\?[^>]*>|<!doctype[^>]*>)*<(\w+)", re.I | re.S)
_PAGE_BEGINS_WITH = frozenset(
    "html head body title meta link base style script main article section header nav aside footer div span p a b i em strong "
    "h1 h2 h3 h4 h5 h6 ul ol dl table form center font blockquote pre img br hr noscript".split()
)
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_TEXT = (
    "//script | //style | //noscript | //template | //iframe | //object | //svg | //math | //select | //textarea"
    " | //*[@aria-hidden='true'] | //*[@data-preloaded]"
    " | //*[@hidden and not(@hidden='until-found') and not(@aria-labelledby)]"
    " | //*[contains(translate(@style, ' ', ''), 'display:none') or contains(translate(@style, ' ', ''), 'visibility:hidden')]"
)
"""What no reader sees as text; a closed panel (`hidden` with the heading that opens it as its label) is text."""
_HEADING_BUTTONS = "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]//button"
_PANEL_LEVEL = "h3"
"""Panels (`details`) come without a level of their own; they stand below the chapters (h2) of a page."""
_SILENT = logging.NullHandler()
"""Keeps what trafilatura warns of out of the terminal: what matters is said by our own errors."""
_EXTRACTION_FAILS = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What a page that is not what it seems can raise inside trafilatura and htmldate."""


def load_html(data: bytes, source: Source, charset: str = "") -> Document:
    """Structure one web page; `charset` is what the server said, if it did.

    What `source` leaves open (title, date, publisher) is taken from the page. Raises `SourceError`
    when the bytes are not a web page, hold no text or are built to exhaust the machine.
    """
    root = _parse(data, source, charset)
    document = load_circular(root, source) if is_circular(root) else _load_page(root, source)
    if not document.sections:
        raise _wrong(
            source, "har ingen tekst (kanskje lages den av skript i nettleseren). Lagre siden som PDF eller tekst"
        )
    return document


def _parse(data: bytes, source: Source, charset: str) -> HtmlElement:
    from lxml import etree, html

    if not data.strip():
        raise _wrong(source, "er tom. Sjekk adressen eller filen")
    if len(data) > LARGEST_PAGE:
        raise _wrong(source, f"er urimelig stor ({len(data)} byte) og ble ikke lest. Del den opp")
    text = _decode(data, charset)
    first = _BEFORE_FIRST_TAG.match(text)
    if "\x00" in text or first is None or first[1].lower() not in _PAGE_BEGINS_WITH:
        raise _wrong(source, "er ikke en nettside (HTML). Sjekk at adressen eller filen er den rette")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_CONTROL.sub("", text).encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise _wrong(source, f"kan ikke leses som HTML ({error}). Sjekk at filen er hel") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise _wrong(source, "har elementer inni hverandre i urimelig mange lag og ble ikke lest")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _wrong(source, f"har over {MOST_ELEMENTS} elementer og ble ikke lest. Del den opp")
    return root


def _decode(data: bytes, charset: str) -> str:
    """The text of a page: byte order mark, UTF-8 if it is valid, what server or page say, else Windows-1252.

    Valid UTF-8 comes before what is said, as pages more often lie about it than look like it by chance.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if data[:200].count(0) > len(data[:200]) // 4:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(data[:_CHARSET_WITHIN])
    for name in (charset, *(group.decode("ascii") for group in (said.groups() if said else ()) if group)):
        if _SINGLE_BYTE.fullmatch(name) and (codec := _codec(name)):
            return data.decode(codec, "replace")
    return data.decode("windows-1252", "replace")


def _codec(name: str) -> str:
    """Python's name of a charset, empty when it has none; browsers read Latin-1 as Windows-1252, and so do we."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    return "windows-1252" if found == "iso8859-1" else found


def _load_page(root: HtmlElement, source: Source) -> Document:
    import trafilatura
    from lxml import etree

    try:
        said = trafilatura.extract_metadata(root, date_config={"extensive_search": False, "original_date": False})
        _leave_text_only(root)
        body = _main_text(root)
    except (etree.LxmlError, *_EXTRACTION_FAILS) as error:
        raise _wrong(source, f"kan ikke tolkes ({type(error).__name__}). Lagre siden som PDF eller tekst") from error
    title = source.title or (said.title or "").strip() or source.id
    source = dataclasses.replace(
        source, title=title, publisher=source.publisher or said.sitename or "", date=source.date or _date(said.date)
    )
    return Document(source, tuple(_sections(body, title)))


def _main_text(root: HtmlElement) -> Any:
    """What trafilatura takes for the text of the page, as its own tree (`head`, `p`, `list`, `table`, …).

    On a page that marks no main part it gathers paragraphs and loses headings and lists; then what holds
    those paragraphs is marked, and it reads once more.
    """
    body = _extract(root)
    if any(True for _ in body.iter("head")) or not root.xpath("boolean(//h2 | //h3 | (//h1)[2])"):
        return body
    found = {_line(paragraph) for paragraph in body.iter("p")}
    paragraphs = [p for p in root.iter("p") if " ".join(p.text_content().split()) in found]
    if not paragraphs:
        return body
    holder = paragraphs[0].getparent()
    for paragraph in paragraphs[1:]:
        above = set(paragraph.iterancestors())
        while holder not in above:
            holder = holder.getparent()
    if holder.tag == "body":
        main = holder.makeelement("main")
        main.extend(list(holder))
        holder.append(main)
    else:
        holder.tag = "main"
    return _extract(root)


def _extract(root: HtmlElement) -> Any:
    import trafilatura
    from trafilatura.settings import Extractor

    logging.getLogger("trafilatura").addHandler(_SILENT)
    options = Extractor(fast=True, comments=False)  # what it falls back on when slow knows no headings
    options.min_extracted_size = 1  # and so does what it takes for pages it finds short
    found: Any = trafilatura.bare_extraction(root, options=options)
    return root.makeelement("body") if found is None else found.body


def _leave_text_only(root: HtmlElement) -> None:
    """Take out what is not text to a reader, and let headings that are buttons be headings."""
    for button in root.xpath(_HEADING_BUTTONS):
        button.drop_tag()
    for summary in root.xpath("//details/summary"):
        summary.tag = _PANEL_LEVEL
    for element in root.xpath(_NOT_TEXT):
        if element.getparent() is not None and element.tag != "body":
            element.drop_tree()


def _sections(body: Any, title: str) -> Iterator[Section]:
    """Sections by heading; what stands under the page's own title is `avsnitt/innledning`."""
    seen: dict[str, int] = {}
    above: list[tuple[str, str]] = []
    blocks: list[str] = []

    def section() -> Section:
        heading = above[-1][1] if above else ""
        locator = f"avsnitt/{slug(heading or 'innledning')}"
        n = seen[locator] = seen.get(locator, 0) + 1
        chain = (title, *(text for _, text in above[:-1]))
        return Section(locator if n == 1 else f"{locator}-{n}", "".join(blocks).strip(), title=heading, headings=chain)

    for element in body:
        if element.tag != "head":
            text = _block(element)
            lead_in = bool(blocks) and blocks[-1].endswith(":") and element.tag in ("list", "table")
            blocks += [("\n" if lead_in else "\n\n") + text] if text else []
            continue
        if blocks:
            yield section()
            blocks = []
        level, heading = element.get("rend") or "h2", _line(element)
        above = [(rank, text) for rank, text in above if rank < level]
        if heading and heading != title:
            above.append((level, heading))
    if blocks:
        yield section()


def _block(element: Any) -> str:
    """A block of trafilatura's tree as text: list items and table rows on lines of their own."""
    if element.tag == "list":
        return "\n".join(_items(element))
    if element.tag == "table":
        rows = (" | ".join(_line(cell) for cell in row.iter("cell")) for row in element.iter("row"))
        return "\n".join(row.lstrip().rstrip(" |") for row in rows if row.strip(" |"))
    lines = (" ".join(line.split()) for line in "".join(_pieces(element)).split("\n"))
    return "\n".join(line for line in lines if line)


def _items(element: Any) -> Iterator[str]:
    """The items of a list, each on a line; terms and what is said of them share one."""
    term = ""
    for item in element.iter("item"):
        text, is_term = _line(item), (item.get("rend") or "").startswith("dt")
        if term and (is_term or not (item.get("rend") or "").startswith("dd")):
            yield f"– {term}"
            term = ""
        if is_term:
            term = text
        elif text:
            yield f"– {term}: {text}" if term else f"– {text}"
            term = ""
    if term:
        yield f"– {term}"


def _pieces(element: Any, without: str = "") -> Iterator[str]:
    """The running text of an element; `lb` and blocks inside begin a line."""
    yield _SPACES.sub(" ", element.text or "")
    for child in element:
        if child.tag in ("lb", "p", "head", "list"):
            yield "\n"
        if child.tag == "list" and child.tag != without:
            yield f"{_block(child)}\n"
        elif child.tag != without:
            yield from _pieces(child, without)
        yield _SPACES.sub(" ", child.tail or "")


def _line(element: Any) -> str:
    """The text of an element on one line; the lists in an item have lines of their own."""
    return " ".join("".join(_pieces(element, without="list")).split())


def _date(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def _wrong(source: Source, why: str) -> SourceError:
    return SourceError(f"Nettsiden {source.url or source.title or source.id!r} {why}.")
