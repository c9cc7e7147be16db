"""The path of a question, start to end: guard → language → search → confident enough? → compose → verify → Answer.

Chat, command line and evals all go through `ask`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from time import perf_counter

from bot import guard
from bot.compose import compose, escape, link_of
from bot.language import language_of
from bot.phrases import PHRASES
from bot.verify import problems
from kb.errors import UsageError
from kb.index import Index
from kb.search import Found, search
from kb.types import Answer, Kind, Turn

LONGEST_QUESTION = 2_000
"""Characters; a question longer than a page is a case file, and case files do not belong here."""
MIN_CONFIDENCE = 0.4
"""Below this probability that the hits answer the question, the bot refuses (docs/evals.md)."""
HITS = 10
NEAREST_SHOWN = 3
MODEL = "extractive"


def ask(index: Index, question: str, today: date, turns: Sequence[Turn] = ()) -> Answer:
    """Answer a question from the index, or say that the sources do not cover it.

    `turns` are the earlier lines of the conversation. Raises `UsageError` for an empty or overlong
    question and for one that holds an identity number.
    """
    started = perf_counter()
    question = checked(question)
    language = language_of(question)
    found = search(index, stand_alone(question, turns), HITS)
    if not is_confident(found):
        return _refuse(question, language, found, started)
    draft = compose(index, question, found, language, today)
    if wrong := problems(draft.text, draft.citations):
        raise AssertionError(f"the extractive answer does not hold: {'; '.join(wrong)}")
    return Answer(
        question=question,
        language=language,
        text=draft.text,
        refused=False,
        citations=tuple(draft.citations),
        hits=found.hits,
        warnings=tuple(_warnings(index, found, language)),
        model=MODEL,
        ms=_ms_since(started),
    )


def is_confident(found: Found) -> bool:
    """Whether what was found answers the question well enough to be shown as an answer."""
    return bool(found.hits) and found.confidence >= MIN_CONFIDENCE


def checked(question: str) -> str:
    """The question without surrounding space; a `UsageError` for one that cannot be served."""
    question = question.strip()
    if not question:
        raise UsageError(
            "Spørsmålet er tomt. Skriv det du lurer på, for eksempel «bruker har ikke tak over hodet i natt»."
        )
    if len(question) > LONGEST_QUESTION:
        raise UsageError(
            f"Spørsmålet er for langt ({len(question)} tegn, høyst {LONGEST_QUESTION}). Still det kort, uten saksdokumenter."
        )
    if guard.identity_numbers(question):
        raise UsageError(
            "Meldingen inneholder et fødselsnummer eller D-nummer og ble stoppet; ingenting er lagret. "
            "Ta det bort og spør på nytt: spørsmålet trenger det ikke."
        )
    return question


def stand_alone(question: str, turns: Sequence[Turn]) -> str:
    """The question with what it takes from the conversation: a short «og …» follows the one before."""
    asked = [turn.text for turn in turns if turn.role == "user"]
    if (
        asked
        and question.lower().startswith(("og ", "men ", "hva med ", "kva med ", "enn "))
        and len(question.split()) <= FOLLOW_UP_WORDS
    ):
        return f"{asked[-1]} {question}"
    return question


FOLLOW_UP_WORDS = 8
"""A line that begins with «og» and is longer than this says enough by itself."""


def _refuse(question: str, language: str, found: Found, started: float) -> Answer:
    words = PHRASES[language]
    outside = (
        words["ask_outside"].format(topic=found.outside.topic, ask=found.outside.ask)
        if found.outside
        else words["ask_others"]
    )
    lines = [f"{words['refused']} {outside}"]
    if found.hits:
        lines += ["", f"{words['nearest']}:", ""]
        for hit in found.hits[:NEAREST_SHOWN]:
            title = f"{hit.source.names[0] if hit.source.names else hit.source.title}: {hit.passage.section.title or hit.passage.section.locator}"
            link = link_of(hit.passage, hit.source)
            lines.append(f"- [{escape(title)}]({link})" if link else f"- {escape(title)}")
    return Answer(
        question, language, "\n".join(lines), refused=True, hits=found.hits, model=MODEL, ms=_ms_since(started)
    )


def _warnings(index: Index, found: Found, language: str) -> list[str]:
    words = PHRASES[language]
    warnings = []
    if found.hits[0].source.kind is Kind.NOTAT and not index.has_law:
        warnings.append(words["no_law"])
    for reference in found.references:
        if reference.ledd and not any(
            p.ref == str(reference).partition("/bokstav")[0].partition("/nr")[0]
            for p in index.store.section_passages(reference.section_ref)
        ):
            warnings.append(words["missing_place"].format(place=index.law_names.write(str(reference))))
    return warnings


def _ms_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 1)
