"""Golden dialogues: two and three turns, and the reference the last one must reach without a language model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.followup import resolve
from evals.measures import matches
from kb.errors import UsageError
from kb.index import Index
from kb.search import search
from kb.types import Turn

DEPTH = 3
"""The right reference must be among the first so many: what an answer shows."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What the user says turn by turn; `gold` and `also` answer the last one, any of them will do.

    `new_topic`: the last turn leaves the conversation and must not be mixed with it.
    """

    id: str
    turns: tuple[str, ...]
    gold: tuple[str, ...]
    also: tuple[str, ...] = ()
    new_topic: bool = False
    split: str = "test"


def read_dialogues(folder: Path) -> list[Dialogue]:
    """Every dialogue of a folder's `*.jsonl` files; a bad line is a `UsageError` with file and line."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                fields = json.loads(line)
                listed = {key: tuple(fields.get(key, ())) for key in ("turns", "gold", "also")}
                dialogue = Dialogue(**{**fields, **listed})
            except (ValueError, TypeError) as error:
                raise UsageError(f"{path.name}, linje {n}: dialogen kan ikke leses ({error}).") from error
            if len(dialogue.turns) < 2 or not dialogue.gold:
                raise UsageError(f"{path.name}, linje {n}: {dialogue.id} skal ha minst to turer og gold.")
            found.append(dialogue)
    return found


def reaches(index: Index, dialogue: Dialogue) -> bool:
    """Whether the last turn, understood with those before it, finds a reference that answers it."""
    turns = [Turn("user", text) for text in dialogue.turns[:-1]]
    found = search(index, resolve(index, dialogue.turns[-1], turns).query)
    refs = [ref for hit in found.hits[:DEPTH] for ref in (hit.passage.ref, *hit.passage.section.about)]
    return any(matches(ref, want) for ref in refs for want in (*dialogue.gold, *dialogue.also))


def share_reached(index: Index, dialogues: Sequence[Dialogue]) -> float:
    """The share of dialogues whose last turn finds what answers it."""
    return sum(reaches(index, dialogue) for dialogue in dialogues) / len(dialogues)
