"""What a section is found by: its text, and for notes and digests the words and questions people use for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kb.types import Kind, Passage


class Field(StrEnum):
    """The fields of fielded retrieval; each has its own word statistics and its own vectors."""

    TEXT = "text"
    """What laws and documents say themselves."""
    NOTE = "note"
    """What our notes say about them."""
    WORDS = "words"
    """Everyday words for the same thing, together."""
    QUESTION = "question"
    """Typical questions, one by one: what somebody asks may be nearly one of them."""
    THEME = "theme"
    """Questions, words and short answer together: what somebody asks may be spread over many of them."""


EMBEDDED = (Field.TEXT, Field.QUESTION, Field.THEME)
"""The fields that are searched by meaning too; vectors of the others found nothing more (docs/evals.md) and took time."""


SHORT_ANSWER = "avsnitt/kort-svar"
"""Where a note's short answer stands: the section that carries its questions and words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One indexed text of a passage; `id` is the passage's, with a suffix for all but its own text."""

    id: str
    field: Field
    text: str


def entries(passage: Passage, kind: Kind) -> Iterator[Entry]:
    """Everything a passage is indexed under. The title counts twice in a law's text, as it says what the § is about."""
    section = passage.section
    title = " ".join([*section.headings[-1:], section.title])
    if kind is Kind.NOTAT:
        yield Entry(passage.id, Field.NOTE, f"{title}\n{passage.text}")
    else:
        yield Entry(passage.id, Field.TEXT, f"{title}\n{section.title}\n{passage.text}")
    if passage.start:
        return  # words and questions belong to the section, so its first passage carries them
    if section.words:
        yield Entry(f"{passage.id}.w", Field.WORDS, ", ".join(section.words))
    for n, question in enumerate(section.questions):
        yield Entry(f"{passage.id}.q{n}", Field.QUESTION, question)
    if section.questions:
        together = [*section.questions, *section.words, passage.text]
        yield Entry(f"{passage.id}.t", Field.THEME, "\n".join(together))


def passage_id(entry_id: str) -> str:
    """The passage an entry belongs to."""
    return entry_id.partition(".")[0]
