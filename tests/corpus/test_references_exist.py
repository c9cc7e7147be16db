"""Every reference in notes and golden questions points at a place in the real archives."""

from __future__ import annotations

from pathlib import Path

from conftest import needs_shared

from evals.questions import read_questions
from kb.references import parse
from kb.types import Document, Kind

QUESTIONS = read_questions(Path(__file__).parent.parent.parent / "evals" / "questions")


@needs_shared
def test_every_reference_exists_in_the_archives(real_places: set[str], shipped_documents: list[Document]) -> None:
    refs = {
        ref
        for document in shipped_documents
        if document.source.kind is Kind.NOTAT
        for ref in (*document.sections[0].about, *document.sections[0].see_also)
    }
    known = real_places | {document.source.id for document in shipped_documents}
    missing = {ref for ref in refs if (place.section_ref if (place := parse(ref)) else ref) not in known}
    assert not missing


@needs_shared
def test_every_gold_reference_exists(real_places: set[str], shipped_documents: list[Document]) -> None:
    known = set(real_places)
    for document in shipped_documents:
        known |= {document.source.id, *(f"{document.source.id}/{section.locator}" for section in document.sections)}
    missing = {ref for question in QUESTIONS for ref in (*question.gold, *question.also)} - known
    assert not missing
