"""An answer by a language model: prompt → reply → verified sentences, or a `ModelError` when too little holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.claims import verified, without_thoughts
from bot.model import LanguageModel
from bot.prompts import harmless, instructions, material
from kb.errors import ModelError
from kb.index import Index
from kb.types import Citation, Passage

LEAST_KEPT = 0.5
"""Share of the reply's sentences that must hold: of an answer that lost more than half, the rest is fragments."""
LONGEST_MATERIAL = 16_000
"""Characters of passages sent, about 5,000 tokens: what small models on an office's own machine can read."""


@dataclass(frozen=True, slots=True)
class Written:
    """A verified answer: Markdown with markers, their citations from `first_number` up, and how many sentences fell."""

    text: str
    citations: tuple[Citation, ...]
    removed: int
    model: str


def write(
    model: LanguageModel,
    index: Index,
    question: str,
    passages: Sequence[Passage],
    language: str,
    on_draft: Callable[[str], None],
    first_number: int = 1,
) -> Written:
    """Let the model answer in `language` (`nb` or `nn`) from the passages, best first, and keep what they vouch for.

    `on_draft` gets the unverified text so far: show it as a draft. Raises `ModelError` when the call fails, and
    when no sentence or less than `LEAST_KEPT` of them holds; the extractive answer is then the one to show.
    """
    given = _given(passages)
    if not given:
        raise ModelError("Språkmodellen ble ikke spurt: ingen av kildene kan sendes til den. Les kildene selv.")
    reply = model.complete(
        instructions(language),
        material(index, question, given),
        lambda text: on_draft(without_thoughts(text)),
    )
    answer = verified(reply, index, given, first_number)
    if not answer.kept or answer.kept < LEAST_KEPT * (answer.kept + answer.removed):
        raise ModelError(
            f"Språkmodellens svar ble forkastet: {answer.kept} av {answer.kept + answer.removed} setninger har dekning i kildene. "
            "Still spørsmålet mer presist, eller velg en modell som følger kildene bedre (NAVKB_LLM_MODEL)."
        )
    return Written(answer.text, answer.citations, answer.removed, model.name)


def _given(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that are sent: each once, none that only tells a model what to do, until the limit is reached."""
    given: list[Passage] = []
    length = 0
    for passage in dict.fromkeys(passages):
        said = harmless(passage.text)
        if said.strip() and length + len(said) <= LONGEST_MATERIAL:
            given.append(passage)
            length += len(said)
    return given
