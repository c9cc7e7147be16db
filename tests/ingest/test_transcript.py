"""Slide transcripts and plain text: the host page's words go, every slide keeps its number, nothing else is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import SHARED, needs_shared
from hypothesis import given
from hypothesis import strategies as st

from ingest.load import load_file
from ingest.manifest import Entry
from ingest.markdown import load_markdown, load_text
from ingest.transcript import is_transcript, load_transcript
from kb.types import Document, Kind, Source

SOURCE = Source("praksis/kaker", Kind.PRAKSIS, "Kaker")
SEEDS = SHARED / "seeds"
HOST = (
    "Presentasjon lastes",
    "Liknende presentasjoner",
    "Laste ned ppt",
    "Annonser fra Google",
    "Presentasjon om",
    "Utskrift av presentasjonen",
)
BEFORE = """Presentasjon lastes. Vennligst vent

Kaker for alle

Liknende presentasjoner


Presentasjon om: "Kaker for alle"— Utskrift av presentasjonen:

"""
AFTER = """

Laste ned ppt "Kaker for alle"

Liknende presentasjoner


Annonser fra Google"""


def load(slides: str) -> Document:
    text = BEFORE + slides + AFTER
    assert is_transcript(text)
    return load_transcript(text, SOURCE)


def shown(document: Document) -> dict[str, tuple[str, str]]:
    return {section.locator: (section.title, section.text) for section in document.sections}


def read(path: Path) -> Document:
    entry = Entry(path.parent / "manifest.toml", 1, "path", path.name, kind=Kind.PRAKSIS, title="Tittel")
    return load_file(path, entry)


@needs_shared
@pytest.mark.parametrize(
    ("name", "slides", "titles"),
    [
        (
            "telemarksforsking-2006-nav-reformen",
            45,
            {
                1: "Landskonferanse for sosionomer 12.5.06",
                10: "NAV-modellen (1)",
                38: "Kulturforskjeller i styringssystemene",
            },
        ),
        (
            "solbu-2014-partnerskapet-sett-fra-nav-kontoret",
            19,
            {6: "Grunnlag for godt og langvarig samliv", 13: "Utviklingsønske 1", 16: "Utviklingsønske 4-5-6"},
        ),
        ("aars-partnerskapet-i-nav-kontorene", 15, {5: "Brukervennlig?", 13: "Forholdet til staten"}),
    ],
)
def test_the_seeds_have_every_slide_and_nothing_of_the_host_page(
    name: str, slides: int, titles: dict[int, str]
) -> None:
    document = read(SEEDS / f"{name}.txt")
    assert [section.locator for section in document.sections] == [f"lysbilde/{n}" for n in range(1, slides + 1)]
    assert not document.warnings
    for section in document.sections:
        assert section.title
        assert not any(words in section.title or words in section.text for words in HOST)
        assert "Telemarksforsking-Bø" not in section.title + section.text
        assert not re.match(r"\d+ ", section.title)
    for n, title in titles.items():
        assert document.sections[n - 1].title == title


@needs_shared
@pytest.mark.parametrize("name", ["telemarksforsking-2006-nav-reformen", "aars-partnerskapet-i-nav-kontorene"])
def test_no_word_of_a_slide_is_lost(name: str) -> None:
    raw = (SEEDS / f"{name}.txt").read_text(encoding="utf-8")
    body = raw.partition("Utskrift av presentasjonen:")[2].partition("Laste ned ppt")[0]
    kept = [word for s in read(SEEDS / f"{name}.txt").sections for word in f"{s.title} {s.text}".split()]
    assert set(body.split()) - {"Telemarksforsking-Bø", "\uf0e0"} - {str(n) for n in range(1, 46)} <= set(kept)


@needs_shared
@pytest.mark.parametrize(
    ("name", "locators"),
    [
        ("nav-nordland-2019-styrket-partnerskap", ["avsnitt/bedre-nav-tjenester-med-styrket-partnerskap"]),
        (
            "nav-gode-grep-forvaltning-og-ledelse",
            [
                "avsnitt/innledning",
                "avsnitt/gode-grep-for-forvaltning-og-ledelse",
                "avsnitt/korte-vedtak",
                "avsnitt/tilgjengelighet-og-rask-oppfoelging-etter-vedtak",
                "avsnitt/teamorganisering",
                "avsnitt/informasjon-om-det-kommunale-tjenestetilbudet",
                "avsnitt/mestringsorientert-ledelse",
                "avsnitt/god-internkontroll",
            ],
        ),
    ],
)
def test_web_articles_keep_their_headings_and_every_word(name: str, locators: list[str]) -> None:
    document = read(SEEDS / f"{name}.txt")
    assert [section.locator for section in document.sections] == locators
    words = " ".join(f"{section.title} {section.text}" for section in document.sections).split()
    assert words == (SEEDS / f"{name}.txt").read_text(encoding="utf-8").split()


def test_a_footer_goes_wherever_it_stands_alone_or_last() -> None:
    document = load(
        "1 Kakehuset\nVi i Kakehuset baker Kakehuset\n\n2 Kakehuset\nMel Kakehuset\n\n3 Egg\nTolv egg Kakehuset\n\n4 Salt\nLitt"
    )
    assert shown(document) == {
        "lysbilde/1": ("Vi i Kakehuset baker", "Vi i Kakehuset baker"),
        "lysbilde/2": ("Mel", "Mel"),
        "lysbilde/3": ("Egg", "Tolv egg"),
        "lysbilde/4": ("Salt", "Litt"),
    }


def test_a_footer_with_date_and_number_goes() -> None:
    slides = "\n\n".join(f"{n} Tema {word}\nOm {word} NAV Lerkendal 27.1.2014 {n}" for n, word in enumerate("abcd", 1))
    assert [section.text for section in load(slides).sections] == ["Om a", "Om b", "Om c", "Om d"]


@pytest.mark.parametrize(
    ("slides", "numbers"),
    [
        ("1 Mel\nHvete\n\n2 Egg\nTolv", [1, 2]),
        ("1 Mel\nHvete\n\n5 Kommuner deltok\n\n2 Egg\n\n3 Salt\n\n4 Smør\n\n5 Vann", [1, 2, 3, 4, 5]),
        ("1 Mel\nHvete\n\n2 kommuner deltok\n\n2 Egg\nTolv", [1, 2]),
        ("1 Mel\nHvete\n\n3 Egg\nTolv", [1, 3]),
        ("1 Mel\nHvete\n\n2 Egg\n\n2006 Året da alt skjedde", [1, 2]),
        ("1 Mel\nHvete\n\n2 Egg\n\n100 Prosent", [1, 2]),
        ("1 Mel\n4 liter melk\n2 Ikke et lysbilde\n\n2 Egg\nTolv", [1, 2]),
        ("1 Mel\nHvete\n\n2\n\n3 Egg\nTolv", [1, 3]),
    ],
)
def test_numbers_in_the_text_are_not_slides(slides: str, numbers: list[int]) -> None:
    document = load(slides)
    assert [section.locator for section in document.sections] == [f"lysbilde/{n}" for n in numbers]
    kept = {word for section in document.sections for word in f"{section.title} {section.text}".split()}
    assert {word for word in slides.split() if not word.isdigit()} <= kept


def test_a_slide_without_text_is_said() -> None:
    assert load("1 Mel\nHvete\n\n2\n\n3 Egg\nTolv").warnings == ("lysbilde 2 har ingen tekst",)


@pytest.mark.parametrize(
    ("line", "title", "text"),
    [
        ("Mel\nHvete og rug", "Mel", "Hvete og rug"),
        ("Kakelovens § 1: Kakeforvaltningen skal\nmøte den enkelte med kake.", None, None),
        ("Ønske 1: Større grad av kake hos alle myndigheter, " + "og enda mer kake " * 8, "Ønske 1", None),
        ("Hva er problemet? " + "Mange vil ha kake " * 8, "Hva er problemet?", None),
        ("ord " * 60, "ord " * 25 + "…", None),
    ],
)
def test_titles_are_short_and_never_cut_a_sentence_from_the_text(
    line: str, title: str | None, text: str | None
) -> None:
    section = load(f"1 {line}\n\n2 Slutt").sections[0]
    assert section.title == (title or line.split("\n")[0])
    assert section.text == (text or line.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bare tekst",
        "1 Mel\nHvete\n\n2 Egg",
        "Utskrift av presentasjonen: kom aldri",
        "Utskrift av presentasjonen:\n\n2 Egg",
    ],
)
def test_other_text_is_no_transcript(text: str) -> None:
    assert not is_transcript(text)


@given(st.lists(st.text("Abø 12\n", max_size=30), min_size=1, max_size=12))
def test_slides_ascend_and_say_something(bodies: list[str]) -> None:
    text = BEFORE + "\n\n".join(f"{n} T{body}" for n, body in enumerate(bodies, 1)) + AFTER
    document = load_transcript(text, SOURCE)
    numbers = [int(section.locator.removeprefix("lysbilde/")) for section in document.sections]
    assert numbers == sorted(set(numbers))
    assert min([*numbers, *(int(warning.split()[1]) for warning in document.warnings)]) == 1
    assert all(section.text.strip() and section.title for section in document.sections)


def test_short_lines_between_blank_lines_are_headings_in_text_files_only() -> None:
    text = "Om kaker\n\nKaker er godt.\n\n  • Mel\n  • Egg\n\nBaking\n\nRør og stek.\n\nDette er en setning.\n\nIkke slik:\n\nslutt"
    assert [s.locator for s in load_text(text, SOURCE).sections] == ["avsnitt/om-kaker", "avsnitt/baking"]
    assert [s.locator for s in load_markdown(text, SOURCE).sections] == ["avsnitt/innledning"]


def test_a_signature_is_no_heading_and_a_line_over_nothing_stays_with_the_text() -> None:
    text = f"Vi baker hver dag, {'og det går bra, ' * 5}ja\n\nBaker ved Kakehuset\n\nHun sier mer.\n\nLes mer om kaker\n\nMel\n\nHvete."
    assert {s.title: s.text for s in load_text(text, SOURCE).sections} == {
        "": f"Vi baker hver dag, {'og det går bra, ' * 5}ja\n\nBaker ved Kakehuset\n\nHun sier mer.\n\nLes mer om kaker",
        "Mel": "Hvete.",
    }


def test_headings_that_meet_get_locators_of_their_own() -> None:
    text = "# Mel\na\n# Mel\nb\n# Mel 2\nc\n# Mel-2\nd"
    locators = [section.locator for section in load_markdown(text, SOURCE).sections]
    assert locators == ["avsnitt/mel", "avsnitt/mel-2", "avsnitt/mel-2-2", "avsnitt/mel-2-3"]


@given(
    st.lists(st.sampled_from(["Mel", "Egg og smør", "Her er en setning.", "• punkt", "", "  ", "# Tittel", "fra 2006"]))
)
def test_plain_text_loses_no_word(lines: list[str]) -> None:
    text = "\n".join(lines)
    document = load_text(text, SOURCE)
    if "# Tittel" not in lines:  # Markdown headings with nothing under them are left out, as in load_markdown
        kept = " ".join(f"{section.title} {section.text}" for section in document.sections).split()
        assert kept == text.split()
    assert len({section.locator for section in document.sections}) == len(document.sections)


@pytest.mark.parametrize(
    "data",
    [
        "Blåbær – «godt»".encode(),
        b"\xef\xbb\xbf" + "Blåbær – «godt»".encode(),
        "Blåbær – «godt»".encode("cp1252"),
        "Blåbær – «godt»".encode("utf-16"),
    ],
)
@pytest.mark.parametrize("name", ["kake.TXT", "kake.md"])
def test_text_is_read_whatever_wrote_it(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert [section.text for section in read(tmp_path / name).sections] == ["Blåbær – «godt»"]
