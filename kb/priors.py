"""What reorders what was found: authority, validity and scope, and how paragraphs point to one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kb.analysis import content_words
from kb.fields import Field
from kb.finders import Candidate
from kb.index import Index
from kb.types import Finder, Kind, Source

NOTE_ITSELF = 0.6
"""A note explains; where the law it points to is indexed it stands below that law."""
NAMED_LAW = 1.3
"""A law the question names outranks others."""
BENEFIT_LAW = 1.1
"""The law that gives a benefit the question names: a complaint about dagpenger is not one about sosialhjelp."""
HOME_LAW = 1.2
"""The laws a NAV office lives by."""
EXPERIENCE = 1.15
"""Digests of practice have no paragraph behind them that adds its score to theirs."""
WITHOUT_QUESTIONS = 6.0
"""A circular or an office's own document has no questions and no note to be found by: its text counts for all of it."""
LAW_FIRST = 0.15
"""An office's own document stands below the first law that scores at least this share of what it does itself …"""
LAW_MEANT = 50.0
"""… or that scores so much that the question is about it, whatever questions the office's document lists."""
LINKED = 0.15
"""What a note about the first section adds to those it points on to, as a share of that section's score: who asks two
things is told of both …"""
LINKED_NEXT = 0.06
"""… and what the notes about the second and third add, as a share of the same."""
KEPT_FIRST = 3
"""Places that links change nothing of: the question itself decides those."""
NOT_IN_FORCE = 0.2
"""A law that waits for commencement, or is repealed, never outranks one in force, unless the question names it."""

_PRACTICE = (Kind.EVALUERING, Kind.PRAKSIS)
_IN_TEXT = {(Finder.WORDS, Field.TEXT), (Finder.MEANING, Field.TEXT)}


Ranked: TypeAlias = "tuple[str, float, Candidate, Source]"
"""A section on its way up: its reference, its score after the priors, what was found of it, its source."""


def weighed(index: Index, question: str, candidates: Mapping[str, Candidate]) -> list[Ranked]:
    """The sections with their scores after authority, validity and scope, best first."""
    named = set(index.law_names.mentioned(question))
    giving = {index.benefits[word.stem] for word in content_words(question) if word.stem in index.benefits}
    by_score: list[Ranked] = []
    for ref, candidate in candidates.items():
        standing = index.standing(ref)
        if standing is None:
            continue  # a paragraph a note points to whose law is not indexed
        source, score = standing.source, candidate.score
        if standing.gives_way:
            score *= NOTE_ITSELF
        if source.kind in _PRACTICE:
            score *= EXPERIENCE
        if not (candidate.pulled or source.kind.is_law) and candidate.scores.keys() <= _IN_TEXT:
            score *= WITHOUT_QUESTIONS
        if source.id in named:
            score *= NAMED_LAW
        if source.id in giving:
            score *= BENEFIT_LAW
        if standing.home:
            score *= HOME_LAW
        if not source.in_force and source.id not in named:
            score *= NOT_IN_FORCE
        by_score.append((ref, score, candidate, source))
    by_score.sort(key=_place)
    return by_score


def _place(ranked: Ranked) -> tuple[float, str]:
    ref, score, _, _ = ranked
    return -score, ref


def linked_up(index: Index, ranked: Sequence[Ranked]) -> list[Ranked]:
    """What the notes about the first three point on to, moved up behind them, but not above practice."""
    kept, rest = list(ranked[:KEPT_FIRST]), ranked[KEPT_FIRST:]
    if not rest or not (linked := index.linked(kept[0][0])):
        return list(ranked)
    next_linked = frozenset().union(*(index.linked(ref) for ref, _, _, _ in kept[1:]))
    first, most = kept[0][1], kept[-1][1]
    raised = []
    for ref, score, candidate, source in rest:
        share = LINKED if ref in linked or source.kind in _PRACTICE else LINKED_NEXT if ref in next_linked else 0.0
        raised.append((ref, score + share * first, candidate, source))
    raised.sort(key=_place)
    return kept + [(ref, min(score, most), candidate, source) for ref, score, candidate, source in raised]


def law_first(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Local sources moved below the best law, unless that law has nothing to do with the question."""
    if not any(source.local for _, _, _, source in ranked):
        return list(ranked)
    law = next((score for _, score, _, source in ranked if source.kind.is_law), 0.0)
    capped = [
        (
            ref,
            min(score, law * 0.999) if source.local and law >= min(LAW_FIRST * score, LAW_MEANT) else score,
            candidate,
            source,
        )
        for ref, score, candidate, source in ranked
    ]
    return sorted(capped, key=lambda ranked: -ranked[1])
