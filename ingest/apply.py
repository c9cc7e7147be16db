"""Applying a plan: the next snapshot is built beside the live one and swapped in at the end."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from ingest.plan import Plan
from ingest.split import split
from kb.encoder import Encoder
from kb.errors import NavkbError
from kb.fields import Entry, Field, entries
from kb.index import PASSAGES_FILE, VECTORS_FOLDER, Snapshots
from kb.store import SCHEMA_VERSION, PassageStore
from kb.types import Document, Kind, Passage
from kb.vectors import VectorIndex

KEPT_SNAPSHOTS = 2
"""The live one and the one before it, so that a bad sync can be rolled back."""
ENCODE_BATCH = 2_000


def apply(
    plan: Plan,
    documents: Mapping[str, tuple[Document, str]],
    snapshots: Snapshots,
    encoder: Encoder,
    meta: Mapping[str, str],
    *,
    fresh: bool,
) -> Path:
    """Build the snapshot `plan` describes and make it current; returns its folder.

    `documents` holds document and digest of every source to add or replace. `fresh` starts from
    nothing instead of a copy of the live snapshot. Whatever stops this – a crash, a full disk –
    leaves the live snapshot untouched.
    """
    live = None if fresh else snapshots.current()
    snapshots.folder.mkdir(parents=True, exist_ok=True)
    for leftover in snapshots.folder.glob("*.part"):
        shutil.rmtree(leftover, ignore_errors=True)
    part = snapshots.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.part"
    try:
        if live:
            shutil.copytree(live, part)
        else:
            part.mkdir()
        _fill(part, plan, documents, encoder, meta)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise NavkbError(
            f"Indeksen kunne ikke skrives til {str(snapshots.folder)!r} ({error}). Den forrige svarer fortsatt; frigjør plass og kjør «navkb sync» igjen."
        ) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    snapshot = part.with_suffix("")
    part.rename(snapshot)
    snapshots.make_current(snapshot)
    for old in snapshots.all()[:-KEPT_SNAPSHOTS]:
        shutil.rmtree(old, ignore_errors=True)
    return snapshot


def _fill(
    part: Path, plan: Plan, documents: Mapping[str, tuple[Document, str]], encoder: Encoder, meta: Mapping[str, str]
) -> None:
    store = PassageStore(part / PASSAGES_FILE, writable=True)
    vectors = VectorIndex(part / VECTORS_FOLDER)
    try:
        for source_id in plan.remove:
            _forget(vectors, store.source_passages(source_id), store.sources()[source_id].kind)
            store.remove_source(source_id)
        batch: list[Entry] = []
        for source_id in (*plan.add, *plan.replace, *plan.keep):
            if source_id not in documents:
                continue
            document, digest = documents[source_id]
            kind = document.source.kind
            before = {passage.id: passage for passage in store.source_passages(source_id)}
            now = {passage.id: passage for passage in split(document)}
            _forget(vectors, (passage for id_, passage in before.items() if id_ not in now), kind)
            store.replace_document(document, digest, now.values())
            batch += [entry for id_, passage in now.items() if id_ not in before for entry in entries(passage, kind)]
            if len(batch) >= ENCODE_BATCH:
                _encode(batch, vectors, encoder)
                batch = []
        _encode(batch, vectors, encoder)
        stamps = {"schema": SCHEMA_VERSION, "encoder": encoder.stamp, "vectors": str(vectors.count())}
        for key, value in {**meta, **stamps}.items():
            store.set_meta(key, value)
    finally:
        store.close()
        vectors.close()


def _forget(vectors: VectorIndex, passages: Iterable[Passage], kind: Kind) -> None:
    for field, gone in _by_field(entry for passage in passages for entry in entries(passage, kind)).items():
        vectors.remove(field, [entry.id for entry in gone])


def _encode(batch: Iterable[Entry], vectors: VectorIndex, encoder: Encoder) -> None:
    for field, fresh in _by_field(batch).items():
        vectors.add(field, [entry.id for entry in fresh], encoder.encode([entry.text for entry in fresh]))


def _by_field(listed: Iterable[Entry]) -> dict[Field, list[Entry]]:
    found: dict[Field, list[Entry]] = {}
    for entry in listed:
        found.setdefault(entry.field, []).append(entry)
    return found
