"""Files of questions: a line each, plain text or `{"turns": ["…"], "per": "ÅÅÅÅ-MM-DD"}`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import TextIO

from bot import guard
from kb.errors import UsageError
from kb.types import Turn


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question, the turns before it, the date it is asked for, and what is wrong with the line if it cannot be read."""

    text: str
    turns: tuple[Turn, ...] = ()
    per: date | None = None
    wrong: str = ""


def parse_line(line: str) -> QuestionLine:
    """The question of one line; a line that cannot be read says so in `wrong`."""
    text = line.strip()
    if not text.startswith("{"):
        return QuestionLine(text)
    try:
        read = json.loads(text)
        turns = read["turns"]
        if not turns or not all(isinstance(turn, str) for turn in turns):
            raise ValueError("turns skal være en liste med minst én tekst")
        per = date.fromisoformat(read["per"]) if read.get("per") else None
    except (ValueError, KeyError, TypeError) as error:
        wrong = f'Linjen er ikke {{"turns": ["…"], "per": "ÅÅÅÅ-MM-DD"}}: {guard.mask(str(error))}'
        return QuestionLine(text, wrong=wrong)
    return QuestionLine(turns[-1], tuple(Turn("user", turn) for turn in turns[:-1]), per)


def read_lines(name: str) -> Iterator[QuestionLine]:
    """The questions of a file, or of standard input for `-`, as they come. Raises `UsageError` for one that is no text."""
    try:
        with _open(name) as file:
            yield from (parse_line(line) for line in file if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Spørsmålsfilen {name!r} kan ikke leses som UTF-8-tekst ({error}).") from error


def _open(name: str) -> TextIO:
    """UTF-8 whatever the terminal's language."""
    if name != "-":
        return open(name, encoding="utf-8")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8")
    return sys.stdin
