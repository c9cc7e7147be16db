"""The border of the API: this machine's own requests only, small bodies, and every error as a problem document.

The server listens on 127.0.0.1 without login, so a page in the user's browser must not reach it: neither by a
request from another origin, nor by a name of its own that it lets point at this machine (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.failures import logged

MOST_BYTES = 64 * 1024
"""Of a body: a question and ten turns of 2,000 characters, in two bytes each, fit in; a case file does not."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error the API answers with: the end of its type, its title, and what is said when nothing more is known."""

    status: int
    kind: str
    title: str
    detail: str

    def document(self, detail: str = "") -> dict[str, str | int]:
        """The problem document."""
        said = detail or self.detail
        return {"type": f"urn:navkb:{self.kind}", "title": self.title, "status": self.status, "detail": said}


PROBLEMS = {
    listed.status: listed
    for listed in (
        Problem(400, "uleselig", "Uleselig forespørsel", "Forespørselen er ikke gyldig JSON i UTF-8."),
        Problem(403, "fremmed", "Fremmed avsender", "navkb svarer bare programmer på denne maskinen, ikke nettsider."),
        Problem(404, "finnes-ikke", "Finnes ikke", "Adressen finnes ikke. Se /api/openapi.json."),
        Problem(405, "feil-metode", "Feil metode", "Adressen svarer på en annen metode. Se /api/openapi.json."),
        Problem(413, "for-stor", "For stor forespørsel", f"Forespørselen er større enn {MOST_BYTES // 1024} kB."),
        Problem(415, "feil-innholdstype", "Feil innholdstype", "Send JSON med «content-type: application/json»."),
        Problem(422, "ugyldig", "Ugyldig forespørsel", "Forespørselen kan ikke besvares slik den er."),
        Problem(500, "feil", "Uventet feil", "Noe gikk galt, og du fikk ikke noe svar."),
        Problem(503, "ingen-indeks", "Ingen indeks", "Det finnes ingen indeks å svare fra. Kjør «navkb sync»."),
    )
}
_NETLOC = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?")
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class ProblemResponse(JSONResponse):
    """An error as RFC 9457 has it."""

    media_type = "application/problem+json"


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> ProblemResponse:
    """The answer to a request that gets none; `detail` is a Norwegian sentence that says what to do."""
    return ProblemResponse(PROBLEMS[status].document(detail), status, headers)


def is_this_machine(host: str) -> bool:
    """Whether a host, without port and brackets, is one of the names and addresses of this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_addressed_here(scope: Message) -> bool:
    """Whether a request or a socket was sent to this machine by name, not by a name somebody lets point at it."""
    hosts = Headers(scope=scope).getlist("host")
    return len(hosts) == 1 and is_this_machine(_host_of(hosts[0]))


def is_own(scope: Message) -> bool:
    """Whether a request or a socket was sent to this machine by name and comes from no other web page."""
    if not is_addressed_here(scope):
        return False
    headers = Headers(scope=scope)
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    return all(origin in (f"http://{hosts[0]}", f"https://{hosts[0]}") for origin in origins)


def _host_of(netloc: str) -> str:
    """`127.0.0.1:8000` → `127.0.0.1`, `[::1]:8000` → `::1`; empty for what is no host and port."""
    match = _NETLOC.fullmatch(netloc.lower())
    return (match[1] or match[2]) if match else ""


class Border:
    """ASGI middleware: refuses what may not come in, caps the body while it is read, and lets no error out raw."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, size = False, 0

        async def capped() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MOST_BYTES:
                raise HTTPException(413)
            return message

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        if not is_own(scope):
            await problem(403)(scope, receive, marked)
            return
        try:
            await self._app(scope, capped, marked)
        except Exception as error:  # noqa: BLE001 – an entry point; the log gets the facts, the caller an id
            number = logged(error)
            if started:
                raise RuntimeError(f"failure {number} after the response had begun") from None
            await problem(500, f"{PROBLEMS[500].detail} Oppgi nummeret {number} til den som drifter navkb.")(
                scope, receive, marked
            )
