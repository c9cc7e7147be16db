"""A scripted language model: an OpenAI-compatible server on this machine that says, in turn, what a test tells it to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any

Reply = Callable[["Handler"], None]


class ScriptedModel:
    """Serves one reply per request; `requests` keeps what it was asked. One request too many fails the test."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.too_many = 0
        self.stopped = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.script = self  # type: ignore[attr-defined]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ScriptedModel:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self.too_many and error is None:
            raise AssertionError(f"the model was asked {self.too_many} times more than the script allows")


class Handler(BaseHTTPRequestHandler):
    """One request, answered by the next reply of the script."""

    def do_POST(self) -> None:
        script: ScriptedModel = self.server.script  # type: ignore[attr-defined]
        script.requests.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        script.headers.append(dict(self.headers))
        if not script.replies:
            script.too_many += 1
            return self.send_whole(500, b"{}")
        try:
            return script.replies.pop(0)(self)
        except ConnectionError:
            return None  # the caller's deadline came first

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def send_whole(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()

    def send_raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def send_text(self, text: str, end: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": end}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.send_raw(f"data: {json.dumps(chunk)}\n\n".encode())

    def wait(self, seconds: float | None = None) -> bool:
        """Hold the line until the test is over, or for `seconds`; True when it is over."""
        return self.server.script.stopped.wait(seconds)  # type: ignore[attr-defined, no-any-return]


def _pieces(text: str) -> Iterator[str]:
    yield from (text[at : at + 40] for at in range(0, len(text), 40))


def says(text: str, end: str | None = "stop") -> Reply:
    """The whole text in pieces, and the end that a server gives as its reason."""

    def reply(to: Handler) -> None:
        to.begin_stream()
        for piece in _pieces(text):
            to.send_text(piece)
        if end:
            to.send_text("", end)
            to.send_raw(b"data: [DONE]\n\n")

    return reply


def answers_status(code: int, body: bytes = b'{"error": {"message": "no"}}', **headers: str) -> Reply:
    return lambda to: to.send_whole(code, body, **headers)


def stalls(text: str = "") -> Reply:
    """Begins, perhaps with some text, and then says nothing more."""

    def reply(to: Handler) -> None:
        to.begin_stream()
        if text:
            to.send_text(text)
        to.wait()

    return reply


def never_answers(to: Handler) -> None:
    """Takes the request and sends not even a header."""
    to.wait()


def drips(data: bytes | None = None) -> Reply:
    """One token at a time, or one piece of `data`, always in time for a reader that only waits for the next byte."""

    def reply(to: Handler) -> None:
        to.begin_stream()
        while not to.wait(0.02):
            to.send_raw(data) if data else to.send_text("a ")

    return reply


def breaks_off(text: str) -> Reply:
    """Closes the connection in the middle of a chunk it has announced."""

    def reply(to: Handler) -> None:
        to.protocol_version = "HTTP/1.1"
        to.send_response(200)
        to.send_header("content-type", "text/event-stream")
        to.send_header("transfer-encoding", "chunked")
        to.end_headers()
        event = json.dumps({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
        data = f"data: {event}\n\n".encode()
        to.send_raw(f"{len(data):x}\r\n".encode() + data + b"\r\nff\r\nda")
        to.close_connection = True

    return reply


def streams(lines: Sequence[bytes]) -> Reply:
    """Events word for word."""

    def reply(to: Handler) -> None:
        to.begin_stream()
        for line in lines:
            to.send_raw(line)

    return reply
