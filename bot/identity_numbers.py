"""Identity numbers: fødselsnummer, D-, H- and synthetic test numbers, told by birthday and check digits.

A number is eleven digits: day, month, year, three individual digits and two check digits. D-numbers have the
day + 40; H-numbers, and the test numbers of NAV's Dolly, the month + 40; other synthetic numbers the month + 65
or, in Skatteetaten's Tenor, + 80.

Check digits: the nine first digits weighed, plus the first check digit, leave the remainder 0 by 11; from 2032
Skatteetaten issues numbers that leave 1, 2 or 3 as well (skatteetaten.github.io/folkeregisteret-api-dokumentasjon,
«Nytt fødselsnummer fra 2032»). The ten first digits weighed, plus the second one, leave 0 in both.
"""

from __future__ import annotations

from collections.abc import Sequence

LENGTH = 11
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_NEW_REMAINDERS = (1, 2, 3)
_DAY_SHIFT = 40
_MONTH_SHIFTS = (0, 40, 65, 80)
_NEW_MONTH_SHIFTS = (0, 80)
"""The rule of 2032 is tried only on Folkeregisteret's own months: each further one lets more case numbers look like people."""
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_identity_number(digits: str, *, new_rule: bool = True) -> bool:
    """Whether eleven ASCII digits are an identity number; `new_rule` says whether those from 2032 count."""
    if remainder(digits, _SECOND_WEIGHTS):
        return False
    first = remainder(digits, _FIRST_WEIGHTS)
    if first == 0:
        return _is_birthday(digits, _MONTH_SHIFTS)
    return new_rule and first in _NEW_REMAINDERS and _is_birthday(digits, _NEW_MONTH_SHIFTS)


def is_account_number(digits: str) -> bool:
    """Whether eleven ASCII digits are a bank account number: the same weights as the second check digit."""
    return remainder(digits, _SECOND_WEIGHTS) == 0 and digits != "0" * LENGTH


def remainder(digits: str, weights: Sequence[int]) -> int:
    """The weighed sum of the first digits, modulo 11."""
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11


def _is_birthday(digits: str, month_shifts: Sequence[int]) -> bool:
    """Whether there has been such a day in some century: 1900 had no 29 February, but 2000 had."""
    day, shifted, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day -= _DAY_SHIFT if day > _DAY_SHIFT else 0
    for shift in month_shifts:
        month = shifted - shift
        if 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]:
            return (day, month) != (29, 2) or year % 4 == 0
    return False
