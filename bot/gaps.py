"""The gap report: what was asked and not covered, counted without keeping anybody's words.

A refused question leaves a line with the day, the nearest sources and the words of it that several of our own notes
use. Names and whatever else only the question holds are in no note, so they leave no trace.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

from kb.analysis import content_words
from kb.fields import Field
from kb.index import Index
from kb.types import Answer
from kb.vocabulary import TRUSTED

GAPS_FILE = "gaps.jsonl"
SHOWN = 20


def count_gap(index: Index, data: Path, answer: Answer, today: date) -> None:
    """Add a refused answer to the report under the data folder; an answer that was given adds nothing."""
    if not answer.refused:
        return
    said = list(content_words(answer.question))
    notes = index.store.words.document_counts(Field.THEME, {word.stem for word in said})
    known = {word.text for word in said if notes[word.stem] >= TRUSTED}
    line = {
        "day": today.isoformat(),
        "language": answer.language,
        "words": sorted(known),
        "nearest": [hit.passage.section_ref for hit in answer.hits[:1]],
    }
    with (data / GAPS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def gap_report(data: Path) -> str:
    """How many questions were not covered, and the words and sources that stand out, most frequent first."""
    path = data / GAPS_FILE
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    if not lines:
        return "Ingen spørsmål er avvist ennå."
    said = Counter(word for line in lines for word in line["words"])
    near = Counter(ref for line in lines for ref in line["nearest"])
    report = [f"{len(lines)} spørsmål er avvist fra {lines[0]['day']} til {lines[-1]['day']}."]
    report += ["", "Ord som gikk igjen:", *(f"{n:5}  {word}" for word, n in said.most_common(SHOWN))]
    report += ["", "Nærmeste kilde:", *(f"{n:5}  {ref}" for ref, n in near.most_common(SHOWN))]
    return "\n".join(report)
