"""Fetching Lovdata's archives from its open API or from disk: only newer ones, continued where a transfer broke off.

The API (`api.lovdata.no/v1/publicData`): `GET /list` gives `filename`, `sizeBytes` and `lastModified`
of every archive, `GET /get/{filename}` its bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.archive import Archive
from ingest.fetch_url import REACH_SECONDS, reason, web_client
from kb.errors import SourceError

if TYPE_CHECKING:
    import httpx

READ_SECONDS = 60.0
"""How long a transfer may stand still."""
LARGEST_ARCHIVE = 500_000_000
"""Bytes; the largest today is 66 MB."""

Progress = Callable[[str, int, int], None]
"""Called with what is fetched, bytes so far and bytes in all (0 if unknown)."""


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
            try:
                self._download(filename, path, stamp)
                note.write_text(stamp)
            except OSError as error:
                raise SourceError(
                    f"Arkivet {filename!r} kunne ikke lagres i {str(self._cache)!r} ({error.strerror}). Rydd plass eller sjekk rettighetene."
                ) from error
        return Archive(name, path, stamp)

    def _list(self) -> dict[str, str]:
        if self._listed is None:
            import httpx

            try:
                with web_client(REACH_SECONDS, follow=True) as client:
                    response = client.get(f"{self.url}/list").raise_for_status()
                self._listed = {
                    item["filename"]: f"{item['sizeBytes']}:{item['lastModified']}" for item in response.json()
                }
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise SourceError(
                    f"Lovdata ({self.url}) svarer ikke nå ({reason(error)}); lovtekst som alt er hentet, beholdes. Prøv «navkb sync» igjen senere."
                ) from error
            except (ValueError, KeyError, TypeError) as error:
                raise SourceError(
                    f"Svaret fra {self.url}/list er ikke en arkivliste. Sjekk NAVKB_LOVDATA_URL."
                ) from error
        return self._listed

    def _download(self, filename: str, path: Path, stamp: str) -> None:
        """Fetch an archive; what an earlier try left of the one with the same stamp is continued, not repeated."""
        import httpx

        path.parent.mkdir(parents=True, exist_ok=True)
        part, whose = path.with_name(f"{filename}.part"), path.with_name(f"{filename}.part.stamp")
        if not (whose.is_file() and whose.read_text() == stamp):
            part.unlink(missing_ok=True)
            whose.write_text(stamp)
        try:
            with web_client(READ_SECONDS, follow=True) as client:
                if not self._receive(client, filename, part, stamp):
                    part.unlink()
                    self._receive(client, filename, part, stamp)
        except httpx.HTTPError as error:
            raise SourceError(
                f"Arkivet {filename!r} kunne ikke hentes fra Lovdata ({reason(error)}). Prøv «navkb sync» igjen; det som er hentet, blir brukt."
            ) from error
        part.replace(path)
        whose.unlink()

    def _receive(self, client: httpx.Client, filename: str, part: Path, stamp: str) -> bool:
        """Receive what `part` lacks, or all of it; False when the server's rest does not fit what we have."""
        import httpx

        got = part.stat().st_size if part.is_file() else 0
        asked = {"range": f"bytes={got}-"} if got else {}
        with client.stream("GET", f"{self.url}/get/{filename}", headers=asked) as response:
            if got and response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return False
            response.raise_for_status()
            if response.status_code == httpx.codes.PARTIAL_CONTENT:
                total = int(stamp.partition(":")[0])
                if response.headers.get("content-range") != f"bytes {got}-{total - 1}/{total}":
                    return False
            else:
                got, total = 0, int(response.headers.get("content-length") or 0)
            with part.open("ab" if got else "wb") as file:
                for chunk in response.iter_bytes():
                    got += file.write(chunk)
                    if got > LARGEST_ARCHIVE:
                        break
                    if self._progress:
                        self._progress(filename, got, total)
        if got > LARGEST_ARCHIVE:
            part.unlink()
            raise SourceError(
                f"Arkivet {filename!r} er urimelig stort og ble ikke hentet ferdig. Sjekk NAVKB_LOVDATA_URL."
            )
        if total and got != total:
            raise SourceError(
                f"Arkivet {filename!r} kom ikke helt frem ({got} av {total} byte). Prøv «navkb sync» igjen."
            )
        return True
