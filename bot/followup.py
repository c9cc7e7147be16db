"""Follow-ups: a line that leans on the conversation becomes a question that stands alone, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.analysis import content_words, words
from kb.index import Index
from kb.references import Reference, parse
from kb.search import search
from kb.types import Turn

LONGEST_CHAIN = 4
"""How many lines back a conversation may be carried."""
LEANING_WORDS = 4
"""A line that points back to a person («hun») and has more content words of its own than this says enough by itself."""
POINTING_WORDS = 3
"""The same for a line that points back to a thing: «det» and «den» often point forward, or within the line."""
SAYS_ENOUGH = 0.9
"""Caseworkers say «han» of a client in every other line: a line that finds its answer with this confidence stands alone."""
ELLIPTIC_WORDS = 2
"""A question of so few content words («hvor lenge?», «hvem bestemmer?») asks about what was said before."""
LANGUAGE_WORDS = 3
"""A line that asks for a language («kan du ta det på nynorsk?») has no more content words than this: a longer one is
about rights to a language, unless it says «svar på nynorsk»."""
TELLING_WORDS = 4
"""A line of so many content words may stand alone though it begins with «og» or «hvis»."""
SEPARATOR = " – "

_OPENINGS = re.compile(
    r"(og|men|enn|eller|hva hvis|hva om|kva om|kva dersom|hva da|kva då|hva så|kva så|i så fall|i tilfelle|hvis|dersom)\b"
)
"""How a line begins that goes on from the one before."""
_ASKS_ON = re.compile(r"(og |men )?(hva|kva) med\b")
"""«hva med kona?» asks the same of somebody else, however much it says of her."""
_PERSONS = frozenset("dei de dem deim han hun hen ham henne ho honom hennes hans deres deira begge".split())
_THINGS = frozenset(
    "det den dette denne disse desse da då der samme same slik slikt slike tilsvarende tilsvarande".split()
)
_DEFINING = re.compile(
    r"(hva|kva) (er|betyr|tyder|menes med|meinast med|vil det si) (en |et |ein |eit )?\w+(?<!en)(?<!et)(?<!a)(?<!ne)$"
)
"""«hva er nødhjelp?» opens a subject; «hva er fristen?», with a definite noun, goes on with one."""
_RELATIVE = re.compile(r"\b(de|dem|dei|deim|den|det)\s+som\b")
"""«de som …» says itself who is meant."""
_ASKING = frozenset(
    "hva hvem hvor når hvordan hvorfor hvilken hvilke kva kven kor korleis kvifor kva når kan må skal er blir får har".split()
)
_LANGUAGE = re.compile(r"\b(på|til)\s+(ny\s?norsk|bokmål)\b")
_ANSWER_IN = re.compile(r"\bsvar( meg| gjerne)* på (ny\s?norsk|bokmål)\b")
_LEDD = re.compile(
    r"\b(første|fyrste|andre|annet|tredje|fjerde|femte|sjette|sjuende|syvende|åttende)\s+ledd|\bbokstav\s+[a-zæøå]\b|\bledd\s+\d"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is really asked: the question that stands alone, and whether the conversation was needed to tell.

    `query` is what to search for: the same, with the last line counted twice. `lines` are the user's lines it was
    put together from; empty where the line stands alone or names a place in what was spoken of.
    """

    question: str
    leans: bool = False
    query: str = ""
    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "query", self.query or self.question)


def resolve(index: Index, question: str, turns: Sequence[Turn]) -> Resolved:
    """The question with what it takes from the conversation; unchanged when it starts something new."""
    asked = [turn.text for turn in turns if turn.role == "user"]
    if not asked or not leans(index, question):
        return Resolved(question)
    chain = [question]
    for earlier in reversed(asked[-LONGEST_CHAIN:]):
        chain.insert(0, earlier)
        if not leans(index, earlier):
            break
    if asked_language(question):
        chain.pop()
    if place := _asked_place(index, question, chain[:-1]):
        return Resolved(place, leans=True)
    if index.law_names.mentioned(question):  # «hva med forvaltningsloven?»: that law now, not the one before
        chain[:-1] = [index.law_names.without_names(line) for line in chain[:-1]]
    whole = SEPARATOR.join(chain)
    return Resolved(whole, leans=True, query=f"{whole} {chain[-1]}", lines=tuple(chain))


def asked_language(line: str) -> str | None:
    """The language a line asks for («kan du ta det på nynorsk?»), `nb` or `nn`; None when it asks for none."""
    lowered = line.lower()
    match = _LANGUAGE.search(lowered)
    if match is None or (_own_words(line) > LANGUAGE_WORDS and not _ANSWER_IN.search(lowered)):
        return None
    return "nb" if match[2] == "bokmål" else "nn"


def leans(index: Index, line: str) -> bool:
    """Whether a line can only be understood together with those before it."""
    lowered = line.lower().strip(" –-…?!.")
    own = _own_words(index.law_names.without_names(line))
    if asked_language(line) and own <= LANGUAGE_WORDS:
        return True
    if _LEDD.search(lowered) and not index.law_names.find(line):
        return True
    said = set(words(_RELATIVE.sub("", lowered)))
    if _ASKS_ON.match(lowered) or (own < TELLING_WORDS and _OPENINGS.match(lowered)):
        return True
    if own <= ELLIPTIC_WORDS and _ASKING & said and not _DEFINING.match(lowered):
        return not index.law_names.find(line)
    points_back = (own <= LEANING_WORDS and _PERSONS & said) or (own <= POINTING_WORDS and _THINGS & said)
    return bool(points_back or _OPENINGS.match(lowered)) and search(index, line).confidence < SAYS_ENOUGH


def _own_words(line: str) -> int:
    """How many words a line has that say something of their own."""
    return len([word for word in content_words(line) if word.text not in _ASKING])


def _asked_place(index: Index, question: str, chain: Sequence[str]) -> str:
    """«og andre ledd?», «og § 19?»: the place itself, in the paragraph or the law spoken of; empty for other lines."""
    if list(content_words(_LEDD.sub("", index.law_names.without_names(question).lower()))) or not chain:
        return ""
    named = index.law_names.find(question)
    if not named and not _LEDD.search(question.lower()):
        return ""
    before = _place_spoken_of(index, SEPARATOR.join(chain))
    if before is None:
        return ""
    if not named:
        ledd = _LEDD.search(question.lower())
        return f"{index.law_names.write(before.section_ref)} {ledd[0]}" if ledd else ""
    if index.law_names.mentioned(question):
        return ""
    place = f"{before.source_id}/{named[0].section_ref.rpartition('/')[2]}"
    return index.law_names.write(place) if index.store.section_passages(place) else ""


def _place_spoken_of(index: Index, text: str) -> Reference | None:
    """The paragraph the conversation is about: the one it names, else the first one found."""
    if named := index.law_names.find(text):
        return named[-1]
    laws = (hit.passage.section_ref for hit in search(index, text, 5).hits if hit.source.kind.is_law)
    return next((place for ref in laws if (place := parse(ref))), None)
