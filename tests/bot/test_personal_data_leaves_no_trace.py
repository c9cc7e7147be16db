"""What the guard stops is nowhere afterwards: not in logs, not in the data folder, not in anything that was printed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from conftest import TODAY
from fakes import HashingEncoder
from fastapi import FastAPI
from scripted_model import ScriptedModel, says
from starlette.testclient import TestClient
from test_command_line import navkb

from bot.answer import ask
from bot.api import add_api
from bot.knowledge import Knowledge
from bot.model import LanguageModel
from kb.errors import UsageError
from kb.index import open_index
from kb.types import Turn

NUMBER = "13876698743"
"""Synthetic: nobody has it."""
WRITTEN = (NUMBER, "138766 98743", "13.87.66-98743", "138766\u00a098743", "１３８７６６９８７４３")
KAKE = "gjelder {}, hun fikk ikke fredagskaffe, hva har hun krav på?"


def by_command_line(question: str, data: Path) -> str:
    """What a question leaves on the terminal, asked alone, from a file and as an earlier turn."""
    lines = f"{question}\n{json.dumps({'turns': [question, 'og hvor lenge?']})}\n"
    with mock.patch("navkb.encoder_of", return_value=HashingEncoder()):
        done = [
            navkb("ask", question, data=data),
            navkb("ask", "--json", *question.split(), data=data),
            navkb("search", question, data=data),
            navkb("ask", "--questions", "-", data=data, stdin=lines),
        ]
    assert [command.returncode for command in done] == [2, 2, 2, 0]
    assert "inneholder et fødselsnummer" in done[0].stderr
    assert json.loads(done[-1].stdout.splitlines()[0])["refused"]
    return "".join(command.stdout + command.stderr for command in done)


def by_function(question: str, data: Path) -> str:
    """What `ask` says of it, as the question and as the turn before."""
    index = open_index(data, HashingEncoder())
    with pytest.raises(UsageError, match="fødselsnummer") as stopped:
        ask(index, question, TODAY)
    index.close()
    return str(stopped.value)


def by_api(question: str, data: Path) -> str:
    """What the API answers to it."""
    app = FastAPI(openapi_url=None)
    add_api(app, Knowledge(data, HashingEncoder()), lambda: TODAY)
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    answers = [
        client.post("/api/ask", json={"question": question}),
        client.post("/api/ask", json={"question": "og hvor lenge?", "turns": [question]}),
        client.post("/api/search", json={"question": question}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    return "".join(answer.text + str(answer.headers) for answer in answers)


@pytest.mark.parametrize("asked", [by_command_line, by_function, by_api])
def test_a_stopped_number_is_nowhere(
    asked: Callable[[str, Path], str],
    cake_data: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    said = "".join(asked(KAKE.format(written), cake_data) for written in WRITTEN)
    files = [path for path in cake_data.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite" for path in files)
    kept = b"".join(path.read_bytes() for path in files)
    output = capfd.readouterr()
    for written in (*WRITTEN, NUMBER[6:]):
        assert written.encode() not in kept
        assert written not in said + caplog.text + output.out + output.err


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("before", [True, False])
def test_a_language_model_is_not_asked_with_a_stopped_number(cake_data: Path, written: str, before: bool) -> None:
    index = open_index(cake_data, HashingEncoder())
    with ScriptedModel(says("Kake."), says("Kake.")) as server:  # a follow-up is put in words first
        model = LanguageModel(server.url, "skriptet", "", 30)
        asked = "og hvor lenge?" if before else KAKE.format(written)
        turns = [Turn("user", KAKE.format(written))] if before else []
        try:
            ask(index, asked, TODAY, turns, model=model)
        except UsageError:
            assert not before
        sent = json.dumps(server.requests, ensure_ascii=False)
        assert len(server.requests) == 2 * before
    index.close()
    assert written not in sent
    assert NUMBER[6:] not in sent


def test_a_language_model_gets_the_masked_question(cake_data: Path) -> None:
    said = ("kari@eksempel.no", "412 34 567", "Kari Brunstad")
    index = open_index(cake_data, HashingEncoder())
    with ScriptedModel(says("Kake.")) as server:
        question = KAKE.format(f"{said[2]} på {said[0]}, tlf {said[1]}")
        ask(index, question, TODAY, model=LanguageModel(server.url, "skriptet", "", 2))
        sent = json.dumps(server.requests, ensure_ascii=False)
    index.close()
    assert "hva har hun krav på" in sent
    assert "telefonnummer fjernet" in sent
    for personal in said:
        assert personal not in sent


def test_what_would_be_a_trace_is_seen(cake_data: Path) -> None:
    """The search of the folder above finds what does stand in it."""
    index = open_index(cake_data, HashingEncoder())
    words = next(iter(index.store.sources().values())).title
    index.close()
    assert any(words.encode() in path.read_bytes() for path in cake_data.rglob("*") if path.is_file())


def test_an_ordinary_question_gets_its_answer_by_the_same_ways(cake_data: Path) -> None:
    index = open_index(cake_data, HashingEncoder())
    assert not ask(index, KAKE.format("henne"), TODAY, [Turn("user", "hei")]).refused
    index.close()
