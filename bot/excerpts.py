"""Excerpts: which words of a source are shown – the ledd that matter, the points that say more, whole sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.dates import asks_since
from kb.analysis import terms
from kb.index import Index
from kb.references import Reference, parse
from kb.types import Hit, Passage

LONGEST_QUOTE = 700
"""Characters of a ledd that are shown; longer ones are cut after a whole sentence."""
LEDD_SHOWN = 2
SECOND_LEDD = 0.9
"""A second ledd is shown when it scores at least this share of the best one."""
MAIN_RULE = 0.15
"""The first ledd holds the main rule: where no ledd is much more like the question than it, it is the one to read."""
SAID_BY_NOTE = 0.5
"""What the share of a ledd's words that the note's answer uses counts beside the likeness in meaning."""
POINTS_SHOWN = 2
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«–(§])")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:jf|nr|bl\.a|f\.eks|mv|osv|pkt|ca|evt|inkl|ev|kap|mfl)|\b[a-zæøå])\.$", re.IGNORECASE
)
_DELEGATES = re.compile(
    r"^(Departementet|Kongen|Direktoratet) (kan|gir|fastsetter)\b[^.]*\b(forskrift|retningslinjer|regler)",
    re.IGNORECASE,
)
"""A ledd that only lets somebody make rules answers nobody's question."""
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_NUMBER = re.compile(r"(?<![\w,.-])\d+(?:[ .,]\d+)*(?![\w-])")


def ledd_shown(
    index: Index, question: str, hit: Hit, references: Sequence[Reference], note: Sequence[Passage]
) -> list[Passage]:
    """The ledd that matter: the one asked for, else those that say most of the question and the note's answer."""
    passages = index.store.section_passages(hit.passage.section_ref)
    asked = {r.ledd for r in references if r.section_ref == hit.passage.section_ref}
    numbered = {place.ledd: p for p in passages if (place := parse(p.ref))}
    if asked and None not in asked:
        return [numbered[ledd] for ledd in sorted(asked & numbered.keys(), key=lambda n: n or 0)]
    if asked:
        return passages
    scores = _scores(index, question, hit.passage.section_ref, passages, part(note, "kort-svar"))
    ranked = sorted(passages, key=lambda p: (-scores[p.id], p.start))
    enough = SECOND_LEDD * scores[ranked[0].id]
    best = [p for p in ranked[: LEDD_SHOWN if note else 1] if 0 < scores[p.id] >= enough]
    return sorted(best or [hit.passage], key=lambda p: p.start)


def _scores(index: Index, question: str, ref: str, ledd: Sequence[Passage], short: Passage | None) -> dict[str, float]:
    """How much each ledd of a § says of the question and of the note's short answer to it, by passage id."""
    asked = index.encoder.encode([question, short.text if short else question]).sum(axis=0)
    answered, scores = _said(short.text) if short else frozenset(), {}
    for passage, vector in zip(ledd, index.text_vectors([ref])[ref], strict=True):
        said = _said(passage.text)
        score = float(vector @ asked) if vector.any() else 0.0
        score += SAID_BY_NOTE * len(answered & said) / max(1, len(said)) + MAIN_RULE * (passage is ledd[0])
        scores[passage.id] = 0.0 if _DELEGATES.search(passage.text) else score
    return scores


@lru_cache(maxsize=4096)
def _said(text: str) -> frozenset[str]:
    """The terms of a ledd or a short answer: the same ones are shown again and again."""
    return frozenset(terms(text))


def further_points(question: str, short: Passage, told: Passage) -> list[str]:
    """Points of the note with a number the question has, or a year it asks for, where the short answer lacks them."""
    numbers = set(_NUMBER.findall(question)) - set(_NUMBER.findall(short.text))
    found = [point for point in points_of(told) if numbers & set(_NUMBER.findall(point))]
    if not found and asks_since(question) and not _YEAR.search(short.text):
        said = set(terms(question))
        dated = [point for point in points_of(told) if _YEAR.search(point)]
        found = sorted(dated, key=lambda point: -len(said & set(terms(point))))[:1]
    return found[:POINTS_SHOWN]


def cut(text: str, question: str, longest: int = LONGEST_QUOTE) -> str:
    """A verbatim piece of `text` of whole sentences, at most about `longest` characters, around what the question says."""
    if len(text) <= longest:
        return text
    said = set(terms(question))
    spans = sentences(text)
    start = max(range(len(spans)), key=lambda i: (len(said & set(terms(text[slice(*spans[i])]))), -i)) if said else 0
    first, last = start, start
    while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= longest:
        last += 1
    return text[spans[first][0] : spans[last][1]].strip()


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text`; «jf.», «nr. 5» and «bl.a.» end none."""
    spans, start = [], 0
    for match in _SENTENCE.finditer(text):
        if _ABBREVIATIONS.search(text[start : match.start()]):
            continue
        spans.append((start, match.start()))
        start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def points_of(passage: Passage) -> list[str]:
    return [point[2:] for point in passage.text.split("\n") if point.startswith("- ")]


def part(note: Sequence[Passage], locator: str) -> Passage | None:
    return next((passage for passage in note if passage.section.locator == f"avsnitt/{locator}"), None)
