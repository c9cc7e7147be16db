"""What words, meaning and notes find: the sections they propose, with a score for each finder and field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from math import exp
from typing import TypeAlias

from kb.analysis import Word, content_words
from kb.encoder import Vectors
from kb.fields import Field, passage_id
from kb.index import Index
from kb.types import Finder
from kb.vocabulary import TRUSTED

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
PULL_SHARED = 0.025
"""How much less a note pulls for each further paragraph it is about: one about a whole situation must not fill the list."""

Signal: TypeAlias = "tuple[Finder, Field | None]"
"""What a score comes from: a finder, and the field it found something in; a reference is in none."""


class Candidate:
    """A section on its way up: its best score per finder and field, those that notes pull to it, and its best passage.

    Only the best text of each field counts: ten questions that half match are not one that does.
    """

    __slots__ = ("best", "pulled", "scores")

    def __init__(self) -> None:
        self.scores: dict[Signal, float] = {}
        self.pulled: dict[Signal, float] | None = None
        self.best: tuple[float, str] = (0.0, "")

    @property
    def score(self) -> float:
        if not self.pulled:
            return sum(self.scores.values())
        return sum(max(self.scores.get(signal, 0.0), score) for signal, score in self.pulled.items()) + sum(
            score for signal, score in self.scores.items() if signal not in self.pulled
        )

    @property
    def found_by(self) -> tuple[Finder, ...]:
        finders = {finder for finder, _ in self.scores} | ({Finder.NOTE} if self.pulled else set())
        return tuple(sorted(finders))


Texts: TypeAlias = "dict[tuple[Finder, Field], list[tuple[str, float]]]"
"""For each finder and field the passage ids of the texts it proposes, best first, with BM25 scores or cosines."""


def texts_of(
    index: Index,
    question: str,
    vector: Vectors,
    fields: Collection[Field],
    compared: Collection[Field],
    limit: int,
) -> Texts:
    """Up to `limit` texts of each field: of `fields` by their words, of `compared` by their meaning."""
    graphs = [field for field in compared if not index.vectors.in_memory(field)]
    asked = {field: index.finders.submit(index.vectors.nearest, field, vector, limit) for field in graphs}
    texts = _by_words(index, question, fields, limit)
    for field in compared:
        near = asked[field].result() if field in asked else index.vectors.nearest(field, vector, limit)
        texts[Finder.MEANING, field] = [(passage_id(entry), cosine) for entry, cosine in near]
    return texts


def _by_words(index: Index, question: str, fields: Iterable[Field], limit: int) -> Texts:
    """The texts of each field that say the question's words, other words for them, or their right spelling."""
    listed = {word.stem: word for word in content_words(question)}
    known = index.store.words.document_counts(Field.THEME, listed)
    said = [_spellings(index, word, known[word.stem]) for word in listed.values()]
    terms_said = [term for word in said for spelling in word for term in (spelling.stem, *spelling.parts)]
    meant = [term for term in index.synonyms.of_phrases(terms_said) if term not in terms_said]
    texts: Texts = {}
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


def candidates_of(index: Index, texts: Texts, vector: Vectors) -> defaultdict[str, Candidate]:
    """Sections by reference with what each finder says of each field; notes pull in their paragraphs."""
    places = index.store.places({passage for found in texts.values() for passage, _ in found})
    candidates: defaultdict[str, Candidate] = defaultdict(Candidate)
    sources: dict[str, str] = {}
    for (finder, field), found in texts.items():
        signal: Signal = (finder, field)
        weight = (WORD_WEIGHT if finder is Finder.WORDS else MEANING_WEIGHT)[field]
        for passage, score in found:
            source_id, ref = places[passage]
            candidate, weighted = candidates[ref], weight * score
            if weighted > candidate.scores.get(signal, 0.0):
                candidate.scores[signal] = weighted
            if field is Field.TEXT:
                candidate.best = max(candidate.best, (weighted, passage))
            sources[ref] = source_id
    pulls = _pulls(index, set(sources.values()), vector)
    pulling = [
        (list(candidates[ref].scores.items()), pulls[source]) for ref, source in sources.items() if source in pulls
    ]
    for scores, pulled in pulling:
        for ref, share in pulled:
            candidate = candidates[ref]
            candidate.pulled = pulled_there = candidate.pulled or {}
            for signal, score in scores:
                if score * share > pulled_there.get(signal, 0.0):
                    pulled_there[signal] = score * share
    return candidates


def _pulls(index: Index, sources: Iterable[str], vector: Vectors) -> dict[str, list[tuple[str, float]]]:
    """For each note the paragraphs it is about, and how much of what it scores goes to each: most to the one that the
    question is most like."""
    about = {source: index.about[source] for source in sources if source in index.about}
    likeness = index.likeness(vector) if any(len(refs) > 1 for refs in about.values()) else {}
    pulls = {}
    for source, refs in about.items():
        alike = [likeness.get(ref, 0.0) for ref in refs] if len(refs) > 1 else [0.0]
        best = max(alike)
        pull = PULL / (1 + PULL_SHARED * (len(refs) - 1))
        pulls[source] = [(ref, pull * exp((like - best) / PULL_FALLS)) for ref, like in zip(refs, alike, strict=True)]
    return pulls
