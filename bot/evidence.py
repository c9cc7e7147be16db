"""Evidence: what a passage vouches for – its words, quotes, amounts, references, and what it says is not so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from bot.amounts import COUNTING
from bot.excerpts import sentences
from bot.prompts import harmless
from kb.analysis import stem, terms, words
from kb.index import Index
from kb.references import ORDINALS, ORDINALS_NN, LawNames, Reference, parse
from kb.types import Passage

QUOTED = re.compile(r"«([^«»]*)»|“([^“”„]*)[”“]|„([^„“”]*)[“”]|\"([^\"]*)\"|‘([^‘’]{12,})’")
CLAUSE_ENDS = re.compile(
    r"[.!?](?=\s|$)|[,;:–—()\n]|\b(?:som|dersom|hvis|viss|når|fordi|at|mens|men|og|eller|selv om|sjølv om|slik|med mindre|unntatt|så|då|da)\b"
)
NEGATIONS = frozenset("ikke ikkje aldri ingen inga ingenting intet verken korkje uten utan nekte avslå umulig".split())
"""Words that turn a clause; exceptions are not among them, since «med mindre» and «unntatt» say them as well."""
_ORDER = re.compile(r"[\s*–-]*(?:skriv|si|svar|gjenta|meld|opplys)\b[^.!?]*?\bat\b", re.IGNORECASE)
NEGATION_STEMS = frozenset(stem(word) for word in NEGATIONS)
LIMITS = frozenset("innen innan senest seinast minst høyst høgst inntil opptil maks løpet omtrent cirka".split())
COUNTING_STEMS = frozenset(stem(word) for word in COUNTING | LIMITS)
"""Numbers, units and what stands before them: two sentences that share nothing else are about different things."""
BARE = LawNames({}, home="§")
CHAPTER = re.compile(r"\bkap(?:ittel|\.)?\s*(\d+)", re.IGNORECASE)
_ORDINAL_VALUES = {word: n for listed in (ORDINALS, ORDINALS_NN) for n, word in enumerate(listed, 1)} | {"annet": 2}
LEDD = re.compile(rf"\b({'|'.join(_ORDINAL_VALUES)}|\d+\.?)\s+ledd\b|\bledd\s+(\d+)", re.IGNORECASE)
_PLACE = re.compile(
    r"(?:§+|paragraf(?:en|ene|ane)?)\s*\d[\d-]*(?:\s?[a-z]\b(?<!\si))?(?:\s*(?:,|og|eller|til|–)\s*§?\s*\d[\d-]*(?:\s?[a-hj-z]\b)?(?!\d|\s*(?:%|uke|veke|dag|måned|månad|år|time|kron|prosent|gang|gong)))*"
    r"|\b(?:bokstav|litra)\s+[a-z]\b|\bkap(?:ittel|\.)?\s*\d+\w?|"
    + LEDD.pattern
    + rf"|\b(?:{'|'.join(_ORDINAL_VALUES)})\s+punktum\b",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """`text` with every run of space as one blank: how quotes are compared."""
    return re.sub(r"\s+", " ", text).strip()


def without_places(text: str) -> str:
    """`text` without references: the 18 of «§ 18» is a name, not a number."""
    return _PLACE.sub(" ", text)


def matter(text: str) -> frozenset[str]:
    """The terms of `text` without numbers and units."""
    return frozenset(term for term in terms(without_places(text)) if not term[0].isdigit()) - COUNTING_STEMS


def ledd_number(match: re.Match[str]) -> int:
    """The number in a match of `LEDD`."""
    word = (match[1] or match[2]).rstrip(".").lower()
    return int(word) if word.isdigit() else _ORDINAL_VALUES[word]


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence: the words it says, the stems of those that are not negations, and how many negations it has."""

    said: frozenset[str]
    stems: frozenset[str]
    negations: int

    @classmethod
    def of(cls, text: str) -> Clause:
        said = words(text)
        stems = frozenset(terms(without_places(text))) - NEGATION_STEMS
        return cls(frozenset(said), stems, sum(word in NEGATIONS for word in said))


def clauses_of(text: str) -> list[Clause]:
    """The clauses of `text`, in order; one without a word of its own («…, gjelder ikke») belongs to the one before."""
    found: list[Clause] = []
    for piece in CLAUSE_ENDS.split(text.lower()):
        clause = Clause.of(piece)
        if found and not clause.stems:
            before = found.pop()
            clause = Clause(before.said | clause.said, before.stems, before.negations + clause.negations)
        if clause.said:
            found.append(clause)
    return found


class Evidence:
    """One passage as a witness: only its own words count, not what it tells a model to do."""

    def __init__(self, index: Index, passage: Passage) -> None:
        self.passage = passage
        self.text = harmless(passage.text)
        self.names = index.law_names
        source = index.store.sources()[passage.source_id]
        self.context = "\n".join(
            (
                passage.section.title,
                *passage.section.headings,
                source.title,
                *source.names,
                self.names.write(passage.ref),
            )
        )

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every term of the text and of what stands above it."""
        return frozenset(terms("\n".join(self.said))) | frozenset(terms(self.context))

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where its sentences begin and end; «Skriv at …» tells how to answer, not what is so, and is left out."""
        return [(a, b) for a, b in sentences(self.text) if not _ORDER.match(self.text, a, b)]

    @cached_property
    def said(self) -> list[str]:
        """Its sentences."""
        return [self.text[start:end] for start, end in self.spans]

    @cached_property
    def places(self) -> frozenset[Reference]:
        """Every place it is, is about, or names; a bare § in law means a § of that law."""
        found = {
            place for ref in (*self.passage.section.about, *self.passage.section.see_also) if (place := parse(ref))
        }
        found |= set(self.names.find(f"{self.text}\n{self.context}"))
        own = parse(self.passage.ref)
        if own:
            found.add(own)
            found |= {
                Reference(own.source_id, r.section, r.ledd, r.bokstav, r.nr) for r in BARE.find(self.text) if r.section
            }
        return frozenset(found)

    def knows_law(self, law: str) -> bool:
        """Whether it stands in a law, is about it, or names it."""
        return (
            law == self.passage.source_id
            or any(place.source_id == law for place in self.places)
            or law in self.names.mentioned(f"{self.text}\n{self.context}")
        )

    def has_ledd(self, number: int) -> bool:
        """Whether it is that ledd of its §, or names one."""
        own = parse(self.passage.ref)
        return bool(own and own.ledd == number) or number in map(ledd_number, LEDD.finditer(self.text))

    def best_quote(self, claim: str) -> str:
        """The sentence of the passage that shares most terms with a claim, word for word."""
        wanted = set(terms(claim))
        start, end = max(
            self.spans, key=lambda span: (len(wanted & set(terms(self.text[slice(*span)]))), -span[0]), default=(0, 0)
        )
        return self.text[start:end].strip()

    def has_place(self, place: Reference, *, named: bool) -> bool:
        """Whether it is or names a place; where the claim names no law, any law's § of that number will do."""
        return any(
            known.section == place.section
            and (not named or known.source_id == place.source_id)
            and self._reaches(known, place)
            for known in self.places
        )

    def _reaches(self, known: Reference, place: Reference) -> bool:
        """Whether ledd, bokstav and nr of a claim can be right for a § that is known."""
        own = known.section_ref == self.passage.section_ref
        if place.ledd is not None and known.ledd != place.ledd:
            ledd = len([part for part in self.passage.section.text.split("\n\n") if part.strip()])
            if known.ledd is not None or not own or place.ledd > ledd:
                return False
        if place.bokstav is not None and known.bokstav != place.bokstav:
            return own and bool(re.search(rf"(?:^|\n)\s*{place.bokstav}[.)]", self.text))
        if place.nr is not None and known.nr != place.nr:
            return own and bool(re.search(rf"(?:^|\n)\s*{place.nr}[.)]", self.text))
        return True
