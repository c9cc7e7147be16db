"""Numbers that point at a person, found in running text: identity, account and phone numbers, however they are grouped.

A text is folded first: same length, every kind of digit and space as ASCII, so that places hold in the text as
written. Then digits standing together are *groups*, and a number is a row of whole groups with little between
them. Every search looks at no more than a number's length from each group, so time grows with the text alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
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
_PHONE_WORD = re.compile(r"(?:tlf|telefon|mob|mobil|ring|sms|vipps)\w{0,10}[\s.:]{0,3}(?:til |på |er )?$", re.IGNORECASE)
_CASE_WORD = re.compile(r"(?:\b(?:sak|ref|kid|journal|arkiv|org|nok|kr|beløp)\w{0,12}[\s.:]{0,3}(?:nr\.? ?)?|§ ?)$", re.IGNORECASE)
_AMOUNT = re.compile(r"\s?(?:kr\b|kroner|nok\b|mill|mrd|,-|,[0-9]{2}\b|%|prosent)", re.IGNORECASE)
_PHONE_SHAPES = ((8,), (2, 2, 2, 2), (3, 2, 3))
_NORWEGIAN_SHAPES = ((10,), (2, 8), (2, 2, 2, 2, 2), (2, 3, 2, 3), (12,), (4, 8), (4, 2, 2, 2, 2), (4, 3, 2, 3))
"""With the country code 47 or 0047 before them."""
_LONGEST_PHONE = 15


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
    groups = list(_GROUP.finditer(text))
    usual, odd = [], []
    for row in _rows(text, groups, LENGTH, _LOOSE_GAP):
        sizes = _sizes(row)
        if is_identity_number(_digits(row)) and not _is_law_or_amount(row, sizes):
            if sizes in ((11,), (6, 5), (2, 2, 2, 5)):
                usual.append(_span(row))
            elif len(sizes) <= 3 or _ends(sizes, 6):
                odd.append(_span(row))
    for row in _rows(text, groups, LENGTH + 2, _LOOSE_GAP):  # the year in full: 13.07.1980 12345
        digits = _digits(row)
        written = _sizes(row) in ((2, 2, 4, 5), (8, 5)) and _YEAR.fullmatch(digits[4:8])
        if written and is_identity_number(digits[:4] + digits[6:], new_rule=False) and not _AMOUNT.match(text, row[-1].end()):
            odd.append(_span(row))
    return _apart([*usual, *odd])


def account_spans(text: str) -> list[Span]:
    """Where bank account numbers stand in a folded text."""
    rows = _rows(text, list(_GROUP.finditer(text)), LENGTH, _TIGHT_GAP)
    return _apart(
        [
            _span(row)
            for row in rows
            if _sizes(row) in ((11,), (4, 2, 5)) and is_account_number(_digits(row)) and _is_free(text, row)
        ]
    )


def phone_spans(text: str) -> list[Span]:
    """Where phone numbers stand in a folded text: Norwegian ones, and others after a plus sign."""
    groups = list(_GROUP.finditer(text))
    spans = []
    for row in _rows(text, groups, range(8, _LONGEST_PHONE + 1), _TIGHT_GAP):
        if _is_phone(text, row) and not _AMOUNT.match(text, row[-1].end()):
            plus = row[0].start() > 0 and text[row[0].start() - 1] == "+"
            spans.append((row[0].start() - plus, row[-1].end()))
    return _apart(sorted(spans, key=lambda span: (span[0], -span[1])))


def _is_phone(text: str, row: Row) -> bool:
    digits, sizes, start = _digits(row), _sizes(row), row[0].start()
    if start > 0 and text[start - 1] == "+":
        return len(digits) == 10 if digits.startswith("47") else True
    if not _is_free(text, row):
        return False
    if sizes in _NORWEGIAN_SHAPES:
        return re.fullmatch(r"(?:00)?47[2-9][0-9]{7}", digits) is not None
    if len(digits) != 8 or digits[0] in "01":
        return False
    if _PHONE_WORD.search(text, max(0, start - _CONTEXT), start):
        return True
    return sizes in _PHONE_SHAPES and not (len(sizes) == 1 and (_COMPACT_DATE.fullmatch(digits) or digits.endswith("000")))


def _is_free(text: str, row: Row) -> bool:
    """Whether a row of groups is a number by itself: not the tail of a longer one, of a word, a case or an amount."""
    start, end = row[0].start(), row[-1].end()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return not (
        re.search(r"[\w/=#§]$|[0-9][ .\-,]$", before)
        or re.match(r"[^\W_]|[ .\-/,][0-9]", after)
        or _CASE_WORD.search(text, max(0, start - _CONTEXT), start)
    )


def _is_law_or_amount(row: Row, sizes: tuple[int, ...]) -> bool:
    """`2009-12-18-131` and `2009/12345-6` are laws and cases, `12 345 678 901` is money."""
    return sizes == (2, 3, 3, 3) or (sizes[0] == 4 and sizes != (4, 2, 5) and _YEAR.fullmatch(row[0][0]) is not None)


def _rows(text: str, groups: Row, lengths: int | Sequence[int], gap: re.Pattern[str]) -> Iterator[Row]:
    """Every row of neighbouring groups that has one of the lengths (in digits) in all."""
    wanted = (lengths,) if isinstance(lengths, int) else lengths
    for first in range(len(groups)):
        digits, last = 0, first
        while last < len(groups):
            digits += groups[last].end() - groups[last].start()
            if digits > wanted[-1]:
                break
            if digits in wanted:
                yield groups[first : last + 1]
            last += 1
            if last == len(groups) or not _joined(text, groups[last - 1].end(), groups[last].start(), gap):
                break


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


def _digits(row: Row) -> str:
    return "".join(group[0] for group in row)


def _sizes(row: Row) -> tuple[int, ...]:
    return tuple(group.end() - group.start() for group in row)


def _ends(sizes: Sequence[int], place: int) -> bool:
    """Whether a group ends after so many digits."""
    return place in {sum(sizes[: n + 1]) for n in range(len(sizes))}


def _span(row: Row) -> Span:
    return row[0].start(), row[-1].end()
