"""Replies to other programs: a request to the JSON of its answer, for API and MCP alike."""

from __future__ import annotations

from datetime import date
from time import perf_counter

from bot import guard
from bot.answer import checked
from bot.knowledge import Knowledge
from bot.provision import provision
from bot.render import Json, answer_json, search_json
from bot.schema import AskRequest, ProvisionRequest, SearchRequest
from kb.search import search
from kb.types import Turn


def answer(knowledge: Knowledge, request: AskRequest, today: date) -> dict[str, Json]:
    """What `navkb ask --json` prints. Raises `UsageError` for a question that cannot be served."""
    question = checked(request.question)
    turns = [Turn("user", checked(turn)) for turn in request.turns]
    return answer_json(knowledge.answer(question, request.per or today, turns))


def hits(knowledge: Knowledge, request: SearchRequest) -> dict[str, Json]:
    """What `navkb search --json` prints. Raises `UsageError` for a question that cannot be served."""
    question = checked(request.question)
    index, started = knowledge.index(), perf_counter()
    text = guard.mask(question, index.authors)
    found = search(index, guard.unmarked(text), request.k).hits
    return search_json(text, found, round((perf_counter() - started) * 1000, 1))


def paragraph(knowledge: Knowledge, request: ProvisionRequest) -> dict[str, Json]:
    """A provision with its ledd and notes. Raises `UsageError` when the reference names none we have."""
    return provision(knowledge.index(), request.reference)
