"""Lovdata's archives: `.tar.bz2` files read member by member, never unpacked to disk."""

from __future__ import annotations

import bz2
import re
import tarfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kb.errors import SourceError

LARGEST_MEMBER = 50_000_000
"""Bytes of one document; the largest today is 6 MB."""
LARGEST_SKIPPED = 500_000_000
"""Bytes of a member to read past; one that claims more is no document, and getting past it takes seconds of unpacking."""
LARGEST_HEADER = 100_000
"""Bytes of a long member name or the like, which tarfile holds in memory whole."""
LARGEST_UNPACKED = 5_000_000_000
"""Bytes of a whole archive unpacked; the largest today is 0.4 GB."""

_MEMBER = re.compile(r"(?:nl|sf)/(?P<kind>nl|sf)-(?P<date>\d{8})-(?P<number>\d+)(?P<language>-nn)?\.xml")
_KINDS = {"nl": "lov", "sf": "forskrift"}


@dataclass(frozen=True, slots=True)
class Archive:
    """A Lovdata archive on this machine; `stamp` changes when Lovdata publishes a new one."""

    name: str
    path: Path
    stamp: str

    def documents(self, wanted: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
        """Document ids and XML, in the archive's order; `wanted` None means all.

        Members are read one by one and never unpacked to disk, so their paths cannot do harm.
        Raises `SourceError` when the archive is damaged, and after the others for documents too large to be read.
        """
        left = None if wanted is None else set(wanted)
        skipped = []
        try:
            # BZ2File reads archives of several streams too (pbzip2 makes them), which tarfile's own "r|bz2" does not
            with bz2.open(self.path) as unpacked, tarfile.open(fileobj=unpacked, mode="r|", tarinfo=_Header) as tar:
                for member in tar:
                    if member.size > LARGEST_SKIPPED or member.offset_data > LARGEST_UNPACKED:
                        raise SourceError(
                            f"Arkivet {self.name!r} pakker ut til urimelig mye og ble ikke lest ferdig. Slett {str(self.path)!r} og kjør «navkb sync» på nytt."
                        )
                    document_id = id_of_member(member.name)
                    if not member.isfile() or not document_id or (left is not None and document_id not in left):
                        continue
                    if member.size > LARGEST_MEMBER:
                        skipped.append(document_id)
                        continue
                    file = tar.extractfile(member)
                    assert file is not None
                    yield document_id, file.read()
                    if left is not None:
                        left.discard(document_id)
                        if not left:
                            return
        except (tarfile.TarError, EOFError, OSError) as error:
            raise SourceError(
                f"Arkivet {self.name!r} er ødelagt ({error}). Slett {str(self.path)!r} og kjør «navkb sync» på nytt."
            ) from error
        if skipped:
            raise SourceError(
                f"Arkivet {self.name!r} har urimelig store dokumenter som ikke ble lest: {', '.join(skipped)}."
            )


class _Header(tarfile.TarInfo):
    """A member's header; one that would have tarfile hold an unreasonable name or list of attributes is refused."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.size > LARGEST_HEADER and not header.isfile():
            raise tarfile.ReadError(f"en overskrift på {header.size} byte")
        return header


def id_of_member(path: str) -> str:
    """`nl/nl-20091218-131.xml` → `lov/2009-12-18-131`; empty for anything that is not a law or regulation."""
    match = _MEMBER.fullmatch(path.removeprefix("./"))
    if match is None:
        return ""
    day, number = match["date"], int(match["number"])
    return (
        f"{_KINDS[match['kind']]}/{day[:4]}-{day[4:6]}-{day[6:]}"
        + (f"-{number}" if number else "")
        + (match["language"] or "")
    )
