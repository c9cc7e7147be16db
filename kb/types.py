"""The nouns of navkb: every other module passes these around and adds none of its own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a source is, listed in order of authority (first outranks last)."""

    LOV = "lov"
    FORSKRIFT = "forskrift"
    RUNDSKRIV = "rundskriv"
    VEILEDER = "veileder"
    NOTAT = "notat"
    EVALUERING = "evaluering"
    PRAKSIS = "praksis"

    @property
    def rank(self) -> int:
        """0 for the highest authority (law), 6 for the lowest (practice)."""
        return list(Kind).index(self)

    @property
    def is_law(self) -> bool:
        """True for the kinds that are cited by § and ledd."""
        return self in (Kind.LOV, Kind.FORSKRIFT)


class Responsibility(StrEnum):
    """Which side of the NAV office answers for the task."""

    STAT = "stat"
    KOMMUNE = "kommune"
    FELLES = "felles"


class Finder(StrEnum):
    """How a hit was found."""

    REFERENCE = "reference"
    WORDS = "words"
    MEANING = "meaning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Source:
    """One published document.

    `id` is also the prefix of every reference into it, e.g. `lov/2009-12-18-131`. `names` are the
    ways people call it, the usual one first. `stands_alone` marks a note that is itself the answer (rates),
    where other notes give way to the paragraph they explain. `local` marks what an office has taken in
    itself, beside what comes with navkb. `archive` names the Lovdata archive it came in. `origin` says which manifest and file it came from,
    `stamp` changes whenever the bytes it was loaded from may have changed.
    """

    id: str
    kind: Kind
    title: str
    names: tuple[str, ...] = ()
    publisher: str = ""
    author: str = ""
    date: datetime.date | None = None
    in_force_from: datetime.date | None = None
    in_force: bool = True
    responsibility: Responsibility | None = None
    language: str = "nb"
    licence: str = ""
    url: str = ""
    stands_alone: bool = False
    local: bool = False
    archive: str = ""
    origin: str = ""
    stamp: str = ""

    def __str__(self) -> str:
        return f"{self.names[0] if self.names else self.title} ({self.id})"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a § in law: the act that made it, e.g. `lov/2018-12-20-98` (empty where it cannot be read).

    `in_force` is the day it took effect, None where none is told. A `coming` one is not in the text yet.
    """

    act: str
    in_force: datetime.date | None = None
    coming: bool = False

    @property
    def day(self) -> datetime.date | None:
        """The day it took effect, or else the day the act was made; None where neither is known."""
        made = self.act.partition("/")[2][:10]
        return self.in_force or (datetime.date.fromisoformat(made) if made else None)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document that can be cited by name, e.g. `§20a` or `lysbilde/14`.

    In law, `text` holds the ledd separated by one blank line, list items on lines of their own.
    `about` are the references a note explains, its main paragraph first; `questions` and `words`
    are what people say when they mean this section. `changes` tells when a § in law was changed, oldest first.
    """

    locator: str
    text: str
    title: str = ""
    headings: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    mark: str = ""
    in_force: bool = True
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source with its sections, in reading order; `warnings` are what its loader wants said, e.g. pages without text."""

    source: Source
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed, retrieved and shown: `text == section.text[start:end]`.

    `id` is a digest of all that is indexed of it, so equal ids never need re-indexing; it is not a
    reference and may change with the splitter.
    """

    id: str
    source_id: str
    locator: str
    start: int
    end: int
    text: str
    section: Section

    @property
    def ref(self) -> str:
        """The stable reference, e.g. `lov/2009-12-18-131/§20a/ledd/4`."""
        return f"{self.source_id}/{self.locator}"

    @property
    def section_ref(self) -> str:
        """The reference of the section it is a span of, e.g. `lov/2009-12-18-131/§20a`."""
        return f"{self.source_id}/{self.section.locator}"

    def __str__(self) -> str:
        return self.ref


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score and how it was found; `source` is where it stands."""

    passage: Passage
    source: Source
    score: float
    found_by: tuple[Finder, ...]

    def __str__(self) -> str:
        return f"{self.passage.ref} {self.score:.3f} ({', '.join(self.found_by)})"


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of a conversation."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The number of a marker in the answer, and the verbatim quote that stands behind it."""

    n: int
    passage: Passage
    source: Source
    quote: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and what may be said about it.

    `text` is Markdown in `language` (`nb` or `nn`) with `[n]` markers, each with its citation.
    `refused` means the sources do not cover the question; `hits` are then the nearest ones.
    """

    question: str
    language: str
    text: str
    refused: bool
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    warnings: tuple[str, ...] = ()
    model: str = ""
    ms: float = field(default=0.0, compare=False)
