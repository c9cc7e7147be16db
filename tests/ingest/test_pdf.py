"""PDF files to sections: pages, titles, forms, and every way a file can be wrong."""

from __future__ import annotations

import io
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import LEFT, RIGHT, SOURCE, by_hand, make, texts, write
from PIL import Image
from pypdf import PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from ingest import drawing, pdf
from ingest.load import load_file
from ingest.manifest import Entry
from ingest.pages import Piece, lines_of
from ingest.pdf import load_pdf
from kb.errors import SourceError
from kb.types import Kind, Source


def test_each_page_is_a_section_counted_as_a_viewer_counts() -> None:
    def draw(page: canvas.Canvas) -> None:
        for word in ("Blåbær", "Øl og ærter", "Kaffe"):
            write(page, [word])
            page.showPage()

    document = load_pdf(make(draw), SOURCE)
    assert texts(document) == {"side/1": "Blåbær", "side/2": "Øl og ærter", "side/3": "Kaffe"}
    assert document.source == SOURCE
    assert not document.warnings


def test_pages_without_text_are_said() -> None:
    picture = ImageReader(Image.new("RGB", (8, 8), "red"))

    def draw(page: canvas.Canvas) -> None:
        write(page, ["Tekst"])
        page.showPage()
        page.drawImage(picture, 50, 50, 400, 600)
        page.showPage()

    document = load_pdf(make(draw), SOURCE)
    assert list(texts(document)) == ["side/1"]
    assert document.warnings == ("side 2 har ingen tekst (skannet?)",)


def test_ligatures_come_in_as_letters() -> None:
    pieces = [Piece(60, 120, 700, 10, "oﬀentlig ﬁnansiering og konﬂikt")]
    assert lines_of(pieces)[0].text == "offentlig finansiering og konflikt"


def test_titles_come_from_the_outline() -> None:
    def draw(page: canvas.Canvas) -> None:
        for title, level in (("1 Mel", 0), ("1.1 Hvete", 1), ("", 0), ("2 Smør", 0)):
            write(page, [f"Det som står her, er kommet fra {title or 'ingen'}."])
            if title:
                page.bookmarkPage(title)
                page.addOutlineEntry(title, title, level)
            page.showPage()

    sections = load_pdf(make(draw), SOURCE).sections
    assert [(section.title, section.headings) for section in sections] == [
        ("1 Mel", ("Kakerapporten",)),
        ("1.1 Hvete", ("Kakerapporten", "1 Mel")),
        ("1.1 Hvete", ("Kakerapporten", "1 Mel")),
        ("2 Smør", ("Kakerapporten",)),
    ]


def test_titles_come_from_large_type_when_there_is_no_outline() -> None:
    def draw(page: canvas.Canvas) -> None:
        write(page, ["Del I Mel"], y=780, size=20)
        write(page, ["Hvete"], y=740, size=14)
        write(page, LEFT)
        page.showPage()
        write(page, RIGHT)
        page.showPage()
        write(page, ["Rug"], y=740, size=14)
        write(page, LEFT)
        page.showPage()

    sections = load_pdf(make(draw), SOURCE).sections
    assert [(section.title, section.headings) for section in sections] == [
        ("Del I Mel", ("Kakerapporten",)),
        ("Hvete", ("Kakerapporten", "Del I Mel")),
        ("Rug", ("Kakerapporten", "Del I Mel")),
    ]


@pytest.mark.parametrize(("said", "title"), [("Om kaker", "Om kaker"), ("Microsoft Word - k.doc", "evaluering/kaker")])
def test_a_source_without_a_title_takes_the_files_own(said: str, title: str) -> None:
    def draw(page: canvas.Canvas) -> None:
        page.setTitle(said)
        write(page, ["Tekst."])

    assert load_pdf(make(draw), Source(SOURCE.id, SOURCE.kind, "")).source.title == title


def test_text_in_forms_stands_where_they_are_drawn() -> None:
    data = by_hand(
        b"q 1 0 0 1 0 600 cm /Boks Do Q BT /F1 10 Tf 60 700 Td (Over boksen) Tj ET",
        {"/Boks": b"BT /F1 10 Tf 60 0 Td (I boksen) Tj ET"},
    )
    assert texts(load_pdf(data, SOURCE))["side/1"] == "Over boksen\n\nI boksen"


def test_forms_that_call_each_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_FORMS", 30)
    call = b"BT /F1 10 Tf 60 700 Td (x) Tj ET /A Do /B Do"
    assert "x" in texts(load_pdf(by_hand(call, {"/A": call, "/B": call}, knot=True), SOURCE))["side/1"]


@cache
def plain_pdf() -> bytes:
    return make(lambda page: write(page, LEFT), compress=0)


def locked(user: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(plain_pdf()))
    writer.encrypt(user, "eier", algorithm=algorithm)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_to_read_stops_the_file_and_one_to_change_does_not(algorithm: str) -> None:
    with pytest.raises(SourceError, match="låst med passord"):
        load_pdf(locked("hemmelig", algorithm), SOURCE)
    assert texts(load_pdf(locked("", algorithm), SOURCE)) == texts(load_pdf(plain_pdf(), SOURCE))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "er tom"),
        (b"\0" * 50, "er tom"),
        (b"<html>Innlogging</html>", "ikke en PDF"),
        (b"%PDF-1.7\nsludder", "avkuttet"),
        (b"%PDF-1.7\nsludder\n%%EOF", "skadet"),
        (b"%PDF-1.7\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF", "skadet"),
    ],
)
def test_what_is_no_whole_pdf_has_a_name(data: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=why) as caught:
        load_pdf(data, SOURCE)
    assert "'evaluering/kaker'" in str(caught.value)


@given(st.integers(0, len(plain_pdf()) - 20))
def test_a_pdf_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(SourceError):
        load_pdf(plain_pdf()[:length], SOURCE)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_pdf_is_read_or_refused(data: st.DataObject) -> None:
    whole = plain_pdf()
    at = data.draw(st.integers(0, len(whole) - 1))
    patch = data.draw(st.sampled_from([b"", b"0", b"-1", b"99999999999", b"<<", b">>", b"[", b"(", b"null", b"\xff"]))
    damaged = whole[:at] + patch + whole[at + data.draw(st.integers(0, 40)) :]
    with suppress(SourceError):  # the one error a loader may raise
        load_pdf(damaged, SOURCE)


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("MOST_PAGES", 0, "grensen er 0"),
        ("LARGEST_FILE", 10, "MB"),
        ("LONGEST_SECONDS", -1.0, "sekunder"),
        ("MOST_OPERATIONS", 5, "for innholdsrik"),
    ],
)
def test_limits_hold(monkeypatch: pytest.MonkeyPatch, limit: str, value: float, why: str) -> None:
    monkeypatch.setattr(pdf, limit, value)
    with pytest.raises(SourceError, match=why):
        load_pdf(plain_pdf(), SOURCE)


def test_a_stream_that_unpacks_to_too_much_is_refused() -> None:
    data = by_hand(b" " * (pdf.LARGEST_STREAM + 1))
    assert len(data) < 100_000
    with pytest.raises(SourceError, match="for innholdsrik"):
        load_pdf(data, SOURCE)


def test_the_ending_decides_whatever_its_case(tmp_path: Path) -> None:
    path = tmp_path / "Rapport.PDF"
    path.write_bytes(plain_pdf())
    entry = Entry(
        manifest=tmp_path / "manifest.toml", line=1, way="path", where=path.name, kind=Kind.EVALUERING, title="Kaker"
    )
    document = load_file(path, entry)
    assert (document.source.title, [section.locator for section in document.sections]) == ("Kaker", ["side/1"])
