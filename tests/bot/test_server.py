"""The server's own border: only this machine's pages come in, and readiness says what is missing."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.server import OwnPageOnly

HERE = "http://127.0.0.1:8000"
PAGE = '<html lang="en"><link href="https://fonts.example/x.css"><p>Hei</p></html>'


async def _page(request: object) -> HTMLResponse:
    return HTMLResponse(PAGE)


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hei")
    await socket.close()


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = Starlette(routes=[Route("/", _page), WebSocketRoute("/ws", _socket)])
    return TestClient(OwnPageOnly(app), base_url=HERE)


def test_a_page_comes_without_links_to_other_hosts(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "fonts.example" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["nav.example", "127.0.0.1.example:8000", "10.0.0.7:8000", ""])
def test_a_name_that_points_here_gets_nothing(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert "Hei" not in answer.text


@pytest.mark.parametrize("origin", [HERE, None])
def test_our_own_page_may_open_a_socket(client: TestClient, origin: str | None) -> None:
    with client.websocket_connect("ws://127.0.0.1:8000/ws", headers={"origin": origin} if origin else {}) as socket:
        assert socket.receive_text() == "hei"


@pytest.mark.parametrize(
    "headers", [{"origin": "https://ond.example"}, {"host": "ond.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_another_page_may_not(client: TestClient, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://127.0.0.1:8000/ws", headers=headers):
        pass
