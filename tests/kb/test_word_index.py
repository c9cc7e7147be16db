"""The word index: a passage is found by each of its texts, however many, and by no other's."""

from __future__ import annotations

import sqlite3
from threading import RLock

import pytest

from kb.fields import Entry, Field
from kb.word_index import MOST_ENTRIES, WORD_INDEX_SCHEMA, WordIndex


@pytest.fixture
def words() -> WordIndex:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.executescript("CREATE TABLE passages (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);" + WORD_INDEX_SCHEMA)
    db.executemany("INSERT INTO passages VALUES (?, ?)", [(1, "første"), (2, "andre")])
    return WordIndex(db, RLock())


def _questions(passage: str, texts: list[str]) -> list[Entry]:
    return [Entry(f"{passage}.q{n}", Field.QUESTION, text) for n, text in enumerate(texts)]


def test_a_passage_with_hundreds_of_questions_keeps_them_to_itself(words: WordIndex) -> None:
    words.add(1, _questions("første", [f"sjokoladekake {n}" for n in range(400)]))
    words.add(2, _questions("andre", ["jordbær"]))
    assert {id_ for id_, _ in words.search(Field.QUESTION, [[["sjokoladekak"]]], 1000)} == {"første"}
    assert [id_ for id_, _ in words.search(Field.QUESTION, [[["399"]]], 5)] == ["første"]
    words.remove(2)
    assert words.search(Field.QUESTION, [[["399"]]], 5)


def test_more_texts_than_there_is_room_for_are_refused(words: WordIndex) -> None:
    with pytest.raises(ValueError, match="første"):
        words.add(1, _questions("første", ["kake"] * (MOST_ENTRIES + 1)))
