"""The peers: the same texts, counted in the same way, and vectors that are made once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import HashingEncoder

from evals.intervals import Figure
from evals.peers import (
    DENSE,
    SAMPLE,
    SPARSE,
    Contestant,
    Kept,
    Result,
    Text,
    ask,
    bm25s,
    dense,
    ranked,
    table,
    texts_of,
)
from evals.questions import Question, QuestionKind
from kb.encoder import Vectors
from kb.index import Index

QUESTION = Question("q", QuestionKind.EVERYDAY, "?", ("l/§2",))


def test_the_texts_are_those_we_index(cake_index: Index) -> None:
    few, all_ = texts_of(cake_index, DENSE), texts_of(cake_index, SPARSE)
    assert len(few) == cake_index.size
    said = {text.text for text in all_} - {text.text for text in few}
    assert "tomt fat da jeg kom fra møtet" in said
    note = next(text for text in few if text.section.startswith("notat/kakeloven-2/"))
    assert note.about == ("lov/2020-01-02-3/§2",)
    assert "minst ett kakestykke" in note.text


def test_a_section_counts_once_and_a_note_for_its_paragraph() -> None:
    texts = [
        Text("a", "l/§1/ledd/1", "l/§1", ()),
        Text("b", "l/§1/ledd/2", "l/§1", ()),
        Text("c", "n/a", "n/a", ("l/§2",)),
    ]
    assert ranked(texts, [1, 0, 2], QUESTION) == ["l/§1/ledd/2", "l/§2"]


def test_vectors_are_made_once_and_their_time_is_reckoned_from_a_sample(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def encode(texts: Sequence[str]) -> Vectors:
        asked.append(list(texts))
        return HashingEncoder().encode(texts)

    vectors = Kept(encode, tmp_path / "v.npz").encode(["kake", "fat", "kake"])
    again = Kept(encode, tmp_path / "v.npz")
    assert np.array_equal(again.encode(["fat", "møte"]), HashingEncoder().encode(["fat", "møte"]))
    assert np.array_equal(vectors, HashingEncoder().encode(["kake", "fat", "kake"]))
    assert asked == [["kake", "fat"], ["møte"]]
    assert again.seconds(["kake"] * 2 * SAMPLE) > 0
    assert len(asked[-1]) == SAMPLE


def test_contestants_are_counted_by_kind() -> None:
    both = [QUESTION, Question("r", QuestionKind.LAW, "!", ("l/§3",))]
    (result,) = ask([Contestant("x", 3, 2.0, lambda question: ["l/§2"])], both)
    assert {kind: (figure.mean, figure.n) for kind, figure in result.hits.items()} == {
        "all": (1 / 2, 2),
        "everyday": (1, 1),
        "everyday+law": (1 / 2, 2),
        "law": (0, 1),
    }


def test_the_nearest_come_first() -> None:
    texts = [Text(text, text, text, ()) for text in ("fat og skål", "kake med fløte", "møte")]
    encode = HashingEncoder().encode
    assert dense(texts, encode, encode)("kaker med fløte")[0] == 1


def test_bm25s_finds_words_as_they_are_written() -> None:
    pytest.importorskip("bm25s", reason="tillegget bench er ikke installert")
    texts = [Text(text, text, text, ()) for text in ("fat og skål", "kake med fløte", "møte")]
    assert bm25s(texts)("fløte, kanskje") == [1]
    assert bm25s(texts)("kaker") == []


def test_the_table_says_how_many_times_as_slow() -> None:
    hits = {"all": Figure(0.5, 0.25, 0.75, 8)}
    lines = table([Result("navkb", 10, hits, 20.0, 5.0), Result("andre", 5, hits, 60.0, 2.5)]).splitlines()
    assert lines[2] == "| navkb | 0.500 [0.250–0.750] |"
    assert lines[-1] == "| andre | 5 | 60.0 s | 3 × | 2.5 ms | 0.5 × |"
