"""Follow-ups: what leans on the conversation takes it along, what starts something new does not."""

from __future__ import annotations

import pytest

from bot.followup import SEPARATOR, asked_language, leans, resolve
from kb.index import Index
from kb.types import Turn

BEFORE = "hvilke innbyggere har rett til kake på fødselsdagen?"


@pytest.mark.parametrize(
    "line",
    [
        "og hvor lenge?",
        "hvem bestemmer det?",
        "hva hvis hun er under 25?",
        "må det være skriftlig?",
        "hva med nynorsk?",
        "kan du ta det på nynorsk?",
        "og andre ledd?",
        "hvor mye da?",
        "i hvor lang tid?",
        "kva med barna?",
    ],
)
def test_a_line_that_leans(cake_index: Index, line: str) -> None:
    assert leans(cake_index, line)
    assert resolve(cake_index, line, [Turn("user", BEFORE)]).leans


@pytest.mark.parametrize(
    "line",
    [
        "hvem skal betale for festen når kommunen har bestilt musikk?",
        "klagefrist kake",
        "§ 3 i kakeloven",
        "finnes det en støtte til dem som ikke tåler sukker i maten?",
        "har de som bor på institusjon rett til kaffe etter middagen?",
        "hva er kake?",
        "må svaret til brukeren og vergen også skrives på nynorsk?",
    ],
)
def test_a_line_that_stands_alone(cake_index: Index, line: str) -> None:
    assert not leans(cake_index, line)
    assert resolve(cake_index, line, [Turn("user", BEFORE)]).question == line


def test_a_chain_goes_back_to_where_the_topic_began(cake_index: Index) -> None:
    turns = [
        Turn("user", "hvor mange lys trenger bløtkaka til bestemor fra Bodø?"),
        Turn("assistant", "Ett."),
        Turn("user", BEFORE),
        Turn("user", "og hvor mye?"),
    ]
    resolved = resolve(cake_index, "og hvem bestemmer det?", turns)
    assert resolved.question == SEPARATOR.join([BEFORE, "og hvor mye?", "og hvem bestemmer det?"])


def test_nothing_before_means_nothing_to_lean_on(cake_index: Index) -> None:
    assert resolve(cake_index, "og hvor lenge?", []).question == "og hvor lenge?"


def test_a_change_of_language_asks_the_same_again(cake_index: Index) -> None:
    assert resolve(cake_index, "kan du ta det på nynorsk?", [Turn("user", BEFORE)]).question == BEFORE
    assert asked_language("kan du ta det på nynorsk?") == "nn"
    assert asked_language("svar på bokmål, takk") == "nb"
    assert asked_language("svar på nynorsk: hvem bestemmer hvor mye kake innbyggerne får til fødselsdagen sin?") == "nn"
    assert asked_language("må svaret til brukeren og vergen også skrives på nynorsk?") is None
    assert asked_language(BEFORE) is None


def test_a_ledd_is_of_the_paragraph_spoken_of(cake_index: Index) -> None:
    assert resolve(cake_index, "og andre ledd?", [Turn("user", "kakeloven § 1")]).question == "kakeloven § 1 andre ledd"


def test_a_pronoun_alone_does_not_make_a_follow_up(cake_index: Index) -> None:
    assert not leans(cake_index, "har hun rett til kake på fødselsdagen?")
    assert leans(cake_index, "må hun betale skatt?")
