"""The personal-data guard: identity numbers stop a message, other personal data is taken out of it, before anything else sees it.

Whoever passes a question on asks `findings` first, refuses it when one of them stops, and passes on `mask(text)`:
search, model, log and store never see what was found. Names of those who wrote the sources are no findings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.personal_names import address_spans, name_spans
from bot.personal_numbers import Span, account_spans, folded, identity_spans, phone_spans
from bot.phrases import PERSONAL_DATA, PHRASES


class Kind(StrEnum):
    """What a finding is, in the order in which overlaps are resolved."""

    IDENTITY_NUMBER = "identity_number"
    EMAIL = "email"
    ACCOUNT_NUMBER = "account_number"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


MARKS = {
    Kind.IDENTITY_NUMBER: "[fødselsnummer fjernet]",
    Kind.EMAIL: "[e-post fjernet]",
    Kind.ACCOUNT_NUMBER: "[kontonummer fjernet]",
    Kind.PHONE: "[telefonnummer fjernet]",
    Kind.ADDRESS: "[adresse fjernet]",
    Kind.NAME: "[navn fjernet]",
}
"""What `mask` puts in the place of a finding."""

_MARK = re.compile("|".join(map(re.escape, MARKS.values())))
_TAKEN = "\0"
"""Stands where something was found while the rest is searched; like a mark, it is part of no number, word or gap."""

_EMAIL = re.compile(r"(?<![\w.+%\-])[\w.+%\-]++@[\w\-]++(?:\.[\w\-]++)++")
_OFFICE_BOXES = frozenset("firmapost hei info kontakt noreply post postmottak support".split())
"""Local parts of addresses that belong to an office and not to a person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something personal at `text[start:end]`."""

    kind: Kind
    start: int
    end: int

    @property
    def stops(self) -> bool:
        """Whether the message goes no further; the other kinds only warn."""
        return self.kind is Kind.IDENTITY_NUMBER


def findings(text: str, known_names: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything personal in a text, in its order, none overlapping."""
    found: list[Finding] = []
    left = folded(text)
    while new := list(_next(left, known_names)):  # what was found may have been the reason why its neighbour was not
        found += new
        left = _without(left, ((finding.start, finding.end) for finding in sorted(new, key=_start)))
    return tuple(sorted(found, key=_start))


def mask(text: str, known_names: Collection[str] = ()) -> str:
    """The text with a mark in the place of every finding; a masked text has none."""
    parts, at = [], 0
    for finding in findings(text, known_names):
        parts += [text[at : finding.start], MARKS[finding.kind]]
        at = finding.end
    return "".join([*parts, text[at:]])


def unmarked(masked: str) -> str:
    """A masked text without its marks, for the search: their words are not what is asked about."""
    return _MARK.sub("…", masked)


def identity_numbers(text: str) -> list[str]:
    """Every identity number in a text, as written."""
    return [text[start:end] for start, end in identity_spans(folded(text))]


def warning(found: Sequence[Finding], language: str) -> str:
    """A sentence that says which kinds of personal data were seen and taken out; empty when there were none."""
    kinds = sorted({finding.kind for finding in found}, key=list(Kind).index)
    if not kinds:
        return ""
    names = [PERSONAL_DATA[language][kind] for kind in kinds]
    listed = " og ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return PHRASES[language]["personal_data"].format(what=listed)


def _next(text: str, known_names: Collection[str]) -> Iterator[Finding]:
    """What each kind finds in what the kinds before it have left."""
    for kind in Kind:
        spans = _spans(kind, text, known_names)
        yield from (Finding(kind, start, end) for start, end in spans)
        text = _without(text, spans)


def _spans(kind: Kind, text: str, known_names: Collection[str]) -> list[Span]:
    match kind:
        case Kind.IDENTITY_NUMBER:
            return identity_spans(text)
        case Kind.EMAIL:
            return [email.span() for email in _EMAIL.finditer(text) if not _is_office_box(email[0])]
        case Kind.ACCOUNT_NUMBER:
            return account_spans(text)
        case Kind.PHONE:
            return phone_spans(text)
        case Kind.ADDRESS:
            return address_spans(text)
        case Kind.NAME:
            return name_spans(text, known_names)


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text, as long as before, with nothing to be found in the spans, which come in order."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], _TAKEN * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


def _start(finding: Finding) -> int:
    return finding.start


def _is_office_box(address: str) -> bool:
    return address.partition("@")[0].lower() in _OFFICE_BOXES
