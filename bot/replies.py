"""Replies to other programs: a request to the JSON of its answer, for API and MCP alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from time import perf_counter

from bot import guard
from bot.answer import ask, checked
from bot.knowledge import Knowledge
from bot.provision import provision
from bot.render import Json, answer_json, search_json
from bot.schema import AskRequest, ProvisionRequest, SearchRequest
from kb.index import Index
from kb.search import search
from kb.types import Turn


def answer(knowledge: Knowledge, request: AskRequest, today: date) -> dict[str, Json]:
    """What `navkb ask --json` prints; personal data is taken out of the question first, with a warning.

    Raises `UsageError` for a question that cannot be served.
    """
    question, earlier = checked(request.question), [checked(turn) for turn in request.turns]
    index = knowledge.index()
    authors = _authors(index)
    turns = [Turn("user", guard.mask(turn, authors)) for turn in earlier]
    given = ask(index, guard.mask(question, authors), request.per or today, turns)
    warning = guard.warning(guard.findings(question, authors), given.language)
    return answer_json(replace(given, warnings=(*filter(None, [warning]), *given.warnings)))


def hits(knowledge: Knowledge, request: SearchRequest) -> dict[str, Json]:
    """What `navkb search --json` prints. Raises `UsageError` for a question that cannot be served."""
    question = checked(request.question)
    index, started = knowledge.index(), perf_counter()
    question = guard.mask(question, _authors(index))
    found = search(index, question, request.k).hits
    return search_json(question, found, round((perf_counter() - started) * 1000, 1))


def paragraph(knowledge: Knowledge, request: ProvisionRequest) -> dict[str, Json]:
    """A provision with its ledd and notes. Raises `UsageError` when the reference names none we have."""
    return provision(knowledge.index(), request.reference)


def _authors(index: Index) -> list[str]:
    """Those who wrote the sources; their names are no personal data."""
    return [source.author for source in index.store.sources().values() if source.author]
