"""A model as judge: real calls over HTTP, verdicts counted only where one was given, a model that is gone said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TODAY
from scripted_model import Handler, Reply, ScriptedModel, answers_status, stalls

from bot.answer import ask
from bot.model import LanguageModel
from evals.judge import run_judge
from kb.errors import ModelError
from kb.index import Index

QUESTION = {
    "id": "k1",
    "kind": "everyday",
    "question": "hvem har rett til kake på fødselsdagen?",
    "gold": ["lov/2020-01-02-3/§2"],
    "facts": ["én gang|1 gang"],
    "split": "dev",
}


def _whole(text: str) -> Reply:
    """A chat completion in one piece, as an evaluator asks for it."""

    def reply(to: Handler) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        to.send_whole(200, json.dumps(body).encode())

    return reply


def _judged(index: Index, folder: Path, *replies: Reply, n: int = 1, seconds: float = 60) -> list[str]:
    lines = [json.dumps({**QUESTION, "id": f"k{i}"}, ensure_ascii=False) for i in range(n)]
    (folder / "q.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with ScriptedModel(*replies) as server:
        model = LanguageModel(server.url, "dommeren", "", seconds)
        assert run_judge(lambda q: ask(index, q, TODAY), model, folder, "all", 0, as_json=True) == 0
        return [str(request["messages"]) for request in server.requests]


def test_a_verdict_of_each_kind(cake_index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    requests = _judged(cake_index, tmp_path, _whole("YES"), _whole("NO"), _whole("4\nRiktig."))
    figures = json.loads(capsys.readouterr().out)
    assert (figures["faithful"], figures["relevant"], figures["correct"]) == (1, 0, 4)
    assert all("veileder" in request and "please" not in request.lower() for request in requests)
    assert "én gang eller 1 gang" in requests[2]


def test_what_is_no_verdict_is_not_counted(
    cake_index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replies = [_whole("Kanskje"), answers_status(500), _whole("Bra svar"), _whole("YES"), stalls(), _whole("9\nBra.")]
    _judged(cake_index, tmp_path, *replies, n=2, seconds=3)
    figures = json.loads(capsys.readouterr().out)
    assert (figures["faithful"], figures["relevant"], figures["correct"]) == (1, None, None)


def test_a_judge_that_is_gone_ends_the_run(cake_index: Index, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="HTTP 401"):
        _judged(cake_index, tmp_path, *5 * [answers_status(401)], n=3)
