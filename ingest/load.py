"""Loading: which loader reads which file, and the facts a manifest adds to what the file says itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from ingest import markdown, notes
from ingest.clean import plain_line_ends
from ingest.manifest import Entry
from kb.errors import SourceError
from kb.store import digest_of
from kb.types import Document, Kind, Source

TEXT_ENDINGS = (".md", ".txt")
"""Files a `folder` takes in; anything else in it is named as an error, so that nothing is lost silently."""


def files_of(entry: Entry) -> Iterator[Path]:
    """The files of a `path` or `folder` entry, folders read all the way down in alphabetical order."""
    if entry.way == "path":
        yield entry.path
        return
    for path in sorted(entry.path.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path


def origin_of(entry: Entry, path: Path | None = None) -> str:
    """Where a source came from: the manifest, and the file beside it if there is one."""
    return f"{entry.manifest}#{path.relative_to(entry.manifest.parent)}" if path else f"{entry.manifest}#"


def load_file(path: Path, entry: Entry) -> Document:
    """Read and structure one local file; raises `SourceError` naming the file."""
    if path.suffix.lower() not in TEXT_ENDINGS:
        raise SourceError(
            f"Filen {str(path)!r} har et format som ikke kan leses ({path.suffix or 'uten endelse'}); bruk {' eller '.join(TEXT_ENDINGS)}."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"Filen {str(path)!r} kan ikke leses ({error.strerror}). Sjekk rettighetene.") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = plain_line_ends(text).removeprefix("\ufeff")
    if not text.strip():
        raise SourceError(f"Filen {str(path)!r} er tom. Fyll den eller ta den ut av manifestet.")
    front = notes.read_front_matter(text, path)
    if front is not None and "id" in front.values:
        document = notes.load_note(front)
    else:
        document = markdown.load_markdown(front.body if front else text, _source(entry, path))
    stamp = digest_of(data.hex(), markdown.LOADER_VERSION, notes.LOADER_VERSION)
    return Document(dataclasses.replace(document.source, origin=origin_of(entry, path), stamp=stamp), document.sections)


def _source(entry: Entry, path: Path) -> Source:
    kind = entry.kind or Kind.PRAKSIS
    return Source(
        id=entry.id or f"{kind}/{markdown.slug(path.stem)}",
        kind=kind,
        title=entry.title or path.stem,
        publisher=entry.publisher,
        author=entry.author,
        date=entry.date,
        responsibility=entry.responsibility,
        language=entry.language,
        licence=entry.licence,
        url=entry.url,
    )
