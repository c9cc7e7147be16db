"""The word index: which texts of a field hold a term, and how well they match a query by BM25, on SQLite's FTS5."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.analysis import terms
from kb.fields import Entry, Field
from kb.ranking import highest

MOST_ENTRIES = 4_096
"""Texts a passage can be indexed under. Rows are numbered passage rowid × this + n, so that they need no other key."""
COMMON_TERM = 3_000
"""Texts a term may stand in and still be looked up: FTS5 needs some 4 µs for each of them."""
KEPT_POSTINGS = 20_000
"""Terms whose texts are remembered, so that common words are read from disk once."""
WORD_INDEX_SCHEMA = "".join(
    f"""CREATE VIRTUAL TABLE words_{field} USING fts5(terms, tokenize = "unicode61 remove_diacritics 0 tokenchars '§-.,'");\n"""
    for field in Field
)


@dataclasses.dataclass(frozen=True, slots=True)
class Postings:
    """The rows of a word index that hold something, ascending, and their scores; both of shape (rows,)."""

    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


_NO_POSTINGS = Postings(np.empty(0, dtype=np.int64), np.empty(0))


class WordIndex:
    """The words of all passages by field, beside the table `passages` in the same file; `lock` guards the connection."""

    def __init__(self, db: sqlite3.Connection, lock: RLock) -> None:
        self._db = db
        self._lock = lock
        self._views: set[Field] = set()
        self._counts: dict[Field, dict[str, int]] = {field: {} for field in Field}
        self._read: dict[tuple[Field, str], Postings] = {}
        self._ids: dict[int, str] = {}

    def add(self, passage: int, listed: Iterable[Entry]) -> None:
        """Index the texts of the passage with this rowid. Raises `ValueError` when there are more than `MOST_ENTRIES`."""
        for n, entry in enumerate(listed):
            if n >= MOST_ENTRIES:
                raise ValueError(f"passage {entry.id} has more than {MOST_ENTRIES} texts to be found by")
            self._db.execute(
                f"INSERT INTO words_{entry.field} (rowid, terms) VALUES (?, ?)",
                (passage * MOST_ENTRIES + n, " ".join(terms(entry.text))),
            )

    def remove(self, passage: int) -> None:
        """Forget every text of the passage with this rowid."""
        first, last = passage * MOST_ENTRIES, (passage + 1) * MOST_ENTRIES - 1
        for field in Field:
            self._db.execute(f"DELETE FROM words_{field} WHERE rowid BETWEEN ? AND ?", (first, last))

    def search(self, field: Field, query: Sequence[Sequence[Sequence[str]]], limit: int) -> list[tuple[str, float]]:
        """Passage ids that best match a query in one field, with BM25 scores (higher is better).

        The query is a list of words, each a list of ways to put it, each a list of index terms. A text scores
        the sum over words of the best way it puts each: a compound and its parts are one word said, not three.
        A passage may come several times: once for each of its questions that match.
        """
        found = _scored(
            [[[self._postings(field, term) for term in way] for way in word] for word in self._rare(field, query)]
        )
        best = highest(found.scores, limit)
        passages, scores = (found.rows[best] // MOST_ENTRIES).tolist(), found.scores[best].tolist()
        ids = self._passage_ids(sorted(set(passages)))
        return [(ids[passage], score) for passage, score in zip(passages, scores, strict=True)]

    def document_counts(self, field: Field, said: Collection[str]) -> dict[str, int]:
        """How many texts of a field hold each index term."""
        known = self._counts[field]
        if new := [term for term in said if term not in known]:
            marks = ",".join("?" * len(new))
            rows = self._rows(f"SELECT term, doc FROM {self._terms(field)} WHERE term IN ({marks})", new)
            known.update(dict.fromkeys(new, 0) | {row["term"]: row["doc"] for row in rows})
        return {term: known[term] for term in said}

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _rare(self, field: Field, query: Sequence[Sequence[Sequence[str]]]) -> list[list[list[str]]]:
        """The query without terms so common that they tell texts apart badly and cost much to read.

        If nothing else is said, the rarest of them are kept.
        """
        spread = self.document_counts(field, {term for word in query for way in word for term in way})
        bound = max(COMMON_TERM, min((n for n in spread.values() if n), default=0))
        return [[[term for term in way if 0 < spread[term] <= bound] for way in word] for word in query]

    def _postings(self, field: Field, term: str) -> Postings:
        """The texts of a field that hold a term, with its share of their BM25 scores."""
        key = (field, term)
        if found := self._read.get(key):
            return found
        quoted = '"' + term.replace('"', "") + '"'
        rows = self._rows(f"SELECT rowid, -rank AS score FROM words_{field} WHERE terms MATCH ?", (quoted,))
        found = Postings(
            np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=np.float64)
        )
        if len(self._read) > KEPT_POSTINGS:
            self._read.clear()
        self._read[key] = found
        return found

    def _passage_ids(self, rows: Sequence[int]) -> dict[int, str]:
        new = [row for row in rows if row not in self._ids]
        if new:
            marks = ",".join("?" * len(new))
            found = self._rows(f"SELECT rowid, id FROM passages WHERE rowid IN ({marks})", new)
            self._ids |= {row["rowid"]: row["id"] for row in found}
        return self._ids

    def _terms(self, field: Field) -> str:
        """The name of a temporary view of a field's terms, made when it is first asked for."""
        with self._lock:
            if field in self._views:
                return f"temp.terms_{field}"
            self._db.execute(f"CREATE VIRTUAL TABLE temp.terms_{field} USING fts5vocab('main', 'words_{field}', 'row')")
            self._views.add(field)
        return f"temp.terms_{field}"


def _scored(query: Sequence[Sequence[Sequence[Postings]]]) -> Postings:
    """Rows that are in any postings of a query, their scores the sum over words of the best way to put each, a way's
    terms added up.
    """
    ways = [(n, way) for n, word in enumerate(query) for way in word]
    listed = [(n, postings) for n, (_, way) in enumerate(ways) for postings in way if len(postings.rows)]
    if not listed:
        return _NO_POSTINGS
    way_of = np.repeat([n for n, _ in listed], [len(postings.rows) for _, postings in listed])
    keys = np.concatenate([postings.rows for _, postings in listed]) * len(ways) + way_of
    order = np.argsort(keys, kind="stable")
    keys, scores = keys[order], np.concatenate([postings.scores for _, postings in listed])[order]
    keys, scores = _together(keys, scores, np.add)
    rows, way_of = np.divmod(keys, len(ways))
    keys, scores = _together(rows * len(query) + np.array([n for n, _ in ways])[way_of], scores, np.maximum)
    return Postings(*_together(keys // len(query), scores, np.add))


def _together(
    keys: npt.NDArray[np.int64], scores: npt.NDArray[np.float64], reduce: np.ufunc
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Ascending keys once each, and the scores of those that were equal reduced to one."""
    first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    return keys[starts], reduce.reduceat(scores, starts)
