"""The measures of answers: gold cited, facts said, length without quotations."""

from __future__ import annotations

import pytest
from conftest import TODAY

from bot.answer import ask
from evals.answers import judge, length, measure_answers, plain
from evals.questions import Question, QuestionKind
from kb.index import Index

LAW = "lov/2020-01-02-3"


def _question(gold: str, *facts: str, kind: QuestionKind = QuestionKind.LAW) -> Question:
    return Question("q", kind, "kakl § 2 a annet ledd", (gold,), facts=facts)


def test_a_citation_counts_for_its_paragraph_and_a_fact_for_any_wording(cake_index: Index) -> None:
    answer = ask(cake_index, "kakl § 2 a annet ledd", TODAY)
    right = judge(answer, _question(f"{LAW}/§2a", "fjorten dager|14 dager", "tre uker"))
    assert (right["cited"], right["citation recall"], right["facts"], right["verified"]) == (1, 1, 0.5, 1)
    wrong = judge(answer, _question(f"{LAW}/§1"))
    assert (wrong["cited"], wrong["citation recall"], wrong["citation precision"]) == (0, 0, 0)


def test_length_is_of_what_is_ours() -> None:
    text = "**Kort svar**\n\nTo ord [1]\n\n> «Mange ord av loven»\n>\n> — [kakeloven § 1](https://lovdata.no/x) [2]"
    assert plain(text).startswith("Kort svar To ord")
    assert length(text) == 4


def test_a_refusal_is_measured_by_itself(cake_index: Index) -> None:
    questions = [
        _question(f"{LAW}/§2a"),
        Question("r", QuestionKind.REFUSAL, "Hvordan blir været i Oslo i morgen?"),
    ]
    report = measure_answers(lambda question: ask(cake_index, question, TODAY), questions)
    assert report["refusal"]["refused"] == 1
    assert report["all"]["n"] == 1
    assert report["all"]["cited"] == pytest.approx(1)
