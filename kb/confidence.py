"""How probable it is that what was found answers the question; below a threshold the bot refuses.

A logistic model of four things: how much of the question's rare words the best section covers, how high
that section scores, how near the question is to topics we know, and to topics we know we do not cover
(`corpus/utenfor.toml`). Fitted on the dev questions by `evals/calibrate.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

from kb.analysis import terms
from kb.encoder import Vectors
from kb.fields import Field, entries
from kb.index import Index
from kb.types import Hit
from kb.vocabulary import Outside

WEIGHTS = (1.5, 0.05, 6.0, -9.0)
BIAS = -0.5
"""Weights of `Evidence` in its order, and the constant; see docs/evals.md for the fit."""
LOOKED_AT = 3
"""A question may be covered by the second or third section where the first only scores high."""
PARTLY = 0.7
"""How much of a term counts as covered when only a word with the same beginning stands in the section."""
PREFIX = 4
"""Shortest common beginning that counts as partly covered."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer; shares and cosines run from 0 to 1."""

    coverage: float
    score: float
    inside: float
    outside: float

    @property
    def probability(self) -> float:
        """The calibrated probability that the sources answer the question."""
        values = (self.coverage, self.score, self.inside, self.outside)
        return 1 / (1 + exp(-BIAS - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))


def evidence(index: Index, question: str, vector: Vectors, hits: Sequence[Hit]) -> tuple[Evidence, Outside | None]:
    """Weigh the hits of a question; also the topic outside our field it is nearest to, if nearer than any inside."""
    if not hits:
        return Evidence(0.0, 0.0, 0.0, 1.0), None
    inside = max((cosine for field in Field for _, cosine in index.vectors.nearest(field, vector, 1)), default=0.0)
    topic, outside = _nearest_outside(index, vector)
    weighed = Evidence(_coverage(index, question, hits), hits[0].score, inside, outside)
    return weighed, topic if outside > inside else None


def _nearest_outside(index: Index, vector: Vectors) -> tuple[Outside | None, float]:
    topics, vectors = index.outside
    if not topics:
        return None, 0.0
    cosines = vectors @ vector
    best = int(cosines.argmax())
    return topics[best], float(cosines[best])


def _coverage(index: Index, question: str, hits: Sequence[Hit]) -> float:
    """How much of what the question says stands in the best hit, rare words weighing most.

    A term counts by its inverse document frequency; words no source has ever used count most, and
    nothing covers them. A section is read together with the notes about it.
    """
    said = list(dict.fromkeys(terms(index.law_names.without_names(question))))
    if not said:
        return 0.0
    others = index.synonyms.of(said)
    weight = {term: log(1 + (index.size + 0.5) / (index.store.document_frequency(term) + 0.5)) for term in said}
    best = 0.0
    for hit in hits[:LOOKED_AT]:
        standing = _terms_around(index, hit.passage.section_ref, hit.passage.source_id)
        covered = sum(
            weight[term] * max(_stands(other, standing) for other in {term, *others.get(term, ())}) for term in said
        )
        best = max(best, covered / sum(weight.values()))
    return best


@lru_cache(maxsize=2_000)
def _terms_around(index: Index, section_ref: str, source_id: str) -> frozenset[str]:
    """All index terms of a section and of the notes about it."""
    sources = index.store.sources()
    notes = index.store.notes_about(section_ref) or [source_id] * (source_id in index.about)
    around = index.store.section_passages(section_ref)
    around += [passage for note in notes for passage in index.store.source_passages(note)]
    return frozenset(
        term
        for passage in around
        for entry in entries(passage, sources[passage.source_id].kind)
        for term in terms(entry.text)
    )


def _stands(term: str, standing: frozenset[str]) -> float:
    if term in standing:
        return 1.0
    if len(term) >= PREFIX and any(
        len(other) >= PREFIX and (other.startswith(term) or term.startswith(other)) for other in standing
    ):
        return PARTLY
    return 0.0
