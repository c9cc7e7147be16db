"""The door to ir-measures: what was found against what was needed, as a TREC run with qrels, and each question's figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import ir_measures
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

from evals.questions import Question

NEEDED, ANSWERS = 2, 1
"""Grades of relevance: a gold reference is needed, an `also` reference answers as well."""

MEASURES = {
    "hit@1": Success @ 1,
    "hit@3": Success @ 3,
    "hit@5": Success @ 5,
    "recall@5": R(rel=NEEDED) @ 5,
    "nDCG@10": nDCG(gains={ANSWERS: 0, NEEDED: 1}) @ 10,
    "MRR": RR @ 10,
}
"""hit@k: any that answers is among the first k (not recall). recall@5: the share of those needed among the first five.
nDCG@10: the needed ones, worth less the lower they stand (Järvelin & Kekäläinen 2002). MRR: 1 / the rank of the first
that answers, its mean over questions. Ours besides: all@5, whether all that are needed are among the first five."""


def matches(ref: str, wanted: str) -> bool:
    """Whether `ref` is the place `wanted` or a part of it (a ledd of the §, a slide of the document)."""
    return ref == wanted or ref.startswith(wanted + "/")


def stands_for(hits: Iterable[tuple[str, Sequence[str]]], wanted: Sequence[str]) -> list[str]:
    """What each hit, a reference with those it is about, counts as: a wanted reference, or itself. All differ.

    A ledd counts for its §, a note for a paragraph it is about. Two hits that stand for the same one count
    once: the second keeps its place in the ranking and answers nothing.
    """
    ranked: list[str] = []
    for ref, about in hits:
        met = (want for place in (ref, *about) for want in wanted if matches(place, want) and want not in ranked)
        chosen = next(met, ref)
        ranked.append(chosen if chosen not in ranked else f"{chosen}~{len(ranked) + 1}")
    return ranked


def qrels_of(question: Question) -> list[Qrel]:
    """What is relevant to a question, by grade."""
    grades = dict.fromkeys(question.also, ANSWERS) | dict.fromkeys(question.gold, NEEDED)
    return [Qrel(question.id, ref, grade) for ref, grade in grades.items()]


def run_of(question: Question, ranked: Sequence[str]) -> list[ScoredDoc]:
    """A ranking in TREC's form. The score only says the rank: trec_eval sorts by it, and equal ones by name."""
    return [ScoredDoc(question.id, ref, float(len(ranked) - n)) for n, ref in enumerate(ranked)]


def measured(rankings: Collection[tuple[Question, Sequence[str]]]) -> dict[str, dict[str, float]]:
    """The figures of each question that has an answer, by question id."""
    qrels = [qrel for question, _ in rankings for qrel in qrels_of(question)]
    run = [doc for question, ranked in rankings for doc in run_of(question, ranked)]
    names = {measure: name for name, measure in MEASURES.items()}
    found: dict[str, dict[str, float]] = {
        question.id: dict.fromkeys(MEASURES, 0.0) for question, _ in rankings if question.gold
    }
    for figure in ir_measures.iter_calc(list(names), qrels, run):
        found[figure.query_id][names[figure.measure]] = figure.value
    return {id_: {**row, "all@5": float(row["recall@5"] == 1)} for id_, row in found.items()}


def write_trec(folder: Path, rankings: Collection[tuple[Question, Sequence[str]]], tag: str) -> None:
    """Write `run.trec` and `qrels.trec`, which trec_eval and the `ir_measures` command read."""
    lines: Mapping[str, list[str]] = {
        "qrels.trec": [
            f"{q.query_id} 0 {q.doc_id} {q.relevance}" for question, _ in rankings for q in qrels_of(question)
        ],
        "run.trec": [
            f"{doc.query_id} Q0 {doc.doc_id} {n} {doc.score:g} {tag}"
            for question, ranked in rankings
            for n, doc in enumerate(run_of(question, ranked), 1)
        ],
    }
    for name, listed in lines.items():
        (folder / name).write_text("".join(f"{line}\n" for line in listed), encoding="utf-8")
