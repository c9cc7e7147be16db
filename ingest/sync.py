"""The path of a document, start to end: manifests → fetch → load → clean → split → plan → apply."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from ingest import lovdata, split
from ingest.apply import apply
from ingest.archive import Archive
from ingest.changes import changed_paragraphs, courses_on, notes_on
from ingest.clean import clean_document
from ingest.fetch_archive import Lovdata
from ingest.fetch_url import Fetched, fetch_url, kept_url
from ingest.load import files_of, load_file, load_url, origin_of, stamp_of
from ingest.manifest import Entry, Manifest, read_manifests
from ingest.plan import Plan, plan
from ingest.vocabulary import read_vocabulary
from kb.encoder import Encoder
from kb.errors import NavkbError, SourceError
from kb.index import PASSAGES_FILE, Snapshots
from kb.store import SCHEMA_VERSION, PassageStore, digest_of
from kb.types import Document, Kind, Source
from kb.vocabulary import Vocabulary

Progress = Callable[[str], None]
"""Called with the name of each document as it is taken in."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did: the plan it carried out, and the sources that could not be used, each with why.

    `changed` are the references of paragraphs whose text is new, changed or gone in a law that was there
    before; `to_check` the notes that point at them, `courses` the files of courses that do. `warnings` are what
    loaders want said, e.g. pages without text.
    """

    plan: Plan
    failures: tuple[SourceError, ...]
    applied: bool
    changed: tuple[str, ...] = ()
    to_check: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Live:
    """What the live snapshot holds: sources and digests by id, stamps by key."""

    sources: Mapping[str, Source]
    digests: Mapping[str, str]
    meta: Mapping[str, str]


@dataclass(slots=True)
class _Wanted:
    """What the manifests give today; `unchanged` sources need no loading, `failed` origins keep theirs."""

    documents: dict[str, Document]
    unchanged: set[str]
    failures: list[SourceError]
    kept: set[str]


def sync(
    paths: Sequence[Path],
    data: Path,
    encoder: Encoder,
    lovdata_url: str,
    today: date,
    *,
    offline: bool = False,
    dry_run: bool = False,
    rebuild: bool = False,
    progress: Progress = lambda name: None,
) -> Report:
    """Make the index under `data` hold what the manifests say.

    Sources of manifests not given stay. A source that fails is reported and keeps its earlier
    version. Raises `ManifestError`, or `NavkbError` when another sync runs or the disk is full.
    """
    manifests = read_manifests(paths)
    data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(data / "sync.lock", timeout=0):
            return _sync(manifests, data, encoder, lovdata_url, today, offline, dry_run, rebuild, progress)
    except Timeout as error:
        raise NavkbError(f"En annen «navkb sync» arbeider alt i {str(data)!r}. Vent til den er ferdig.") from error


def _sync(
    manifests: Sequence[Manifest],
    data: Path,
    encoder: Encoder,
    lovdata_url: str,
    today: date,
    offline: bool,
    dry_run: bool,
    rebuild: bool,
    progress: Progress,
) -> Report:
    snapshots = Snapshots(data / "index")
    live = _live(snapshots)
    versions = {
        "schema": SCHEMA_VERSION,
        "encoder": encoder.stamp,
        "splitter": split.SPLITTER_VERSION,
        "loader": lovdata.LOADER_VERSION,
    }
    fresh = rebuild or (bool(live.sources) and any(live.meta.get(key) != value for key, value in versions.items()))
    base = _Live({}, {}, {}) if fresh else live

    listed = [path for m in manifests for path in m.vocabulary]
    vocabulary = read_vocabulary(listed) if listed else Vocabulary.from_json(live.meta.get("vocabulary", ""))
    source = Lovdata(lovdata_url, data / "cache" / "lovdata")
    wanted = _gather(manifests, source, data / "cache" / "url", base, today, offline, progress)
    _name(wanted, vocabulary)
    digests = {id_: _digest(document) for id_, document in wanted.documents.items()}
    origins = {str(m.path) for m in manifests}
    removable = {id_ for id_, s in base.sources.items() if s.origin.partition("#")[0] in origins} - wanted.kept
    why: tuple[str, ...] = ("indeksen bygges på nytt",) if fresh else ()
    if live.sources and vocabulary.to_json() != live.meta.get("vocabulary"):
        why += ("ordlisten er endret",)
    restamped = [
        id_
        for id_ in digests
        if id_ in base.sources
        and base.sources[id_].stamp != wanted.documents[id_].source.stamp
        and digests[id_] == base.digests[id_]
    ]
    if restamped:
        why += (f"{len(restamped)} uendrede kilder er hentet på nytt",)
    todo = plan(digests | {id_: base.digests[id_] for id_ in wanted.unchanged}, base.digests, removable, why)
    changed, notes, courses = ((), (), ()) if fresh else _changes(snapshots, todo, wanted, manifests)
    warnings = tuple(f"{d.source.id}: {warning}" for d in wanted.documents.values() for warning in d.warnings)
    report = Report(todo, tuple(wanted.failures), False, changed, notes, courses, warnings)
    if todo.empty or dry_run:
        return report
    documents = {id_: (document, digests[id_]) for id_, document in wanted.documents.items()}
    apply(todo, documents, snapshots, encoder, {**versions, "vocabulary": vocabulary.to_json()}, fresh=fresh)
    return dataclasses.replace(report, applied=True)


def _changes(
    snapshots: Snapshots, todo: Plan, wanted: _Wanted, manifests: Sequence[Manifest]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Changed paragraphs of the laws that are replaced, and the notes and the files of courses that point at them."""
    live = snapshots.current()
    if live is None or not any(wanted.documents[id_].source.kind.is_law for id_ in todo.replace):
        return (), (), ()
    with closing(PassageStore(live / PASSAGES_FILE)) as store:
        changed = changed_paragraphs(store, todo.replace, wanted.documents)
        notes = notes_on(set(changed), store, wanted.documents, todo.remove)
    return changed, notes, courses_on(set(changed), manifests)


def _live(snapshots: Snapshots) -> _Live:
    snapshot = snapshots.current()
    if snapshot is None:
        return _Live({}, {}, {})
    with closing(PassageStore(snapshot / PASSAGES_FILE)) as store:
        keys = ("schema", "encoder", "splitter", "loader", "vocabulary")
        meta = {key: store.meta(key) for key in keys}
        if meta["schema"] != SCHEMA_VERSION:
            return _Live({"": Source("", Kind.NOTAT, "")}, {}, meta)
        return _Live(store.sources(), store.digests(), meta)


def _gather(
    manifests: Sequence[Manifest],
    source: Lovdata,
    pages: Path,
    live: _Live,
    today: date,
    offline: bool,
    progress: Progress,
) -> _Wanted:
    """Load what has changed; note what has not and what failed."""
    wanted = _Wanted({}, set(), [], set())
    entries = [entry for manifest in manifests for entry in manifest.entries]
    for entry in entries:
        if entry.way in ("path", "folder"):
            _gather_files(entry, live, wanted, progress)
        elif entry.way == "url":
            _gather_url(entry, pages, live, offline, wanted, progress)
    lawlike = [entry for entry in entries if entry.way in ("lovdata", "archive")]
    for name in dict.fromkeys(entry.where for entry in lawlike):
        of_archive = [entry for entry in lawlike if entry.where == name]
        if offline:
            _keep(of_archive, live, wanted)
            continue
        try:
            _gather_archive(source.archive(name), of_archive, live, today, wanted, progress)
        except SourceError as error:
            if str(error) not in map(str, wanted.failures):
                wanted.failures.append(error)
            _keep(of_archive, live, wanted)
    return wanted


def _gather_files(entry: Entry, live: _Live, wanted: _Wanted, progress: Progress) -> None:
    for path in files_of(entry):
        try:
            document = clean_document(load_file(path, entry))
            if document.source.id in wanted.documents:
                raise SourceError(
                    f"{path.name}: id {document.source.id!r} er alt brukt i en annen fil. Gi filen en egen id."
                )
            wanted.documents[document.source.id] = document
            progress(document.source.id)
        except SourceError as error:
            wanted.failures.append(error)
            wanted.kept |= {id_ for id_, source in live.sources.items() if source.origin == origin_of(entry, path)}


def _gather_url(entry: Entry, pages: Path, live: _Live, offline: bool, wanted: _Wanted, progress: Progress) -> None:
    """Take in a page of the web; one that cannot be had or read today stays as the index has it."""
    try:
        if entry.id in wanted.documents:
            raise SourceError("id-en er alt brukt i en fil. Gi kilden en egen id.")
        fetched = _page(entry, pages, live, offline, wanted)
        if fetched is None:
            wanted.kept.add(entry.id)
        elif entry.id in live.sources and live.sources[entry.id].stamp == stamp_of(fetched, entry):
            wanted.unchanged.add(entry.id)
        else:
            wanted.documents[entry.id] = clean_document(load_url(fetched, entry))
            progress(entry.id)
    except SourceError as error:
        wanted.failures.append(SourceError(f"{entry.id}: {error}"))
        wanted.kept.add(entry.id)


def _page(entry: Entry, pages: Path, live: _Live, offline: bool, wanted: _Wanted) -> Fetched | None:
    """What the address gives; without it what it gave last, if an index that is built anew has nothing to keep."""
    if not offline:
        try:
            return fetch_url(entry.where, pages)
        except SourceError as error:
            wanted.failures.append(SourceError(f"{entry.id}: {error}"))
    return None if entry.id in live.sources else kept_url(entry.where, pages)


def _gather_archive(
    archive: Archive, entries: Iterable[Entry], live: _Live, today: date, wanted: _Wanted, progress: Progress
) -> None:
    entries = list(entries)
    everything = any(entry.way == "archive" for entry in entries)
    stamp = digest_of(archive.name, archive.stamp, lovdata.LOADER_VERSION)
    ids = {entry.id for entry in entries if entry.way == "lovdata"}
    if everything:
        places = {origin_of(entry) for entry in entries}
        held = {
            id_ for id_, source in live.sources.items() if source.archive == archive.name and source.origin in places
        }
    else:
        held = ids & live.sources.keys()
    if held and held >= ids and all(live.sources[id_].stamp == stamp for id_ in held):
        wanted.unchanged |= held
        return
    origins = {entry.id: entry for entry in entries}
    for document_id, xml in archive.documents(None if everything else ids):
        entry = origins.get(document_id) or next(entry for entry in entries if entry.way == "archive")
        try:
            loaded = clean_document(lovdata.load_lovdata(xml, today))
        except SourceError as error:
            wanted.failures.append(SourceError(f"{document_id}: {error}"))
            wanted.kept.add(document_id)
            continue
        source = dataclasses.replace(
            loaded.source, id=document_id, archive=archive.name, origin=origin_of(entry), stamp=stamp
        )
        wanted.documents[document_id] = dataclasses.replace(loaded, source=source)
        progress(document_id)
    for missing in sorted(ids - wanted.documents.keys() - wanted.kept):
        entry = origins[missing]
        wanted.failures.append(
            SourceError(
                f"{entry.manifest.name}, linje {entry.line}: {missing!r} finnes ikke i Lovdatas arkiv {archive.name!r}. Rett id-en."
            )
        )
        wanted.kept.add(missing)


def _keep(entries: Iterable[Entry], live: _Live, wanted: _Wanted) -> None:
    """Sources that cannot be asked about today stay as they are."""
    for entry in entries:
        if entry.way == "lovdata":
            wanted.kept.add(entry.id)
        else:
            wanted.kept |= {
                id_
                for id_, source in live.sources.items()
                if source.kind.is_law and source.origin == str(entry.manifest)
            }


def _name(wanted: _Wanted, vocabulary: Vocabulary) -> None:
    """What we call a law goes before what Lovdata calls it."""
    for id_, names in vocabulary.laws.items():
        if document := wanted.documents.get(id_):
            source = dataclasses.replace(document.source, names=tuple(dict.fromkeys((*names, *document.source.names))))
            wanted.documents[id_] = dataclasses.replace(document, source=source)


def _digest(document: Document) -> str:
    source = dataclasses.replace(document.source, stamp="", origin="")
    return digest_of(repr(source), *(repr(section) for section in document.sections))
