"""Fetching: Lovdata's archives over HTTP or from a folder, conditional, by temporary file and rename.

The door to httpx. The API (`api.lovdata.no/v1/publicData`): `GET /list` gives `filename`, `sizeBytes`
and `lastModified` of every archive, `GET /get/{filename}` its bytes.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from kb.errors import SourceError

if TYPE_CHECKING:
    import httpx

REACH_SECONDS = 2.5
"""How long to wait for Lovdata to answer at all before going on without it."""
READ_SECONDS = 60.0
"""How long a transfer may stand still."""
LARGEST_ARCHIVE = 500_000_000
"""Bytes; the largest today is 66 MB."""
LARGEST_MEMBER = 50_000_000
"""Bytes of one document; the largest today is 6 MB."""

Progress = Callable[[str, int, int], None]
"""Called with what is fetched, bytes so far and bytes in all (0 if unknown)."""

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
        Raises `SourceError` when the archive is damaged.
        """
        left = None if wanted is None else set(wanted)
        try:
            with tarfile.open(self.path, "r|bz2") as tar:
                for member in tar:
                    document_id = id_of_member(member.name)
                    if not member.isfile() or not document_id or (left is not None and document_id not in left):
                        continue
                    if member.size > LARGEST_MEMBER:
                        raise SourceError(
                            f"Dokumentet {document_id!r} i {self.name!r} er urimelig stort ({member.size} byte) og ble ikke lest."
                        )
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


class Lovdata:
    """Lovdata's open data at `url` (`https://…` or a `file://` folder), kept in `cache`."""

    def __init__(self, url: str, cache: Path, progress: Progress | None = None) -> None:
        self.url = url.rstrip("/")
        self._cache = cache
        self._progress = progress
        self._listed: dict[str, str] | None = None

    def archive(self, name: str) -> Archive:
        """The archive `name` (without `.tar.bz2`), fetched if there is a newer one.

        Raises `SourceError` when Lovdata cannot be reached or has no such archive.
        """
        filename = f"{name}.tar.bz2"
        if self.url.startswith("file:"):
            path = Path(unquote(urlsplit(self.url).path)) / filename
            if not path.is_file():
                raise SourceError(f"Arkivet {filename!r} finnes ikke i {str(path.parent)!r}. Sjekk NAVKB_LOVDATA_URL.")
            status = path.stat()
            return Archive(name, path, f"{status.st_size}:{status.st_mtime_ns}")
        listed = self._list()
        if filename not in listed:
            raise SourceError(f"Lovdata har ikke noe arkiv som heter {name!r}; det finnes {', '.join(sorted(listed))}.")
        stamp, path, note = listed[filename], self._cache / filename, self._cache / f"{filename}.stamp"
        if not (path.is_file() and note.is_file() and note.read_text() == stamp):
            self._download(filename, path)
            note.write_text(stamp)
        return Archive(name, path, stamp)

    def _list(self) -> dict[str, str]:
        if self._listed is None:
            import httpx

            try:
                with self._client() as client:
                    response = client.get(f"{self.url}/list", timeout=REACH_SECONDS).raise_for_status()
                self._listed = {
                    item["filename"]: f"{item['sizeBytes']}:{item['lastModified']}" for item in response.json()
                }
            except httpx.HTTPError as error:
                raise SourceError(
                    f"Lovdata ({self.url}) svarer ikke nå ({_reason(error)}); lovtekst som alt er hentet, beholdes. Prøv «navkb sync» igjen senere."
                ) from error
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise SourceError(
                    f"Svaret fra {self.url}/list er ikke en arkivliste. Sjekk NAVKB_LOVDATA_URL."
                ) from error
        return self._listed

    def _download(self, filename: str, path: Path) -> None:
        import httpx

        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        try:
            with (
                self._client() as client,
                client.stream(
                    "GET", f"{self.url}/get/{filename}", timeout=httpx.Timeout(READ_SECONDS, connect=REACH_SECONDS)
                ) as response,
            ):
                response.raise_for_status()
                total, got = int(response.headers.get("content-length") or 0), 0
                with part.open("wb") as file:
                    for chunk in response.iter_bytes():
                        got += file.write(chunk)
                        if got > LARGEST_ARCHIVE:
                            raise SourceError(f"Arkivet {filename!r} er urimelig stort og ble ikke hentet ferdig.")
                        if self._progress:
                            self._progress(filename, got, total)
            if total and got != total:
                raise SourceError(
                    f"Arkivet {filename!r} kom ikke helt frem ({got} av {total} byte). Prøv «navkb sync» igjen."
                )
            part.replace(path)
        except httpx.HTTPError as error:
            raise SourceError(
                f"Arkivet {filename!r} kunne ikke hentes fra Lovdata ({_reason(error)}). Prøv «navkb sync» igjen."
            ) from error
        finally:
            part.unlink(missing_ok=True)

    @staticmethod
    def _client() -> httpx.Client:
        import httpx

        return httpx.Client(follow_redirects=True, max_redirects=3, headers={"user-agent": "navkb"})


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


def _reason(error: httpx.HTTPError) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return "tidsavbrudd"
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return "ingen forbindelse"
