"""How good the answers are: gold cited, required facts said, quotations verified, length; by kind.

Citation recall and precision as in ALCE (Gao et al. 2023, "Enabling large language models to generate text with
citations"), with a reference to gold in place of their entailment model: recall asks whether what was needed is
cited, precision which share of what is cited was wanted.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean, median

from bot.verify import MARKER, problems
from evals.measures import matches
from evals.questions import Question, QuestionKind, read_questions
from kb.references import parse
from kb.types import Answer

Figures = Mapping[str, float]
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"[*_>#`\\]")


COLUMNS = ("cited", "citation recall", "citation precision", "facts", "verified", "words", "refused")


def run_answers(answer: Callable[[str], Answer], folder: Path, split: str = "all", *, as_json: bool = False) -> int:
    """Print the figures by kind for the questions of a folder; returns the exit status."""
    questions = [question for question in read_questions(folder) if split in ("all", question.split)]
    report = measure_answers(answer, questions)
    if as_json:
        print(json.dumps({"split": split, "questions": len(questions), "kinds": report}, ensure_ascii=False))
        return 0
    print(f"{'slag':<10} {'antall':>6} " + " ".join(f"{name:>18}" for name in COLUMNS))
    for kind, row in report.items():
        figures = " ".join(f"{row[name]:>18.3f}" if name in row else f"{'–':>18}" for name in COLUMNS)
        print(f"{kind:<10} {row['n']:>6.0f} {figures}")
    return 0


def measure_answers(answer: Callable[[str], Answer], questions: Iterable[Question]) -> dict[str, dict[str, float]]:
    """Means by kind and for all questions with an answer; `words` is the median length without quotations."""
    rows: dict[str, list[Figures]] = defaultdict(list)
    for question in questions:
        figures = judge(answer(question.question), question)
        rows[question.kind].append(figures)
        if question.kind is not QuestionKind.REFUSAL:
            rows["all"].append(figures)
    return {kind: _summary(of) for kind, of in sorted(rows.items())}


def judge(answer: Answer, question: Question) -> Figures:
    """The figures of one answer, 0 to 1 but for `words`."""
    figures = {
        "refused": float(answer.refused),
        "verified": float(not problems(answer.text, answer.citations)),
        "words": float(length(answer.text)),
    }
    if question.kind is QuestionKind.REFUSAL:
        return figures
    wanted = (*question.gold, *question.also)
    cited = cited_references(answer)
    any_cited = any(matches(ref, want) for ref in cited for want in wanted)
    shown = plain(answer.text).lower()
    return figures | {
        "cited": float(any_cited),
        "citation recall": mean(
            any(matches(ref, want) for ref in cited for want in (gold, *question.also)) for gold in question.gold
        ),
        "citation precision": mean(
            any(matches(ref, want) for ref in (c.passage.ref, *c.passage.section.about) for want in wanted)
            for c in answer.citations
        )
        if answer.citations
        else 0.0,
        "facts": mean(any(part in shown for part in fact.lower().split("|")) for fact in question.facts)
        if question.facts
        else 1.0,
    }


def cited_references(answer: Answer) -> list[str]:
    """What an answer cites, and the paragraphs the notes it cites explain first of all."""
    cited = [citation.passage.ref for citation in answer.citations]
    return cited + [
        about for c in answer.citations for about in c.passage.section.about[:1] if not parse(c.passage.ref)
    ]


def plain(text: str) -> str:
    """An answer as it is read: without markers, link targets and markup."""
    return " ".join(_MARKUP.sub("", _LINK.sub(r"\1", MARKER.sub("", text))).split())


def length(text: str) -> int:
    """Words of an answer that are ours: quotations of law are not counted."""
    return len(plain(_QUOTED.sub("", text)).split())


def _summary(rows: Sequence[Figures]) -> dict[str, float]:
    return {"n": float(len(rows))} | {
        key: median(row[key] for row in rows) if key == "words" else mean(row[key] for row in rows) for key in rows[0]
    }
