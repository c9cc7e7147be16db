"""The HTTP API: the command line's JSON, errors as problem documents, and nobody let in but this machine."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from conftest import TODAY
from fakes import HashingEncoder
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.openapi import from_asgi
from starlette.testclient import TestClient
from test_command_line import navkb

from bot.api import add_api
from bot.border import MOST_BYTES, PROBLEMS
from bot.knowledge import Knowledge
from bot.schema import AnswerBody, SearchBody, SourceBody
from kb.index import Index

HERE = "http://127.0.0.1:8000"
KAKE = "hun fikk ikke fredagskaffe, hva har hun krav på?"
NUMBER = "13876698743"


def app_over(knowledge: Knowledge) -> FastAPI:
    """An application with the API in it, and without the chat."""
    app = FastAPI(openapi_url=None)
    add_api(app, knowledge, lambda: TODAY)
    return app


@pytest.fixture(scope="module")
def app(cake_data: Path) -> FastAPI:
    return app_over(Knowledge(cake_data, HashingEncoder()))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=HERE)


def from_command_line(*arguments: str, data: Path) -> Any:
    with mock.patch("navkb.encoder_of", return_value=HashingEncoder()):
        done = navkb(*arguments, data=data, NAVKB_TODAY=TODAY.isoformat())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "ms": 0}


@pytest.mark.parametrize("question", [KAKE, "kakeloven § 2", "Hvordan blir været i Oslo i morgen?"])
def test_ask_is_what_the_command_line_says(client: TestClient, cake_data: Path, question: str) -> None:
    got = client.post("/api/ask", json={"question": question})
    assert got.status_code == 200
    assert got.headers["cache-control"] == "no-store"
    assert without_time(got.json()) == without_time(from_command_line("ask", "--json", question, data=cake_data))
    AnswerBody.model_validate(got.json())


def test_turns_and_date_are_what_a_question_file_gives(client: TestClient, cake_data: Path, tmp_path: Path) -> None:
    line = {"turns": [KAKE, "og når da?"], "per": "2030-02-03"}
    file = tmp_path / "spørsmål.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    got = client.post("/api/ask", json={"question": "og når da?", "turns": [KAKE], "per": "2030-02-03"}).json()
    assert without_time(got) == without_time(from_command_line("ask", "--questions", str(file), data=cake_data))
    assert "2030" in got["text"]


def test_personal_data_is_taken_out_as_on_the_command_line(client: TestClient, cake_data: Path) -> None:
    told = "kari@eksempel.no fikk ikke fredagskaffe, hva har hun krav på?"
    answer = client.post("/api/ask", json={"question": told}).json()
    assert answer["question"] == "[e-post fjernet] fikk ikke fredagskaffe, hva har hun krav på?"
    assert "e-post" in answer["warnings"][0]
    assert without_time(answer) == without_time(from_command_line("ask", "--json", told, data=cake_data))
    hits = client.post("/api/search", json={"question": told}).json()
    assert without_time(hits) == without_time(from_command_line("search", "--json", told, data=cake_data))


def test_search_and_sources_are_what_the_command_line_says(client: TestClient, cake_data: Path) -> None:
    got = client.post("/api/search", json={"question": KAKE, "k": 2}).json()
    assert without_time(got) == without_time(from_command_line("search", "--json", "-k", "2", KAKE, data=cake_data))
    assert len(SearchBody.model_validate(got).hits) == 2
    listed = client.get("/api/sources").json()
    assert listed == from_command_line("sources", "--json", data=cake_data)
    assert "lov/2020-01-02-3" in {SourceBody.model_validate(source).id for source in listed}


JSON = {"content-type": "application/json"}
REFUSED = [
    ("POST", "/api/ask", JSON, b'{"question": ', 400, "gyldig JSON"),
    ("POST", "/api/ask", JSON, b'{"question": "\xff"}', 400, "gyldig JSON"),
    ("POST", "/api/ask", JSON, b"[" * 20_000, 400, "gyldig JSON"),
    ("POST", "/api/ask", JSON, b"[]", 422, "JSON-objekt"),
    ("POST", "/api/ask", JSON, b"", 422, "JSON-objekt"),
    ("POST", "/api/ask", JSON, b"{}", 422, "«question» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "  \\n"}', 422, "«question» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "\\u001f \\u0085"}', 422, "«question» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "\\ud800"}', 422, "«question» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "%s"}' % (b"a" * 2_001), 422, "1–2000 tegn"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "turns": ["kake", 1]}', 422, "«turns» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "turns": null}', 422, "«turns» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "per": "20261121"}', 422, "«per» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "per": "2026-02-30"}', 422, "«per» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "per": 0}', 422, "«per» skal være"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "svar": 1}', 422, "ikke er kjent"),
    ("POST", "/api/ask", JSON, b'{"question": "gjelder 13876698743"}', 422, "fødselsnummer"),
    ("POST", "/api/ask", JSON, b'{"question": "kake", "turns": ["gjelder 13876698743"]}', 422, "fødselsnummer"),
    ("POST", "/api/search", JSON, b'{"question": "gjelder 13876698743"}', 422, "fødselsnummer"),
    *(
        ("POST", "/api/search", JSON, b'{"question": "kake", "k": %s}' % k, 422, "«k» skal være")
        for k in (b"0", b"101", b"1.5", b"true", b'"5"', b"null", b"1e999")
    ),
    ("POST", "/api/ask", {"content-type": "text/plain"}, b'{"question": "kake"}', 415, "application/json"),
    ("POST", "/api/ask", {"content-type": "application/x+json"}, b'{"question": "kake"}', 415, "application/json"),
    ("POST", "/api/ask", {}, b'{"question": "kake"}', 415, "application/json"),
    ("POST", "/api/ask", JSON, b" " * (MOST_BYTES + 1), 413, "64 kB"),
    ("GET", "/api/ask", {}, b"", 405, "annen metode"),
    ("OPTIONS", "/api/ask", {"access-control-request-method": "POST"}, b"", 405, "annen metode"),
    ("DELETE", "/api/sources", {}, b"", 405, "annen metode"),
    ("GET", "/api", {}, b"", 404, "finnes ikke"),
    ("GET", "/api/", {}, b"", 404, "finnes ikke"),
    ("POST", "/api/ask/", JSON, b'{"question": "kake"}', 404, "finnes ikke"),
    ("GET", "/api/docs", {}, b"", 404, "finnes ikke"),
]


@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "says"), REFUSED)
def test_what_cannot_be_answered_is_told_as_a_problem(
    client: TestClient, method: str, path: str, headers: dict[str, str], body: bytes, status: int, says: str
) -> None:
    got = client.request(method, path, headers=headers, content=body)
    told = got.json()
    assert (got.status_code, told["status"]) == (status, status)
    assert got.headers["content-type"] == "application/problem+json"
    assert got.headers["cache-control"] == "no-store"
    assert says in told["detail"]
    assert told["type"] == PROBLEMS[status].document()["type"]
    assert "access-control-allow-origin" not in got.headers


def test_a_body_without_length_is_cut_off_while_it_is_read(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b" " * 1_000

    assert client.post("/api/ask", headers=JSON, content=endless()).status_code == 413
    got = client.post("/api/ask", headers=JSON, content=iter([b'{"question":', b'"kake"}']))
    assert got.status_code == 200


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({}, True),
        ({"host": "localhost:8000"}, True),
        ({"host": "[::1]:8000"}, True),
        ({"host": "127.0.0.1:8000", "origin": HERE}, True),
        ({"host": "127.0.0.1:8000", "sec-fetch-site": "same-origin"}, True),
        ({"host": "ond.example"}, False),
        ({"host": "127.0.0.1.ond.example:8000"}, False),
        ({"host": "ond@127.0.0.1:8000"}, False),
        ({"host": "[::1"}, False),
        ({"host": ""}, False),
        ({"host": "10.0.0.1"}, False),
        ({"origin": "https://ond.example"}, False),
        ({"origin": "http://127.0.0.1:3000"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
@pytest.mark.parametrize("path", ["/api/sources", "/api/openapi.json"])
def test_only_this_machine_s_own_requests_come_in(
    client: TestClient, path: str, headers: dict[str, str], let_in: bool
) -> None:
    got = client.get(path, headers=headers)
    assert got.status_code == (200 if let_in else 403)
    assert got.headers["cross-origin-resource-policy"] == "same-origin"


def test_without_an_index_the_cure_is_named(tmp_path: Path) -> None:
    client = TestClient(app_over(Knowledge(tmp_path, HashingEncoder())), base_url=HERE)
    for got in (client.get("/api/sources"), client.post("/api/ask", json={"question": "kake"})):
        assert got.status_code == 503
        assert "Kjør «navkb sync»" in got.json()["detail"]
    assert client.post("/api/ask", json={"question": NUMBER}).status_code == 422, "the guard comes before the index"


class Broken(Knowledge):
    """Fails the way a library might: with what it was given in its message."""

    def index(self) -> Index:
        raise RuntimeError(f"cannot bind {KAKE!r}") from ValueError(KAKE)


def test_an_unexpected_error_gives_an_id_and_logs_facts_without_the_question(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(app_over(Broken(tmp_path, HashingEncoder())), base_url=HERE)
    got = client.post("/api/ask", json={"question": KAKE})
    assert got.status_code == 500
    (record,) = [record for record in caplog.records if record.name == "bot.failures"]
    number = record.getMessage().split()[1].rstrip(":")
    assert number in got.json()["detail"]
    assert "RuntimeError" in record.getMessage()
    assert "test_api.py" in record.getMessage()
    assert KAKE not in caplog.text + got.text


def test_nothing_of_a_question_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for question in (KAKE, f"gjelder {NUMBER}"):
            client.post("/api/ask", json={"question": question, "turns": [question]})
            client.post("/api/search", json={"question": question, "hemmelig": question})
    assert "fredagskaffe" not in caplog.text
    assert NUMBER not in caplog.text


@pytest.fixture(scope="module")
def described(app: FastAPI) -> Any:
    thorough = os.environ.get("CI") == "true"
    generation = {"max-examples": 100 if thorough else 3, "deterministic": not thorough, "database": "none"}
    config = SchemathesisConfig.from_dict({"headers": {"host": "127.0.0.1"}, "generation": generation})
    return from_asgi("/api/openapi.json", app, config=config, headers={"host": "127.0.0.1"})


def test_the_openapi_document_is_valid_and_complete(client: TestClient, described: Any) -> None:
    described.validate()
    document = client.get("/api/openapi.json").json()
    assert document["servers"] == [{"url": "/api"}]
    assert set(document["paths"]) == {"/ask", "/search", "/sources"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
            for status, response in operation["responses"].items():
                wanted = "application/json" if status == "200" else "application/problem+json"
                assert list(response["content"]) == [wanted], (path, status)
    models = document["components"]["schemas"]
    assert "HTTPValidationError" not in models
    for name, model in models.items():
        assert "title" in model, name
        assert all("description" in p or "$ref" in p for p in model.get("properties", {}).values()), name


def test_whatever_is_sent_the_responses_are_as_described(described: Any) -> None:
    """Schemathesis' examples, borders and random requests, valid and not: no 5xx, and nothing the document does not say."""
    wrong, sent = [], 0
    for event in from_schema(described).execute():
        if isinstance(event, FatalError):
            raise event.exception
        if isinstance(event, NonFatalError):
            wrong.append(str(event.value))
        if isinstance(event, ScenarioFinished):
            sent += len(event.recorder.cases)
            wrong += [
                f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info
            ]
    assert not wrong, "\n\n".join(wrong)
    assert sent > 60, "too few requests to say anything"
