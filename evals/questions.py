"""Golden questions: what is asked, and the references a right search must find. One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kb.errors import UsageError


class QuestionKind(StrEnum):
    """What sort of question it is; every measure is reported by kind."""

    EVERYDAY = "everyday"
    LAW = "law"
    SHORT = "short"
    NYNORSK = "nynorsk"
    PRACTICE = "practice"
    TEMPORAL = "temporal"
    MULTI = "multi"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Question:
    """One golden question.

    `gold` are the references that are all needed, `also` those that answer as well; both are source
    + locator, never a passage id. `facts` must stand in a right answer (`|` between alternatives).
    `twin` is the id of the same question in bokmål.
    """

    id: str
    kind: QuestionKind
    question: str
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    split: str = "test"
    twin: str = ""


def read_questions(folder: Path) -> list[Question]:
    """Every question of a folder's `*.jsonl` files; a bad line is a `UsageError` with file and line."""
    questions = [question for path in sorted(folder.glob("*.jsonl")) for question in _read(path)]
    if not questions:
        raise UsageError(f"Mappen {str(folder)!r} har ingen spørsmål (*.jsonl).")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise UsageError(f"Spørsmålet {question.id!r} står to ganger i {str(folder)!r}.")
        seen.add(question.id)
    return questions


def _read(path: Path) -> Iterator[Question]:
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            for key in ("gold", "also", "facts"):
                fields[key] = tuple(fields.get(key, ()))
            question = Question(**{**fields, "kind": QuestionKind(fields["kind"])})
        except (ValueError, TypeError, KeyError) as error:
            raise UsageError(f"{path.name}, linje {n}: spørsmålet kan ikke leses ({error}).") from error
        if bool(question.gold) == (question.kind is QuestionKind.REFUSAL):
            raise UsageError(f"{path.name}, linje {n}: {question.id} skal ha gold, unntatt når kind er refusal.")
        yield question
