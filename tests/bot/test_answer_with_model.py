"""The whole path with a language model: its verified words lead, the law stays quoted, and any failure ends extractive."""

from __future__ import annotations

import pytest
from conftest import TODAY
from scripted_model import Reply, ScriptedModel, answers_status, says, stalls

from bot.answer import MODEL, ask
from bot.model import LanguageModel
from bot.verify import problems
from kb.errors import ModelError
from kb.index import Index
from kb.types import Answer

QUESTION = "hvem har rett til kake på fødselsdagen?"


def _ask(index: Index, reply: Reply, **more: bool) -> tuple[Answer, list[str]]:
    drafts: list[str] = []
    with ScriptedModel(reply) as server:
        model = LanguageModel(server.url, "skriptet", "", 2)
        answer = ask(index, QUESTION, TODAY, model=model, on_draft=drafts.append, **more)
    return answer, drafts


def test_what_the_model_writes_is_a_draft_first_and_then_leads(cake_index: Index) -> None:
    told = ask(cake_index, QUESTION, TODAY).citations[0].quote
    answer, drafts = _ask(cake_index, says(f"{told.rstrip('.')} [1]."))
    assert drafts
    assert answer.model == "skriptet"
    assert answer.text.startswith("**Kort svar**")
    assert any(citation.source.kind.is_law for citation in answer.citations)
    assert problems(answer.text, answer.citations) == []


@pytest.mark.parametrize(
    "reply",
    [
        says("Alle får 17 kaker hver dag etter kakeloven § 99 [1]."),
        says("Everybody gets cake [1]."),
        answers_status(500),
        answers_status(429),
        stalls(),
    ],
)
def test_every_failure_ends_in_the_extractive_answer(cake_index: Index, reply: Reply) -> None:
    answer, _ = _ask(cake_index, reply)
    ours = ask(cake_index, QUESTION, TODAY)
    assert (answer.text, answer.citations, answer.model) == (ours.text, ours.citations, MODEL)
    assert any("uten språkmodell" in warning for warning in answer.warnings)


def test_a_required_model_that_fails_is_an_error(cake_index: Index) -> None:
    with pytest.raises(ModelError):
        _ask(cake_index, answers_status(500), require_model=True)


def test_a_refusal_asks_no_model(cake_index: Index) -> None:
    with ScriptedModel() as server:
        answer = ask(
            cake_index, "Hvordan blir været i Oslo i morgen?", TODAY, model=LanguageModel(server.url, "skriptet", "", 1)
        )
        assert not server.requests
    assert answer.refused
