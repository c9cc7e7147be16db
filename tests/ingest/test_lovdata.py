"""Lovdata's XML: structure of an invented law, and a table of places read off the real archives."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import CAKE_LAW, COMING_LAW, SHARED, TODAY, needs_shared

from ingest.clean import clean_document
from ingest.fetch_archive import Lovdata
from ingest.lovdata import load_lovdata
from kb.errors import SourceError
from kb.types import Document


def test_chapters_sections_and_ledd() -> None:
    document = load_lovdata(CAKE_LAW, TODAY)
    by_locator = {section.locator: section for section in document.sections}
    assert by_locator["§2"].title == "Rett til kake"
    assert by_locator["§2"].headings == ("Kapittel 1. Alminnelige regler",)
    assert (
        by_locator["§2a"].text
        == "Lederen skal sørge for kakefat.\n\nKlage over manglende kake fremsettes innen fjorten dager."
    )
    assert not by_locator["§3"].in_force
    whole = " ".join(section.text for section in document.sections)
    for left_out in ("Endret ved lov", "vafler", "Fotnote"):
        assert left_out not in whole


def test_what_the_header_says() -> None:
    source = load_lovdata(CAKE_LAW, TODAY).source
    assert (source.id, source.kind, source.names) == ("lov/2020-01-02-3", "lov", ("kakeloven", "kakl"))
    assert (source.in_force, source.in_force_from, source.date) == (True, date(2020, 7, 1), date(2024, 3, 1))
    assert (source.licence, source.url) == ("NLOD 2.0", "https://lovdata.no/lov/2020-01-02-3")


def test_a_law_that_waits_for_the_king_is_not_in_force() -> None:
    assert not load_lovdata(COMING_LAW, TODAY).source.in_force


def test_a_law_with_a_later_date_is_not_in_force_yet() -> None:
    later = CAKE_LAW.replace(b"2020-07-01, 2021-01-01", b"2027-01-01")
    assert not load_lovdata(later, TODAY).source.in_force
    assert load_lovdata(later, date(2027, 1, 1)).source.in_force


@pytest.mark.parametrize("xml", [b"", b"<html>", CAKE_LAW[:2000], b"<html><body/></html>"])
def test_broken_files_are_named_errors(xml: bytes) -> None:
    with pytest.raises(SourceError):
        load_lovdata(xml, TODAY)


@pytest.fixture(scope="module")
def real() -> dict[str, Document]:
    wanted = {"lov/2009-12-18-131", "lov/2006-06-16-20"}
    archive = Lovdata((SHARED / "lovdata").as_uri(), SHARED).archive("gjeldende-lover")
    return {id_: clean_document(load_lovdata(xml, TODAY)) for id_, xml in archive.documents(wanted)}


@needs_shared
@pytest.mark.parametrize(
    ("law", "section", "ledd", "first_words"),
    [
        ("lov/2009-12-18-131", "§1", 3, "Formålet med loven er"),
        ("lov/2009-12-18-131", "§8", 3, "Departementet skal"),
        ("lov/2009-12-18-131", "§18", 4, "De som ikke kan sørge for"),
        ("lov/2009-12-18-131", "§20a", 6, "Det skal stilles vilkår om aktivitet"),
        ("lov/2009-12-18-131", "§27", 1, "Kommunen er forpliktet til"),
        ("lov/2009-12-18-131", "§35", 4, "For den tiden en person"),
        ("lov/2009-12-18-131", "§43a", 2, "Kommunen, statsforvalteren,"),
        ("lov/2009-12-18-131", "§45", 3, "Enhver som utfører tjeneste"),
        ("lov/2009-12-18-131", "§49a", 1, "En kommune må oppfylle"),
        ("lov/2006-06-16-20", "§1", 1, "Formålet med loven er å legge"),
        ("lov/2006-06-16-20", "§13", 3, "Arbeids- og velferdsetaten og kommunene"),
        ("lov/2006-06-16-20", "§14a", 5, "Alle som henvender seg"),
    ],
)
def test_real_paragraphs(real: dict[str, Document], law: str, section: str, ledd: int, first_words: str) -> None:
    found = next(s for s in real[law].sections if s.locator == section)
    assert len(found.text.split("\n\n")) == ledd
    assert found.text.startswith(first_words)


@needs_shared
def test_list_letters_stand_in_the_text(real: dict[str, Document]) -> None:
    child_protection = next(s for s in real["lov/2009-12-18-131"].sections if s.locator == "§45")
    lines = child_protection.text.split("\n\n")[1].split("\n")
    assert [line[:2] for line in lines[1:]] == ["a.", "b.", "c.", "d.", "e."]
    assert not any("Endret ved lov" in s.text for document in real.values() for s in document.sections)
