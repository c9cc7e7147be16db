"""Stand-alone questions by a language model: a follow-up said whole, in words of the conversation, or left as we resolved it."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot import guard
from bot.claims import without_thoughts
from bot.followup import Resolved
from bot.model import LanguageModel
from bot.prompts import conversation, harmless, stand_alone_instructions
from kb.analysis import terms
from kb.errors import ModelError

SECONDS_SHARE = 0.3
"""Share of the time an answer may wait for the model that goes to rewriting; the rest is for the answer."""
LONGEST = 400
"""Characters; a question that stands alone is a sentence or two."""
FROM_LINES = 0.6
"""Share of the question's words that must stand in the conversation: what is not said there is invented."""
FROM_LAST = 0.5
"""Share of the last line's words that must be kept: they are what is asked."""

_NUMBER = re.compile(r"\d+")


def stand_alone(model: LanguageModel, resolved: Resolved, language: str, known_names: Collection[str] = ()) -> Resolved:
    """The follow-up as the model words it, when that holds; else `resolved` as it is.

    Only the user's own lines travel, without personal data (`known_names` may be said). Never raises: a model that fails here, or takes more than
    its share of the time, leaves the question as it was resolved without it.
    """
    if len(resolved.lines) < 2:
        return resolved
    try:
        reply = model.within(SECONDS_SHARE * model.seconds).complete(
            stand_alone_instructions(language), conversation(resolved.lines), lambda text: None
        )
    except ModelError:
        return resolved
    question = without_thoughts(reply).strip().strip('«»"').strip()
    if not _holds(question, resolved.lines, known_names):
        return resolved
    return Resolved(question, leans=True, lines=resolved.lines)


def _holds(question: str, lines: tuple[str, ...], known_names: Collection[str]) -> bool:
    """Whether a rewritten question is one line, in the conversation's words and numbers, and still asks what the last
    line asks."""
    if not question or "\n" in question or len(question) > LONGEST or guard.findings(question, known_names):
        return False
    said, asked = set(terms(question)), set(terms(lines[-1]))
    known = {term for line in lines for term in terms(line)}
    return (
        harmless(question) == question
        and set(_NUMBER.findall(question)) <= set(_NUMBER.findall(" ".join(lines)))
        and len(said & known) >= FROM_LINES * len(said) > 0
        and len(said & asked) >= FROM_LAST * len(asked)
    )
