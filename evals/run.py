"""`navkb eval run`: put every golden question to the search and report the measures by kind, with intervals."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from time import perf_counter

from bot.answer import is_confident
from evals.intervals import Figure, figure
from evals.measures import measured, stands_for
from evals.questions import Question, QuestionKind, read_questions
from kb.errors import UsageError
from kb.index import Index
from kb.search import Found, search

DEPTH = 10
"""How many hits are looked at."""
ALL = "all"
"""The row of every question that has an answer."""
SHOWN = ("hit@1", "hit@3", "hit@5", "recall@5", "all@5", "nDCG@10", "MRR")


@dataclass(frozen=True, slots=True)
class Asked:
    """A golden question that was put to the search.

    `ranked` is what each hit stands for, best first; `ms` the time the search took. `figures` hold the measures
    (none when there is nothing to find) and `refused`: 1 when the bot would not answer.
    """

    question: Question
    ranked: tuple[str, ...]
    confidence: float
    ms: float
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def in_scope(self) -> bool:
        """Whether there is something to find."""
        return self.question.kind is not QuestionKind.REFUSAL

    @property
    def missed(self) -> bool:
        """Whether nothing that answers is among the first three."""
        return self.in_scope and not self.figures["hit@3"]


Report = dict[str, dict[str, Figure]]
"""Figures by kind and measure; `all` are those that have an answer."""


def run(index: Index, folder: Path, split: str = "all", *, as_json: bool = False) -> int:
    """Print the report for the questions of a folder; returns the exit status."""
    asked = put(index, chosen(folder, split))
    found = report(asked)
    if as_json:
        print(json.dumps({"split": split, "questions": len(asked), **as_dict(found)}, ensure_ascii=False))
        return 0
    print(f"{'slag':<10} {'antall':>6} " + " ".join(f"{name:>9}" for name in (*SHOWN, "avvist")))
    for kind, row in found.items():
        figures = [f"{row[name].mean:>9.3f}" if name in row else f"{'–':>9}" for name in (*SHOWN, "refused")]
        print(f"{kind:<10} {row['ms'].n:>6} {' '.join(figures)}")
    print("\n95 % konfidensintervall:")
    for kind, row in found.items():
        print(
            f"{kind:<10} "
            + ", ".join(f"{name} {row[name]}" for name in ("hit@3", "recall@5", "refused") if name in row)
        )
    missed = [one for one in asked if one.missed]
    print(f"\n{len(missed)} spørsmål uten rett kilde blant de tre første:")
    for one in missed:
        print(f"  {one.question.id}: {one.question.question}")
        print(f"    ønsket {', '.join(one.question.gold)}; fikk {', '.join(one.ranked[:3])}")
    return 0


def chosen(folder: Path, split: str) -> list[Question]:
    """The questions of a folder that belong to a split; a `UsageError` when there are none."""
    found = [question for question in read_questions(folder) if split in ("all", question.split)]
    if not found:
        raise UsageError(f"Mappen {str(folder)!r} har ingen spørsmål i delen {split!r}. Velg en annen med --split.")
    return found


def put(index: Index, questions: Sequence[Question]) -> list[Asked]:
    """Every question searched for, in order."""
    asked = []
    for question in questions:
        started = perf_counter()
        found = search(index, question.question, DEPTH)
        ms = (perf_counter() - started) * 1000
        asked.append((question, ranking(found, question), found, ms))
    figures = measured([(question, ranked) for question, ranked, _, _ in asked])
    return [
        Asked(
            question,
            tuple(ranked),
            found.confidence if found.hits else 0.0,
            ms,
            {**figures.get(question.id, {}), "refused": float(not is_confident(found))},
        )
        for question, ranked, found, ms in asked
    ]


def ranking(found: Found, question: Question) -> list[str]:
    """What each hit stands for when this is the question."""
    hits = ((hit.passage.ref, hit.passage.section.about) for hit in found.hits)
    return stands_for(hits, (*question.gold, *question.also))


def report(asked: Sequence[Asked]) -> Report:
    """Means with intervals by kind."""
    return {
        kind: {name: figure([one.figures[name] for one in of]) for name in of[0].figures}
        | {"ms": figure([one.ms for one in of])}
        for kind, of in by_kind(asked).items()
    }


def by_kind(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    """The questions of each kind, and all that have an answer."""
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        kinds[one.question.kind.value].append(one)
        if one.in_scope:
            kinds[ALL].append(one)
    return dict(sorted(kinds.items()))


def as_dict(found: Report) -> dict[str, dict[str, dict[str, object]]]:
    """For JSON: means under `kinds`, the ends of their intervals under `intervals`."""
    return {
        "kinds": {kind: {"n": row["ms"].n, **{name: f.mean for name, f in row.items()}} for kind, row in found.items()},
        "intervals": {
            kind: {name: [f.low, f.high] for name, f in row.items() if name != "ms"} for kind, row in found.items()
        },
    }


Misses = list[tuple[Question, list[str]]]


def measure(index: Index, questions: Sequence[Question]) -> tuple[dict[str, dict[str, float]], Misses]:
    """Means by kind without intervals, and the questions missed at rank 3: for scripts that ask many times."""
    return means_and_misses(put(index, questions))


def means_and_misses(asked: Sequence[Asked]) -> tuple[dict[str, dict[str, float]], Misses]:
    """What `measure` gives, of questions that have been put."""
    rows = {kind: [{**one.figures, "ms": one.ms} for one in of] for kind, of in by_kind(asked).items()}
    means = {
        kind: {"n": float(len(of)), **{name: mean(row[name] for row in of) for name in of[0]}}
        for kind, of in rows.items()
    }
    return means, [(one.question, list(one.ranked)) for one in asked if one.missed]
