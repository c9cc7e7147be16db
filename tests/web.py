"""A web site on this machine: what each path answers is up to the test, and what was asked is kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Web(ThreadingHTTPServer):
    """A web site on this machine: what each path answers, and what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def serve(self, path: str, body: bytes | str, kind: str = "text/html; charset=utf-8", etag: str = "") -> str:
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: Handler) -> None:
            if etag and handler.headers.get("If-None-Match") == etag:
                handler.say(304, {"ETag": etag})
            else:
                handler.say(200, {"Content-Type": kind, **({"ETag": etag} if etag else {})}, data)

        self.answers[path] = answer
        return self.url(path)

    def refuse(self, path: str, status: int, **headers: str) -> str:
        self.answers[path] = lambda handler: handler.say(status, headers, b"")
        return self.url(path)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    """One request; `say` answers it, `break_off` cuts the connection."""

    server: Web

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.server.answers[self.path](self)

    def say(self, status: int, headers: dict[str, str], body: bytes = b"", length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def break_off(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Web]:
    """A site that is up as long as the block runs."""
    site = Web()
    threading.Thread(target=partial(site.serve_forever, poll_interval=0.01), daemon=True).start()
    yield site
    site.over.set()
    site.shutdown()
    site.server_close()
