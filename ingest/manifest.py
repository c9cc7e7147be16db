"""Manifests: TOML files that say which documents the knowledge base takes in, checked with line numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kb.errors import ManifestError
from kb.types import Kind, Responsibility

WAYS_IN = ("lovdata", "archive", "path", "folder", "url")
"""How an entry says where its document comes from; `url` beside a `path` is where readers find the original."""
_TEXT_KEYS = ("id", "kind", *WAYS_IN, "title", "author", "publisher", "responsibility", "language", "licence")
_SOURCE_KEYS = frozenset((*_TEXT_KEYS, "date"))
SHIPPED = Path(__file__).resolve().parent.parent / "corpus" / "manifest.toml"
"""The manifest that comes with navkb; what others take in besides law is an office's own."""
_ID = re.compile(r"[a-zæøå0-9]+/[\w.-]+")
_LAWLIKE = (Kind.LOV, Kind.FORSKRIFT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[source]]` of a manifest; `line` is where it begins, paths are already absolute."""

    manifest: Path
    line: int
    way: str
    where: str
    id: str = ""
    kind: Kind | None = None
    title: str = ""
    author: str = ""
    publisher: str = ""
    date: date | None = None
    responsibility: Responsibility | None = None
    language: str = "nb"
    licence: str = ""
    url: str = ""

    @property
    def path(self) -> Path:
        """The file or folder of a `path` or `folder` entry."""
        return self.manifest.parent / self.where

    @property
    def local(self) -> bool:
        """Whether an office takes this in itself; law is law whoever names it."""
        return self.manifest != SHIPPED and self.kind not in _LAWLIKE

    def __str__(self) -> str:
        return self.id or f"{self.way} = {self.where!r}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest's entries, and the vocabulary files beside it."""

    path: Path
    entries: tuple[Entry, ...]
    vocabulary: tuple[Path, ...] = ()


def read_manifests(paths: Iterable[Path]) -> list[Manifest]:
    """Read manifests in order; an id that stands twice, in one or in several, is a `ManifestError`."""
    manifests = [read_manifest(path) for path in paths]
    seen: dict[str, Entry] = {}
    for entry in (entry for manifest in manifests for entry in manifest.entries if entry.id):
        if earlier := seen.get(entry.id):
            raise _error(
                entry.manifest,
                entry.line,
                f"kilden {entry.id!r} står allerede i {earlier.manifest} linje {earlier.line}; fjern den ene",
            )
        seen[entry.id] = entry
    return manifests


def read_manifest(path: Path) -> Manifest:
    """Read and check one manifest; every mistake is a `ManifestError` with file and line."""
    path = path.expanduser().resolve()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ManifestError(f"Manifestet {str(path)!r} kan ikke leses ({error.strerror}). Sjekk stien.") from error
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"Manifestet {str(path)!r} er ikke UTF-8-tekst (byte {error.start}). Lagre det som UTF-8."
        ) from error
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(
            f"Manifestet {str(path)!r} er ikke gyldig TOML: {error}. Rett linjen og prøv igjen."
        ) from error
    lines = text.splitlines()
    for key in read.keys() - {"source", "vocabulary"}:
        raise _error(path, _line_of(lines, key), f"ukjent nøkkel {key!r}; her kan det stå [[source]] og vocabulary")
    listed = read.get("source", [])
    if not isinstance(listed, list) or not all(isinstance(fields, dict) for fields in listed):
        raise _error(path, _line_of(lines, "source"), "skriv hver kilde som [[source]]")
    starts = [n for n, line in enumerate(lines, 1) if line.strip().startswith("[[source]]")]
    starts += [1] * (len(listed) - len(starts))
    entries = tuple(_entry(path, lines, start, fields) for start, fields in zip(starts, listed, strict=False))
    vocabulary = read.get("vocabulary", [])
    if not isinstance(vocabulary, list):
        raise _error(
            path, _line_of(lines, "vocabulary"), 'vocabulary skal være en liste, for eksempel ["begreper.toml"]'
        )
    for name in vocabulary:
        if not isinstance(name, str) or not (path.parent / name).is_file():
            raise _error(path, _line_of(lines, "vocabulary"), f"ordlisten {name!r} finnes ikke ved siden av manifestet")
    return Manifest(path, entries, tuple(path.parent / name for name in vocabulary))


def _entry(path: Path, lines: list[str], start: int, fields: dict[str, Any]) -> Entry:
    def wrong(key: str, why: str) -> ManifestError:
        return _error(path, _line_of(lines, key, start), why)

    for key, value in fields.items():
        if key not in _SOURCE_KEYS:
            raise wrong(key, f"ukjent nøkkel {key!r}; kjente er {', '.join(sorted(_SOURCE_KEYS))}")
        if key in _TEXT_KEYS and (not isinstance(value, str) or not value.strip()):
            raise wrong(key, f"{key} skal være tekst i anførselstegn, ikke {value!r}")
    ways = [way for way in WAYS_IN if way in fields]
    way = ways[0] if ways else ""
    if not way or (len(ways) > 1 and set(ways) != {"path", "url"}):
        raise wrong("", f"en kilde trenger nøyaktig én av {', '.join(WAYS_IN)} (path kan ha url ved siden av)")
    entry_id = fields.get("id", "")
    if way in ("lovdata", "path", "url") and not entry_id:
        raise wrong("", 'kilden mangler id, for eksempel id = "praksis/rutine-2026"')
    if entry_id and not _ID.fullmatch(entry_id):
        raise wrong("id", f'id = {entry_id!r} skal være slag/navn uten mellomrom, for eksempel "praksis/rutine-2026"')
    kind = _one_of(Kind, fields.get("kind"), lambda why: wrong("kind", why))
    if kind is None and way in ("lovdata", "path", "url"):
        raise wrong("", f"kilden {entry_id!r} mangler kind ({', '.join(Kind)})")
    if way == "lovdata" and kind not in _LAWLIKE:
        raise wrong("kind", f"det som hentes fra Lovdata er lov eller forskrift, ikke {kind}")
    published = fields.get("date")
    if published is not None and type(published) is not date:
        raise wrong("date", f"date = {published!r} skal være en dato uten anførselstegn, for eksempel 2014-01-27")
    where = fields[way]
    if way == "path" and not (path.parent / where).is_file():
        raise wrong("path", f"filen {where!r} finnes ikke ved siden av manifestet; rett stien eller fjern kilden")
    if way == "folder" and not (path.parent / where).is_dir():
        raise wrong("folder", f"mappen {where!r} finnes ikke ved siden av manifestet; rett stien eller fjern kilden")
    return Entry(
        manifest=path,
        line=start,
        way=way,
        where=where,
        id=entry_id,
        kind=kind,
        date=published,
        responsibility=_one_of(Responsibility, fields.get("responsibility"), lambda why: wrong("responsibility", why)),
        **{key: fields[key] for key in ("title", "author", "publisher", "language", "licence", "url") if key in fields},
    )


def _one_of(enum: Any, value: str | None, wrong: Any) -> Any:
    if value is None:
        return None
    if value not in list(enum):
        raise wrong(f"{value!r} er ikke kjent; velg en av {', '.join(enum)}")
    return enum(value)


def _line_of(lines: list[str], key: str, start: int = 0) -> int:
    """The line (from 1) where `key` is set, at or after the table that begins at `start`."""
    for n, line in enumerate(lines[start:], start + 1):
        if start and line.strip().startswith("["):
            break
        if key and re.match(rf"\s*(\[+\s*)?{re.escape(key)}\b", line):
            return n
    return start or 1


def _error(path: Path, line: int, why: str) -> ManifestError:
    return ManifestError(f"Manifestet {path.name} ({path}), linje {line}: {why}.")
