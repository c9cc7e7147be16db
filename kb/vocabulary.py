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

    `home` are the laws a NAV office lives by, the one meant by a bare «§ 18» first.
    """

    laws: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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
            tuple(read["home"]),
            tuple(tuple(group) for group in read["synonyms"]),
            tuple(Outside(o["topic"], o["ask"], tuple(o["questions"])) for o in read["outside"]),
        )


class Synonyms:
    """Groups of words for one thing, looked up by the terms of a question."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for group in groups:
            keys = [tuple(terms(word)) for word in group]
            for key in keys:
                if key:
                    self._groups.setdefault(key, []).extend(other for other in keys if other and other != key)
        self._longest = max((len(key) for key in self._groups), default=0)

    def of(self, query: Sequence[str]) -> dict[str, set[str]]:
        """For each term of `query`, the terms that other words for it bring in.

        A group's words may be several terms long («kvalifiseringsprogram» – «kvp», «tak over
        hodet» – «bolig»); each term of a longer match gets the whole of what stands for it.
        """
        found: dict[str, set[str]] = {}
        for length in range(1, self._longest + 1):
            for at in range(len(query) - length + 1):
                key = tuple(query[at : at + length])
                for other in self._groups.get(key, ()):
                    for term in key:
                        found.setdefault(term, set()).update(other)
        return found


class Spellings:
    """Known terms, found again when a question misspells them."""

    def __init__(self, known: Sequence[str]) -> None:
        self._all = frozenset(known)
        self._long = [term for term in known if len(term) >= SHORTEST_TYPO]

    def right(self, term: str) -> str | None:
        """The known term that a long unknown one is a slip of: one edit, two in words of ten letters or more."""
        if term in self._all or len(term) < SHORTEST_TYPO or not term.isalpha():
            return None
        edits = 2 if len(term) >= LONG_WORD else 1
        found = process.extractOne(term, self._long, scorer=DamerauLevenshtein.distance, score_cutoff=edits)
        return found[0] if found else None


SHORTEST_TYPO = 6
"""Shorter words have too many neighbours: «lån» is no misspelling of «løn»."""
LONG_WORD = 10
