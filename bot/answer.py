"""The path of a question, start to end: guard → follow-up and language → search → confident enough? → compose → verify → Answer.

Chat, command line and evals all go through `ask`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from bot import guard
from bot.compose import compose, escape, link_of
from bot.dates import asked_date
from bot.followup import Resolved, asked_language, resolve
from bot.history import out_of_time
from bot.language import language_of
from bot.phrases import PHRASES
from bot.smalltalk import reply_to
from bot.verify import problems
from kb.errors import ModelError, UsageError
from kb.index import Index
from kb.search import Found, search
from kb.types import Answer, Kind, Turn

if TYPE_CHECKING:
    from bot.model import LanguageModel
    from bot.model_answer import Written

LONGEST_QUESTION = 2_000
"""Characters; a question longer than a page is a case file, and case files do not belong here."""
MIN_CONFIDENCE = 0.4
"""Below this probability that the hits answer the question, the bot refuses: of the dev questions in scope half as many are
refused as at 0.5, and of those out of scope as many (docs/evals.md)."""
SURE = 0.8
"""Below this the answer begins by saying that it may miss the point."""
HITS = 10
NEAREST_SHOWN = 3
MODEL = "extractive"
_CHAPTER_FIVE = re.compile(r"\b(kapittel|kapitlet|kap\.?)\s*(5|fem)\b")


def ask(
    index: Index,
    question: str,
    today: date,
    turns: Sequence[Turn] = (),
    model: LanguageModel | None = None,
    *,
    require_model: bool = False,
    on_draft: Callable[[str], None] = lambda text: None,
) -> Answer:
    """Answer a question from the index as of `today`, or say that the sources do not cover it.

    `turns` are the earlier lines of the conversation. With a `model` a line that leans on them is put in words that
    stand alone by it, and the short answer is written by it from the passages found, and verified; `on_draft` gets its
    text before that. When it fails, the extractive answer is given and says so, or with `require_model` the
    `ModelError` is raised. Raises `UsageError` for an empty or
    overlong question and for one that holds an identity number; other personal data is taken out, with a warning.
    """
    started = perf_counter()
    authors = index.authors
    seen = guard.findings(checked(question), authors)
    question = guard.mask(question.strip(), authors)
    turns = [Turn(turn.role, guard.mask(turn.text, authors)) for turn in turns]
    resolved = resolve(index, question, turns)
    language = _language(question, resolved)
    warnings = [*filter(None, [guard.warning(seen, language)])]
    if reply := reply_to(question, language):
        return Answer(question, language, reply, False, warnings=tuple(warnings), model=MODEL, ms=_ms_since(started))
    if model is not None and resolved.leans:
        from bot.standalone import stand_alone

        resolved = stand_alone(model, resolved, language, authors)
    found = search(index, guard.unmarked(resolved.query), HITS)
    if not is_confident(found):
        refusal = _refuse(question, language, found, started)
        return replace(refusal, warnings=(*warnings, *refusal.warnings))
    written, failed = None, ""
    if model is not None:
        try:
            left = model.within(model.seconds - _ms_since(started) / 1000)
            written = _write(left, index, resolved.question, found, language, on_draft)
        except ModelError as error:
            if require_model:
                raise
            failed = PHRASES[language]["model_failed"].format(why=error)
    asked = asked_date(question, today) or today
    draft = compose(index, resolved.question, found, language, asked, written)
    lines = _before(question, resolved, found, language)
    text = "\n".join([*lines, draft.text])
    if wrong := problems(text, draft.citations):
        raise AssertionError(f"the answer does not hold: {'; '.join(wrong)}")
    if written and written.removed:
        warnings.append(PHRASES[language]["claims_removed"].format(n=written.removed))
    warnings += [*filter(None, [failed]), *_warnings(index, found, language)]
    warnings += out_of_time(index, draft.citations, asked, language)
    return Answer(
        question=question,
        language=language,
        text=text,
        refused=False,
        citations=tuple(draft.citations),
        hits=found.hits,
        warnings=tuple(warnings),
        model=written.model if written else MODEL,
        ms=_ms_since(started),
    )


def _language(question: str, resolved: Resolved) -> str:
    """The language to answer in: the one asked for, else that of the question with what it leans on."""
    if wanted := asked_language(question):
        return wanted
    return language_of(question if not resolved.leans else f"{question} {resolved.question}")


def _write(
    model: LanguageModel,
    index: Index,
    question: str,
    found: Found,
    language: str,
    on_draft: Callable[[str], None],
) -> Written:
    """The model's short answer from what would be quoted without it, and the rest of what was found."""
    from bot.model_answer import write

    quoted = compose(index, question, found, language, date.max).citations
    passages = {c.passage.id: c.passage for c in quoted} | {hit.passage.id: hit.passage for hit in found.hits}
    return write(model, index, question, list(passages.values()), language, on_draft)


def _before(question: str, resolved: Resolved, found: Found, language: str) -> list[str]:
    """What is said before the answer: how a follow-up was understood, and that we are not sure."""
    words = PHRASES[language]
    lines = []
    if resolved.leans and resolved.question != question:
        lines += [f"*{words['understood']}: {escape(resolved.question)}*", ""]
    if found.confidence < SURE:
        lines += [words["unsure"], ""]
    if _CHAPTER_FIVE.search(question.lower()) and not found.references:
        lines += [words["chapter_five"], ""]
    return lines


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
