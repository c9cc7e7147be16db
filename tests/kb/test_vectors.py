"""The vectors: what was written is found, and every opening of an index finds the same."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from kb.encoder import Vectors
from kb.fields import Field
from kb.vectors import VectorIndex

MANY = 2_000
IDS = [f"p{n}" for n in range(MANY)]


def _vectors() -> Vectors:
    drawn = np.random.default_rng(5).normal(size=(MANY, 32)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def _found(folder: Path, vectors: Vectors) -> list[list[tuple[str, float]]]:
    with closing(VectorIndex(folder)) as index:
        assert index.count() == MANY
        return [index.nearest(Field.TEXT, vector, 10) for vector in vectors[:50]]


def test_what_is_taken_in_bulk_is_saved_whole_and_answers_alike_at_every_opening(tmp_path: Path) -> None:
    vectors = _vectors()
    with closing(VectorIndex(tmp_path, bulk=True)) as index:
        index.add(Field.TEXT, IDS[:1_500], vectors[:1_500])
        index.add(Field.TEXT, IDS[1_500:], vectors[1_500:])
        index.settle()
    graph = {path: path.stat().st_size for path in tmp_path.rglob("data_level0.bin")}
    assert max(graph.values()) > MANY * 32 * 4
    first = _found(tmp_path, vectors)
    assert [found[0][0] for found in first] == IDS[:50]
    assert _found(tmp_path, vectors) == first
    assert {path: path.stat().st_size for path in tmp_path.rglob("data_level0.bin")} == graph


def test_an_index_that_is_there_takes_in_more_in_bulk(tmp_path: Path) -> None:
    vectors = _vectors()
    with closing(VectorIndex(tmp_path)) as index:
        index.add(Field.TEXT, IDS[:150], vectors[:150])
    with closing(VectorIndex(tmp_path, bulk=True)) as index:
        index.add(Field.TEXT, IDS[150:], vectors[150:])
        saved = max(path.stat().st_size for path in tmp_path.rglob("data_level0.bin"))
        assert saved < MANY * 32 * 4  # rarely saved meanwhile …
        index.settle()
    assert (
        max(path.stat().st_size for path in tmp_path.rglob("data_level0.bin")) > MANY * 32 * 4
    )  # … and whole at the end
    assert [found[0][0] for found in _found(tmp_path, vectors)] == IDS[:50]
