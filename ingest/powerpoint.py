"""PowerPoint files to documents: slides keep their numbers and the speaker's notes; the door to python-pptx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ingest.office import DEEPEST, opened, titled
from kb.types import Document, Section, Source

if TYPE_CHECKING:
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide

NOTES_HEADING = "Foredragsholderens notater:"
"""Stands above the speaker notes of a slide, so that no one takes them for what was shown."""

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def load_pptx(data: bytes, source: Source) -> Document:
    """One section `lysbilde/<n>` per slide with text: title, what the slide shows, then the speaker notes.

    Slides are counted as PowerPoint counts them, hidden ones too. Slides without text are named in the
    warnings. Raises `SourceError` as `load_docx` does.
    """
    import pptx
    from pptx.exc import PythonPptxError

    sections, warnings = [], []
    with opened(data, source, "PowerPoint-filen", PythonPptxError):
        presentation = pptx.Presentation(io.BytesIO(data))
        slides = [_slide(slide) for slide in presentation.slides]
        source = titled(source, presentation.core_properties.title, (title for title, _, _ in slides if title))
        for n, (title, shown, notes) in enumerate(slides, 1):
            said = f"{NOTES_HEADING}\n{notes}" if notes else ""
            if text := "\n\n".join(filter(None, (shown or (title if not said else ""), said))):
                sections.append(Section(f"lysbilde/{n}", text, title=title, headings=(source.title,)))
                if not shown and not title:
                    warnings.append(f"lysbilde {n} har bare notater (bilde?)")
            else:
                warnings.append(f"lysbilde {n} har ingen tekst (bilde?)")
    return Document(source, tuple(sections), tuple(warnings))


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
