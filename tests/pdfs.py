"""PDF files drawn for a test, and what was read of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from reportlab.pdfgen import canvas

from kb.types import Document, Kind, Source

SOURCE = Source("evaluering/kaker", Kind.EVALUERING, "Kakerapporten")
LEFT = (
    "Kommunen skal gi råd om kaker til den",
    "som ber om det, og den skal gjøre det",
    "uten ugrunnet opphold. Svaret skal være",
    "til å forstå for den som spør, også når",
    "kaken er av det slaget som få har bakt.",
)
RIGHT = (
    "Staten svarer for ovnene og for mel til",
    "dem som har rett til det etter loven om",
    "mel. Partene skal ha en avtale om hvem",
    "som vasker opp, og avtalen skal fornyes",
    "når en av dem finner at den er utdatert.",
)


def make(draw: Callable[[canvas.Canvas], None], *, compress: int = 1) -> bytes:
    """A PDF drawn by `draw`, A4, points from the lower left corner."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, (595, 842), pageCompression=compress, invariant=True)
    draw(page)
    page.save()
    return buffer.getvalue()


def write(page: canvas.Canvas, lines: Sequence[str], x: float = 60, y: float = 700, size: float = 10) -> None:
    page.setFont("Helvetica", size)
    for n, line in enumerate(lines):
        page.drawString(x, y - 1.3 * size * n, line)


def texts(document: Document) -> dict[str, str]:
    return {section.locator: section.text for section in document.sections}


def by_hand(content: bytes, forms: dict[str, bytes] | None = None, *, knot: bool = False) -> bytes:
    """A page with this content stream; `knot` makes every form call every form."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    drawn = DictionaryObject()
    for name, data in (forms or {}).items():
        form = DecodedStreamObject()
        form.set_data(data)
        form[NameObject("/Type")] = NameObject("/XObject")
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        drawn[NameObject(name)] = writer._add_object(form)
    if knot:
        for form in drawn.values():
            form.get_object()["/Resources"][NameObject("/XObject")] = drawn
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts, NameObject("/XObject"): drawn})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
