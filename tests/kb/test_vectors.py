"""The vectors: what was written is found, and every opening of an index finds the same."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from kb import vectors as vectors_module
from kb.encoder import Vectors
from kb.fields import Field
from kb.vectors import VectorIndex

MANY = 2_000
IDS = [f"p{n}" for n in range(MANY)]


def _vectors() -> Vectors:
    drawn = np.random.default_rng(5).normal(size=(MANY, 32)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(params=["graph", "memory"])
def searched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How vectors are compared: by Chroma's graph, as in a large index, or all of them, as in a small one."""
    monkeypatch.setattr(vectors_module, "SEARCHED_WHOLE", 0 if request.param == "graph" else MANY)
    return str(request.param)


def _found(folder: Path, vectors: Vectors) -> list[list[tuple[str, float]]]:
    with closing(VectorIndex(folder)) as index:
        assert index.count() == MANY
        return [index.nearest(Field.TEXT, vector, 10) for vector in vectors[:50]]


@pytest.mark.usefixtures("searched")
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


@pytest.mark.usefixtures("searched")
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


def test_memory_and_graph_measure_alike_and_memory_misses_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = _vectors()
    question = _vectors()[7] + _vectors()[8]
    with closing(VectorIndex(tmp_path)) as index:
        index.add(Field.TEXT, IDS, vectors)
        whole = index.nearest(Field.TEXT, question, 10)
        monkeypatch.setattr(vectors_module, "SEARCHED_WHOLE", 0)
        graph = dict(index.nearest(Field.TEXT, question, 50))
    cosines = vectors @ question / np.linalg.norm(question)
    assert [id_ for id_, _ in whole] == [IDS[at] for at in np.argsort(-cosines)[:10]]
    assert {id_: cosine for id_, cosine in whole if id_ in graph} == pytest.approx(
        {id_: graph[id_] for id_, _ in whole if id_ in graph}, abs=1e-5
    )
    assert {"p7", "p8"} <= graph.keys()


def test_what_changes_is_found_changed(tmp_path: Path) -> None:
    vectors = _vectors()
    with closing(VectorIndex(tmp_path)) as index:
        index.add(Field.THEME, IDS[:3], vectors[:3])
        assert index.nearest(Field.THEME, vectors[1], 1)[0][0] == "p1"
        index.remove(Field.THEME, ["p1"])
        assert index.nearest(Field.THEME, vectors[1], 1)[0][0] != "p1"
        index.add(Field.THEME, ["p0"], vectors[1:2])
        assert index.nearest(Field.THEME, vectors[1], 1) == [("p0", pytest.approx(1.0, abs=1e-5))]
