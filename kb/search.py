"""From a question to ranked passages: references, words, meaning and notes, fused and weighed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from kb.analysis import in_bokmal, terms
from kb.asked import asked_parts
from kb.confidence import NEIGHBOURS, NOTHING, Evidence, weigh
from kb.encoder import Vectors
from kb.fields import EMBEDDED, Field
from kb.finders import candidates_of, texts_of
from kb.index import Index
from kb.priors import KEPT_FIRST, Ranked, law_first, linked_up, weighed
from kb.references import Reference, parse
from kb.types import Finder, Hit, Passage
from kb.vocabulary import Outside

CANDIDATES = 60
"""How many texts of each field each finder may propose."""
PART_CANDIDATES = 20
"""How many texts of each field a part of a question – of one that asks several things – is compared with."""
PART_ANSWERED = 55.0
"""Score from which what such a part finds by itself is among the first five."""
REFERENCE_SCORE = 1000.0
"""A § that is asked for by number comes first."""


_FIRST_SEEN = 5
_ASKED_FIELDS = (Field.QUESTION, Field.THEME)
"""What the parts of a question are looked for in: what people ask, which is quick to search."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: hits best first, the references the question names, and how far to trust it.

    `notes` are the ids of the notes that were found, best first.
    `evidence` is None when the question names a § that was found: then there is nothing to doubt.
    `outside` is the topic we do not cover that the question is clearly nearer to than to anything we do.
    """

    hits: tuple[Hit, ...]
    references: tuple[Reference, ...]
    notes: tuple[str, ...]
    evidence: Evidence | None
    outside: Outside | None = None

    @property
    def confidence(self) -> float:
        """The probability that the hits answer the question."""
        return self.evidence.probability if self.evidence else 1.0


def search(index: Index, question: str, k: int = 10) -> Found:
    """The `k` best passages for a question, at most one per section."""
    references = index.law_names.find(question)
    vector = index.encoder.encode([in_bokmal(question)], query=True)[0]
    texts = texts_of(index, question, vector, tuple(Field), EMBEDDED, CANDIDATES)
    candidates = candidates_of(index, texts, vector)
    for reference in references:
        candidates[reference.section_ref].scores[Finder.REFERENCE, None] = REFERENCE_SCORE
    ranked = law_first(linked_up(index, weighed(index, question, candidates)))
    if not references:
        ranked = _parts_up(index, question, ranked)
    hits = _hits(index, ranked, references, k)
    notes = tuple(dict.fromkeys(source.id for _, _, _, source in ranked if source.id in index.about))
    if hits and Finder.REFERENCE in hits[0].found_by:
        return Found(tuple(hits), tuple(references), notes, None)
    if references and not terms(index.law_names.without_names(question)):
        return Found(tuple(hits), tuple(references), notes, NOTHING)  # a § that does not exist, and no other words
    near = nlargest(
        NEIGHBOURS, (cosine for (finder, _), found in texts.items() if finder is Finder.MEANING for _, cosine in found)
    )
    evidence, outside = weigh(index, vector, near, hits)
    return Found(tuple(hits), tuple(references), notes, evidence, outside)


def _parts_up(index: Index, question: str, ranked: list[Ranked]) -> list[Ranked]:
    """What each part of a question that asks several things finds by itself, moved up among the first five."""
    parts = asked_parts(question)
    if not parts or len(ranked) < _FIRST_SEEN:
        return ranked
    vectors = index.encoder.encode([in_bokmal(part) for part in parts], query=True)
    best = [found for part, vector in zip(parts, vectors, strict=True) for found in _asked(index, part, vector)[:1]]
    seen = {ref for ref, _, _, _ in ranked[:_FIRST_SEEN]}
    new = {found[0]: found for found in best if found[1] >= PART_ANSWERED and found[0] not in seen}
    new = dict(list(new.items())[: _FIRST_SEEN - KEPT_FIRST])
    new |= {found[0]: found for found in ranked if found[0] in new}  # with what the whole question found of it
    rest = [found for found in ranked if found[0] not in new]
    at, most = _FIRST_SEEN - len(new), ranked[_FIRST_SEEN - 1][1]
    return rest[:at] + [(ref, most, candidate, source) for ref, _, candidate, source in new.values()] + rest[at:]


def _asked(index: Index, part: str, vector: Vectors) -> list[Ranked]:
    """What a part of a question finds among what people ask."""
    texts = texts_of(index, part, vector, _ASKED_FIELDS, (Field.THEME,), PART_CANDIDATES)
    return law_first(weighed(index, part, candidates_of(index, texts, vector)))


def _hits(index: Index, ranked: Iterable[Ranked], references: Sequence[Reference], k: int) -> list[Hit]:
    hits: list[Hit] = []
    for ref, score, candidate, source in ranked:
        if len(hits) == k:
            break
        passages = index.store.section_passages(ref)
        if not passages:
            continue  # a note may point to a place that does not exist
        asked = [r for r in references if r.section_ref == ref and r.ledd]
        passage = _best_passage(passages, candidate.best[1], asked)
        hits.append(Hit(passage, source, score, candidate.found_by))
    return hits


def _best_passage(passages: Sequence[Passage], best: str, asked: Sequence[Reference]) -> Passage:
    for reference in asked:
        for passage in passages:
            place = parse(passage.ref)
            if place and place.ledd == reference.ledd:
                return passage
    return next((p for p in passages if p.id == best), passages[0])
