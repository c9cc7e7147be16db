"""The date a question is about, and lines that are no questions."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import TODAY

from bot.answer import ask
from bot.dates import asked_date
from bot.smalltalk import REPLIES, reply_to
from kb.index import Index


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("hva var satsen per 1. juni 2015?", date(2015, 6, 1)),
        ("hva gjaldt i mars 2016", date(2016, 3, 31)),
        ("per 2015-06-01", date(2015, 6, 1)),
        ("klage fra 3.2.2019", date(2019, 2, 3)),
        ("hvordan var det i 2015?", date(2015, 12, 31)),
        ("hva gjelder i 2040?", None),
        ("per 31. februar 2015", None),
        ("han skylder 2015 kroner", None),
        ("fra 2015 kroner og opp", None),
        ("hun er født i 1950", None),
        ("hva gjelder nå?", None),
        ("gjelda er fra 2009, kan de fortsatt kreve den?", None),
        ("lånet er frå 2018, er det for seint å krevje det inn?", None),
    ],
)
def test_asked_date(question: str, expected: date | None) -> None:
    assert asked_date(question, TODAY) == expected


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Hei!", "greeting"),
        ("god morgen", "greeting"),
        ("tusen takk for hjelpen", "thanks"),
        ("takk!", "thanks"),
        ("hva kan du hjelpe meg med?", "abilities"),
        ("ha det bra", "goodbye"),
    ],
)
def test_small_talk(line: str, key: str) -> None:
    assert reply_to(line, "nb") == REPLIES["nb"][key]


@pytest.mark.parametrize(
    "line", ["hei, har hun rett til kake?", "takk, og hvem betaler?", "klage", "?!", "hva kan du si om kake"]
)
def test_a_question_is_no_small_talk(line: str) -> None:
    assert reply_to(line, "nb") is None


def test_a_greeting_is_answered_without_sources(cake_index: Index) -> None:
    answer = ask(cake_index, "hei", TODAY)
    assert (answer.refused, answer.citations, answer.text) == (False, (), REPLIES["nb"]["greeting"])


def test_an_answer_for_a_day_before_the_law_says_so(cake_index: Index) -> None:
    answer = ask(cake_index, "hvem har rett til kake per 1. juni 2015?", TODAY)
    assert any("etter datoen du spør om" in warning for warning in answer.warnings)
