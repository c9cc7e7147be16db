"""What a newer law changes: the paragraphs that are not as they were, and what of ours points at them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from ingest.load import decoded
from ingest.manifest import Manifest
from kb.store import PassageStore
from kb.types import Document, Section

COURSES = "kurs"
"""The folder beside a manifest that holds its courses."""
LARGEST_TEXT = 1_000_000
"""Bytes of a file of a course that may hold references; what is larger is a film or a picture."""

_REFERENCE = re.compile(r"\b(?:lov|forskrift)/\d{4}-\d\d-\d\d[^\s\"'`<>()\[\]{}|,;«»]*", re.IGNORECASE)
"""A reference wherever it stands in a text, in a link too; full stop or colon after it come along."""


def changed_paragraphs(
    live: PassageStore, replaced: Iterable[str], documents: Mapping[str, Document]
) -> tuple[str, ...]:
    """References of paragraphs that are new, changed or gone in the laws that are `replaced`, in the law's order."""
    changed = []
    for source_id in replaced:
        document = documents[source_id]
        if document.source.kind.is_law:
            before = {p.section_ref: p.section.text for p in live.source_passages(source_id)}
            now = {f"{source_id}/{section.locator}": section.text for section in document.sections}
            changed += [ref for ref in dict.fromkeys((*before, *now)) if before.get(ref) != now.get(ref)]
    return tuple(changed)


def points_at(references: Iterable[str], changed: Collection[str]) -> bool:
    """Whether one of the references is a changed paragraph or a place in one, e.g. its second ledd."""
    return any(place in changed for reference in references for place in _places(reference))


def notes_on(
    changed: Collection[str], live: PassageStore, documents: Mapping[str, Document], gone: Collection[str]
) -> tuple[str, ...]:
    """Ids of the notes that explain or mention a changed paragraph: as they are now, or as the index keeps them."""
    kept = {
        id_: (passage.section for passage in live.source_passages(id_))
        for id_, source in live.sources().items()
        if not source.kind.is_law and id_ not in documents and id_ not in gone
    }
    now = {id_: iter(document.sections) for id_, document in documents.items() if not document.source.kind.is_law}
    return tuple(sorted(id_ for id_, sections in (kept | now).items() if points_at(_pointers(sections), changed)))


def courses_on(changed: Collection[str], manifests: Iterable[Manifest]) -> tuple[str, ...]:
    """The files in the `kurs` folders beside the manifests that name a changed paragraph, as `kurs/…` paths."""
    pointing = []
    for folder in dict.fromkeys(manifest.path.parent for manifest in manifests):
        for path in sorted((folder / COURSES).rglob("*")):
            if changed and points_at(_references_in(path), changed):
                pointing.append(path.relative_to(folder).as_posix())
    return tuple(pointing)


def _pointers(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        yield from section.about
        yield from section.see_also


def _references_in(path: Path) -> list[str]:
    """Every reference to a law in a text file; none in what is no text or cannot be read."""
    try:
        data = path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST_TEXT else b""
    except OSError:
        return []
    return [match[0].rstrip(".:-!?*_") for match in _REFERENCE.finditer(decoded(data))]


def _places(reference: str) -> Iterator[str]:
    """A reference and every place it lies in: `…/§20a/ledd/2`, `…/§20a/ledd`, `…/§20a`, …"""
    while reference:
        yield reference
        reference = reference.rpartition("/")[0]
