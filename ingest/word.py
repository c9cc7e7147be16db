"""Word files to documents: headings become sections, footnotes stand after their text; the door to python-docx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.markdown import LONGEST_HEADING, sections_of
from ingest.office import DEEPEST, opened, titled
from kb.types import Document, Source

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_NOTES = ("footnote", "endnote")
_NOT_SHOWN = (f"{_W}pPr", f"{_W}rPr", f"{_W}del", f"{_W}moveFrom", _MC_FALLBACK)
_HEADING_STYLE = re.compile(r"(?:heading|overskrift) ?([1-9])", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"(?:title|tittel)", re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"(?:toc|innh) ?\d", re.IGNORECASE)
_LIST_STYLE = re.compile(r"(?:ListBullet|ListNumber|Punkt\w*liste|Nummerertliste)", re.IGNORECASE)


def load_docx(data: bytes, source: Source) -> Document:
    """Sections by heading style, `avsnitt/<slug>`, each with the headings above it; footnotes and endnotes after the text.

    In a file without heading styles, short bold lines are headings. Text in tables, text boxes, content
    controls and insertions under tracking is kept, deletions and hidden text are not. Rows of tables are
    lines with ` | ` between the cells. Raises `SourceError` when the file is empty, broken, locked, not a
    Word file or larger than the limits above.
    """
    import docx
    from docx.exceptions import PythonDocxError

    with opened(data, source, "Word-filen", PythonDocxError):
        document = docx.Document(io.BytesIO(data))
        levels = _heading_levels(document.styles)
        notes = {mark: text for kind in _NOTES for mark, text in _notes(document.part, kind).items()}
        blocks = _with_bold_headings(list(_blocks(document.element.body, levels, 0)))
        source = titled(source, document.core_properties.title, (text for level, text, _ in blocks if level))
    return Document(source, sections_of(_parts(blocks, notes), source))


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
