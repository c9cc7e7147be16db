"""The door to Chroma: vectors and ids, nothing else; a cache that can be rebuilt from the passage store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kb.encoder import Vectors
from kb.fields import EMBEDDED, Field

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH = 5_000
"""Chroma 1.5 takes at most 5,461 rows a call."""
EF_SEARCH = 200
"""Candidates HNSW keeps while it searches; must not be less than what is asked for. Chroma links the newest vectors
into its graph anew at each opening, so that with 100 every tenth question found a neighbour more or less."""


class VectorIndex:
    """Vectors by id in an embedded Chroma under a folder, one collection per field; likeness is the cosine.

    `bulk` lets Chroma write its graph to disk less often while a large index is built: a third faster. A small
    one opens faster without.
    """

    def __init__(self, folder: Path, *, bulk: bool = False) -> None:
        self._client = _client(folder)
        hnsw: dict[str, Any] = {"space": "cosine", "ef_search": EF_SEARCH}
        if bulk:
            hnsw |= {"batch_size": BATCH, "sync_threshold": 4 * BATCH}
        self._collections: dict[Field, Collection] = {
            field: self._client.get_or_create_collection(
                f"field-{field}",
                configuration={"hnsw": cast("Any", hnsw)},
                embedding_function=None,
            )
            for field in EMBEDDED
        }
        self._sizes: dict[Field, int] = {}

    def count(self) -> int:
        """Number of vectors."""
        return sum(self._size(field) for field in EMBEDDED)

    def ids(self) -> set[str]:
        """The ids of all vectors."""
        return {id_ for collection in self._collections.values() for id_ in collection.get(include=[])["ids"]}

    def add(self, field: Field, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or overwrite vectors; `vectors` has one row per id."""
        self._sizes.pop(field, None)
        for at in range(0, len(ids), BATCH):
            self._collections[field].upsert(ids=list(ids[at : at + BATCH]), embeddings=vectors[at : at + BATCH])

    def remove(self, field: Field, ids: Iterable[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        self._sizes.pop(field, None)
        listed = list(ids)
        for at in range(0, len(listed), BATCH):
            self._collections[field].delete(ids=listed[at : at + BATCH])

    def nearest(self, field: Field, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines of the `limit` nearest, best first; `vector` has shape (dimensions,)."""
        if not np.any(vector) or not (size := self._size(field)):
            return []
        found = self._collections[field].query(
            query_embeddings=vector[None, :], n_results=min(limit, size, EF_SEARCH), include=["distances"]
        )
        distances = cast("list[list[float]]", found["distances"])
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def _size(self, field: Field) -> int:
        """Counting costs Chroma as much as a query, so it is done once between changes."""
        if field not in self._sizes:
            self._sizes[field] = self._collections[field].count()
        return self._sizes[field]

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()  # type: ignore[attr-defined]


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))
