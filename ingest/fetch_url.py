"""Fetching one address over HTTP or from disk: only if it is newer, all of it or nothing, and never from the inside.

The door to httpx: the client every request goes through, and what its errors are called.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from ingest import hosts
from kb.errors import SourceError

if TYPE_CHECKING:
    import httpx

REACH_SECONDS = 2.5
"""How long to wait for a server to answer at all before going on without it."""
STILL_SECONDS = 15.0
"""How long the transfer of a page may stand still."""
PAGE_SECONDS = 120.0
"""How long one `url =` source may take in all: the largest page at 3.5 Mbit/s."""
LARGEST_PAGE = 50_000_000
"""Bytes of one `url =` source; a long report with pictures as PDF is about half of it."""
MOST_REDIRECTS = 3
"""http → https → www → the page's new address; more is a loop or a login."""

_HEADERS = {"user-agent": "navkb", "accept-encoding": "identity"}
"""No compression: sizes mean what they say, parts can be continued, and nothing swells when it is unpacked."""
_WEB = ("http", "https")


def web_client(still_seconds: float, *, follow: bool = False) -> httpx.Client:
    """A client that gives up when nothing comes for `still_seconds`; `follow` lets the server redirect anywhere."""
    import httpx

    timeout = httpx.Timeout(still_seconds, connect=REACH_SECONDS)
    return httpx.Client(
        verify=_certificates(),
        headers=_HEADERS,
        timeout=timeout,
        follow_redirects=follow,
        max_redirects=MOST_REDIRECTS,
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

    try:
        cache.mkdir(parents=True, exist_ok=True)
        with web_client(STILL_SECONDS) as client:
            return _follow(client, url, cache)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(
            f"{url!r} kunne ikke hentes ({reason(error)}). Sjekk adressen, eller prøv «navkb sync» igjen."
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


def reason(error: Exception) -> str:
    """Why a request failed, in a few words of Norwegian."""
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
