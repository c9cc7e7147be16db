"""The layout of a page: running lines, columns, tables, paragraphs and broken words."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import LEFT, RIGHT, SOURCE, by_hand, make, texts, write
from reportlab.pdfgen import canvas

from ingest.pages import Line, Piece, in_reading_order, lines_of, mend, paragraphs_of, words_of
from ingest.pdf import load_pdf
from ingest.running import without_running


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
