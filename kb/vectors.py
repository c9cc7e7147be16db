"""The door to Chroma: vectors and ids, nothing else; a cache that can be rebuilt from the passage store."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kb.encoder import Vectors
from kb.fields import EMBEDDED, Field
from kb.ranking import highest

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH = 5_000
"""Chroma 1.5 takes at most 5,461 rows a call."""
EF_SEARCH = 100
"""Candidates HNSW keeps while it searches; must not be less than what is asked for."""
EF_CONSTRUCTION = 64
"""Candidates HNSW keeps while it links; Chroma's own 100 finds one neighbour in a hundred more and takes a third longer."""
SEARCHED_WHOLE = 10_000
"""A collection of at most so many vectors is kept in memory (1 kB each) and compared one by one: that takes a tenth of
the time Chroma's graph does, misses none, and is the same each time."""
UNSAVED = 100
"""Chroma links vectors that are not yet in its graph on disk anew at each opening: slower, and a neighbour more or
less each time. So it saves the graph after this many changes …"""
UNSAVED_IN_BULK = 20_000
"""… but more rarely while it takes in much: with 100 that took twice as long, and longer again with 200,000."""


class VectorIndex:
    """Vectors by id in an embedded Chroma under a folder, one collection per field; likeness is the cosine.

    One opened to take in much, in `bulk`, is saved rarely until it is settled.
    """

    def __init__(self, folder: Path, *, bulk: bool = False) -> None:
        self._folder = folder
        self._client = _client(folder)
        hnsw = {"space": "cosine", "ef_construction": EF_CONSTRUCTION, "ef_search": EF_SEARCH, **_saved(UNSAVED)}
        self._collections: dict[Field, Collection] = {
            field: self._client.get_or_create_collection(
                _name(field), configuration={"hnsw": cast("Any", hnsw)}, embedding_function=None
            )
            for field in EMBEDDED
        }
        self._sizes: dict[Field, int] = {}
        self._whole: dict[Field, tuple[list[str], Vectors]] = {}
        if bulk:
            self._save_after(UNSAVED_IN_BULK)

    def count(self) -> int:
        """Number of vectors."""
        return sum(self._size(field) for field in EMBEDDED)

    def ids(self) -> set[str]:
        """The ids of all vectors."""
        return {id_ for collection in self._collections.values() for id_ in collection.get(include=[])["ids"]}

    def add(self, field: Field, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or overwrite vectors; `vectors` has one row per id."""
        self._changed(field)
        for at in range(0, len(ids), BATCH):
            self._collections[field].upsert(ids=list(ids[at : at + BATCH]), embeddings=vectors[at : at + BATCH])

    def remove(self, field: Field, ids: Iterable[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        self._changed(field)
        listed = list(ids)
        for at in range(0, len(listed), BATCH):
            self._collections[field].delete(ids=listed[at : at + BATCH])

    def nearest(self, field: Field, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines of the `limit` nearest, best first; `vector` has shape (dimensions,)."""
        if not np.any(vector) or not self._size(field):
            return []
        return (self._compared if self.in_memory(field) else self._asked)(field, vector, limit)

    def in_memory(self, field: Field) -> bool:
        """Whether a field has so few vectors that they are compared one by one, in less time than a thread is worth."""
        return self._size(field) <= SEARCHED_WHOLE

    def _asked(self, field: Field, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The nearest as Chroma's graph finds them."""
        found = self._collections[field].query(
            query_embeddings=vector[None, :], n_results=min(limit, self._size(field), EF_SEARCH), include=["distances"]
        )
        distances = cast("list[list[float]]", found["distances"])
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def _compared(self, field: Field, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The nearest of all."""
        if field not in self._whole:
            self._whole[field] = self._read_whole(field)
        ids, rows = self._whole[field]
        cosines = np.einsum("ij,j->i", rows, vector / np.linalg.norm(vector))  # on one core: BLAS threads cost more
        return [(ids[at], float(cosines[at])) for at in highest(cosines, limit)]

    def _read_whole(self, field: Field) -> tuple[list[str], Vectors]:
        """The ids of a collection in order, and their vectors at length 1."""
        found = self._collections[field].get(include=["embeddings"])
        rows = np.asarray(found["embeddings"], dtype=np.float32)
        order = sorted(range(len(rows)), key=found["ids"].__getitem__)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        rows = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
        return [found["ids"][at] for at in order], rows[order]

    def of(self, field: Field, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of ids as they were added, each of shape (dimensions,); unknown ids are left out."""
        if not ids:
            return {}
        found = self._collections[field].get(ids=list(ids), include=["embeddings"])
        rows = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], rows, strict=True))

    def _size(self, field: Field) -> int:
        """Counting costs Chroma as much as a query, so it is done once between changes."""
        if field not in self._sizes:
            self._sizes[field] = self._collections[field].count()
        return self._sizes[field]

    def _changed(self, field: Field) -> None:
        self._sizes.pop(field, None)
        self._whole.pop(field, None)

    def settle(self) -> None:
        """Save the whole graph of an index that took in much, and from now on after few changes."""
        self._save_after(UNSAVED)
        self.close()  # Chroma reads the new limit, and saves what is above it, when it opens the collection again
        self._client = _client(self._folder)
        self._collections = {
            field: self._client.get_collection(_name(field), embedding_function=None) for field in EMBEDDED
        }
        for field, collection in self._collections.items():
            for vector in cast("Any", collection.get(limit=1, include=["embeddings"])["embeddings"]):
                self._asked(field, vector, 1)

    def _save_after(self, unsaved: int) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "legacy embedding function", DeprecationWarning)  # Chroma's own business
            for collection in self._collections.values():
                collection.modify(configuration=cast("Any", {"hnsw": _saved(unsaved)}))

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()  # type: ignore[attr-defined]


def _name(field: Field) -> str:
    return f"field-{field}"


def _saved(unsaved: int) -> dict[str, int]:
    return {"batch_size": min(BATCH, unsaved), "sync_threshold": unsaved}


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))
