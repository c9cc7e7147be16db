"""The golden questions: well formed, pointing at places that exist, and kept apart from the notes' own questions."""

from __future__ import annotations

import json
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from evals.questions import QuestionKind, read_questions
from kb.analysis import terms
from kb.errors import UsageError
from kb.types import Document

ROOT = Path(__file__).parent.parent.parent
QUESTIONS = read_questions(ROOT / "evals" / "questions")


def test_there_are_enough_of_every_kind_in_both_splits() -> None:
    count = Counter((question.kind, question.split) for question in QUESTIONS)
    assert len(QUESTIONS) >= 60
    assert {split for _, split in count} == {"dev", "test"}
    assert all(count[kind, split] >= 3 for kind in QuestionKind for split in ("dev", "test"))


def test_a_nynorsk_twin_has_the_same_gold_as_its_bokmaal() -> None:
    by_id = {question.id: question for question in QUESTIONS}
    twins = [question for question in QUESTIONS if question.twin]
    assert twins
    for question in twins:
        assert by_id[question.twin].gold == question.gold
        assert by_id[question.twin].split == question.split


def test_no_golden_question_stands_in_a_note_nor_nearly(shipped_documents: list[Document]) -> None:
    """Nearly: the same terms but for one in five, and letters alike to nine tenths."""
    of_notes = [q for document in shipped_documents for section in document.sections for q in section.questions]
    assert len(of_notes) > 500
    noted = [(question.lower(), set(terms(question))) for question in of_notes]
    for golden in QUESTIONS:
        said, said_terms = golden.question.lower(), set(terms(golden.question))
        for other, other_terms in noted:
            assert said != other, f"{golden.id} stands in a note: {other}"
            near = len(said_terms) > 2 and len(said_terms & other_terms) >= 0.8 * len(said_terms | other_terms)
            assert not (near and SequenceMatcher(None, said, other).ratio() > 0.9), (
                f"{golden.id} nearly stands in a note: {other}"
            )


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"id": "x", "kind": "rare", "question": "?"}',
        '{"id": "x", "kind": "law", "question": "?"}',
        '{"id": "x", "kind": "refusal", "question": "?", "gold": ["a"]}',
    ],
)
def test_a_bad_line_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "q.jsonl").write_text(
        json.dumps({"id": "a", "kind": "law", "question": "?", "gold": ["l"]}) + "\n" + line, encoding="utf-8"
    )
    with pytest.raises(UsageError, match=r"q\.jsonl, linje 2"):
        read_questions(tmp_path)
