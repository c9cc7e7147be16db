"""The shipped corpus: every note can be read, says enough, and no two say the same."""

from __future__ import annotations

from datetime import date

import pytest

from kb.types import Document, Kind

HEADINGS = ["Kort svar", "Kort svar (nynorsk)", "Vilkår og vurdering", "Husk"]
DIGESTS = {
    "praksis/solbu-2014",
    "evaluering/aars-2014",
    "praksis/nav-nordland-2019",
    "evaluering/telemarksforsking-2006",
    "praksis/nav-gode-grep",
}


@pytest.fixture(scope="module")
def notes(shipped_documents: list[Document]) -> list[Document]:
    return [document for document in shipped_documents if document.source.kind is Kind.NOTAT]


def test_chapters_4_and_5_of_sosialtjenesteloven_have_a_note_each(notes: list[Document]) -> None:
    numbers = [*(str(n) for n in range(17, 50)), "20a", "43a", "49a"]
    assert {f"lov/2009-12-18-131/§{number}" for number in numbers} <= {note.sections[0].about[0] for note in notes}


def test_the_five_digests_are_there(shipped_documents: list[Document]) -> None:
    assert {document.source.id for document in shipped_documents} >= DIGESTS


def test_every_note_says_enough(notes: list[Document]) -> None:
    for note in notes:
        short, name = note.sections[0], note.source.id
        assert [section.title for section in note.sections] == HEADINGS, name
        assert len(short.questions) >= 13, name
        assert note.source.responsibility, name
        assert note.source.date is not None, name
        assert note.source.date <= date.today(), name


def test_no_question_stands_twice(notes: list[Document]) -> None:
    seen: dict[str, str] = {}
    for note in notes:
        for question in note.sections[0].questions:
            assert question.lower() not in seen, f"{question!r} stands in {note.source.id} and {seen[question.lower()]}"
            seen[question.lower()] = note.source.id
