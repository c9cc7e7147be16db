"""Word and PowerPoint files to documents: headings become sections, slides keep their numbers and notes."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ingest.markdown import LONGEST_HEADING, sections_of
from ingest.pdf import FILLED_IN
from kb.errors import SourceError
from kb.types import Document, Section, Source

if TYPE_CHECKING:
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide

LOADER_VERSION = "2"
LARGEST_UNPACKED = 500_000_000
"""Bytes of all parts together, unpacked; a long report with photographs reaches a hundred million."""
LARGEST_PART = 50_000_000
"""Bytes of one XML part; the text of a book is a tenth of that."""
MOST_PARTS = 10_000
"""Files in the package; every picture and slide is one."""
NOTES_HEADING = "Foredragsholderens notater:"
"""Stands above the speaker notes of a slide, so that no one takes them for what was shown."""
DEEPEST = 20
"""Tables, groups and content controls within each other; more is an attack."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_NOTES = ("footnote", "endnote")
_NOT_SHOWN = (f"{_W}pPr", f"{_W}rPr", f"{_W}del", f"{_W}moveFrom", _MC_FALLBACK)
_HEADING_STYLE = re.compile(r"(?:heading|overskrift) ?([1-9])", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"(?:title|tittel)", re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"(?:toc|innh) ?\d", re.IGNORECASE)
_LIST_STYLE = re.compile(r"(?:ListBullet|ListNumber|Punkt\w*liste|Nummerertliste)", re.IGNORECASE)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the formats of before 2007, and the wrapping of files locked by a password."""
_BROKEN_FILE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What python-docx, python-pptx and zipfile raise on broken files besides their own (lxml: `SyntaxError`)."""


def load_docx(data: bytes, source: Source) -> Document:
    """Sections by heading style, `avsnitt/<slug>`, each with the headings above it; footnotes and endnotes after the text.

    In a file without heading styles, short bold lines are headings. Text in tables, text boxes, content
    controls and insertions under tracking is kept, deletions and hidden text are not. Rows of tables are
    lines with ` | ` between the cells. Raises `SourceError` when the file is empty, broken, locked, not a
    Word file or larger than the limits above.
    """
    import docx
    from docx.exceptions import PythonDocxError

    with _opened(data, source, "Word-filen", PythonDocxError):
        document = docx.Document(io.BytesIO(data))
        levels = _heading_levels(document.styles)
        notes = {mark: text for kind in _NOTES for mark, text in _notes(document.part, kind).items()}
        blocks = _with_bold_headings(list(_blocks(document.element.body, levels, 0)))
        source = _titled(source, document.core_properties.title, (text for level, text, _ in blocks if level))
    return Document(source, sections_of(_parts(blocks, notes), source))


def load_pptx(data: bytes, source: Source) -> Document:
    """One section `lysbilde/<n>` per slide with text: title, what the slide shows, then the speaker notes.

    Slides are counted as PowerPoint counts them, hidden ones too. Slides without text are named in the
    warnings. Raises `SourceError` as `load_docx` does.
    """
    import pptx
    from pptx.exc import PythonPptxError

    sections, warnings = [], []
    with _opened(data, source, "PowerPoint-filen", PythonPptxError):
        presentation = pptx.Presentation(io.BytesIO(data))
        slides = [_slide(slide) for slide in presentation.slides]
        source = _titled(source, presentation.core_properties.title, (title for title, _, _ in slides if title))
        for n, (title, shown, notes) in enumerate(slides, 1):
            said = f"{NOTES_HEADING}\n{notes}" if notes else ""
            if text := "\n\n".join(filter(None, (shown or (title if not said else ""), said))):
                sections.append(Section(f"lysbilde/{n}", text, title=title, headings=(source.title,)))
                if not shown and not title:
                    warnings.append(f"lysbilde {n} har bare notater (bilde?)")
            else:
                warnings.append(f"lysbilde {n} har ingen tekst (bilde?)")
    return Document(source, tuple(sections), tuple(warnings))


def _titled(source: Source, said: str | None, headings: Iterable[str]) -> Source:
    """A source without a title takes the file's own, the first heading, or its id."""
    if source.title:
        return source
    own = " ".join((said or "").split())
    return dataclasses.replace(source, title=("" if FILLED_IN.search(own) else own) or next(iter(headings), source.id))


@contextmanager
def _opened(data: bytes, source: Source, what: str, own: type[Exception]) -> Iterator[None]:
    """Check the package before anything is unpacked, and give the errors of the library (`own`) our name."""
    if not data:
        raise SourceError(f"{what} {source.id!r} er tom. Last den ned på nytt eller ta den ut av manifestet.")
    if data.startswith(_OLD_OFFICE):
        raise SourceError(
            f"{what} {source.id!r} er låst med passord eller lagret i formatet fra før 2007. Lagre den på nytt uten passord, som .docx eller .pptx."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_size(package.infolist(), source, what)
        yield
    except (own, SyntaxError, *_BROKEN_FILE) as error:
        raise SourceError(
            f"{what} {source.id!r} er skadet og kan ikke leses ({error}). Last den ned på nytt."
        ) from error


def _check_size(parts: Iterable[zipfile.ZipInfo], source: Source, what: str) -> None:
    """Refuse packages that unpack to too much; zipfile never unpacks more of a part than is declared here."""
    parts = list(parts)
    total = sum(part.file_size for part in parts)
    texts = (part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if total > LARGEST_UNPACKED or len(parts) > MOST_PARTS or max(texts, default=0) > LARGEST_PART:
        raise SourceError(
            f"{what} {source.id!r} er for stor pakket ut ({total // 1_000_000} MB i {len(parts)} deler; grensen er {LARGEST_UNPACKED // 1_000_000} MB og {MOST_PARTS} deler). Lagre den uten bilder."
        )


_Block = tuple[int, str, tuple[str, ...]]
"""Level of a heading (0 is body, `_BOLD` perhaps one), the text, and what marks its notes."""
_BOLD = 99


def _heading_levels(styles: Iterable[Any]) -> dict[str, int]:
    """Style id → heading level, 1 the highest; by name, by outline level, or inherited from the style below."""
    levels: dict[str, int] = {}
    for style in styles:
        at, steps = style, 0
        while at is not None and steps < DEEPEST:
            outline = at.element.find(f"{_W}pPr/{_W}outlineLvl")
            if match := _HEADING_STYLE.fullmatch(at.name or ""):
                levels[style.style_id] = int(match[1])
                break
            if _TITLE_STYLE.fullmatch(at.name or ""):
                levels[style.style_id] = 1
                break
            if outline is not None and (value := int(outline.get(f"{_W}val", "9"))) < 9:
                levels[style.style_id] = value + 1
                break
            at, steps = getattr(at, "base_style", None), steps + 1
    return levels


def _blocks(element: Any, levels: dict[str, int], depth: int) -> Iterator[_Block]:
    """Paragraphs and tables in order, those inside content controls too."""
    for child in element:
        if child.tag == f"{_W}p":
            style = child.find(f"{_W}pPr/{_W}pStyle")
            style_id = style.get(f"{_W}val", "") if style is not None else ""
            if _CONTENTS_STYLE.fullmatch(style_id):
                continue
            text = _paragraph(child)
            own = child.find(f"{_W}pPr/{_W}outlineLvl")
            level = int(own.get(f"{_W}val", "9")) + 1 if own is not None else levels.get(style_id, 0)
            number = child.find(f"{_W}pPr/{_W}numPr/{_W}numId")
            listed = _LIST_STYLE.match(style_id) if number is None else number.get(f"{_W}val") != "0"
            notes = _marks(child)
            if text and 0 < level < 10:
                yield level, " ".join(text.split()), notes
            elif text and not listed and _is_bold_line(child, text):
                yield _BOLD, text, notes
            elif text:
                yield 0, f"• {text}" if listed else text, notes
        elif child.tag == f"{_W}tbl":
            if text := "\n".join(_rows(child, depth)):
                yield 0, text, _marks(child)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml") and depth < DEEPEST:
            yield from _blocks(child, levels, depth + 1)


def _with_bold_headings(blocks: list[_Block]) -> list[_Block]:
    """Where no heading has a style, a short bold line over other text is one; elsewhere it is text like the rest."""
    bare = not any(0 < level < _BOLD for level, _, _ in blocks)
    after = [level for level, _, _ in blocks[1:]] + [_BOLD]
    return [
        ((1 if bare and following != _BOLD else 0) if level == _BOLD else level, text, notes)
        for (level, text, notes), following in zip(blocks, after, strict=True)
    ]


def _is_bold_line(paragraph: Any, text: str) -> bool:
    """Whether a paragraph is one short line in bold that does not end as a sentence does."""
    runs = [run for run in paragraph.iter(f"{_W}r") if any((t.text or "").strip() for t in run.iter(f"{_W}t"))]
    short = len(text) <= LONGEST_HEADING and "\n" not in text and text[-1] not in ".,;:"
    return short and bool(runs) and all(_is_on(run, "b") for run in runs)


def _is_on(run: Any, name: str) -> bool:
    """Whether a run has a property such as `vanish` (hidden text) or `b` (bold)."""
    found = run.find(f"{_W}rPr/{_W}{name}")
    return found is not None and found.get(f"{_W}val", "1") not in ("0", "false", "off")


def _paragraph(paragraph: Any) -> str:
    """The text of a paragraph as it reads with every change accepted; text boxes after it on lines of their own."""
    boxes: list[str] = []
    text = "".join(_runs(paragraph, boxes, 0)).strip()
    return "\n".join(filter(None, (text, *boxes)))


def _runs(element: Any, boxes: list[str], depth: int) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in (f"{_W}t", _MATH):
            yield child.text or ""
        elif tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif tag == f"{_W}tab":
            yield " "
        elif tag == f"{_W}noBreakHyphen":
            yield "-"
        elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            yield f" [{_mark(child)}]"
        elif tag == f"{_W}txbxContent":
            boxes += [text for box in child if box.tag == f"{_W}p" and (text := _paragraph(box))]
            boxes += [row for box in child if box.tag == f"{_W}tbl" for row in _rows(box, depth)]
        elif tag not in _NOT_SHOWN and depth < DEEPEST * 2 and not (tag == f"{_W}r" and _is_on(child, "vanish")):
            yield from _runs(child, boxes, depth + 1)


def _rows(table: Any, depth: int) -> Iterator[str]:
    """The rows of a table that hold something; a table inside a cell is read into the cell."""
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl"), None) is not table:
            continue
        cells = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr"), None) is row and depth < DEEPEST:
                parts = [_paragraph(p) for p in cell.iter(f"{_W}p") if next(p.iterancestors(f"{_W}tc")) is cell]
                parts += ["; ".join(_rows(inner, depth + 1)) for inner in cell.findall(f"{_W}tbl")]
                cells.append(" ".join(" ".join(parts).split()))
        if any(cells):
            yield " | ".join(cells)


def _notes(part: Any, kind: str) -> dict[str, str]:
    """Footnotes or endnotes, by what marks them in the text; python-docx has no door to them."""
    from docx.oxml.parser import parse_xml

    for relation in part.rels.values():
        if relation.reltype.endswith(f"/{kind}s") and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            return {
                _mark(note): " ".join(" ".join(map(_paragraph, note.iter(f"{_W}p"))).split())
                for note in root.iter(f"{_W}{kind}")
            }
    return {}


def _mark(note: Any) -> str:
    """What stands for a note in the text: the number of a footnote, the number of an endnote after an «s»."""
    return ("s" if note.tag.startswith(f"{_W}endnote") else "") + str(note.get(f"{_W}id", ""))


def _marks(element: Any) -> tuple[str, ...]:
    return tuple(_mark(found) for found in element.iter(*(f"{_W}{kind}Reference" for kind in _NOTES)))


def _parts(blocks: list[_Block], notes: dict[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Headings (innermost last) and what stands under them; a heading over nothing at all is its own text."""
    path: list[tuple[int, str]] = []
    body: list[str] = []
    used: list[str] = []

    def part() -> tuple[tuple[str, ...], str]:
        listed = "\n".join(f"[{id_}] {notes[id_]}" for id_ in used if notes.get(id_))
        return tuple(heading for _, heading in path), "\n\n".join(filter(None, (*body, listed)))

    for level, text, note_ids in blocks:
        if level:
            if path and not body and level <= path[-1][0]:
                body.append(path[-1][1])
            yield part()
            path = [above for above in path if above[0] < level]
            path.append((level, text))
            body, used = [], []
        elif body and text.startswith("• ") and body[-1].rpartition("\n")[2].startswith("• "):
            body[-1] += f"\n{text}"
        else:
            body.append(text)
        used += note_ids
    if path and not body:
        body.append(path[-1][1])
    yield part()


def _slide(slide: Slide) -> tuple[str, str, str]:
    """Title, shown text and speaker notes of a slide."""
    placed = slide.shapes.title
    title = " ".join(placed.text_frame.text.split()) if placed is not None else ""
    texts = [
        text
        for shape in _in_reading_order(slide.shapes)
        if placed is None or shape.shape_id != placed.shape_id
        for text in _shape(shape, 0)
    ]
    texts += _diagrams(slide)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return title, "\n\n".join(texts), _lines(notes.text) if notes is not None else ""


def _in_reading_order(shapes: Iterable[BaseShape]) -> list[BaseShape]:
    """From top to bottom and left to right; shapes that take their place from the layout stay where they are."""
    listed = list(shapes)
    heights = [shape.height for shape in listed if shape.height]
    step = max(min(heights, default=1), 1)
    if any(shape.top is None or shape.left is None for shape in listed):
        return listed
    return sorted(listed, key=lambda shape: (shape.top // step, shape.left))


def _shape(shape: BaseShape, depth: int) -> Iterator[str]:
    """The text of a shape, of a table row by row, of a group shape by shape; never footer, date and number."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    found: Any = shape
    running = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER)
    if found.is_placeholder and found.placeholder_format.type in running:
        return
    if hasattr(found, "shapes") and depth < DEEPEST:
        for inner in _in_reading_order(found.shapes):
            yield from _shape(inner, depth + 1)
    elif getattr(found, "has_table", False):
        rows = ([" ".join(cell.text.split()) for cell in row.cells if not cell.is_spanned] for row in found.table.rows)
        if text := "\n".join(" | ".join(row) for row in rows if any(row)):
            yield text
    elif getattr(found, "has_chart", False):
        chart = found.chart
        if chart.has_title and chart.chart_title.has_text_frame and (text := _lines(chart.chart_title.text_frame.text)):
            yield text
    elif found.has_text_frame and (text := _lines(found.text_frame.text)):
        yield text


def _diagrams(slide: Slide) -> list[str]:
    """The text of SmartArt, which python-pptx leaves alone: one line per box."""
    from pptx.oxml import parse_xml

    texts = []
    for relation in slide.part.rels.values():
        if relation.reltype.endswith("/diagramData") and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            lines = ("".join(t.text or "" for t in p.iter(f"{_A}t")) for p in root.iter(f"{_A}p"))
            if text := "\n".join(line.strip() for line in lines if line.strip()):
                texts.append(text)
    return texts


def _lines(text: str) -> str:
    """Lines without the vertical tab PowerPoint breaks lines with, empty ones left out."""
    return "\n".join(line.strip() for line in re.split(r"[\n\v]", text) if line.strip())
