"""The passage store: sources, sections, passages and the word index in one SQLite file.

This is the truth of an index; the vectors in Chroma can always be built again from it.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import RLock
from typing import Any

from kb.analysis import words
from kb.fields import entries
from kb.types import Change, Document, Kind, Passage, Responsibility, Section, Source
from kb.word_index import WORD_INDEX_SCHEMA, WordIndex

SCHEMA_VERSION = "9"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sources (id TEXT PRIMARY KEY, digest TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TABLE sections (
    rowid INTEGER PRIMARY KEY, source_id TEXT NOT NULL, locator TEXT NOT NULL, ordinal INTEGER NOT NULL, fields TEXT NOT NULL,
    UNIQUE (source_id, locator)
);
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source_id TEXT NOT NULL, section_locator TEXT NOT NULL, locator TEXT NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL
);
CREATE INDEX passages_by_section ON passages (source_id, section_locator);
CREATE TABLE about (note_id TEXT NOT NULL, position INTEGER NOT NULL, ref TEXT NOT NULL, UNIQUE (note_id, ref));
CREATE INDEX about_by_ref ON about (ref);
"""

KEPT_SECTIONS = 5_000
"""Sections that are remembered once read: a snapshot never changes."""


def digest_of(*parts: str) -> str:
    """A short stable digest (64 bits of BLAKE2b, hex) of strings."""
    from hashlib import blake2b

    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


class PassageStore:
    """One SQLite file of sources and passages. Open it `writable` only while a snapshot is built."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self._writable = writable
        self._lock = RLock()
        mode = "rwc" if writable else "ro"
        new = not path.exists()
        self._db = sqlite3.connect(f"file:{path}?mode={mode}", uri=True, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        if writable:
            self._db.execute("PRAGMA synchronous = OFF")
            if new:
                self._db.executescript(_SCHEMA + WORD_INDEX_SCHEMA)
        self.words = WordIndex(self._db, self._lock)
        self._sources: dict[str, Source] | None = None
        self._placed: dict[str, tuple[str, str]] = {}
        self._sections: dict[str, list[Passage]] = {}

    def close(self) -> None:
        """Commit what was written and close the file."""
        self._db.commit()
        self._db.close()

    def commit(self) -> None:
        """Make what was written so far part of the file."""
        self._db.commit()

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query; the chat's threads share the connection one at a time."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    # --- meta

    def meta(self, key: str) -> str:
        """The value of a stamp, empty when it was never set."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0]["value"]) if rows else ""

    def set_meta(self, key: str, value: str) -> None:
        """Record a stamp, e.g. which encoder the vectors come from."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # --- reading

    def sources(self) -> dict[str, Source]:
        """All sources by id."""
        if self._sources is None:
            rows = self._rows("SELECT id, fields FROM sources ORDER BY id")
            self._sources = {row["id"]: _source(json.loads(row["fields"])) for row in rows}
        return self._sources

    def digests(self) -> dict[str, str]:
        """The digest of every document in the store, by source id."""
        return {row["id"]: row["digest"] for row in self._rows("SELECT id, digest FROM sources")}

    def passage_counts(self) -> dict[str, int]:
        """How many passages each source has."""
        rows = self._rows("SELECT source_id, count(*) AS n FROM passages GROUP BY source_id")
        return {row["source_id"]: row["n"] for row in rows}

    def passage_ids(self, source_id: str) -> set[str]:
        """The ids of a source's passages."""
        rows = self._rows("SELECT id FROM passages WHERE source_id = ?", (source_id,))
        return {row["id"] for row in rows}

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id; unknown ids are left out."""
        found: dict[str, Passage] = {}
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            found |= {p.id: p for p in self._select(f"p.id IN ({','.join('?' * len(some))})", some)}
        return found

    def places(self, ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """Source id and section reference of each passage id, without reading the passages."""
        new = [id_ for id_ in ids if id_ not in self._placed]
        for at in range(0, len(new), 500):
            some = new[at : at + 500]
            rows = self._rows(
                f"SELECT id, source_id, section_locator FROM passages WHERE id IN ({','.join('?' * len(some))})", some
            )
            for row in rows:
                self._placed[row["id"]] = (row["source_id"], f"{row['source_id']}/{row['section_locator']}")
        return {id_: self._placed[id_] for id_ in ids if id_ in self._placed}

    def section_passages(self, section_ref: str) -> list[Passage]:
        """All passages of one section (`lov/…/§20a`, `praksis/…/lysbilde/14`), in reading order."""
        if self._writable:
            return self._select(*_in_section(section_ref))
        if found := self._sections.get(section_ref):
            return found
        if len(self._sections) >= KEPT_SECTIONS:
            self._sections.clear()
        self._sections[section_ref] = found = self._select(*_in_section(section_ref))
        return found

    def source_passages(self, source_id: str) -> list[Passage]:
        """All passages of one source, in reading order."""
        return self._select("p.source_id = ?", [source_id])

    def notes_about(self, ref: str) -> list[str]:
        """Ids of the notes that explain a section, those for which it comes first leading."""
        rows = self._rows("SELECT note_id FROM about WHERE ref = ? ORDER BY position, note_id", (ref,))
        return list(dict.fromkeys(row["note_id"] for row in rows))

    def about(self) -> dict[str, tuple[str, ...]]:
        """What each note explains: its id to section references, the main one first."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self._rows("SELECT note_id, ref FROM about ORDER BY note_id, position"):
            found[row["note_id"]] = (*found.get(row["note_id"], ()), row["ref"])
        return found

    def note_words(self) -> Counter[str]:
        """The words of everything that has questions – notes and digests –, and how often each is used."""
        rows = self._rows('SELECT fields FROM sections WHERE fields LIKE \'%"questions": ["%\'')
        counts: Counter[str] = Counter()
        for section in (_section(json.loads(row["fields"])) for row in rows):
            counts.update(words("\n".join([section.title, section.text, *section.questions, *section.words])))
        return counts

    def count(self) -> int:
        """Number of passages."""
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    # --- writing

    def replace_document(self, document: Document, digest: str, passages: Iterable[Passage]) -> None:
        """Store a document in place of any earlier version; unchanged passages keep their rows."""
        source = document.source
        passages = list(passages)
        gone = self.passage_ids(source.id) - {p.id for p in passages}
        kept = self.passage_ids(source.id) - gone
        self._drop_passages(gone)
        self._drop_sections(source.id)
        self._db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)",
            (source.id, digest, json.dumps(_fields(source), ensure_ascii=False)),
        )
        self._sources = None
        self._db.executemany(
            "INSERT INTO sections (source_id, locator, ordinal, fields) VALUES (?, ?, ?, ?)",
            [
                (source.id, s.locator, n, json.dumps(_fields(s), ensure_ascii=False))
                for n, s in enumerate(document.sections)
            ],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO about VALUES (?, ?, ?)",
            [(source.id, n, ref) for s in document.sections for n, ref in enumerate(s.about)],
        )
        for passage in passages:
            if passage.id in kept:
                self._db.execute(
                    "UPDATE passages SET section_locator = ?, locator = ?, start = ?, stop = ? WHERE id = ?",
                    (passage.section.locator, passage.locator, passage.start, passage.end, passage.id),
                )
                continue
            with closing(self._db.cursor()) as cursor:
                cursor.execute(
                    "INSERT INTO passages (id, source_id, section_locator, locator, start, stop) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        passage.id,
                        passage.source_id,
                        passage.section.locator,
                        passage.locator,
                        passage.start,
                        passage.end,
                    ),
                )
                self.words.add(cursor.lastrowid or 0, entries(passage, source.kind))

    def remove_source(self, source_id: str) -> None:
        """Forget a source with everything that stands in it."""
        self._drop_passages(self.passage_ids(source_id))
        self._drop_sections(source_id)
        self._db.execute("DELETE FROM sources WHERE id = ?", (source_id,))
        self._sources = None

    def _drop_passages(self, ids: Iterable[str]) -> None:
        for passage_id in ids:
            (row,) = self._db.execute("SELECT rowid FROM passages WHERE id = ?", (passage_id,)).fetchone()
            self.words.remove(row)
            self._db.execute("DELETE FROM passages WHERE id = ?", (passage_id,))

    def _drop_sections(self, source_id: str) -> None:
        self._db.execute("DELETE FROM sections WHERE source_id = ?", (source_id,))
        self._db.execute("DELETE FROM about WHERE note_id = ?", (source_id,))

    def _select(self, where: str, values: Sequence[str]) -> list[Passage]:
        rows = self._rows(
            f"""SELECT p.id, p.source_id, p.locator, p.start, p.stop, s.fields FROM passages p
                JOIN sections s ON s.source_id = p.source_id AND s.locator = p.section_locator
                WHERE {where} ORDER BY s.source_id, s.ordinal, p.start""",
            values,
        )
        return [_passage(row) for row in rows]


def _in_section(section_ref: str) -> tuple[str, list[str]]:
    """A condition on passages `p` that an index serves: any prefix of the reference may be the source."""
    cuts = [at for at, letter in enumerate(section_ref) if letter == "/"]
    places = [(section_ref[:at], section_ref[at + 1 :]) for at in cuts]
    where = " OR ".join("(p.source_id = ? AND p.section_locator = ?)" for _ in places) or "0"
    return f"({where})", [part for place in places for part in place]


_SECTION_LISTS = ("headings", "about", "see_also", "questions", "words")


def _fields(noun: Source | Section) -> dict[str, Any]:
    return {key: _written(value) for key, value in dataclasses.asdict(noun).items()}


def _written(value: Any) -> Any:
    """Dates as text, wherever they stand."""
    if isinstance(value, dict):
        return {key: _written(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _source(fields: dict[str, Any]) -> Source:
    fields["kind"] = Kind(fields["kind"])
    fields["names"] = tuple(fields["names"])
    fields["responsibility"] = Responsibility(fields["responsibility"]) if fields["responsibility"] else None
    for key in ("date", "in_force_from"):
        fields[key] = date.fromisoformat(fields[key]) if fields[key] else None
    return Source(**fields)


def _section(fields: dict[str, Any]) -> Section:
    for key in _SECTION_LISTS:
        fields[key] = tuple(fields[key])
    fields["changes"] = tuple(
        Change(told["act"], date.fromisoformat(told["in_force"]) if told["in_force"] else None, told["coming"])
        for told in fields["changes"]
    )
    return Section(**fields)


def _passage(row: sqlite3.Row) -> Passage:
    section = _section(json.loads(row["fields"]))
    start, end = row["start"], row["stop"]
    return Passage(row["id"], row["source_id"], row["locator"], start, end, section.text[start:end], section)
