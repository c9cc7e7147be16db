"""The personal-data guard: national identity numbers stop a message before anything else sees it.

A number is one when its two check digits hold (Skatteetaten's algorithm for fødselsnummer), also
D-numbers (day + 40), H-numbers (month + 40) and synthetic test numbers (month + 65 or + 80). Eleven
digits that fail the check pass: they are amounts, case numbers or typing errors.
"""

from __future__ import annotations

import re
from datetime import date

_ELEVEN_DIGITS = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{5})(?!\d)")
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
MASK = "[fødselsnummer fjernet]"


def identity_numbers(text: str) -> list[str]:
    """Every valid identity number in `text`, as written."""
    return [match[0] for match in _ELEVEN_DIGITS.finditer(text) if _is_identity_number(match[1] + match[2])]


def mask(text: str) -> str:
    """`text` with every valid identity number replaced."""
    return _ELEVEN_DIGITS.sub(lambda match: MASK if _is_identity_number(match[1] + match[2]) else match[0], text)


def _is_identity_number(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    first = -sum(w * n for w, n in zip(_FIRST_WEIGHTS, numbers, strict=False)) % 11
    second = -sum(w * n for w, n in zip(_SECOND_WEIGHTS, numbers, strict=False)) % 11
    return (first, second) == (numbers[9], numbers[10]) and _has_a_birthday(digits)


def _has_a_birthday(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day -= 40 if day > 40 else 0
    for shift in (80, 65, 40):
        if month > shift:
            month -= shift
            break
    try:
        date(2000 + year, month, day)
    except ValueError:
        return (day, month) == (29, 2)
    return True
