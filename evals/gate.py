"""`navkb eval gate`: what the search must not fall below, by kind and split, and which data that was measured on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, floor
from pathlib import Path

from evals.questions import Question, QuestionKind, read_questions
from evals.run import means_and_misses, put
from kb.errors import UsageError
from kb.index import Index
from kb.store import digest_of

BASELINE = Path(__file__).parent / "baseline.json"
MARGIN = 0.03
"""How far a figure may fall unremarked: Chroma's graph is approximate and linked by several threads, so that one question in
a hundred changes from one index to the next; in a kind of some forty questions that one is 0.025."""
KEPT_QUESTIONS = 0.5
"""A note or digest must keep this share of its typical questions: without them what people say finds it no more."""
DECIMALS = 3

FLOORS: Mapping[str, str] = {"hit@3": "hit@3", "recall@5": "recall@5", "nDCG@10": "nDCG@10", "answered": "besvart"}
"""What has a floor for questions in scope, and what it is called."""
REFUSALS: Mapping[str, str] = {"refused": "avvist"}
"""What has one for those out of scope."""
PARTS: Mapping[str, str] = {
    "questions": "fasitspørsmålene",
    "notes": "notatene og sammendragene",
    "laws": "lovtekstene",
    "encoder": "encoderen",
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """Floors by split, kind and measure, the fewest typical questions of each note, and a digest of each part of the data."""

    data: dict[str, str]
    floors: dict[str, dict[str, dict[str, float]]]
    notes: dict[str, int]

    def write(self, path: Path) -> None:
        """Write it whole or not at all; a `UsageError` when it cannot be written."""
        part = path.with_name(f"{path.name}.part")
        try:
            part.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            os.replace(part, path)
        except OSError as error:
            raise UsageError(f"{str(path)!r} kan ikke skrives ({error}). Velg en annen fil med --baseline.") from error


def read_baseline(path: Path) -> Baseline:
    """What `Baseline.write` wrote; a `UsageError` when there is none or it cannot be read."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return Baseline(read["data"], read["floors"], read["notes"])
    except FileNotFoundError as error:
        raise UsageError(f"Det finnes ingen {str(path)!r}. Kjør «navkb eval gate --update» for å lage den.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{str(path)!r} kan ikke leses ({error}). Hent den fra prosjektet, eller slett den og kjør «navkb eval gate --update»."
        ) from error


def gate(
    index: Index, folder: Path, path: Path = BASELINE, split: str = "all", *, update: bool = False, lower: bool = False
) -> int:
    """Print what fell; exit status 0 when nothing did, else 1. Questions of one split are measured if it is named.

    With `update` the baseline is rewritten, but no floor is lowered unless `lower` says so. Raises `UsageError`.
    """
    if update and split != "all":
        raise UsageError("--update måler begge deler; ta bort --split.")
    if lower and not update:
        raise UsageError("--lower gjelder bare sammen med --update.")
    before = read_baseline(path) if path.exists() or not update else Baseline({}, {}, {})
    now = measure(index, read_questions(folder), split)
    if update:
        return _update(path, before, now, lower=lower)
    for part in changed_parts(before, now):
        print(f"{PARTS[part].capitalize()} er ikke de gulvene ble målt på.")
    fallen = falls(before, now, split)
    for line in fallen:
        print(line)
    print(f"{len(fallen)} gulv holder ikke." if fallen else "Alle gulv holder.")
    return int(bool(fallen))


def measure(index: Index, questions: Sequence[Question], split: str = "all") -> Baseline:
    """What the index gives now: figures where a baseline has floors, and all of a note's questions."""
    asked = put(index, [question for question in questions if split in ("all", question.split)])
    figures = {}
    for name in sorted({one.question.split for one in asked}):
        means, _ = means_and_misses([one for one in asked if one.question.split == name])
        figures[name] = {
            kind: {measure: {**row, "answered": 1 - row["refused"]}[measure] for measure in _named(kind)}
            for kind, row in means.items()
        }
    return Baseline(digests(index, questions), figures, note_questions(index))


def _named(kind: str) -> Mapping[str, str]:
    return REFUSALS if kind == QuestionKind.REFUSAL else FLOORS


def note_questions(index: Index) -> dict[str, int]:
    """How many typical questions each note and digest has, by id."""
    sources = (id_ for id_, source in index.store.sources().items() if not source.kind.is_law)
    counts = {}
    for id_ in sources:
        sections = {p.section.locator: p.section.questions for p in index.store.source_passages(id_)}
        counts[id_] = sum(len(questions) for questions in sections.values())
    return counts


def digests(index: Index, questions: Sequence[Question]) -> dict[str, str]:
    """A digest of each part of the data that figures depend on."""
    law = {id_: source.kind.is_law for id_, source in index.store.sources().items()}
    documents = sorted(index.store.digests().items())
    return {
        "questions": digest_of(*sorted(repr(question) for question in questions)),
        "notes": digest_of(index.store.meta("vocabulary"), *(digest for id_, digest in documents if not law[id_])),
        "laws": digest_of(*(digest for id_, digest in documents if law[id_])),
        "encoder": index.encoder.stamp,
    }


def changed_parts(before: Baseline, now: Baseline) -> list[str]:
    """The parts of the data that are not those the floors were measured on."""
    return [part for part in PARTS if before.data.get(part) != now.data[part]]


def falls(before: Baseline, now: Baseline, split: str = "all") -> list[str]:
    """A line for each floor that does not hold."""
    lines = []
    for part, kinds in before.floors.items():
        for kind, floors in kinds.items() if split in ("all", part) else ():
            row = now.floors.get(part, {}).get(kind)
            if row is None:
                lines.append(f"{part}, {kind}: det er ingen slike spørsmål lenger.")
                continue
            for name, least in floors.items():
                if row.get(name, 0.0) < least:
                    lines.append(
                        f"{part}, {kind}: {_named(kind).get(name, name)} er {row.get(name, 0.0):.3f}, gulvet er {least:.3f}."
                    )
    for note, fewest in before.notes.items():
        if now.notes.get(note, 0) < fewest:
            lines.append(f"{note} har {now.notes.get(note, 0)} typiske spørsmål, gulvet er {fewest}.")
    return lines


def floors_of(now: Baseline) -> Baseline:
    """The floors that figures give: what was measured less the margin, rounded down."""
    scale = 10**DECIMALS
    floors = {
        split: {
            kind: {name: max(0.0, floor((value - MARGIN) * scale) / scale) for name, value in row.items()}
            for kind, row in kinds.items()
        }
        for split, kinds in now.floors.items()
    }
    notes = {note: ceil(count * KEPT_QUESTIONS) for note, count in now.notes.items() if count}
    return Baseline(now.data, floors, notes)


def _update(path: Path, before: Baseline, now: Baseline, *, lower: bool) -> int:
    wanted = floors_of(now)
    lowered = falls(before, wanted)
    for line in lowered:
        print(line)
    if lowered and not lower:
        print(
            f"{len(lowered)} gulv ville blitt senket, så {path.name} er ikke endret. Er det meningen, legg til --lower."
        )
        return 1
    wanted.write(path)
    print(f"{path.name} er skrevet{f'; {len(lowered)} gulv er senket' if lowered else ''}.")
    return 0
