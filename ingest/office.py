"""Office packages (DOCX and PPTX): checked for size and damage before anything is unpacked, and named."""

from __future__ import annotations

import dataclasses
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ingest.pdf import FILLED_IN
from kb.errors import SourceError
from kb.types import Source

LOADER_VERSION = "2"
LARGEST_UNPACKED = 500_000_000
"""Bytes of all parts together, unpacked; a long report with photographs reaches a hundred million."""
LARGEST_PART = 50_000_000
"""Bytes of one XML part; the text of a book is a tenth of that."""
MOST_PARTS = 10_000
"""Files in the package; every picture and slide is one."""
DEEPEST = 20
"""Tables, groups and content controls within each other; more is an attack."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the formats of before 2007, and the wrapping of files locked by a password."""
_BROKEN_FILE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What python-docx, python-pptx and zipfile raise on broken files besides their own (lxml: `SyntaxError`)."""


def titled(source: Source, said: str | None, headings: Iterable[str]) -> Source:
    """A source without a title takes the file's own, the first heading, or its id."""
    if source.title:
        return source
    own = " ".join((said or "").split())
    return dataclasses.replace(source, title=("" if FILLED_IN.search(own) else own) or next(iter(headings), source.id))


@contextmanager
def opened(data: bytes, source: Source, what: str, own: type[Exception]) -> Iterator[None]:
    """Check the package before anything is unpacked, and give the errors of the library (`own`) our name."""
    if not data:
        raise SourceError(f"{what} {source.id!r} er tom. Last den ned på nytt eller ta den ut av manifestet.")
    if data.startswith(_OLD_OFFICE):
        raise SourceError(
            f"{what} {source.id!r} er låst med passord eller lagret i formatet fra før 2007. Lagre den på nytt uten passord, som .docx eller .pptx."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_size(package.infolist(), source, what)
        yield
    except (own, SyntaxError, *_BROKEN_FILE) as error:
        raise SourceError(
            f"{what} {source.id!r} er skadet og kan ikke leses ({error}). Last den ned på nytt."
        ) from error


def _check_size(parts: Iterable[zipfile.ZipInfo], source: Source, what: str) -> None:
    """Refuse packages that unpack to too much; zipfile never unpacks more of a part than is declared here."""
    parts = list(parts)
    total = sum(part.file_size for part in parts)
    texts = (part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if total > LARGEST_UNPACKED or len(parts) > MOST_PARTS or max(texts, default=0) > LARGEST_PART:
        raise SourceError(
            f"{what} {source.id!r} er for stor pakket ut ({total // 1_000_000} MB i {len(parts)} deler; grensen er {LARGEST_UNPACKED // 1_000_000} MB og {MOST_PARTS} deler). Lagre den uten bilder."
        )
