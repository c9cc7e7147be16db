"""What people call things, and what is none of our business: kept with the index it belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from kb.analysis import terms


@dataclass(frozen=True, slots=True)
class Outside:
    """A topic the knowledge base does not cover: what it is, whom to ask, and how people ask about it."""

    topic: str
    ask: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """`laws` maps document ids to their names; `synonyms` are groups of words for one thing.

    `benefits` are words for what only that law gives.

    `home` are the laws a NAV office lives by, the one meant by a bare «§ 18» first.
    """

    laws: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    benefits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    home: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    outside: tuple[Outside, ...] = ()

    def to_json(self) -> str:
        """For the passage store's stamps."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Vocabulary:
        """What `to_json` wrote; an empty vocabulary for an empty text."""
        if not text:
            return cls()
        read = json.loads(text)
        return cls(
            {id_: tuple(names) for id_, names in read["laws"].items()},
            {id_: tuple(words) for id_, words in read["benefits"].items()},
            tuple(read["home"]),
            tuple(tuple(group) for group in read["synonyms"]),
            tuple(Outside(o["topic"], o["ask"], tuple(o["questions"])) for o in read["outside"]),
        )


class Synonyms:
    """Groups of words for one thing, looked up by the terms of a question; a group's first word is the usual one."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._words: dict[str, set[str]] = {}
        self._phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
        for group in groups:
            keys = [key for key in dict.fromkeys(tuple(terms(word)) for word in group) if key]
            for key in keys:
                others = [other for other in keys if other != key]
                if len(key) == 1:
                    self._words.setdefault(key[0], set()).update(term for other in others for term in other)
                elif key != keys[0]:
                    self._phrases.setdefault(key, keys[0])
        self._longest = max(map(len, self._phrases), default=1)

    def of(self, term: str) -> set[str]:
        """The terms of other words for a single word: «kvp» – «kvalifiseringsprogram»."""
        return self._words.get(term, set())

    def of_phrases(self, query: Sequence[str]) -> list[str]:
        """The terms of the usual words for the phrases in a question: «tak over hodet» – «midlertidig botilbud».

        Whatever each of its words means by itself, together they mean this.
        """
        found: list[str] = []
        for length in range(2, self._longest + 1):
            for at in range(len(query) - length + 1):
                found += self._phrases.get(tuple(query[at : at + length]), ())
        return found


class Spellings:
    """Words we know, found again when a question misspells them."""

    def __init__(self, known: Mapping[str, int]) -> None:
        """`known` maps words to how often they are used."""
        self._known = known
        self._by_letter: dict[str, list[str]] = {}
        for word, count in known.items():
            if count >= TRUSTED and len(word) >= SHORTEST_TYPO and word.isalpha():
                self._by_letter.setdefault(word[0], []).append(word)

    def right(self, word: str) -> str | None:
        """The known word that a long, rare one is a slip of: one edit, two in words of ten letters or more.

        The first letter is taken to be right: people seldom get that wrong.
        """
        if self._known.get(word, 0) >= TRUSTED or len(word) < SHORTEST_TYPO or not word.isalpha():
            return None
        edits = 2 if len(word) >= LONG_WORD else 1
        near = process.extract(
            word,
            self._by_letter.get(word[0], ()),
            scorer=DamerauLevenshtein.distance,
            score_cutoff=edits,
            limit=None,
        )
        return min(near, key=lambda found: (found[1], -self._known[found[0]], found[0]))[0] if near else None


SHORTEST_TYPO = 6
"""Shorter words have too many neighbours: «lån» is no misspelling of «løn»."""
LONG_WORD = 10
TRUSTED = 3
"""A word used this often is spelled as it should be: our notes hold misspellings too, on purpose, but each once or twice."""
