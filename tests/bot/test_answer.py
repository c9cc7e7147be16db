"""Answers: bad input, refusals, look-ups, nynorsk, and that what is shown always holds."""

from __future__ import annotations

import re

import pytest
from conftest import TODAY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer import LONGEST_QUESTION, ask
from bot.compose import escape
from bot.excerpts import cut, sentences
from bot.verify import problems
from kb.errors import UsageError
from kb.index import Index
from kb.types import Citation


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_told(cake_index: Index, question: str) -> None:
    with pytest.raises(UsageError, match="tomt"):
        ask(cake_index, question, TODAY)


def test_a_question_of_ten_thousand_characters_is_told(cake_index: Index) -> None:
    with pytest.raises(UsageError, match=f"10000 tegn, høyst {LONGEST_QUESTION}"):
        ask(cake_index, "a" * 10_000, TODAY)


@pytest.mark.parametrize("question", ["🙂", "🎂🎂🎂?", "§", "§ 999"])
def test_odd_questions_are_refused_quietly(cake_index: Index, question: str) -> None:
    answer = ask(cake_index, question, TODAY)
    assert answer.refused
    assert not answer.citations
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script> kake", "'; DROP TABLE passages; --", '"" OR * NEAR(', "kake [1](javascript:x)"],
)
def test_markup_and_query_syntax_are_only_words(cake_index: Index, question: str) -> None:
    answer = ask(cake_index, question, TODAY)
    assert not problems(answer.text, answer.citations)
    assert "<script" not in answer.text
    assert cake_index.store.count() > 0


def test_a_refusal_says_so_and_names_the_nearest(cake_index: Index) -> None:
    answer = ask(cake_index, "Hvordan blir været i Oslo i morgen?", TODAY)
    assert answer.refused
    assert answer.text.startswith("Kildene mine dekker ikke dette spørsmålet")


def test_a_look_up_shows_exactly_the_ledd(cake_index: Index) -> None:
    answer = ask(cake_index, "kakl § 2 a annet ledd", TODAY)
    assert [c.passage.ref for c in answer.citations if c.source.kind.is_law] == ["lov/2020-01-02-3/§2a/ledd/2"]
    assert answer.text.startswith("**Loven sier**\n\n> «Klage over manglende kake fremsettes innen fjorten dager.»")


def test_a_ledd_that_does_not_exist_is_said(cake_index: Index) -> None:
    assert "kakeloven § 2 niende ledd finnes ikke" in ask(cake_index, "kakl § 2 niende ledd", TODAY).warnings[0]


def test_a_nynorsk_question_gets_our_words_in_nynorsk(cake_index: Index) -> None:
    answer = ask(cake_index, "Eg fekk ikkje noko til fredagskaffien, kva har eg krav på?", TODAY)
    assert answer.language == "nn"
    assert "**Lova seier**" in answer.text
    assert "Den som har arbeidd heile veka" in answer.text
    assert "«Den som har arbeidet hele uken" in answer.text, "law is quoted as it stands"


def test_a_note_is_not_cited_without_its_law(cake_index: Index) -> None:
    kinds = {c.source.kind for c in ask(cake_index, "tomt fat etter fredagsmøtet", TODAY).citations}
    assert {"notat", "lov"} <= kinds


WORDS = [
    "kake",
    "kakl",
    "§ 2",
    "§ 2 a",
    "andre ledd",
    "fredag",
    "rosiner",
    "klage",
    "turnus",
    "ikkje",
    "kva",
    "formål",
    "<b>",
    "[1]",
    "*",
    "niende ledd",
    "stykke",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_answer_holds(cake_index: Index, said: list[str]) -> None:
    answer = ask(cake_index, " ".join(said), TODAY)
    assert not problems(answer.text, answer.citations)
    assert all(c.url.startswith("https://lovdata.no/") or not c.url for c in answer.citations)
    headings = re.findall(r"^\*\*(.+)\*\*$", answer.text, re.MULTILINE)
    assert len(headings) == len(set(headings))
    assert not re.search(r"\*\*\n*\*\*|\*\*\n*\Z", answer.text), "a heading without content"


def test_a_false_quote_is_caught(cake_index: Index) -> None:
    citation = ask(cake_index, "rosiner i kaken", TODAY).citations[0]
    false = Citation(1, citation.passage, citation.source, citation.quote + " alltid", citation.url)
    assert problems("Dette står [1].", [false]) == [f"the quote of citation 1 does not stand in {citation.passage.ref}"]
    assert problems("Dette står [2].", [citation]) == [
        "marker [2] has no citation",
        "citation 1 is not marked in the text",
    ]


def test_sentences_do_not_end_at_abbreviations() -> None:
    text = "Se § 3, jf. § 4 nr. 2. Fristen er tre uker. Kommunen kan f.eks. gi lån."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Se § 3, jf. § 4 nr. 2.",
        "Fristen er tre uker.",
        "Kommunen kan f.eks. gi lån.",
    ]


def test_a_cut_quote_is_whole_sentences_of_the_source() -> None:
    text = "Første setning er lang nok. Andre setning nevner stønad. Tredje setning avslutter."
    assert cut(text, "stønad", longest=40) == "Andre setning nevner stønad."
    assert cut(text, "", longest=500) == text


def test_source_text_cannot_be_markup() -> None:
    assert escape("[1] <b>*x*</b>") == r"\[1\] \<b\>\*x\*\</b\>"
