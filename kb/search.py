"""From a question to ranked passages: references, words, meaning and notes, fused and weighed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import exp
from typing import TypeAlias

from kb.analysis import Word, content_words, in_bokmal, terms
from kb.asked import asked_parts
from kb.confidence import NEIGHBOURS, NOTHING, Evidence, weigh
from kb.encoder import Vectors
from kb.fields import EMBEDDED, Field, passage_id
from kb.index import Index
from kb.references import Reference, parse
from kb.types import Finder, Hit, Kind, Passage, Source
from kb.vocabulary import TRUSTED, Outside

CANDIDATES = 50
"""How many texts of each field each finder may propose."""
WORD_WEIGHT: Mapping[Field, float] = {
    Field.TEXT: 0.25,
    Field.NOTE: 0.2,
    Field.WORDS: 0.25,
    Field.QUESTION: 0.5,
    Field.THEME: 1.5,
}
"""What a BM25 score of a field counts, chosen on dev (docs/evals.md): what people say outweighs what the law says."""
MEANING_WEIGHT: Mapping[Field, float] = {
    Field.TEXT: 4.0,
    Field.QUESTION: 12.0,
    Field.THEME: 60.0,
}
"""What a cosine of a field counts. BM25 scores run to about 20, cosines to 1."""
PULL = 1.0
"""How much of what a note scores goes to the paragraph it is about – of several, to the one the question is most like."""
PULL_FALLS = 0.6
"""How fast that falls for its other paragraphs: to 1/e where the cosine is so much less."""
NOTE_ITSELF = 0.6
"""A note explains; where the law it points to is indexed it stands below that law."""
NAMED_LAW = 1.3
"""A law the question names outranks others."""
BENEFIT_LAW = 1.2
"""The law that gives a benefit the question names: a complaint about dagpenger is not one about sosialhjelp."""
HOME_LAW = 1.3
"""The laws a NAV office lives by."""
EXPERIENCE = 1.2
"""Digests of practice have no paragraph behind them that adds its score to theirs."""
WITHOUT_QUESTIONS = 6.0
"""A circular or an office's own document has no questions and no note to be found by: its text counts for all of it."""
LAW_FIRST = 0.28
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
PART_CANDIDATES = 20
"""The same for a part of a question that asks several things."""
PART_ANSWERED = 55.0
"""Score from which what is found for a part of a question – of one that asks several things – is among the first five."""
NOT_IN_FORCE = 0.2
"""A law that waits for commencement, or is repealed, never outranks one in force, unless the question names it."""
REFERENCE_SCORE = 1000.0
"""A § that is asked for by number comes first."""


_FIRST_SEEN = 5
_ASKED_FIELDS = (Field.QUESTION, Field.THEME)
"""What the parts of a question are looked for in: what people ask, which is quick to search."""
_PRACTICE = (Kind.EVALUERING, Kind.PRAKSIS)
_IN_TEXT = {(Finder.WORDS, Field.TEXT), (Finder.MEANING, Field.TEXT)}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: hits best first, the references the question names, and how far to trust it.

    `notes` are the ids of the notes that were found, best first.
    `evidence` is None when the question names a § that was found: then there is nothing to doubt.
    `outside` is the topic we do not cover that the question is nearer to than to anything we do.
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
    texts = _texts(index, question, vector)
    sections = _sections(index, texts, vector)
    for reference in references:
        section = sections[reference.section_ref]
        section.parts[Finder.REFERENCE, None] = REFERENCE_SCORE
    ranked = _law_first(_linked_up(index, _weigh(index, question, sections)))
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
    weighed, outside = weigh(index, vector, near, hits)
    return Found(tuple(hits), tuple(references), notes, weighed, outside)


_Part: TypeAlias = "tuple[Finder, Field | None]"
"""What a part of a score comes from: a finder, and the field it found something in; a reference is in none."""


class _Section:
    """A section on its way up: its best score per finder and field, those that notes pull to it, and its best passage.

    Only the best text of each field counts: ten questions that half match are not one that does.
    """

    __slots__ = ("best", "parts", "pulled")

    def __init__(self) -> None:
        self.parts: dict[_Part, float] = {}
        self.pulled: dict[_Part, float] | None = None
        self.best: tuple[float, str] = (0.0, "")

    @property
    def score(self) -> float:
        if not self.pulled:
            return sum(self.parts.values())
        return sum(max(self.parts.get(part, 0.0), score) for part, score in self.pulled.items()) + sum(
            score for part, score in self.parts.items() if part not in self.pulled
        )

    @property
    def found_by(self) -> tuple[Finder, ...]:
        finders = {finder for finder, _ in self.parts} | ({Finder.NOTE} if self.pulled else set())
        return tuple(sorted(finders))


_Texts: TypeAlias = "dict[tuple[Finder, Field], list[tuple[str, float]]]"
"""For each finder and field the passage ids of the texts it proposes, best first, with BM25 scores or cosines."""


def _texts(index: Index, question: str, vector: Vectors) -> _Texts:
    """Every text that words or meaning propose."""
    graphs = [field for field in EMBEDDED if not index.vectors.in_memory(field)]
    asked = {field: index.finders.submit(index.vectors.nearest, field, vector, CANDIDATES) for field in graphs}
    texts = _by_words(index, question, Field, CANDIDATES)
    for field in EMBEDDED:
        near = asked[field].result() if field in asked else index.vectors.nearest(field, vector, CANDIDATES)
        texts[Finder.MEANING, field] = [(passage_id(entry), cosine) for entry, cosine in near]
    return texts


def _by_words(index: Index, question: str, fields: Iterable[Field], limit: int) -> _Texts:
    listed = {word.stem: word for word in content_words(question)}
    known = index.store.words.document_counts(Field.THEME, listed)
    said = [_spellings(index, word, known[word.stem]) for word in listed.values()]
    terms_said = [term for word in said for spelling in word for term in (spelling.stem, *spelling.parts)]
    meant = [term for term in index.synonyms.of_phrases(terms_said) if term not in terms_said]
    texts: _Texts = {}
    for field in fields:
        known = index.store.words.document_counts(field, {spelling.stem for word in said for spelling in word})
        query = [[way for spelling in word for way in _ways(index, spelling, known[spelling.stem])] for word in said]
        query += [[[term]] for term in dict.fromkeys(meant)]
        texts[Finder.WORDS, field] = index.store.words.search(field, query, limit)
    return texts


def _spellings(index: Index, word: Word, known: int) -> list[Word]:
    """A word as it is spelled, and as it should be if it is a slip: several notes know a word that is none."""
    if known >= TRUSTED:
        return [word]
    right = index.spellings.right(word.text)
    return [word, *content_words(right)] if right else [word]


def _ways(index: Index, word: Word, known: int) -> list[list[str]]:
    """How a field may put a word: the word itself, or else other words for it, or the parts it is made of."""
    others = index.synonyms.of(word.stem) if known < TRUSTED else ()
    return [[word.stem], sorted(others), list(word.parts)]


def _sections(index: Index, texts: _Texts, vector: Vectors) -> defaultdict[str, _Section]:
    """Sections by reference with what each finder says of each field; notes pull in their paragraphs."""
    places = index.store.places({passage for found in texts.values() for passage, _ in found})
    sections: defaultdict[str, _Section] = defaultdict(_Section)
    sources: dict[str, str] = {}
    for (finder, field), found in texts.items():
        part: _Part = (finder, field)
        weight = (WORD_WEIGHT if finder is Finder.WORDS else MEANING_WEIGHT)[field]
        for passage, score in found:
            source_id, ref = places[passage]
            section, weighted = sections[ref], weight * score
            if weighted > section.parts.get(part, 0.0):
                section.parts[part] = weighted
            if field is Field.TEXT:
                section.best = max(section.best, (weighted, passage))
            sources[ref] = source_id
    pulls = _pulls(index, set(sources.values()), vector)
    pulling = [(list(sections[ref].parts.items()), pulls[source]) for ref, source in sources.items() if source in pulls]
    for parts, pulled in pulling:
        for ref, share in pulled:
            section = sections[ref]
            section.pulled = pulled_there = section.pulled or {}
            for part, score in parts:
                if score * share > pulled_there.get(part, 0.0):
                    pulled_there[part] = score * share
    return sections


def _pulls(index: Index, sources: Iterable[str], vector: Vectors) -> dict[str, list[tuple[str, float]]]:
    """For each note the paragraphs it is about, and how much of what it scores goes to each: most to the one that the
    question is most like."""
    about = {source: index.about[source] for source in sources if source in index.about}
    likeness = index.likeness(vector) if any(len(refs) > 1 for refs in about.values()) else {}
    pulls = {}
    for source, refs in about.items():
        alike = [likeness.get(ref, 0.0) for ref in refs] if len(refs) > 1 else [0.0]
        best = max(alike)
        pulls[source] = [(ref, PULL * exp((like - best) / PULL_FALLS)) for ref, like in zip(refs, alike, strict=True)]
    return pulls


_Ranked: TypeAlias = "tuple[str, float, _Section, Source]"
"""A section on its way up: its reference, its score after the priors, what was found of it, its source."""


def _weigh(index: Index, question: str, sections: Mapping[str, _Section]) -> list[_Ranked]:
    """Authority, validity and scope: the priors that reorder what was found; best first."""
    named = set(index.law_names.mentioned(question))
    giving = {index.benefits[word.stem] for word in content_words(question) if word.stem in index.benefits}
    weighed: list[_Ranked] = []
    for ref, section in sections.items():
        standing = index.standing(ref)
        if standing is None:
            continue  # a paragraph a note points to whose law is not indexed
        source, score = standing.source, section.score
        if standing.gives_way:
            score *= NOTE_ITSELF
        if source.kind in _PRACTICE:
            score *= EXPERIENCE
        if not (section.pulled or source.kind.is_law) and section.parts.keys() <= _IN_TEXT:
            score *= WITHOUT_QUESTIONS
        if source.id in named:
            score *= NAMED_LAW
        if source.id in giving:
            score *= BENEFIT_LAW
        if standing.home:
            score *= HOME_LAW
        if not source.in_force and source.id not in named:
            score *= NOT_IN_FORCE
        weighed.append((ref, score, section, source))
    weighed.sort(key=_place)
    return weighed


def _place(ranked: _Ranked) -> tuple[float, str]:
    ref, score, _, _ = ranked
    return -score, ref


def _linked_up(index: Index, ranked: Sequence[_Ranked]) -> list[_Ranked]:
    """What the notes about the first three point on to, moved up behind them, but not above practice."""
    kept, rest = list(ranked[:KEPT_FIRST]), ranked[KEPT_FIRST:]
    if not rest or not (linked := index.linked(kept[0][0])):
        return list(ranked)
    next_linked = frozenset().union(*(index.linked(ref) for ref, _, _, _ in kept[1:]))
    first, most = kept[0][1], kept[-1][1]
    raised = []
    for ref, score, section, source in rest:
        share = LINKED if ref in linked or source.kind in _PRACTICE else LINKED_NEXT if ref in next_linked else 0.0
        raised.append((ref, score + share * first, section, source))
    raised.sort(key=_place)
    return kept + [(ref, min(score, most), section, source) for ref, score, section, source in raised]


def _parts_up(index: Index, question: str, ranked: list[_Ranked]) -> list[_Ranked]:
    """What each part of a question that asks several things finds by itself, moved up among the first five."""
    parts = asked_parts(question)
    if not parts or len(ranked) < _FIRST_SEEN:
        return ranked
    vectors = index.encoder.encode([in_bokmal(part) for part in parts], query=True)
    best = [found for part, vector in zip(parts, vectors, strict=True) for found in _asked(index, part, vector)[:1]]
    seen = {ref for ref, _, _, _ in ranked[:_FIRST_SEEN]}
    new = {found[0]: found for found in best if found[1] >= PART_ANSWERED and found[0] not in seen}
    new = dict(list(new.items())[: _FIRST_SEEN - KEPT_FIRST])
    new |= {found[0]: found for found in ranked if found[0] in new}
    rest = [found for found in ranked if found[0] not in new]
    at, most = _FIRST_SEEN - len(new), ranked[_FIRST_SEEN - 1][1]
    return rest[:at] + [(ref, most, section, source) for ref, _, section, source in new.values()] + rest[at:]


def _asked(index: Index, part: str, vector: Vectors) -> list[_Ranked]:
    """What a part of a question finds among what people ask."""
    texts = _by_words(index, part, _ASKED_FIELDS, PART_CANDIDATES)
    near = index.vectors.nearest(Field.THEME, vector, PART_CANDIDATES)
    texts[Finder.MEANING, Field.THEME] = [(passage_id(entry), cosine) for entry, cosine in near]
    return _law_first(_weigh(index, part, _sections(index, texts, vector)))


def _law_first(ranked: Sequence[_Ranked]) -> list[_Ranked]:
    """Local sources moved below the best law, unless that law has nothing to do with the question."""
    if not any(source.local for _, _, _, source in ranked):
        return list(ranked)
    law = next((score for _, score, _, source in ranked if source.kind.is_law), 0.0)
    capped = [
        (
            ref,
            min(score, law * 0.999) if source.local and law >= min(LAW_FIRST * score, LAW_MEANT) else score,
            section,
            source,
        )
        for ref, score, section, source in ranked
    ]
    return sorted(capped, key=lambda ranked: -ranked[1])


def _hits(index: Index, ranked: Iterable[_Ranked], references: Sequence[Reference], k: int) -> list[Hit]:
    hits: list[Hit] = []
    for ref, score, section, source in ranked:
        if len(hits) == k:
            break
        passages = index.store.section_passages(ref)
        if not passages:
            continue  # a note may point to a place that does not exist
        asked = [r for r in references if r.section_ref == ref and r.ledd]
        passage = _best_passage(passages, section.best[1], asked)
        hits.append(Hit(passage, source, score, section.found_by))
    return hits


def _best_passage(passages: Sequence[Passage], best: str, asked: Sequence[Reference]) -> Passage:
    for reference in asked:
        for passage in passages:
            place = parse(passage.ref)
            if place and place.ledd == reference.ledd:
                return passage
    return next((p for p in passages if p.id == best), passages[0])
