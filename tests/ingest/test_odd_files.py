"""Files as people really save them: code in Markdown, underlined headings, bold lines for headings, endnotes, turned pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen import canvas

from ingest.clean import clean_document
from ingest.load import load_file
from ingest.manifest import Entry
from ingest.markdown import load_markdown
from kb.types import Document, Kind, Source

Sections = dict[str, tuple[str, ...]]
"""What stands in a document: the headings of each section, outermost first, and last its text, by locator."""


def read(folder: Path, name: str, data: bytes | str) -> Document:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return clean_document(load_file(folder / name, Entry(folder / "manifest.toml", 1, "folder", ".")))


def said(document: Document) -> Sections:
    return {s.locator.removeprefix("avsnitt/"): (*s.headings, s.title, s.text) for s in document.sections}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# Vakt\n\n1. Ring\n   - mobil\n     1. inne\n\n```bash\n# kode\n## mer\n```\n\n## Etterpå\n\nFerdig.",
            {
                "vakt": ("Vakt", "Vakt", "1. Ring\n- mobil\n1. inne\n\n```bash\n# kode\n## mer\n```"),
                "etterpaa": ("Vakt", "Etterpå", "Ferdig."),
            },
        ),
        (
            "Vakt\n====\n\nVi har vakt.\n\nNår?\n----\n\nKlokka 15.\n\n---\n\nSlutt.",
            {"vakt": ("Vakt", "Vakt", "Vi har vakt."), "naar": ("Vakt", "Når?", "Klokka 15.\n\n---\n\nSlutt.")},
        ),
        (
            "---\ntitle: Vår rutine\ntags: [vakt]\n---\n# Hvem {#hvem}\n\n<!-- husk å\nspørre -->\n| Dag | Vakt |\n|---|---|\n| Man | Per |",
            {"hvem": ("Vår rutine", "Hvem", "| Dag | Vakt |\n|---|---|\n| Man | Per |")},
        ),
        (
            "Først.\n\n## A ##\n### C#\nb\n## A\nigjen\n## Ring 113\n## Slutt",
            {
                "innledning": ("rutine", "", "Først."),
                "c": ("rutine", "A", "C#", "b"),
                "a": ("rutine", "A", "igjen"),
                "ring-113": ("rutine", "Ring 113", "Ring 113"),
                "slutt": ("rutine", "Slutt", "Slutt"),
            },
        ),
        (
            "~~~\n# kode\n~~~\n\n````\n```\n# kode\n````\n\n# Ekte\nx\n\n```\n# til slutten",
            {
                "innledning": ("rutine", "", "~~~\n# kode\n~~~\n\n````\n```\n# kode\n````"),
                "ekte": ("rutine", "Ekte", "x\n\n```\n# til slutten"),
            },
        ),
    ],
    ids=["code", "underlined", "front matter", "levels", "fences"],
)
def test_markdown(tmp_path: Path, text: str, expected: Sections) -> None:
    assert said(read(tmp_path, "rutine.md", text)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            "RUTINE FOR VAKT\r\n\r\nVakt\xadord\xadningen gjel\xadder alle.\r\nDen st\xe5r her.\r\n\r\nTelefon\r\n\r\nRing.".encode(
                "latin-1"
            ),
            {
                "rutine-for-vakt": ("rutine", "RUTINE FOR VAKT", "Vaktordningen gjelder alle.\nDen står her."),
                "telefon": ("rutine", "Telefon", "Ring."),
            },
        ),
        (
            "1. INNLEDNING\n\nTekst her.\n\n1.1 Ansvar\n\nLederen har det.\n\n2. FRISTER\n\nTre uker.",
            {
                "1-innledning": ("rutine", "1. INNLEDNING", "Tekst her."),
                "1-1-ansvar": ("rutine", "1.1 Ansvar", "Lederen har det."),
                "2-frister": ("rutine", "2. FRISTER", "Tre uker."),
            },
        ),
        (
            "Rutine\n======\n\nTekst under.\n\nDel to\n------\n\nMer tekst.\n\n------\n\nSlutt.",
            {
                "rutine": ("Rutine", "Rutine", "Tekst under."),
                "del-to": ("Rutine", "Del to", "Mer tekst.\n\n------\n\nSlutt."),
            },
        ),
        (
            "1. Ring lederen\n\n2. Skriv logg\n\nSå er det gjort.",
            {"innledning": ("rutine", "", "1. Ring lederen\n\n2. Skriv logg\n\nSå er det gjort.")},
        ),
        (
            "Rutine\x00 med\x0cny side\n\n1   Mandag      Per".encode("utf-16"),
            {"innledning": ("rutine", "", "Rutine med ny side\n\n1 Mandag Per")},
        ),
    ],
    ids=["latin-1", "numbered", "underlined", "list", "utf-16"],
)
def test_plain_text(tmp_path: Path, data: bytes | str, expected: Sections) -> None:
    assert said(read(tmp_path, "rutine.txt", data)) == expected


@given(st.text("a#`~=- \n<!>1.|", max_size=60))
def test_markdown_loses_no_letter(text: str) -> None:
    if "<!--" not in text:
        document = load_markdown(text, Source("praksis/x", Kind.PRAKSIS, "x"))
        kept = "".join("".join(s.headings[1:]) + s.title + s.text for s in document.sections)
        assert kept.count("a") >= text.count("a")


def _word(write: object) -> bytes:
    document, buffer = docx.Document(), BytesIO()
    write(document)  # type: ignore[operator]
    document.save(buffer)
    return buffer.getvalue()


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def _paragraph(document: WordDocument, inner: str) -> None:
    document.element.body.insert(-1, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))


def test_bold_lines_of_word_are_headings_where_no_heading_has_a_style(tmp_path: Path) -> None:
    def write(document: WordDocument) -> None:
        for text, bold in (("Hvem har vakt?", "<w:b/>"), ("Per.", ""), ("Ansvar", "<w:b/>"), ("Leder.", "")):
            _paragraph(document, _run(text, bold))
        _paragraph(document, _run("Viktig", "<w:b/>") + _run(" å huske"))
        _paragraph(document, _run("Slik slutter det.", "<w:b/>"))
        _paragraph(document, _run("Uten noe under", "<w:b/>"))

    assert said(read(tmp_path, "rutine.docx", _word(write))) == {
        "hvem-har-vakt": ("Hvem har vakt?", "Hvem har vakt?", "Per."),
        "ansvar": ("Hvem har vakt?", "Ansvar", "Leder.\n\nViktig å huske\n\nSlik slutter det.\n\nUten noe under"),
    }

    def styled(document: WordDocument) -> None:
        document.add_heading("Vakt", 1)
        write(document)

    assert [*said(read(tmp_path, "stil.docx", _word(styled)))] == ["vakt"]


def test_endnotes_and_formulas_of_word_come_in_and_hidden_text_does_not(tmp_path: Path) -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    endnotes = (
        f'<w:endnotes {nsdecls("w")}><w:endnote w:id="2"><w:p>{_run("Se vedtaket.")}</w:p></w:endnote></w:endnotes>'
    )

    def write(document: WordDocument) -> None:
        name, kind = PackURI("/word/endnotes.xml"), "application/xml"
        document.part.relate_to(Part(name, kind, endnotes.encode(), document.part.package), RELATIONSHIP_TYPE.ENDNOTES)
        shown, hidden = _run("Satsen er "), _run("HEMMELIG", "<w:vanish/>") + _run(" i dag", '<w:vanish w:val="0"/>')
        note = '<w:r><w:endnoteReference w:id="2"/></w:r>'
        _paragraph(document, f"{shown}<m:oMath {math}><m:r><m:t>2+3</m:t></m:r></m:oMath>{hidden}{note}")

    (section,) = read(tmp_path, "rutine.docx", _word(write)).sections
    assert section.text == "Satsen er 2+3 i dag [s2]\n\n[s2] Se vedtaket."


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        (
            "Satser",
            "<main><h1>Satser</h1><p>For 2026.</p><h2>Barn</h2><dl><dt>0–5 år</dt><dd>2 600</dd><dt>6 år</dt><dd>3 200</dd></dl></main>",
            {
                "innledning": ("Satser", "", "For 2026."),
                "barn": ("Satser", "Barn", "– 0–5 år: 2 600\n– 6 år: 3 200"),
            },
        ),
        (
            "Vakt",
            "<div class=WordSection1><p class=MsoTitle>Rutine for vakt</p><h1>1. Formål</h1><p class=MsoNormal>Noen skal være på vakt.<o:p></o:p></p>"
            "<h1>2. Ansvar</h1><p class=MsoNormal>Leder.</p></div>",
            {
                "innledning": ("Vakt", "", "Rutine for vakt"),
                "1-formaal": ("Vakt", "1. Formål", "Noen skal være på vakt."),
                "2-ansvar": ("Vakt", "2. Ansvar", "Leder."),
            },
        ),
        (
            "Satser",
            "<main><h1>Satser</h1><h2>Enslige</h2><table><caption>Per måned</caption><tr><th>Hvem</th><th>Kroner</th></tr>"
            "<tr><td rowspan=2>Par</td><td>11 000</td></tr><tr><td>12 000</td></tr></table></main>",
            {"enslige": ("Satser", "Enslige", "Per måned\nHvem | Kroner\nPar | 11 000\n| 12 000")},
        ),
    ],
    ids=["terms", "saved from Word", "caption"],
)
def test_web_pages(tmp_path: Path, title: str, body: str, expected: Sections) -> None:
    page = f"<!doctype html><html lang=nb><head><title>{title}</title></head><body>{body}</body></html>"
    assert said(read(tmp_path, "side.html", page)) == expected


def _pdf(*pages: tuple[str, ...]) -> bytes:
    buffer = BytesIO()
    drawing = canvas.Canvas(buffer, (595, 842), invariant=True)
    for lines in pages:
        for n, line in enumerate(lines):
            drawing.drawString(60, 700 - 14 * n, line)
        drawing.showPage()
    drawing.save()
    return buffer.getvalue()


LINES = (
    "Rutinen gjelder alle ansatte ved kontoret, og den",
    "skal leses av nye kolleger den første uken. Spør",
    "lederen hvis noe er uklart.",
)


def test_turned_copies_of_a_page_are_read_each_and_are_no_running_header(tmp_path: Path) -> None:
    writer, buffer = PdfWriter(), BytesIO()
    page = PdfReader(BytesIO(_pdf(LINES))).pages[0]
    for angle in (0, 90, 180, 270):
        writer.add_page(page).rotate(angle)
    writer.write(buffer)
    document = read(tmp_path, "rutine.pdf", buffer.getvalue())
    assert [(s.locator, s.text) for s in document.sections] == [(f"side/{n}", " ".join(LINES)) for n in range(1, 5)]
    assert not document.warnings


def test_scanned_pages_with_a_stamp_have_no_text(tmp_path: Path) -> None:
    document = read(tmp_path, "skannet.pdf", _pdf(*[(f"NAV Eksempel, mottatt 2026, side {n}",) for n in range(1, 5)]))
    assert not document.sections
    assert document.warnings == tuple(f"side {n} har ingen tekst (skannet?)" for n in range(1, 5))


def test_a_title_the_program_left_open_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, "rutine.pdf", _pdf(LINES)).source.title == "praksis/rutine"
