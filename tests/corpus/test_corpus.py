"""The shipped corpus: every note can be read, says enough, and points at places that exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY

from ingest.load import files_of, load_file
from ingest.manifest import read_manifest
from kb.types import Document, Kind

ROOT = Path(__file__).parent.parent.parent
MANIFEST = read_manifest(ROOT / "corpus" / "manifest.toml")
DOCUMENTS = [load_file(path, entry) for entry in MANIFEST.entries if entry.way == "folder" for path in files_of(entry)]
NOTES = [document for document in DOCUMENTS if document.source.kind is Kind.NOTAT]


def _chapters_4_and_5() -> set[str]:
    numbers = [str(n) for n in range(17, 50)] + ["20a", "43a", "49a"]
    return {f"lov/2009-12-18-131/§{number}" for number in numbers}


def test_chapters_4_and_5_of_sosialtjenesteloven_have_a_note_each() -> None:
    assert _chapters_4_and_5() <= {note.sections[0].about[0] for note in NOTES}


def test_the_five_digests_are_there() -> None:
    ids = {document.source.id for document in DOCUMENTS}
    assert {
        "praksis/solbu-2014",
        "evaluering/aars-2014",
        "praksis/nav-nordland-2019",
        "evaluering/telemarksforsking-2006",
        "praksis/nav-gode-grep",
    } <= ids


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.source.id)
def test_a_note_says_enough(note: Document) -> None:
    short = note.sections[0]
    assert [section.title for section in note.sections] == [
        "Kort svar",
        "Kort svar (nynorsk)",
        "Vilkår og vurdering",
        "Husk",
    ]
    assert len(short.questions) >= 13
    assert len(set(short.questions)) == len(short.questions)
    assert note.source.responsibility
    assert note.source.date is not None
    assert note.source.date <= TODAY


def test_no_question_stands_in_two_notes() -> None:
    seen: dict[str, str] = {}
    for note in NOTES:
        for question in note.sections[0].questions:
            assert seen.setdefault(question.lower(), note.source.id) == note.source.id, question
