"""The golden questions: well formed, pointing at places that exist, and kept apart from the notes' own questions."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from evals.questions import QuestionKind, read_questions
from ingest.manifest import SHIPPED, read_manifest
from ingest.vocabulary import read_vocabulary
from kb.analysis import STOP_WORDS, stem
from kb.analysis import words as words_of
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


def _stems(question: str) -> set[str]:
    """The stems of what is written, compounds whole."""
    return {stem(word) for word in words_of(question) if word not in STOP_WORDS}


def test_no_golden_question_stands_in_a_note_nor_nearly(shipped_documents: list[Document]) -> None:
    """Nor, then, does the encoder train on one: it learns from these questions and the law alone.

    Nearly: three terms or more, and of all the terms of both, four in five are shared.
    """
    outside = read_vocabulary(read_manifest(SHIPPED).vocabulary).outside
    of_notes = [q for document in shipped_documents for section in document.sections for q in section.questions]
    of_notes += [question for topic in outside for question in topic.questions]
    assert len(of_notes) > 500
    noted, standing = [_stems(question) for question in of_notes], defaultdict(list)
    for n, listed in enumerate(noted):
        for term in listed:
            standing[term].append(n)
    words = {question.lower() for question in of_notes}
    for golden in QUESTIONS:
        assert golden.question.lower() not in words, f"{golden.id} stands in a note"
        said = _stems(golden.question)
        shared = Counter(n for term in said for n in standing[term])
        for n, count in shared.items():
            near = len(said) > 2 and len(noted[n]) > 2 and count >= 0.8 * len(said | noted[n])
            assert not near, f"{golden.id} nearly stands in a note: {of_notes[n]}"


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
