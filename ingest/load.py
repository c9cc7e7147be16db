"""Loading: which loader reads which file, and the facts a manifest adds to what the file says itself."""

from __future__ import annotations

import codecs
import dataclasses
import os
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest import html, markdown, notes, office, pdf, powerpoint, transcript, word
from ingest.clean import plain_line_ends
from ingest.fetch_url import Fetched
from ingest.manifest import Entry
from kb.errors import SourceError
from kb.store import digest_of
from kb.types import Document, Kind, Source

TEXT_ENDINGS = (".md", ".txt")
"""Plain text, with or without front matter."""
LOADERS: dict[str, Callable[[bytes, Source], Document]] = {
    ".html": html.load_html,
    ".htm": html.load_html,
    ".pdf": pdf.load_pdf,
    ".docx": word.load_docx,
    ".pptx": powerpoint.load_pptx,
}
"""The loader of every other ending; what is in neither is named as an error, so that nothing is lost silently."""
TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}
"""What servers call the formats we may have a loader for."""
VAGUE_TYPES = ("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/force-download")
"""What servers call anything: here the ending of the address says more."""
VERSIONS = tuple(loader.LOADER_VERSION for loader in (markdown, notes, html, pdf, office, transcript))


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
    return f"{entry.manifest}#{os.path.relpath(path, entry.manifest.parent)}" if path else f"{entry.manifest}#"


def load_file(path: Path, entry: Entry) -> Document:
    """Read and structure one local file; raises `SourceError` naming the file."""
    ending = path.suffix.lower()
    if ending not in TEXT_ENDINGS and ending not in LOADERS:
        raise SourceError(
            f"Filen {str(path)!r} har et format som ikke kan leses ({ending or 'uten endelse'}); {_readable()}"
        )
    data = _bytes(path)
    if ending in LOADERS:
        document = LOADERS[ending](data, dataclasses.replace(_source(entry, path), title=entry.title))
    else:
        document = _load_text(data, path, entry)
    stamp = digest_of(data.hex(), *VERSIONS)
    local = entry.local and not document.source.kind.is_law
    source = dataclasses.replace(document.source, local=local, origin=origin_of(entry, path), stamp=stamp)
    return dataclasses.replace(document, source=source)


def load_url(fetched: Fetched, entry: Entry) -> Document:
    """Structure what a `url` entry gave, by what the server calls it or how its address ends; raises `SourceError`."""
    ending = ending_of(fetched)
    data, name = _bytes(fetched.path), Path(Path(_name(fetched.url)).stem + ending)
    if LOADERS.get(ending) is html.load_html:
        charset = _content_type(fetched).get_content_charset("")
        document = html.load_html(data, dataclasses.replace(_source(entry, name), title=entry.title), charset)
    elif ending in LOADERS:
        document = LOADERS[ending](data, dataclasses.replace(_source(entry, name), title=entry.title))
    else:
        document = _load_text(data, name, entry)
    source = dataclasses.replace(
        document.source, id=entry.id, local=entry.local, origin=origin_of(entry), stamp=stamp_of(fetched, entry)
    )
    return dataclasses.replace(document, source=source)


def stamp_of(fetched: Fetched, entry: Entry) -> str:
    """Changes with the bytes, with what the manifest says of them and with the loaders; not with the line it is said on."""
    return digest_of(fetched.stamp, fetched.content_type, repr(dataclasses.replace(entry, line=0)), *VERSIONS)


def ending_of(fetched: Fetched) -> str:
    """The ending that names the loader for what was fetched; raises `SourceError` when there is none."""
    said, written = _content_type(fetched).get_content_type(), Path(_name(fetched.url)).suffix.lower()
    known = (*TEXT_ENDINGS, *LOADERS)
    ending = written if said in VAGUE_TYPES and written in known else TYPES.get(said, "")
    if ending == ".html" and written in TYPES.values() and written not in (*TEXT_ENDINGS, ".html"):
        raise SourceError(
            f"{fetched.url!r} skulle gi en {written}-fil, men ga en nettside (en innlogging eller en feilmelding?). Hent filen selv, og bruk path i manifestet."
        )
    if ending not in known:
        raise SourceError(
            f"{fetched.url!r} har et format som ikke kan leses ({said or written or 'ukjent'}); {_readable()}"
        )
    return ending


def _content_type(fetched: Fetched) -> Message:
    message = Message()
    message["content-type"] = fetched.content_type or "application/octet-stream"
    return message


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _readable() -> str:
    endings = sorted({*TEXT_ENDINGS, *LOADERS})
    return f"bruk {', '.join(endings[:-1])} eller {endings[-1]}."


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"Filen {str(path)!r} kan ikke leses ({error.strerror}). Sjekk rettighetene.") from error


def _load_text(data: bytes, path: Path, entry: Entry) -> Document:
    text = plain_line_ends(decoded(data)).removeprefix("\ufeff")
    if not text.strip():
        raise SourceError(f"Filen {str(path)!r} er tom. Fyll den eller ta den ut av manifestet.")
    front = notes.read_front_matter(text, path)
    if front is not None and "id" in front.values:
        return notes.load_note(front)
    body = front.body if front else text
    own = (front.text("tittel") or front.text("title")) if front else ""
    title = entry.title or own or markdown.title_of(body) or path.stem
    source = dataclasses.replace(_source(entry, path), title=title)
    if transcript.is_transcript(body):
        return transcript.load_transcript(body, source)
    return (markdown.load_text if path.suffix.lower() == ".txt" else markdown.load_markdown)(body, source)


def decoded(data: bytes) -> str:
    """Text of bytes in UTF-8, or what Windows wrote before: UTF-16 with its mark, Windows-1252, or Latin-1, which always fits."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


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
