"""Applying a plan: the next snapshot is built beside the live one and swapped in at the end."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ingest.plan import Plan
from ingest.split import split
from kb.encoder import Encoder
from kb.errors import IndexMissing, NavkbError
from kb.fields import EMBEDDED, Entry, Field, entries
from kb.index import PASSAGES_FILE, VECTORS_FOLDER, Snapshots
from kb.store import SCHEMA_VERSION, PassageStore
from kb.types import Document, Kind, Passage
from kb.vectors import VectorIndex

KEPT_SNAPSHOTS = 2
"""The live one and the one before it, so that a bad sync can be rolled back."""
MANY_DOCUMENTS = 100
"""From here on vectors are written in bulk (kb/vectors.py): fewer are sooner written than settled."""
ENCODE_BATCH = 5_000
"""Texts encoded and handed to Chroma at a time; it takes at most 5,461."""


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
        _settle(part)
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


def roll_back(snapshots: Snapshots) -> Path:
    """Make the snapshot before the live one current; returns its folder. Raises `IndexMissing` when there is none."""
    live = snapshots.current()
    earlier = [snapshot for snapshot in snapshots.all() if live is not None and snapshot.name < live.name]
    if not earlier:
        raise IndexMissing(f"Det finnes ingen tidligere indeks å gå tilbake til i {str(snapshots.folder)!r}.")
    snapshots.make_current(earlier[-1])
    return earlier[-1]


def _fill(
    part: Path, plan: Plan, documents: Mapping[str, tuple[Document, str]], encoder: Encoder, meta: Mapping[str, str]
) -> None:
    """Write passages on this thread and vectors on another: Chroma takes most of the time and needs no interpreter."""
    bulk = len(documents) > MANY_DOCUMENTS
    with (
        closing(PassageStore(part / PASSAGES_FILE, writable=True)) as store,
        closing(VectorIndex(part / VECTORS_FOLDER, bulk=bulk)) as vectors,
        _InOrder() as writer,
    ):
        for source_id in plan.remove:
            gone = list(store.source_passages(source_id))
            writer.do(_forget, vectors, gone, store.sources()[source_id].kind)
            store.remove_source(source_id)
        batch: list[Entry] = []
        for source_id in (*plan.add, *plan.replace, *plan.keep):
            if source_id not in documents:
                continue
            document, digest = documents[source_id]
            kind = document.source.kind
            before = {passage.id: passage for passage in store.source_passages(source_id)}
            now = {passage.id: passage for passage in split(document)}
            writer.do(_forget, vectors, [passage for id_, passage in before.items() if id_ not in now], kind)
            store.replace_document(document, digest, now.values())
            batch += [entry for id_, passage in now.items() if id_ not in before for entry in entries(passage, kind)]
            if len(batch) >= ENCODE_BATCH:
                writer.do(_encode, vectors, batch, encoder)
                batch = []
        writer.do(_encode, vectors, batch, encoder)
        writer.wait()
        if bulk:
            vectors.settle()
        stamps = {"schema": SCHEMA_VERSION, "encoder": encoder.stamp, "vectors": str(vectors.count())}
        for key, value in {**meta, **stamps}.items():
            store.set_meta(key, value)


class _InOrder:
    """Runs jobs one after another on a thread of its own, a few waiting at most; the first error stops everything."""

    WAITING = 3

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._waiting: deque[Future[None]] = deque()

    def do(self, job: Callable[..., None], *arguments: object) -> None:
        self._waiting.append(self._pool.submit(job, *arguments))
        while len(self._waiting) > self.WAITING:
            self._waiting.popleft().result()

    def wait(self) -> None:
        while self._waiting:
            self._waiting.popleft().result()

    def __enter__(self) -> _InOrder:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)


def _forget(vectors: VectorIndex, passages: Iterable[Passage], kind: Kind) -> None:
    for field, gone in _by_field(entry for passage in passages for entry in entries(passage, kind)).items():
        vectors.remove(field, [entry.id for entry in gone])


def _encode(vectors: VectorIndex, batch: Iterable[Entry], encoder: Encoder) -> None:
    for field, fresh in _by_field(batch).items():
        vectors.add(field, [entry.id for entry in fresh], encoder.encode([entry.text for entry in fresh]))


def _by_field(listed: Iterable[Entry]) -> dict[Field, list[Entry]]:
    """The entries that are searched by meaning, by field."""
    found: dict[Field, list[Entry]] = {}
    for entry in listed:
        if entry.field in EMBEDDED:
            found.setdefault(entry.field, []).append(entry)
    return found


def _settle(folder: Path) -> None:
    """Have the operating system write a folder's files to disk, so that a power cut cannot leave half of one."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
