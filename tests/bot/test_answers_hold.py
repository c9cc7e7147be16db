"""Whatever is asked of the shipped knowledge, in bokmål or nynorsk: markers, quotes, links and headings hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import IN_CI, SHARED, TODAY, needs_shared, only_in_ci

from bot.answer import ask
from bot.followup import leans
from bot.verify import MARKER, problems
from evals.dialogues import read_dialogues, share_reached
from evals.questions import read_questions
from ingest.manifest import SHIPPED
from ingest.sync import sync
from kb.encoder import StaticEncoder
from kb.index import Index, open_index
from kb.types import Answer

pytestmark = needs_shared
EACH = 100 if IN_CI else 15
"""Questions of each language; they are taken evenly from all the notes."""
EVALS = Path(__file__).parent.parent.parent / "evals"
LEAST_REACHED = 0.85
MOST_TAKEN_FOR_FOLLOW_UPS = 0.01
_LINK = re.compile(r"\]\(([^)]*)\)")
_HEADING = re.compile(r"^\*\*[^*]+\*\*$")


@pytest.fixture(scope="module")
def nav(pytestconfig: pytest.Config) -> Iterator[Index]:
    """The shipped corpus with its laws, kept from run to run so that only what has changed is read in again."""
    assert pytestconfig.cache is not None
    data = pytestconfig.cache.mkdir("navkb-nav")
    sync([SHIPPED], data, StaticEncoder(), (SHARED / "lovdata").as_uri(), TODAY)
    index = open_index(data, StaticEncoder())
    yield index
    index.close()


def _questions(index: Index, language: str) -> list[str]:
    """Typical questions of the notes in one language, every so many of them."""
    asked = [
        question
        for source in index.store.sources().values()
        for passage in index.store.source_passages(source.id)[:1]
        for question in passage.section.questions
    ]
    wanted = [
        question
        for question in asked
        if (" ikkje " in f" {question} " or " kva " in f" {question} ") == (language == "nn")
    ]
    return wanted[:: max(1, len(wanted) // EACH)][:EACH]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_answer_holds(nav: Index, language: str) -> None:
    questions = _questions(nav, language)
    assert len(questions) == EACH
    answers = [ask(nav, question, TODAY) for question in questions]
    assert sum(answer.refused for answer in answers) <= EACH // 20
    for answer in answers:
        assert _faults(answer) == [], answer.question


def _faults(answer: Answer) -> list[str]:
    faults = problems(answer.text, answer.citations)
    faults += [f"link {link}" for link in _LINK.findall(answer.text) if urlsplit(link).scheme != "https"]
    faults += [f"link {c.url}" for c in answer.citations if c.url and urlsplit(c.url).scheme != "https"]
    lines = [line for line in answer.text.split("\n") if line.strip()]
    faults += [
        f"empty part {a}"
        for a, b in zip(lines, [*lines[1:], ""], strict=True)
        if _HEADING.match(a) and (not b or _HEADING.match(b))
    ]
    if not answer.refused and not MARKER.search(answer.text):
        faults.append("no marker")
    return faults


@only_in_ci
def test_follow_ups_reach_their_reference(nav: Index) -> None:
    dialogues = read_dialogues(EVALS / "dialogues")
    assert len(dialogues) >= 60
    assert share_reached(nav, dialogues) >= LEAST_REACHED


@only_in_ci
def test_questions_that_say_enough_are_no_follow_ups(nav: Index) -> None:
    """They are full of «han» and «hun»; after any other question each must still be asked as it stands."""
    questions = [question for question in read_questions(EVALS / "questions") if question.gold]
    taken = [question.question for question in questions if leans(nav, question.question)]
    assert len(taken) <= MOST_TAKEN_FOR_FOLLOW_UPS * len(questions), taken
