"""Read this first: what happens to a question on its way to an answer with sources."""

from __future__ import annotations

import pytest
from conftest import TODAY

from bot import guard
from bot.answer import ask, checked, is_confident
from bot.compose import compose
from bot.language import language_of
from bot.render import answer_json
from bot.verify import problems
from kb.errors import UsageError
from kb.index import Index
from kb.search import search
from kb.types import Finder


def test_path_of_a_question(cake_index: Index) -> None:
    question = "Hun på arkivet fikk ikke noe fredagskaffe, hva har hun krav på?"

    # The guard comes first: a message with an identity number goes no further (this one is synthetic).
    assert guard.identity_numbers("gjelder 13876698743") == ["13876698743"]
    with pytest.raises(UsageError, match="fødselsnummer"):
        checked("gjelder 13876698743, hva har hun krav på?")
    assert checked(f"  {question} ") == question

    # The language of the question decides the language of our own words.
    assert language_of(question) == "nb"
    assert language_of("Eg fekk ikkje noko til kaffien, kva gjer eg?") == "nn"

    # Search: no word of § 2 stands in the question, but a note about § 2 knows the words, and pulls it in.
    found = search(cake_index, question)
    assert found.hits[0].passage.section_ref == "lov/2020-01-02-3/§2"
    assert Finder.NOTE in found.hits[0].found_by

    # Confident enough? If not, the bot refuses, and nothing is composed.
    assert is_confident(found)
    assert not is_confident(search(cake_index, "Hvordan blir været i Oslo i morgen?"))

    # Compose puts quotations together; verify checks each one against its passage.
    draft = compose(cake_index, question, found, "nb", TODAY)
    assert not problems(draft.text, draft.citations)

    # One function does all of it, for chat, command line and evals alike.
    answer = ask(cake_index, question, TODAY)
    assert not answer.refused
    assert answer.text.startswith("**Kort svar**\n\nDen som har jobbet hele uken, skal ha minst ett kakestykke.")
    assert "«Den som har arbeidet hele uken, har rett til minst ett stykke kake.»" in answer.text
    assert "[kakeloven § 2 første ledd](https://lovdata.no/lov/2020-01-02-3/%C2%A72)" in answer.text
    assert "Ansvar: kommune · Gjelder per 21. november 2026" in answer.text
    assert all(citation.quote in citation.passage.text for citation in answer.citations)

    # Render: the same answer as JSON with keys that stay.
    rendered = answer_json(answer)
    assert list(rendered) == ["question", "language", "refused", "text", "citations", "hits", "warnings", "model", "ms"]
