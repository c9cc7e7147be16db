"""Word and PowerPoint files made here, whole and broken: headings, tables, slides and notes come in as they read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import docx
import pptx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.presentation import Presentation
from pptx.util import Cm

from ingest import office
from ingest.load import load_file
from ingest.manifest import Entry
from ingest.powerpoint import NOTES_HEADING, load_pptx
from ingest.word import load_docx
from kb.errors import SourceError
from kb.types import Document, Kind, Source

SOURCE = Source("veileder/kaker", Kind.VEILEDER, "Kakeveilederen")
Loader = Callable[[bytes, Source], Document]


def word(write: Callable[[WordDocument], None]) -> bytes:
    document = docx.Document()
    write(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def slides(write: Callable[[Presentation], None]) -> bytes:
    presentation = pptx.Presentation()
    write(presentation)
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The package with some parts changed, added or (None) taken out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *changes]):
            content = changes[name] if name in changes else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


@cache
def plain_docx() -> bytes:
    return word(lambda document: document.add_paragraph("Kaker er godt."))


@cache
def plain_pptx() -> bytes:
    def write(presentation: Presentation) -> None:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = "Kaker"
        slide.placeholders[1].text = "Mel\nEgg"

    return slides(write)


def test_headings_of_word_become_sections() -> None:
    def write(document: WordDocument) -> None:
        document.add_paragraph("Før alt.")
        document.add_heading("Mel", 1)
        document.add_heading("Hvete og rug", 2)
        document.add_paragraph("Hvete er lyst.")
        document.add_paragraph("fin", style="List Bullet")
        document.add_paragraph("grov", style="List Bullet")
        document.add_heading("Mel", 1)
        document.add_paragraph("Mer om mel.")
        document.add_heading("Tomt", 1)

    sections = load_docx(word(write), SOURCE).sections
    assert [(s.locator, s.title, s.headings, s.text) for s in sections] == [
        ("avsnitt/innledning", "", ("Kakeveilederen",), "Før alt."),
        ("avsnitt/hvete-og-rug", "Hvete og rug", ("Kakeveilederen", "Mel"), "Hvete er lyst.\n\n• fin\n• grov"),
        ("avsnitt/mel", "Mel", ("Kakeveilederen",), "Mer om mel."),
        ("avsnitt/tomt", "Tomt", ("Kakeveilederen",), "Tomt"),
    ]


def test_headings_in_norwegian_word_and_by_outline_level() -> None:
    def write(document: WordDocument) -> None:
        style = document.styles.add_style("Overskrift 2", 1)
        document.add_paragraph("Med egen stil", style=style)
        document.add_paragraph("En.")
        leveled = document.add_paragraph("Med disposisjonsnivå")
        leveled._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="0"/>'))
        document.add_paragraph("To.")

    assert [s.title for s in load_docx(word(write), SOURCE).sections] == ["Med egen stil", "Med disposisjonsnivå"]


def test_tables_stand_where_they_stand_with_cells_apart() -> None:
    def write(document: WordDocument) -> None:
        document.add_paragraph("Satser:")
        table = document.add_table(3, 3)
        for row, cells in zip(
            table.rows, (("Hvem", "Sats", "Merk"), ("Enslig", "7 600", ""), ("Alle", "", "x")), strict=True
        ):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        table.cell(2, 0).merge(table.cell(2, 1))
        inner = table.cell(1, 2).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "inne", "i"
        document.add_paragraph("Etter.")

    assert [section.text for section in load_docx(word(write), SOURCE).sections] == [
        "Satser:\n\nHvem | Sats | Merk\nEnslig | 7 600 | inne | i\nAlle | x\n\nEtter."
    ]


def test_what_python_docx_passes_over_comes_in() -> None:
    box = (
        f'<w:p {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>Ved boksen</w:t>'
        "<mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>I boksen</w:t></w:r></w:p></w:txbxContent></w:drawing>"
        "</mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>I boksen</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    control = (
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>I kontrollen</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    changed = (
        f'<w:p {nsdecls("w")}><w:r><w:t xml:space="preserve">Kaker er </w:t></w:r><w:del w:id="1"><w:r><w:delText>vondt</w:delText></w:r></w:del>'
        '<w:ins w:id="2"><w:r><w:t>godt</w:t></w:r></w:ins><w:moveFrom w:id="3"><w:r><w:t>flyttet</w:t></w:r></w:moveFrom></w:p>'
    )

    def write(document: WordDocument) -> None:
        end = document.element.body.find(qn("w:sectPr"))
        for xml in (box, control, changed):
            end.addprevious(parse_xml(xml))

    assert load_docx(word(write), SOURCE).sections[0].text == "Ved boksen\nI boksen\n\nI kontrollen\n\nKaker er godt"


def test_footnotes_follow_the_text() -> None:
    notes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>Se kakeloven § 3.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"

    def write(document: WordDocument) -> None:
        paragraph = document.add_paragraph("Kaker er en rett")
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))

    data = word(write)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        links, types = (
            package.read("word/_rels/document.xml.rels").decode(),
            package.read("[Content_Types].xml").decode(),
        )
    data = repacked(
        data,
        {
            "word/footnotes.xml": notes.encode(),
            "word/_rels/document.xml.rels": links.replace(
                "</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
            ).encode(),
            "[Content_Types].xml": types.encode(),
        },
    )
    assert load_docx(data, SOURCE).sections[0].text == "Kaker er en rett [2]\n\n[2] Se kakeloven § 3."


def test_slides_keep_number_title_and_notes() -> None:
    def write(presentation: Presentation) -> None:
        first = presentation.slides.add_slide(presentation.slide_layouts[1])
        first.shapes.title.text = "Mel"
        first.placeholders[1].text = "Hvete\vog rug\nHavre"
        first.notes_slide.notes_text_frame.text = "Si noe om gluten."
        presentation.slides.add_slide(presentation.slide_layouts[6])
        only_title = presentation.slides.add_slide(presentation.slide_layouts[5])
        only_title.shapes.title.text = "Spørsmål?"

    document = load_pptx(slides(write), SOURCE)
    assert [(s.locator, s.title, s.text) for s in document.sections] == [
        ("lysbilde/1", "Mel", f"Hvete\nog rug\nHavre\n\n{NOTES_HEADING}\nSi noe om gluten."),
        ("lysbilde/3", "Spørsmål?", "Spørsmål?"),
    ]
    assert document.warnings == ("lysbilde 2 har ingen tekst (bilde?)",)


def test_shapes_are_read_from_the_top_and_tables_row_by_row() -> None:
    def write(presentation: Presentation) -> None:
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        for text, left, top in (("nederst", 1, 12), ("høyre", 12, 5), ("venstre", 1, 5)):
            slide.shapes.add_textbox(Cm(left), Cm(top), Cm(5), Cm(1)).text_frame.text = text
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(Cm(1), Cm(2), Cm(5), Cm(1)).text_frame.text = "i gruppen"
        table = slide.shapes.add_table(2, 2, Cm(1), Cm(8), Cm(8), Cm(2)).table
        for n, text in enumerate(("Hvem", "Sats", "Enslig", "7 600")):
            table.cell(n // 2, n % 2).text = text

    text = load_pptx(slides(write), SOURCE).sections[0].text
    assert text == "i gruppen\n\nvenstre\n\nhøyre\n\nHvem | Sats\nEnslig | 7 600\n\nnederst"


def test_a_file_may_bring_its_own_title() -> None:
    def write(document: WordDocument) -> None:
        document.core_properties.title = "Om kaker"
        document.add_paragraph("Tekst.")

    untitled = Source(SOURCE.id, SOURCE.kind, "")
    assert load_docx(word(write), untitled).source.title == "Om kaker"
    assert load_pptx(plain_pptx(), untitled).source.title == "Kaker"  # «PowerPoint Presentation» says nothing


@pytest.mark.parametrize(("load", "make"), [(load_docx, plain_docx), (load_pptx, plain_pptx)])
def test_what_is_no_whole_file_has_a_name(load: Loader, make: Callable[[], bytes]) -> None:
    data = make()
    main = "word/document.xml" if load is load_docx else "ppt/presentation.xml"
    for broken, why in (
        (b"", "er tom"),
        (b"sludder", "skadet"),
        (data[: len(data) // 2], "skadet"),
        (repacked(data, {main: None}), "skadet"),
        (repacked(data, {main: b"<w:document"}), "skadet"),
        (repacked(data, {"[Content_Types].xml": None}), "skadet"),
        (plain_pptx() if load is load_docx else plain_docx(), "skadet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "låst med passord eller .* før 2007"),
    ):
        with pytest.raises(SourceError, match=why) as caught:
            load(broken, SOURCE)
        assert "'veileder/kaker'" in str(caught.value)


@pytest.mark.parametrize(("load", "make"), [(load_docx, plain_docx), (load_pptx, plain_pptx)])
def test_zip_bombs_are_refused_before_they_unpack(
    load: Loader, make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = repacked(make(), {"media/bilde.bin": b"\0" * 20_000_000})
    assert len(bomb) < 100_000
    assert load(bomb, SOURCE).sections  # so much is no bomb
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    for limit, value in (("LARGEST_UNPACKED", 10_000_000), ("LARGEST_PART", 100), ("MOST_PARTS", 3)):
        with monkeypatch.context() as patched:
            patched.setattr(office, limit, value)
            with pytest.raises(SourceError, match="for stor pakket ut"):
                load(bomb, SOURCE)


def test_entities_are_not_expanded() -> None:
    lines = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9)]
    xml = (
        f'<!DOCTYPE w:document [<!ENTITY e0 "kake">{"".join(lines)}]>'
        f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>før &e8; etter</w:t></w:r></w:p></w:body></w:document>"
    )
    with suppress(SourceError):
        document = load_docx(repacked(plain_docx(), {"word/document.xml": xml.encode()}), SOURCE)
        assert sum(len(section.text) for section in document.sections) < 1_000


@settings(deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    load, whole = data.draw(st.sampled_from([(load_docx, plain_docx()), (load_pptx, plain_pptx())]))
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        name = data.draw(st.sampled_from(package.namelist()))
        part = package.read(name)
    at = data.draw(st.integers(0, max(len(part) - 1, 0)))
    damaged = (
        part[:at]
        + data.draw(st.sampled_from([b"", b"<", b"&", b"\xff", b"9"]))
        + part[at + data.draw(st.integers(0, 60)) :]
    )
    with suppress(SourceError):  # the one error a loader may raise
        load(repacked(whole, {name: damaged}), SOURCE)


@pytest.mark.parametrize(("name", "locator"), [("Kaker.DOCX", "avsnitt/innledning"), ("kaker.pptx", "lysbilde/1")])
def test_the_ending_decides_whatever_its_case(tmp_path: Path, name: str, locator: str) -> None:
    (tmp_path / name).write_bytes(plain_docx() if name.endswith("DOCX") else plain_pptx())
    document = load_file(tmp_path / name, Entry(tmp_path / "manifest.toml", 1, "path", name, kind=Kind.VEILEDER))
    assert [section.locator for section in document.sections] == [locator]
