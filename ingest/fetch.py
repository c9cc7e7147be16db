"""Fetching: Lovdata's archives and single web pages over HTTP or from disk, conditional, by temporary file and rename.

The door to httpx. The API (`api.lovdata.no/v1/publicData`): `GET /list` gives `filename`, `sizeBytes`
and `lastModified` of every archive, `GET /get/{filename}` its bytes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from ingest import hosts
from ingest.archive import Archive
from kb.errors import SourceError

if TYPE_CHECKING:
    import httpx

REACH_SECONDS = 2.5
"""How long to wait for Lovdata to answer at all before going on without it."""
READ_SECONDS = 60.0
"""How long a transfer may stand still."""
LARGEST_ARCHIVE = 500_000_000
"""Bytes; the largest today is 66 MB."""
LARGEST_PAGE = 50_000_000
"""Bytes of one `url =` source; a long report with pictures as PDF is about half of it."""
PAGE_SECONDS = 120.0
"""How long one `url =` source may take in all: the largest page at 3.5 Mbit/s."""
STILL_SECONDS = 15.0
"""How long the transfer of a page may stand still."""
MOST_REDIRECTS = 3
"""http → https → www → the page's new address; more is a loop or a login."""

Progress = Callable[[str, int, int], None]
"""Called with what is fetched, bytes so far and bytes in all (0 if unknown)."""

_HEADERS = {"user-agent": "navkb", "accept-encoding": "identity"}
"""No compression: sizes mean what they say, parts can be continued, and nothing swells when it is unpacked."""
_WEB = ("http", "https")


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
            self._download(filename, path, stamp)
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

    def _download(self, filename: str, path: Path, stamp: str) -> None:
        """Fetch an archive; what an earlier try left of the one with the same stamp is continued, not repeated."""
        import httpx

        path.parent.mkdir(parents=True, exist_ok=True)
        part, whose = path.with_name(f"{filename}.part"), path.with_name(f"{filename}.part.stamp")
        if not (whose.is_file() and whose.read_text() == stamp):
            part.unlink(missing_ok=True)
            whose.write_text(stamp)
        try:
            with self._client() as client:
                if not self._receive(client, filename, part, stamp):
                    part.unlink()
                    self._receive(client, filename, part, stamp)
        except httpx.HTTPError as error:
            raise SourceError(
                f"Arkivet {filename!r} kunne ikke hentes fra Lovdata ({_reason(error)}). Prøv «navkb sync» igjen; det som er hentet, blir brukt."
            ) from error
        part.replace(path)
        whose.unlink()

    def _receive(self, client: httpx.Client, filename: str, part: Path, stamp: str) -> bool:
        """Receive what `part` lacks, or all of it; False when the server's rest does not fit what we have."""
        import httpx

        got = part.stat().st_size if part.is_file() else 0
        asked = {"range": f"bytes={got}-"} if got else {}
        timeout = httpx.Timeout(READ_SECONDS, connect=REACH_SECONDS)
        with client.stream("GET", f"{self.url}/get/{filename}", headers=asked, timeout=timeout) as response:
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

    @staticmethod
    def _client() -> httpx.Client:
        import httpx

        return httpx.Client(
            verify=_certificates(), follow_redirects=True, max_redirects=MOST_REDIRECTS, headers=_HEADERS
        )


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """The certificates servers are checked against, read once: that takes longer than most requests."""
    import httpx

    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page or file of the web on this machine; `stamp` is a digest of its bytes, `content_type` what its server calls it."""

    url: str
    path: Path
    stamp: str
    content_type: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is noted beside a fetched file, to ask whether there is a newer one."""

    url: str
    stamp: str
    content_type: str
    etag: str = ""
    modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        asked = {"if-none-match": self.etag, "if-modified-since": self.modified}
        return {name: value for name, value in asked.items() if value}


def fetch_url(url: str, cache: Path) -> Fetched:
    """The page or file at `url` (http, https, or `file://` on this machine), kept in `cache` and fetched only if it is newer.

    Redirects lead only to the web, and inside the network only where the manifest points inside itself
    (`ingest/hosts.py`). Raises `SourceError` when it cannot be had, is too large or takes too long.
    """
    if url.startswith("file:"):
        return _local(url, Path(unquote(urlsplit(url).path)))
    if not url.startswith(tuple(f"{scheme}://" for scheme in _WEB)):
        raise SourceError(f"Adressen {url!r} kan ikke hentes. Skriv en hel adresse som begynner med https://.")
    import httpx

    timeout = httpx.Timeout(STILL_SECONDS, connect=REACH_SECONDS)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with httpx.Client(verify=_certificates(), headers=_HEADERS, timeout=timeout) as client:
            return _follow(client, url, cache)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(
            f"{url!r} kunne ikke hentes ({_reason(error)}). Sjekk adressen, eller prøv «navkb sync» igjen."
        ) from error
    except OSError as error:
        raise SourceError(
            f"{url!r} kunne ikke lagres i {str(cache)!r} ({error.strerror}). Rydd plass eller sjekk rettighetene."
        ) from error


def kept_url(url: str, cache: Path) -> Fetched | None:
    """What `fetch_url` last got from `url`; None when there is nothing, or not all of it."""
    path, kept = _place(url, cache), _kept(url, cache)
    return Fetched(url, path, kept.stamp, kept.content_type) if kept else None


def _follow(client: httpx.Client, url: str, cache: Path) -> Fetched:
    """Ask, go where the answer sends us as long as that is allowed, and keep what comes."""
    import httpx

    kept, deadline = _kept(url, cache), monotonic() + PAGE_SECONDS
    own = here = httpx.URL(url)
    for _ in range(1 + MOST_REDIRECTS):
        with client.stream("GET", here, headers=kept.conditions if kept else {}) as response:
            if here is not own and not _answers_rightly(own, here, response):
                raise _inside(url, here)
            if response.status_code == httpx.codes.NOT_MODIFIED and kept:
                return Fetched(url, _place(url, cache), kept.stamp, kept.content_type)
            if not response.has_redirect_location:
                return _keep(response, url, cache, deadline)
            here = response.url.join(response.headers["location"])
        if here.scheme not in _WEB:
            raise SourceError(
                f"{url!r} sender videre til {str(here)!r}, som ikke er en nettadresse. Rett adressen i manifestet."
            )
        if not hosts.may_lead(own.host, here.host):
            raise _inside(url, here)
    raise SourceError(
        f"{url!r} sender videre mer enn {MOST_REDIRECTS} ganger. Skriv adressen siden til slutt har, i manifestet."
    )


def _answers_rightly(own: httpx.URL, here: httpx.URL, response: httpx.Response) -> bool:
    """Whether the machine that answers may; through a proxy we only see the proxy."""
    if {"all", here.scheme} & getproxies().keys() and not proxy_bypass(here.host):
        return True
    peer = response.extensions["network_stream"].get_extra_info("server_addr")
    return hosts.may_answer(own.host, here.host, peer[0])


def _inside(url: str, here: httpx.URL) -> SourceError:
    return SourceError(
        f"{url!r} sender videre til {here.host!r} på innsiden av nettet, og ble ikke hentet. Skriv den adressen i manifestet hvis den er ment."
    )


def _keep(response: httpx.Response, url: str, cache: Path, deadline: float) -> Fetched:
    """Write what comes to a temporary file, and put it in place with its note when all of it is there."""
    if response.status_code != 200:
        raise SourceError(f"{url!r} kunne ikke hentes (HTTP {response.status_code}). {_cure(response.status_code)}")
    if (packed := response.headers.get("content-encoding", "identity")) != "identity":
        raise SourceError(
            f"{url!r} kom pakket ({packed}), enda vi ba om å få den upakket. Hent filen selv, og bruk path i manifestet."
        )
    too_large = SourceError(
        f"{url!r} er større enn {LARGEST_PAGE} byte og ble ikke hentet. Hent filen selv, og bruk path i manifestet."
    )
    if int(response.headers.get("content-length") or 0) > LARGEST_PAGE:
        raise too_large
    path, digest, got = _place(url, cache), hashlib.sha256(), 0
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            for chunk in response.iter_bytes():
                got += file.write(chunk)
                digest.update(chunk)
                if got > LARGEST_PAGE:
                    raise too_large
                if monotonic() > deadline:
                    raise SourceError(
                        f"{url!r} ble ikke hentet ferdig på {PAGE_SECONDS:.0f} sekunder. Prøv «navkb sync» igjen senere."
                    )
        kept = _Kept(
            url,
            digest.hexdigest(),
            response.headers.get("content-type", ""),
            response.headers.get("etag", ""),
            response.headers.get("last-modified", ""),
        )
        part.replace(path)
        part.write_text(json.dumps(dataclasses.asdict(kept)), encoding="utf-8")
        part.replace(_note(path))
    finally:
        part.unlink(missing_ok=True)
    return Fetched(url, path, kept.stamp, kept.content_type)


def _kept(url: str, cache: Path) -> _Kept | None:
    """The note on an earlier fetch, if the file beside it is the one it speaks of."""
    path = _place(url, cache)
    try:
        kept = _Kept(**json.loads(_note(path).read_text(encoding="utf-8")))
        whole = hashlib.sha256(path.read_bytes()).hexdigest() == kept.stamp and kept.url == url
    except (OSError, ValueError, TypeError):
        return None  # fetched anew, which mends it
    return kept if whole else None


def _place(url: str, cache: Path) -> Path:
    return cache / hashlib.sha256(url.encode()).hexdigest()[:32]


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _local(url: str, path: Path) -> Fetched:
    try:
        if path.stat().st_size > LARGEST_PAGE:
            raise SourceError(f"{url!r} er større enn {LARGEST_PAGE} byte og ble ikke lest. Del filen opp.")
        return Fetched(url, path, hashlib.sha256(path.read_bytes()).hexdigest(), "")
    except OSError as error:
        raise SourceError(f"{url!r} kan ikke leses ({error.strerror}). Sjekk stien.") from error


def _cure(status: int) -> str:
    if status in (401, 403, 407):
        return "Siden krever innlogging eller slipper ikke oss inn; hent den selv, og bruk path i manifestet."
    if status in (404, 410):
        return "Siden finnes ikke lenger; rett adressen i manifestet."
    return "Prøv «navkb sync» igjen senere."


def _reason(error: Exception) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return "tidsavbrudd"
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    if isinstance(error, httpx.TooManyRedirects):
        return f"mer enn {MOST_REDIRECTS} omdirigeringer"
    if isinstance(error, httpx.InvalidURL):
        return "ikke en gyldig adresse"
    return "ingen forbindelse, eller brutt underveis"
