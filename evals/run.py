"""`navkb eval run`: put every golden question to the search and report the measures by kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from time import perf_counter

from bot.answer import is_confident
from evals.measures import hit_at_k, matches, recall_at_k, reciprocal_rank
from evals.questions import Question, QuestionKind, read_questions
from kb.index import Index
from kb.search import Found, search

DEPTH = 10
"""How many hits are looked at."""

MEASURES = ("hit@1", "hit@3", "hit@5", "recall@5", "MRR")


def run(index: Index, folder: Path, split: str = "all", *, as_json: bool = False) -> int:
    """Print the report for the questions of a folder; returns the exit status."""
    questions = [question for question in read_questions(folder) if split in ("all", question.split)]
    report, misses = measure(index, questions)
    if as_json:
        print(json.dumps({"split": split, "questions": len(questions), "kinds": report}, ensure_ascii=False))
        return 0
    print(f"{'slag':<10} {'antall':>6} " + " ".join(f"{name:>9}" for name in MEASURES) + f" {'avvist':>7}")
    for kind, row in report.items():
        figures = " ".join(f"{row[name]:>9.3f}" if name in row else f"{'–':>9}" for name in MEASURES)
        print(f"{kind:<10} {row['n']:>6.0f} {figures} {row['refused']:>7.3f}")
    print(f"\n{len(misses)} spørsmål uten rett kilde blant de tre første:")
    for question, ranked in misses:
        print(
            f"  {question.id}: {question.question}\n    ønsket {', '.join(question.gold)}; fikk {', '.join(ranked[:3])}"
        )
    return 0


def measure(
    index: Index, questions: Sequence[Question]
) -> tuple[dict[str, dict[str, float]], list[tuple[Question, list[str]]]]:
    """Means by kind (and `all` of those with an answer), and the questions missed at rank 3."""
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    misses = []
    for question in questions:
        started = perf_counter()
        found = search(index, question.question, DEPTH)
        figures = {"ms": (perf_counter() - started) * 1000, "refused": float(not is_confident(found))}
        if question.kind is not QuestionKind.REFUSAL:
            ranked = _ranked(found, question)
            wanted = {*question.gold, *question.also}
            figures |= {f"hit@{k}": hit_at_k(ranked, wanted, k) for k in (1, 3, 5)}
            figures["recall@5"] = recall_at_k(ranked, question.gold, 5)
            figures["MRR"] = reciprocal_rank(ranked, wanted)
            rows["all"].append(figures)
            if not figures["hit@3"]:
                misses.append((question, ranked))
        rows[question.kind].append(figures)
    report = {
        kind: {"n": float(len(of)), **{key: mean(row[key] for row in of) for key in of[0]}}
        for kind, of in sorted(rows.items())
    }
    return report, misses


def _ranked(found: Found, question: Question) -> list[str]:
    """The references of the hits; a note stands for the paragraph it is about when that is what was wanted."""
    wanted = (*question.gold, *question.also)
    return [
        next((about for about in hit.passage.section.about for want in wanted if matches(about, want)), hit.passage.ref)
        for hit in found.hits
    ]
