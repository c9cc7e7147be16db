"""The web server: Chainlit inside our own FastAPI app, with a page that asks no other host for anything."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bot.api import add_api
from bot.border import is_addressed_here, is_own, is_this_machine, problem
from bot.knowledge import Knowledge
from kb.errors import IndexMismatch, IndexMissing, SettingsError
from kb.settings import Settings

APP_ROOT = Path(__file__).parent
CHAT = APP_ROOT / "chat.py"

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
    "base-uri 'self'; frame-ancestors 'none'"
)
"""Only this server may be asked for anything; Chainlit's page needs inline scripts."""

COMPRESSED = ("/assets/", "/public/")
"""Paths that hold scripts and styles, never pages."""

_EXTERNAL_LINK = re.compile(rb"<link\b[^>]*https?://[^>]*>", re.IGNORECASE)
_EXTERNAL_META = re.compile(rb"<meta\b[^>]*property=\"og:[^>]*>", re.IGNORECASE)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def serve(settings: Settings, knowledge: Knowledge) -> None:
    """Run the chat until it is stopped. Raises `SettingsError` for an address others can reach."""
    check_host(settings.host)
    app = build_app(knowledge, settings)
    print(f"navkb svarer på http://{settings.host}:{settings.port} – stopp med Ctrl-C.", flush=True)  # noqa: T201
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


def check_host(host: str) -> None:
    """Refuse any address but this machine's own: there is no login yet."""
    if not is_this_machine(host):
        raise SettingsError(
            f"Chatten har ingen innlogging og kan bare lytte på denne maskinen, ikke på {host!r}. Bruk 127.0.0.1."
        )


def build_app(knowledge: Knowledge, settings: Settings) -> FastAPI:
    """The whole web application; importing Chainlit takes seconds, so it happens here."""
    os.environ.setdefault("CHAINLIT_APP_ROOT", str(APP_ROOT))
    from chainlit.utils import mount_chainlit

    from bot import chat

    app = FastAPI(title="navkb", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/isalive")
    def isalive() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/isready")
    def isready() -> JSONResponse:
        try:
            return JSONResponse({"passages": knowledge.index().size})
        except (IndexMissing, IndexMismatch) as error:
            return problem(503, str(error))

    add_api(app, knowledge, lambda: settings.today)
    chat.register(knowledge, lambda: settings.today)
    mount_chainlit(app=app, target=str(CHAT), path="/")
    app.add_middleware(OwnPageOnly)
    return app


class OwnPageOnly:
    """ASGI middleware: strips links to other hosts from HTML pages and forbids the rest by policy.

    A page of another host reaches nothing here, neither by a name it lets point at this machine nor by a socket.
    """

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            if is_own(scope):
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return
        if not is_addressed_here(scope):
            await problem(403)(scope, receive, send)
            return
        if not scope["path"].startswith(COMPRESSED):  # a page must arrive uncompressed to be read here
            scope = {**scope, "headers": [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]}
        start: Message = {}
        body = bytearray()

        async def filtered(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if not headers.get(b"content-type", b"").startswith(b"text/html"):
                    await send(message)
                    return
                start = message
            elif not start:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await _send_page(start, bytes(body), send)

        await self._app(scope, receive, filtered)


async def _send_page(start: Message, page: bytes, send: Send) -> None:
    page = _EXTERNAL_META.sub(b"", _EXTERNAL_LINK.sub(b"", page)).replace(b'<html lang="en">', b'<html lang="nb">')
    kept = [
        (key, value) for key, value in start["headers"] if key not in (b"content-length", b"content-security-policy")
    ]
    added = [
        (b"content-length", str(len(page)).encode()),
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    ]
    await send({**start, "headers": [*kept, *added]})
    await send({"type": "http.response.body", "body": page})
