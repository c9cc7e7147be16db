"""PDFs made here, whole and broken: what a reader sees is what comes in, in the order it is read."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from ingest import drawing, pdf
from ingest.load import load_file
from ingest.manifest import Entry
from ingest.pages import Line, Piece, in_reading_order, lines_of, mend, paragraphs_of, words_of
from ingest.pdf import load_pdf
from ingest.running import without_running
from kb.errors import SourceError
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


def test_headers_footers_and_page_numbers_go_and_nothing_else() -> None:
    def draw(page: canvas.Canvas) -> None:
        for n, chapter in enumerate(("Mel", "Mel", "Smør", "Smør", "Egg"), 1):
            write(page, ["Kakerapporten 2026"], y=810, size=8)
            write(page, [f"Kapittel om {chapter.lower()}"], x=400, y=810, size=8)
            write(page, [f"Eksempel {n}"], y=780, size=16)
            write(page, [f"Her er noe om {chapter.lower()} på side nummer {n}."], y=740)
            write(page, [f"{n * 7 % 5} 340", f"{n * 3 % 7} 120"], y=120)  # a table that goes on over all pages
            write(page, [f"Side {n} av 5" if n % 2 else str(n)], x=500, y=30, size=8)
            page.showPage()

    found = texts(load_pdf(make(draw), SOURCE))
    assert len(found) == 5
    for n, text in enumerate(found.values(), 1):
        assert f"Eksempel {n}" in text
        assert f"på side nummer {n}." in text
        assert f"{n * 7 % 5} 340" in text
        assert f"{n * 3 % 7} 120" in text
        assert "av 5" not in text
        assert not text.endswith(f"\n{n}")
    assert "Kakerapporten" not in found["side/4"]


def test_a_line_that_says_another_thing_on_each_page_stays() -> None:
    pages = [[*page_of(f"{word} er først", "midt på", f"slutten er {word}")] for word in ("mel", "smør", "egg", "salt")]
    assert without_running(pages) == pages


def test_text_that_every_page_begins_and_ends_with_stays_when_it_stands_close_to_more_text() -> None:
    form = tuple(Line((Piece(60, 200, 700 - 13 * n, 10, f"Rubrikk {'abcdefghij'[n]}"),)) for n in range(10))
    running = Line((Piece(60, 200, 800, 8, "Skjema for kaker"),))
    pages = [[running, *form]] * 4
    assert without_running(pages) == [list(form)] * 4


def test_a_chapter_in_the_header_goes_with_its_page_number() -> None:
    pages = [list(page_of(f"{name} {n + 7}", f"Brødtekst {name}")) for n, name in enumerate(("mel", "smør", "egg"))]
    assert [[line.text for line in page] for page in without_running(pages)] == [
        ["Brødtekst mel"],
        ["Brødtekst smør"],
        ["Brødtekst egg"],
    ]


def page_of(*lines: str) -> tuple[Line, ...]:
    return tuple(Line((Piece(50, 50 + 5 * len(text), 700 - 40 * n, 10, text),)) for n, text in enumerate(lines))


def test_two_columns_are_read_one_after_the_other_however_they_are_drawn() -> None:
    def across(page: canvas.Canvas) -> None:
        write(page, ["Hvem gjør hva når noen vil ha en kake en søndag formiddag i november?"], y=760, size=14)
        for n, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            write(page, [left], x=60, y=720 - 13 * n)
            write(page, [right], x=320, y=720 - 13 * n)

    def shifted(page: canvas.Canvas) -> None:
        write(page, RIGHT, x=320, y=715)
        write(page, LEFT, x=60, y=720)
        write(page, ["Hvem gjør hva når noen vil ha en kake en søndag formiddag i november?"], y=760, size=14)

    expected = "\n\n".join(
        ["Hvem gjør hva når noen vil ha en kake en søndag formiddag i november?", " ".join(LEFT), " ".join(RIGHT)]
    )
    for draw in (across, shifted):
        assert texts(load_pdf(make(draw), SOURCE))["side/1"] == expected


def test_a_table_under_two_columns_is_still_a_table() -> None:
    def draw(page: canvas.Canvas) -> None:
        write(page, LEFT, x=60, y=720)
        write(page, RIGHT, x=320, y=720)
        for n, (what, much) in enumerate((("Husholdning", "Kaker"), ("Enslig", "1"), ("Par", "2"), ("Barn", "3"))):
            write(page, [what], x=60, y=500 - 14 * n)
            write(page, [much], x=320, y=500 - 14 * n)

    text = texts(load_pdf(make(draw), SOURCE))["side/1"]
    assert text.endswith("utdatert.\n\nHusholdning | Kaker\nEnslig | 1\nPar | 2\nBarn | 3")


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Hvem", "Sats per måned", "Merknad")] + [(f"Gruppe {n}", f"{n} 400 kr", "veiledende") for n in range(6)]

    def draw(page: canvas.Canvas) -> None:
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                write(page, [cell], x=60 + 150 * m, y=700 - 14 * n)

    assert texts(load_pdf(make(draw), SOURCE))["side/1"] == "\n".join(" | ".join(row) for row in rows)


def test_cells_in_one_string_part_where_the_pen_jumps() -> None:
    content = b"BT /F1 10 Tf 60 700 Td [(Enslig) -9000 (7 600 kr)] TJ 0 -14 Td [(Par) -10500 (12 600 kr)] TJ ET"
    assert texts(load_pdf(by_hand(content), SOURCE))["side/1"] == "Enslig | 7 600 kr\nPar | 12 600 kr"


def test_paragraphs_flow_and_lists_keep_their_lines() -> None:
    def draw(page: canvas.Canvas) -> None:
        write(page, [*LEFT[:4], "det er svar.", "Husk:", "• mel", "• egg", "1. Visp"], y=700)
        write(page, ["Et nytt avsnitt begynner her."], y=560)

    assert texts(load_pdf(make(draw), SOURCE))["side/1"] == (
        f"{' '.join(LEFT[:4])} det er svar.\nHusk:\n• mel\n• egg\n1. Visp\n\nEt nytt avsnitt begynner her."
    )


@pytest.mark.parametrize(
    ("above", "below", "mended"),
    [
        ("om sosial-", "hjelp til alle", "om sosialhjelp til alle"),
        ("etter NAV-", "loven § 13", "etter NAV-loven § 13"),
        ("en 16-", "åring", "en 16-åring"),
        ("i Nord-", "Norge", "i Nord-Norge"),
        ("send en e-", "post", "send en e-post"),
        ("arbeids-", "og velferdsetaten", "arbeids- og velferdsetaten"),
        ("barne-, ungdoms-", "eller familievern", "barne-, ungdoms- eller familievern"),
        ("om IKT-", "systemet", "om IKT-systemet"),
        ("stat-", "kommune", "stat-kommune"),
        ("et under\u00ad", "skudd", "et underskudd"),
        ("fra 2006 -", "og siden", "fra 2006 - og siden"),
        ("helse- og om-", "sorgstjenester", "helse- og omsorgstjenester"),
        ("NAV-kon-", "toret", "NAV-kontoret"),
        ("ikke delt", "her", "ikke delt her"),
    ],
)
def test_words_broken_at_line_ends_are_mended(above: str, below: str, mended: str) -> None:
    assert mend(above, below, Counter({"stat-kommune": 2, "statkommune": 0})) == mended


def test_ligatures_come_in_as_letters() -> None:
    pieces = [Piece(60, 120, 700, 10, "oﬀentlig ﬁnansiering og konﬂikt")]
    assert lines_of(pieces)[0].text == "offentlig finansiering og konflikt"


def test_hyphens_are_mended_on_the_page() -> None:
    lines = [
        "Den som har rett til økonomisk stønad, skal få råd og veiled-",
        "ning om hva kommunen kan gjøre, og om hva som følger av NAV-",
        "loven og av avtalen mellom partene om arbeids- og ungdoms-",
        "arbeid i kontoret.",
    ]
    text = texts(load_pdf(make(lambda page: write(page, lines)), SOURCE))["side/1"]
    assert text == (
        "Den som har rett til økonomisk stønad, skal få råd og veiledning om hva kommunen kan gjøre, og om hva som "
        "følger av NAV-loven og av avtalen mellom partene om arbeids- og ungdomsarbeid i kontoret."
    )


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


def test_headers_go_from_pages_on_their_side() -> None:
    def draw(page: canvas.Canvas) -> None:
        for word in ("mel", "smør", "egg"):
            page.saveState()
            page.translate(300, 100)
            page.rotate(90)
            write(page, ["Kakerapporten", f"Om {word}", f"Mer om {word}", "Kakedepartementet"], x=0, y=0)
            page.restoreState()
            page.showPage()

    found = load_pdf(make(draw), SOURCE).sections
    assert [section.text for section in found] == [f"Om {word} Mer om {word}" for word in ("mel", "smør", "egg")]


def test_text_on_its_side_is_read_all_the_same() -> None:
    def draw(page: canvas.Canvas) -> None:
        page.translate(300, 100)
        page.rotate(90)
        write(page, ["Liggende tabell", "over hele siden"], x=0, y=0)

    text = texts(load_pdf(make(draw), SOURCE))["side/1"]
    assert text.split() == ["Liggende", "tabell", "over", "hele", "siden"]


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


PIECES = st.lists(
    st.builds(
        lambda x, y, size, text: Piece(x, x + 0.5 * size * len(text), y, size, text),
        st.floats(0, 500),
        st.floats(0, 800),
        st.sampled_from([8.0, 10.0, 16.0]),
        st.text("aBå5", min_size=1, max_size=30),
    ),
    max_size=40,
)


@given(PIECES)
def test_layout_loses_no_letter_and_adds_none(pieces: list[Piece]) -> None:
    lines = lines_of(pieces)
    blocks = in_reading_order(lines)
    placed = Counter("".join(cell.text for line in lines for cell in line.cells))
    assert Counter("".join(cell.text for block in blocks for line in block for cell in line.cells)) == placed
    written = "".join(paragraph.text for paragraph in paragraphs_of(blocks, words_of([lines])))
    assert Counter(letter for letter in written if letter.isalnum()) == Counter(
        {k: v for k, v in placed.items() if k.isalnum()}
    )
