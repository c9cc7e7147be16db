"""Numbers that point at a person, found in running text: identity, account and phone numbers, however they are grouped.

A text is folded first: same length, every kind of digit and space as ASCII, so that places hold in the text as
written. Then digits standing together are *groups*, and a number is a row of whole groups with little between
them. Every search looks at no more than a number's length from each group, so time grows with the text alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TypeAlias

from bot.identity_numbers import LENGTH, is_account_number, is_identity_number

Span: TypeAlias = "tuple[int, int]"
Row: TypeAlias = "Sequence[re.Match[str]]"

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_GROUP = re.compile(r"[0-9]+")
_LOOSE_GAP = re.compile(
    r"[\s.\-/:,_·•*`|'\"()]{1,3}|[\s.,:;(]{0,3}(?:og )?(?:personnummer(?:et)?|personnr|pers\.? ?nr|pnr)[\s.:]{0,3}",
    re.IGNORECASE,
)
"""Between the parts of an identity number, «130780, personnummer 12345» among them."""
_TIGHT_GAP = re.compile(r"[ .\-]{1,2}")
"""Between the parts of an account or phone number."""
_LONGEST_GAP = 30
_CONTEXT = 24
"""Characters before a number in which a word says what it is."""

_YEAR = re.compile(r"(?:18|19|20)[0-9]{2}")
_COMPACT_DATE = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2}"
)
_PHONE_WORD = re.compile(
    r"(?:tlf|telefon|mob|mobil|ring|sms|vipps)\w{0,10}[\s.:]{0,3}(?:til |på |er )?$", re.IGNORECASE
)
_CASE_WORD = re.compile(
    r"(?:\b(?:sak|ref|kid|journal|arkiv|org|nok|kr|beløp)\w{0,12}[\s.:]{0,3}(?:nr\.? ?)?|§ ?)$", re.IGNORECASE
)
_AMOUNT = re.compile(r"\s?(?:kr\b|kroner|nok\b|mill|mrd|,-|,[0-9]{2}\b|%|prosent)", re.IGNORECASE)
_PHONE_SHAPES = ((2, 2, 2, 2), (3, 2, 3))
_OFFICE_PHONES = frozenset(("55553333",))
"""NAV's contact centre is nobody's own number."""
_PREFIXED_SHAPES = ((10,), (2, 8), (2, 2, 2, 2, 2), (2, 3, 2, 3), (12,), (4, 8), (4, 2, 2, 2, 2), (4, 3, 2, 3))
"""With the country code 47 or 0047 before them."""
_AFTER_PLUS = re.compile(r"\+47(?:[ .\-]{0,2}[0-9]){8}(?![0-9])|\+(?!47)[0-9](?:[ .\-]{0,2}[0-9]){7,14}(?![0-9])")
"""A country code and a number, fifteen digits at most (ITU-T E.164)."""


def folded(text: str) -> str:
    """The text with every digit, space, dash and wide letter as its plain self, character by character."""
    return text if text.isascii() else _NOT_ASCII.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    character = match[0]
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp", "Cf", "Me") or "\ufe00" <= character <= "\ufe0f":
        return " "
    if category == "Pd" or character == "\u2212":
        return "-"
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def identity_spans(text: str) -> list[Span]:
    """Where identity numbers stand in a folded text, none overlapping; usual groupings win over odd ones."""
    usual, odd = [], []
    for digits, row in _rows(text, (LENGTH, LENGTH + 2), _LOOSE_GAP, most=LENGTH):
        if len(digits) == LENGTH and is_identity_number(digits) and not _is_law_or_amount(row):
            if (sizes := _sizes(row)) in ((11,), (6, 5), (2, 2, 2, 5)):
                usual.append(_span(row))
            elif len(sizes) <= 3 or _ends(sizes, 6):
                odd.append(_span(row))
        elif (
            _sizes(row) in ((2, 2, 4, 5), (8, 5)) and _has_full_year(digits) and not _AMOUNT.match(text, row[-1].end())
        ):
            odd.append(_span(row))
    return _apart([*usual, *odd])


def _has_full_year(digits: str) -> bool:
    """Whether thirteen digits are an identity number with four for the year: 13.07.1980 12345."""
    return _YEAR.fullmatch(digits, 4, 8) is not None and is_identity_number(digits[:4] + digits[6:], new_rule=False)


def account_spans(text: str) -> list[Span]:
    """Where bank account numbers stand in a folded text."""
    return _apart(
        [
            _span(row)
            for digits, row in _rows(text, (LENGTH,), _TIGHT_GAP, most=3)
            if _sizes(row) in ((11,), (4, 2, 5)) and is_account_number(digits) and _is_free(text, row)
        ]
    )


def phone_spans(text: str) -> list[Span]:
    """Where phone numbers stand in a folded text: Norwegian ones, and others after a plus sign."""
    spans = [number.span() for number in _AFTER_PLUS.finditer(text)]
    for digits, row in _rows(text, (12, 10, 8), _TIGHT_GAP, most=5):
        if _is_norwegian(text, digits, row):
            spans.append(_span(row))
    return _apart([span for span in spans if not _AMOUNT.match(text, span[1])])


def _is_norwegian(text: str, digits: str, row: Row) -> bool:
    if digits[-8] in "01" or (len(row) > 1 and _is_in_a_list(text, row)):
        return False
    sizes = _sizes(row)
    if len(digits) > 8:
        return digits[:-8] in ("47", "0047") and sizes in _PREFIXED_SHAPES and _is_free(text, row)
    if digits in _OFFICE_PHONES:
        return False
    if sizes == (8,):
        by_itself = not (_COMPACT_DATE.fullmatch(digits) or digits.endswith("000"))
    else:
        by_itself = sizes in _PHONE_SHAPES
    start = row[0].start()
    return (by_itself or _PHONE_WORD.search(text, max(0, start - _CONTEXT), start) is not None) and _is_free(text, row)


def _is_free(text: str, row: Row) -> bool:
    """Whether a row of groups is a number by itself: not a piece of a longer one or of a word, no case, no amount."""
    start, end = row[0].start(), row[-1].end()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if re.search(r"[\w/=#§]$|[0-9][.\-,]$", before) or re.match(r"[^\W_]|[.\-/,][0-9]", after):
        return False
    return _CASE_WORD.search(text, max(0, start - _CONTEXT), start) is None


def _is_in_a_list(text: str, row: Row) -> bool:
    """Whether further digits stand one space before or after."""
    start, end = row[0].start(), row[-1].end()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[1:] == " " and before[0].isdigit()) or (after[:1] == " " and after[1:].isdigit())


def _is_law_or_amount(row: Row) -> bool:
    """`2009-12-18-131` and `2009/12345-6` are laws and cases, `12 345 678 901` is money."""
    sizes = _sizes(row)
    return sizes == (2, 3, 3, 3) or (sizes[0] == 4 and sizes != (4, 2, 5) and _YEAR.fullmatch(row[0][0]) is not None)


def _rows(text: str, lengths: Sequence[int], gap: re.Pattern[str], most: int) -> Iterator[tuple[str, Row]]:
    """The digits and groups of every row of at most so many neighbouring groups with one of the lengths (in digits)."""
    groups = list(_GROUP.finditer(text))
    digits = "".join(group[0] for group in groups)
    starts = [0, *accumulate(_sizes(groups))]
    after = {end: n for n, end in enumerate(starts)}
    breaks = [0, *accumulate(not _joined(text, one.end(), two.start(), gap) for one, two in pairwise(groups))]
    for first, start in enumerate(starts[:-1]):
        for length in lengths:
            last = after.get(start + length)
            if last is not None and last - first <= most and breaks[last - 1] == breaks[first]:
                yield digits[start : start + length], groups[first:last]


def _joined(text: str, start: int, end: int, gap: re.Pattern[str]) -> bool:
    return end - start <= _LONGEST_GAP and gap.fullmatch(text, start, end) is not None


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The spans that overlap none before them in the list, in the order of the text."""
    taken: set[int] = set()
    kept = []
    for start, end in spans:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end))
    return sorted(kept)


def _sizes(row: Row) -> tuple[int, ...]:
    return tuple(group.end() - group.start() for group in row)


def _ends(sizes: Sequence[int], place: int) -> bool:
    """Whether a group ends after so many digits."""
    return place in {sum(sizes[: n + 1]) for n in range(len(sizes))}


def _span(row: Row) -> Span:
    return row[0].start(), row[-1].end()
